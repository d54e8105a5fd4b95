"""docs/performance.md: the tables, the targets, the machine, and what the figures do not say."""

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.picture import Bar, draw
from benchmarks.records import Record, Results, median, worst
from benchmarks.verdicts import DATABASE_NAMES, Verdict, verdicts

NAMES = {
    "bare": "The carrier's limit: a bare keep-alive client",
    "twilio": "A bare loop over the twilio package, 100 at once",
    "hub": "**PLP Hub**, two workers, full record",
    "celery": "Celery task per recipient, prefork 2",
    "rq_simple": "RQ job per recipient, two workers, no fork",
    "rq_fork": "RQ job per recipient, two workers, fork per job",
    "mail": "A bare loop over aiosmtplib, 8 connections",
}
PICTURE = "performance.svg"
_PEERS = ("celery", "rq_simple", "rq_fork")

_INTRODUCTION = """\
# How fast messages leave

Written by `make bench`; do not edit. Figures are medians. They belong to this machine; only the
ratios carry over to another, and only where both sides were measured in one run, in turn, against
one carrier. That carrier answers as Twilio does and is not the bottleneck; the hub, Redis, the
database, the carrier and the measuring itself share the processor.
"""

_REMARKS = """\
## What these figures do not say

- The carrier here is on the same machine, without TLS. A real one adds its own latency and its own
  limit per sender, which is far lower than any of these rates: for an alert to one partnership, the
  hub is never what makes people wait.
- The hub's rate runs from the button to the last outcome in the rows, with a row and a history for
  each message. The bare clients keep nothing. The task-per-recipient patterns keep one row each and
  no history, which is less than the hub does.
- PostgreSQL runs with durable commits (`fsync` and `synchronous_commit` on), SQLite with
  `synchronous=FULL`, for the hub and for what it is compared with alike.
- What is slow by design is measured on fewer people; its rate does not depend on their number.
- Statements are counted in the hub's processes: an executemany is one call, and as many executions
  as it has rows. PostgreSQL's own counters agree with these but for the benchmark's own questions.
- A run on a busy machine is worth nothing: the load before each section stands below.
"""


def write(results: Results) -> str:
    """The whole page."""
    parts = [_INTRODUCTION, _targets(results), _sending(results), _scale(results)]
    parts += [_urgent(results), _receipts(results), _fan_out(results), _email(results)]
    parts += [_REMARKS, _machine(results)]
    return "\n".join(part for part in parts if part)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    listed = [f"| {' | '.join(row)} |" for row in rows]
    if not listed:
        return ""
    rule = "|" + "|".join([" --- "] + [" ---: "] * (len(head) - 1)) + "|"
    return "\n".join([f"| {' | '.join(head)} |", rule, *listed]) + "\n"


def number(value: float | None, unit: str = "", digits: int | None = None) -> str:
    """A figure as a person reads it; a dash where there is none."""
    if value is None:
        return "–"
    if digits is None:
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    shown = f"{value:,.{digits}f}"
    return f"{shown} {unit}".rstrip()


def _targets(results: Results) -> str:
    rows = [_target(one) for one in verdicts(results)]
    return "## The targets\n\n" + _table(("Target", "", "Limit", "Measured", ""), rows)


def _target(one: Verdict) -> Sequence[str]:
    sign = "≥" if one.more_is_better else "≤"
    limit = f"{sign} {one.limit:g} {one.unit}".rstrip()
    verdict = "met" if one.is_met else "**missed**"
    return one.target, one.database, limit, number(one.measured, one.unit, digits_for(one)), verdict


def digits_for(one: Verdict) -> int | None:
    """Enough of them to tell a figure from a small limit."""
    return 4 if 0 < one.limit < 0.1 else None


def _sending(results: Results) -> str:
    rows = list(_sending_rows(results))
    if not rows:
        return ""
    head = ("Messages per second", "Database", "0 ms", "slow carrier", "CPU µs/message", "peak MB")
    latencies = sorted({one.latency for one in results.records if one.section == "sending"})
    slow = f"The slow carrier takes {latencies[-1] * 1000:.0f} ms for each answer.\n"
    people = max(one.people for one in results.records if one.section == "sending")
    return (
        f"## Sending to {people:,} people\n\n![Messages per second]({PICTURE})\n\n"
        + _table(head, rows)
        + "\n"
        + slow
    )


def _sending_rows(results: Results) -> Iterator[Sequence[str]]:
    for case in ("bare", "twilio"):
        yield from _sending_row(results, case, "")
    for database in DATABASE_NAMES:
        for case in ("hub", *_PEERS):
            yield from _sending_row(results, case, database)


def _sending_row(results: Results, case: str, database: str) -> Iterator[Sequence[str]]:
    every = results.of("sending", case, database)
    if every:
        fast = [one for one in every if not one.latency]
        slow = [one for one in every if one.latency]
        cpu = median(fast, "worker_cpu_us" if case == "hub" else "cpu_us")
        yield (
            NAMES[case],
            DATABASE_NAMES.get(database, ""),
            number(median(fast, "rate")),
            number(median(slow, "rate")),
            number(cpu),
            number(median(fast, "peak_mb")),
        )


