"""Texts that come in at a steady rate after an alert: is each stored once, and how soon is it seen?

``python -m benchmarks.inbound --databases postgresql --seconds 30 --rate 100``

Members and strangers answer an alert; a tenth of what they write is posted twice. While they do, an
officer has the inbox open, and every tenth text is timed from its post to that page. As a carrier
that was told nothing else, it posts no text again because it was refused: then it is lost. Ends
with 1 when a text was lost or stored twice, or a STOP acted on twice. Results:
var/benchmark/inbound-DATABASE.json.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvloop
from sqlalchemy import text

from benchmarks.bare_client import BarePool
from benchmarks.bench_hub import BenchHub, bench_hub
from benchmarks.carrier_client import FastCarrier, fast_carrier
from benchmarks.databases import database
from benchmarks.fresh_alert import fill_inbox, put_out
from benchmarks.hub_case import show_statements
from benchmarks.inbound_texts import Text, request, texts, warm_up
from benchmarks.open_inbox import OpenInbox, sign_in
from benchmarks.probes import SqlCounts
from benchmarks.receipt_burst import post_all
from benchmarks.receipts_case import await_web
from hub.db import unit_of_work
from tests.redis_server import redis_server

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS_TO_PAGE = 3.0
_CONNECTIONS = 64
_WARM_UP_TEXTS = 50
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Wanted:
    """How much comes in, and into what."""

    seconds: float
    rate: float
    members: int
    strangers: int
    # Texts of earlier days: no inbox is empty.
    earlier: int

    @property
    def texts(self) -> list[Text]:
        return texts(round(self.seconds * self.rate), self.members, self.strangers)


@dataclass
class Course:
    """What was answered and seen. Times are seconds."""

    answers: list[float] = field(default_factory=list)
    # Answers that did not take it, by their status.
    refused: Counter[int] = field(default_factory=Counter)
    # Until every text was answered once; the carrier's repeats come a little later.
    seconds: float = 0.0
    to_page: list[float] = field(default_factory=list)
    # Timed texts that newer ones had pushed off the page before it was drawn with them.
    never_shown: int = 0
    changes: int = 0


@dataclass(frozen=True)
class Kept:
    """What the rows say of it."""

    lost: int
    doubled: int
    # STOPs of members that were acted on more than once, or not at all.
    stops_wrong: int

    @property
    def is_well(self) -> bool:
        return not (self.lost or self.doubled or self.stops_wrong)


def intake(kind: str, carrier: FastCarrier, wanted: Wanted, *, statements: bool) -> Kept:
    """One run on this database, shown and written down."""
    with (
        tempfile.TemporaryDirectory() as name,
        redis_server() as redis,
        database(kind, Path(name)) as empty,
        bench_hub(Path(name), empty, redis, carrier, {}) as hub,
    ):
        put_out(hub, wanted.members)
        fill_inbox(hub, wanted.earlier)
        hub.start("web", "timetable")
        await_web(hub.url)
        post_all(hub.url, [request(hub.url, one) for one in warm_up(_WARM_UP_TEXTS)])
        cookies = sign_in(hub.url, hub.zone)
        written = wanted.texts
        hub.database.forget_statements()
        cpu, sql = hub.cpu(), hub.sql_counts()
        course = uvloop.run(_post_steadily(hub, cookies, written, wanted.rate))
        cpu = {name: used - cpu[name] for name, used in hub.cpu().items()}
        sql = {name: counts - sql[name] for name, counts in hub.sql_counts().items()}
        kept = _kept(written)
        show(kind, wanted, course, kept, cpu)
        show_sql(sql, len(written))
        if statements:
            show_statements(hub, len(written))
        _write(kind, wanted, course, kept)
        return kept


async def _post_steadily(
    hub: BenchHub, cookies: httpx.Cookies, written: Sequence[Text], rate: float
) -> Course:
    """Post each text when it is due, however slow the answers are."""
    course, begun = Course(), dict[bytes, list[float]]()
    first_post, first_answer = dict[int, float](), dict[bytes, float]()

    def on_answer(posted: bytes, status: int, _seconds: float) -> None:
        at = time.perf_counter()
        # From when it was due: waiting for a free connection counts as well.
        course.answers.append(at - begun[posted].pop(0))
        first_answer.setdefault(posted, at)
        if not 200 <= status < 300:
            course.refused[status] += 1

    address = urlsplit(hub.url)
    pool = BarePool(address.hostname or "", address.port or 80, _CONNECTIONS, on_answer)
    inbox = OpenInbox(hub.url, cookies)
    looking = asyncio.create_task(inbox.look())
    await asyncio.gather(pool.open(), asyncio.wait_for(inbox.is_open.wait(), _PATIENCE_SECONDS))
    posts = _posts(hub.url, written, rate)
    started = time.perf_counter()
    for due, number, posted in posts:
        await asyncio.sleep(max(0.0, started + due - time.perf_counter()))
        begun.setdefault(posted, []).append(started + due)
        first_post.setdefault(number, started + due)
        pool.put(posted)
    await pool.drained()
    course.seconds = max(first_answer.values()) - started
    timed = [one.number for one in written if one.is_timed]
    await _await_page(inbox, timed[-1])
    pool.close()
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    course.to_page = [inbox.shown[n] - first_post[n] for n in timed if n in inbox.shown]
    course.never_shown = len(timed) - len(course.to_page)
    course.changes = inbox.changes
    return course


def _posts(url: str, written: Sequence[Text], rate: float) -> list[tuple[float, int, bytes]]:
    """Seconds from the start, the number of the text, and what is posted; in order of time."""
    made = []
    for one in written:
        posted = request(url, one)
        made += [(due, one.number, posted) for due in one.moments(one.number / rate)]
    return sorted(made)


async def _await_page(inbox: OpenInbox, last: int) -> None:
    """Until the last timed text is there; if newer ones hide it, for so long and no longer."""
    end = time.perf_counter() + _PATIENCE_SECONDS
    while last not in inbox.shown and time.perf_counter() < end:
        await asyncio.sleep(0.05)


def _kept(written: Sequence[Text]) -> Kept:
    with unit_of_work(read_only=True) as session:
        ids = session.connection().execute(text("SELECT carrier_id FROM inbound_message"))
        stored = Counter(row[0] for row in ids)
        stops = session.connection().execute(
            text("SELECT count(*) FROM decision WHERE action = 'member.stop'")
        )
        acted_on: int = stops.scalar_one()
    expected = sum(one.is_stop and one.is_member for one in written)
    return Kept(
        lost=sum(one.carrier_id not in stored for one in written),
        doubled=sum(stored[one.carrier_id] > 1 for one in written),
        stops_wrong=abs(acted_on - expected),
    )


def show(kind: str, wanted: Wanted, course: Course, kept: Kept, cpu: dict[str, float]) -> None:
    """What a person who tunes wants to see."""
    count = len(wanted.texts)
    print(
        f"{kind}: {count:,} texts in {len(course.answers):,} posts over {course.seconds:.2f} s, "
        f"{count / course.seconds:,.1f}/s of {wanted.rate:g}; refused {_by_status(course)}, lost "
        f"{kept.lost}, doubled {kept.doubled}, STOPs not acted on once {kept.stops_wrong}"
    )
    print(f"  answered: {_spread(course.answers)}")
    late = _at(course.to_page, 0.95) > MOST_SECONDS_TO_PAGE
    print(
        f"  on the page: {_spread(course.to_page)}{'  TOO SLOW' if late else ''}; "
        f"{len(course.to_page)} timed, {course.never_shown} pushed off unseen, "
        f"{course.changes} changes of the page"
    )
    for process, used in cpu.items():
        print(f"    {process:<18}{used / count * 1000:>8.2f} ms CPU each, {used:.1f} s")


def show_sql(sql: Mapping[str, SqlCounts], count: int) -> None:
    """What was asked of the database, the open inbox included."""
    for process, used in sql.items():
        print(
            f"    {process:<18}{used.calls / count:>8.2f} statements, "
            f"{used.commits / count:.3f} commits each"
        )


def _by_status(course: Course) -> str:
    told = (f"{count} with {status}" for status, count in sorted(course.refused.items()))
    return ", ".join(told) or "0"


def _spread(times: Sequence[float]) -> str:
    p50, p95, p99 = (1000 * _at(times, share) for share in (0.5, 0.95, 0.99))
    return f"p50 {p50:,.1f} ms, p95 {p95:,.1f} ms, p99 {p99:,.1f} ms"


def _at(times: Sequence[float], share: float) -> float:
    """Below which this share of them is; endless where nothing was seen."""
    return sorted(times)[int(len(times) * share)] if times else float("inf")


def _write(kind: str, wanted: Wanted, course: Course, kept: Kept) -> None:
    folder = ROOT / "var" / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "wanted": asdict(wanted),
        "kept": asdict(kept),
        "course": asdict(course),
    }
    (folder / f"inbound-{kind}.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


def main() -> None:
    """Measure this case alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=100.0, help="texts a second")
    parser.add_argument("--members", type=int, default=2_000)
    parser.add_argument("--strangers", type=int, default=1_000)
    parser.add_argument("--earlier", type=int, default=10_000, help="texts that are there before")
    parser.add_argument("--statements", action="store_true", help="list the dearest (PostgreSQL)")
    asked = parser.parse_args()
    wanted = Wanted(asked.seconds, asked.rate, asked.members, asked.strangers, asked.earlier)
    with fast_carrier() as carrier:
        every = [
            intake(kind, carrier, wanted, statements=asked.statements)
            for kind in asked.databases.split(",")
        ]
    if not all(one.is_well for one in every):
        sys.exit(1)


if __name__ == "__main__":
    main()
