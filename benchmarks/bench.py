"""``make bench``: how fast messages leave, against what others do, on this machine.

``make bench ARGS="--quick"`` takes about three minutes and writes nothing but to the screen and
var/benchmark. Without it everything is measured, section by section; ``--only sending,scale``
measures these anew and keeps the others' figures. Results: benchmarks/results.json,
docs/performance.md, docs/performance.svg.
"""

import argparse
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine, report
from benchmarks.carrier_client import fast_carrier
from benchmarks.records import Record, Results, load
from benchmarks.sections import SECTIONS
from benchmarks.sizes import FULL, MILLION, QUICK, Sizes, seconds_expected
from benchmarks.verdicts import verdicts

ROOT = Path(__file__).resolve().parent.parent
# More than this before a section begins, and its figures say little.
_BUSY = 0.5


def main() -> None:
    """Measure, and write down what was measured after every section."""
    asked = _arguments()
    sizes = _sizes(asked)
    names = asked.only.split(",") if asked.only else list(SECTIONS)
    unknown = set(names) - set(SECTIONS)
    if unknown:
        raise SystemExit(f"There is no section {', '.join(unknown)}: {', '.join(SECTIONS)}")
    places = _Places(asked.quick)
    results = load(places.results, machine.describe())
    _announce(results, sizes, names, asked)
    if asked.estimate:
        return
    for name in names:
        _measure(results, sizes, name)
        places.write(results)
    _show_verdicts(results)
    print(f"Written: {', '.join(str(path.relative_to(ROOT)) for path in places.all)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a little of everything, 3 minutes")
    parser.add_argument("--only", default="", help=f"some of {','.join(SECTIONS)}")
    parser.add_argument("--million", action="store_true", help="with the step of 1,000,000 people")
    parser.add_argument("--rounds", type=int, help="rounds of each (3)")
    parser.add_argument("--databases", help="some of postgresql,sqlite")
    parser.add_argument("--estimate", action="store_true", help="say how long it takes, and end")
    return parser.parse_args()


def _sizes(asked: argparse.Namespace) -> Sizes:
    sizes = QUICK if asked.quick else FULL
    if asked.rounds:
        sizes = replace(sizes, rounds=asked.rounds)
    if asked.databases:
        sizes = replace(sizes, databases=tuple(asked.databases.split(",")))
    if asked.million:
        sizes = replace(sizes, steps=(*sizes.steps, MILLION))
    return sizes


class _Places:
    """Where results go; a quick run overwrites nothing that is published."""

    def __init__(self, quick: bool) -> None:
        folder = ROOT / "var" / "benchmark"
        self.results = folder / "results.json" if quick else ROOT / "benchmarks" / "results.json"
        self.page = (folder if quick else ROOT / "docs") / "performance.md"
        self.picture = self.page.with_name(report.PICTURE)
        self.all = (self.results, self.page, self.picture)

    def write(self, results: Results) -> None:
        results.save(self.results)
        self.page.write_text(report.write(results), encoding="utf-8")
        drawn = report.picture(results)
        if drawn:
            self.picture.write_text(drawn, encoding="utf-8")


def _announce(results: Results, sizes: Sizes, names: list[str], asked: argparse.Namespace) -> None:
    expected = {name: _expected(results, sizes, name, asked.million) for name in names}
    for name, seconds in expected.items():
        print(f"  {name:<10}{seconds / 60:>5.1f} min")
    print(f"  together  {sum(expected.values()) / 60:>5.1f} min, roughly")


def _expected(results: Results, sizes: Sizes, name: str, million: bool) -> float:
    run = results.runs.get(name)
    if run and run["sizes"] == str(sizes):
        return float(run["seconds"])
    return seconds_expected(sizes, name, million)


def _measure(results: Results, sizes: Sizes, name: str) -> None:
    load_before = os.getloadavg()[0]
    print(f"{name}: {SECTIONS[name].__doc__}", flush=True)
    if load_before > _BUSY * (os.cpu_count() or 1):
        print(f"  The machine is busy (load {load_before:.1f}): these figures will be too low.")
    started, at = time.monotonic(), datetime.now(UTC)
    made: list[Record] = []
    # One carrier for the whole section: what is compared meets the same one.
    with fast_carrier() as carrier:
        for one in SECTIONS[name](sizes, carrier):
            made.append(one)
            print(f"  {time.monotonic() - started:>6.0f} s  {_line(one)}", flush=True)
    run = {
        "at": f"{at:%Y-%m-%d %H:%M}",
        "seconds": time.monotonic() - started,
        "load": round(load_before, 1),
        "sizes": str(sizes),
    }
    results.replace(name, made, run)


def _line(one: Record) -> str:
    shown = " ".join(
        f"{name} {report.number(value)}" for name, value in list(one.values.items())[:6]
    )
    where = f"{one.case} {one.database}".rstrip()
    return f"{where:<22}{one.people:>9,} at {one.latency * 1000:.0f} ms: {shown}"


def _show_verdicts(results: Results) -> None:
    for one in verdicts(results):
        sign = "≥" if one.more_is_better else "≤"
        mark = "met   " if one.is_met else "MISSED"
        measured = report.number(one.measured, one.unit, report.digits_for(one))
        print(f"  {mark} {one.database:<11}{one.target}: {measured} ({sign} {one.limit:g})")


if __name__ == "__main__":
    main()