def _scale(results: Results) -> str:
    rows = [
        row
        for database in DATABASE_NAMES
        for row in _scale_rows(results.of("scale", "hub", database), database)
    ]
    head = [
        *("People", "Database", "messages/s", "worker CPU µs/message", "worker peak MB"),
        *("commits/message", "calls/message", "executions/message"),
    ]
    return "## From a street to a country\n\n" + _table(head, rows) if rows else ""


def _scale_rows(every: list[Record], database: str) -> Iterator[Sequence[str]]:
    for people in sorted({one.people for one in every}):
        here = [one for one in every if one.people == people]
        yield (
            f"{people:,}",
            DATABASE_NAMES[database],
            number(median(here, "rate")),
            number(median(here, "worker_cpu_us")),
            number(median(here, "peak_mb")),
            number(median(here, "commits"), digits=4),
            number(median(here, "calls"), digits=3),
            number(median(here, "executions"), digits=2),
        )


def _urgent(results: Results) -> str:
    rows = []
    for section, words in (("urgent", "bulk message on its way"), ("redis", "Redis stopped")):
        for database in DATABASE_NAMES:
            every = results.of(section, "hub", database)
            for latency in sorted({one.latency for one in every}):
                here = [one for one in every if one.latency == latency]
                rows.append(_alert_row(words, database, latency, here))
    head = [
        *("An alert, seconds from the button", "Database", "Carrier", "People", "Runs"),
        *("first, median", "first, worst", "last, median", "last, worst", "bulk/s until then"),
    ]
    return "## An alert while much else is going on\n\n" + _table(head, rows) if rows else ""


def _alert_row(words: str, database: str, latency: float, here: list[Record]) -> Sequence[str]:
    return (
        words,
        DATABASE_NAMES[database],
        f"{latency * 1000:.0f} ms",
        str(here[0].people),
        str(len(here)),
        number(median(here, "first"), digits=3),
        number(worst(here, "first"), digits=3),
        number(median(here, "last"), digits=3),
        number(worst(here, "last"), digits=3),
        number(median(here, "bulk_rate")),
    )


def _receipts(results: Results) -> str:
    names = {
        "hub": "PLP Hub: signature, stream, batches",
        "burst": "the same, in one burst",
        "peer": "FastAPI handler: signature, row update",
    }
    rows = [
        (
            names[case],
            DATABASE_NAMES[database],
            f"{here[0].people:,}",
            number(median(here, "rate")),
            number(median(here, "p99_ms")),
            number(worst(here, "lost")),
        )
        for database in DATABASE_NAMES
        for case in names
        if (here := results.of("receipts", case, database))
    ]
    head = ("Receipts", "Database", "Receipts", "per second, to the row", "p99 ms", "lost")
    return "## Receipts\n\n" + _table(head, rows) if rows else ""


def _fan_out(results: Results) -> str:
    rows = [
        (
            DATABASE_NAMES[database],
            f"{here[0].people:,}",
            number(median(here, "fan_out")),
            number(median(here, "bare")),
            number(median(here, "ratio")),
        )
        for database in DATABASE_NAMES
        if (here := results.of("fan_out", "hub", database))
    ]
    head = ("Rows per second", "People", "fan-out", "bare INSERT … SELECT", "ratio")
    return "## Fan-out\n\n" + _table(head, rows) if rows else ""


def _email(results: Results) -> str:
    rows = [
        (
            NAMES[case],
            DATABASE_NAMES.get(database, ""),
            number(median(here, "rate")),
            number(median(here, "worker_cpu_us" if case == "hub" else "cpu_us")),
        )
        for database in ("", *DATABASE_NAMES)
        for case in ("mail", "hub", *_PEERS)
        if (here := results.of("email", case, database))
    ]
    head = ("Mails per second, server on this machine", "Database", "mails/s", "CPU µs/mail")
    return "## Mail\n\n" + _table(head, rows) if rows else ""


def _machine(results: Results) -> str:
    rows = list(results.machine.items())
    runs = [
        (section, run["at"], f"{run['seconds']:.0f} s", str(run["load"]))
        for section, run in results.runs.items()
    ]
    return (
        "## The machine and the versions\n\n"
        + _table(("What", "Which"), rows)
        + "\n"
        + _table(("Section", "Measured at (UTC)", "took", "load before"), runs)
    )


def picture(results: Results) -> str | None:
    """Messages per second with a carrier that answers at once; ``None`` before there are any."""
    bars = [
        Bar(_plain(case, database), rate, case == "hub")
        for database in ("", *DATABASE_NAMES)
        for case in ("bare", "twilio", "hub", *_PEERS)
        if (rate := median(results.of("sending", case, database, latency=0.0), "rate"))
    ]
    return draw("How fast messages leave", "messages per second", bars) if bars else None


def _plain(case: str, database: str) -> str:
    short = {
        "bare": "carrier's limit",
        "twilio": "twilio package, bare loop",
        "hub": "PLP Hub, full record",
        "celery": "Celery, task per recipient",
        "rq_simple": "RQ, job per recipient",
        "rq_fork": "RQ, fork per job",
    }[case]
    return f"{short} ({DATABASE_NAMES[database]})" if database else short
