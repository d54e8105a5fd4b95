"""The fault drill: ``make drill``, ``make drill KILLS=200``.

Every scenario gets a hub of its own, with real processes and a carrier that keeps its own log of
what it accepted. It is broken, left to recover, and then counted.
"""

import argparse
import os
import random
import sys
from pathlib import Path

from benchmarks.drill import random_kills, stories
from benchmarks.drill.play import Row, play_all
from benchmarks.drill.report import as_text, heading, write
from benchmarks.drill.scenario import ALL_DATABASES, Scenario
from tests.running_hub import SECRET_KEY

REPORT = Path("docs/reliability.md")


def main() -> int:
    """Play what was asked for; 1 when a promise was broken."""
    wanted = _arguments()
    # The drill writes the addresses of receipts as the hub does.
    os.environ["HUB_SECRET_KEY"] = SECRET_KEY
    random.seed(wanted.seed)
    chosen = [one for one in stories.ALL if _is_wanted(one, wanted)]
    if wanted.kills:
        each = -(-wanted.kills // len(wanted.database))
        chosen.append(random_kills.scenario_of(each, wanted.seed))
    print(f"Seed {wanted.seed}. {heading()}\n", flush=True)
    rows: list[Row] = []
    for row in play_all(chosen, wanted.database, wanted.quick, _tell):
        rows.append(row)
        print(as_text(row), flush=True)
    broken = [row for row in rows if row.broken]
    kills = sum(row.kills for row in rows)
    lost, doubled = sum(row.lost for row in rows), sum(row.unrecorded for row in rows)
    print(f"\n{len(rows)} scenarios, {kills} kills, {lost} lost, {doubled} duplicated,", end=" ")
    print(f"{len(broken)} broke a promise.")
    if wanted.write:
        write(rows, wanted.seed, REPORT)
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="only those whose name or row this is")
    parser.add_argument("--kills", type=int, default=0, help="kill so many processes at random")
    parser.add_argument("--only-kills", action="store_true", help="nothing but the random kills")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--quick", action="store_true", help="the subset that make test runs")
    parser.add_argument(
        "--database", action="append", choices=ALL_DATABASES, help="one of them; both if not given"
    )
    parser.add_argument("--write", action="store_true", help=f"put the table into {REPORT}")
    wanted = parser.parse_args()
    wanted.database = wanted.database or list(ALL_DATABASES)
    return wanted


def _is_wanted(one: Scenario, wanted: argparse.Namespace) -> bool:
    if wanted.only_kills or (wanted.quick and not one.quick):
        return False
    words = wanted.scenario
    return not words or any(word in one.rows or word in one.name for word in words)


def _tell(words: str) -> None:
    print(f"   … {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
