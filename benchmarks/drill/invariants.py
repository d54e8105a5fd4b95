"""What must hold after every scenario: H1-H8 and I1-I12, asked of the database and the carrier.

Each question gives the rows that break it, so no row at all is the good answer. The numbers are
those of docs/reliability.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, text
from sqlmodel import Session, col

from hub import audit
from messaging.models import Broadcast, Delivery, DeliveryEvent
from partnerships.models import ContactPoint, ContactStop

# A call that was under way when the time ran out or the STOP came in may still be accepted.
UNDER_WAY = timedelta(seconds=2)
_KIND_OF_CHANNEL = {"sms": "sms", "voice": "call", "email": "mail"}
# It ended without the carrier: nothing more is to come, and nothing needs to be in his log.
NEVER_HANDED_OVER = frozenset({"skipped", "cancelled", "expired", "failed"})
_GOOD_ENDS = frozenset({"delivered", "no_receipt", "undelivered", "sent", "skipped"})

QUESTIONS = {
    "H1/I1 one first row for each person": """
        SELECT broadcast_id, person_id, count(*) FROM delivery WHERE attempt_kind = 'first'
        GROUP BY broadcast_id, person_id HAVING count(*) <> 1""",
    "H1/I1 the audience is the sum of its rows": """
        SELECT b.id, b.audience_size FROM broadcast b
        WHERE b.audience_size IS NOT NULL AND b.audience_size <>
        (SELECT count(*) FROM delivery d
         WHERE d.broadcast_id = b.id AND d.attempt_kind = 'first')""",
    "H2 finished means that every row is final": """
        SELECT d.id, d.state FROM delivery d JOIN broadcast b ON b.id = d.broadcast_id
        WHERE b.status = 'finished' AND d.state IN ('queued', 'sending', 'unknown', 'accepted')""",
    "H3 one row for each person, channel and way": """
        SELECT broadcast_id, person_id, channel, attempt_kind FROM delivery
        GROUP BY broadcast_id, person_id, channel, attempt_kind HAVING count(*) > 1""",
    "H4/I9 every row is final": """
        SELECT id, state FROM delivery WHERE state IN ('queued', 'sending', 'unknown', 'accepted')
        OR (state = 'sent' AND channel <> 'email')""",
    "H4 every released message was fanned out": """
        SELECT id FROM broadcast WHERE status = 'released'""",
    "I4 what was accepted carries the carrier's id": """
        SELECT id, state FROM delivery
        WHERE state IN ('accepted', 'sent', 'delivered') AND carrier_id IS NULL""",
    "I4 no two rows carry the same id of the carrier": """
        SELECT channel, carrier_id FROM delivery WHERE carrier_id IS NOT NULL
        GROUP BY channel, carrier_id HAVING count(*) > 1""",
    "I7 a row with a receipt of delivery is delivered": """
        SELECT d.id, d.state FROM delivery d WHERE d.channel = 'sms' AND d.state <> 'delivered'
        AND EXISTS (SELECT 1 FROM delivery_event e WHERE e.delivery_id = d.id
                    AND e.source = 'receipt' AND e.state = 'delivered')
        AND NOT EXISTS (SELECT 1 FROM delivery_event e WHERE e.delivery_id = d.id
                        AND e.state IN ('undelivered', 'failed', 'canceled'))""",
    "I7 a delivered row has a receipt that says so": """
        SELECT d.id FROM delivery d WHERE d.channel = 'sms' AND d.state = 'delivered'
        AND NOT EXISTS (SELECT 1 FROM delivery_event e WHERE e.delivery_id = d.id
                        AND e.state IN ('delivered', 'read'))""",
    "I7 an undelivered row has a receipt that says so": """
        SELECT d.id FROM delivery d WHERE d.channel = 'sms' AND d.state = 'undelivered'
        AND NOT EXISTS (SELECT 1 FROM delivery_event e WHERE e.delivery_id = d.id
                        AND e.state IN ('undelivered', 'failed', 'canceled'))""",
    "I8 a fence rises with every attempt": "SELECT id FROM delivery WHERE fence < attempts",
    "I11 nobody outside the message's partnerships": """
        SELECT d.id FROM delivery d WHERE NOT EXISTS (SELECT 1 FROM broadcast_partnership p
        WHERE p.broadcast_id = d.broadcast_id AND p.partnership_id = d.partnership_id)""",
    "I12 one incoming message for each of the carrier's ids": """
        SELECT carrier_id FROM inbound_message GROUP BY carrier_id HAVING count(*) > 1""",
}


@dataclass
class Findings:
    """What the check of one scenario found."""

    messages: int = 0
    lost: int = 0
    duplicated: int = 0
    repeats: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    id: int
    number: str
    kind: str
    state: str
    attempts: int
    is_repeat: bool
    carrier_id: str | None
    point_id: Any
    channel: str
    expires_at: datetime


def check(
    engine: Engine,
    ledger: list[dict[str, Any]],
    acknowledged: Iterable[str],
    may_end: frozenset[str],
    unreachable: set[str],
) -> Findings:
    """Ask everything. ``may_end`` are states that are no loss in this scenario, ``unreachable`` are
    the numbers that its carrier never takes."""
    found = Findings()
    found.broken.extend(_answers(engine))
    with Session(engine) as session:
        found.broken.extend(_acknowledged(session, acknowledged))
        broken_link = audit.first_broken_link(session)
        if broken_link is not None:
            found.broken.append(f"H8 the log of decisions is broken at {broken_link}")
        rows = _delivery_rows(session)
        owners = _owners(session, rows)
        stops = session.execute(
            select(
                col(ContactStop.contact_point_id),
                col(ContactStop.channel),
                col(ContactStop.stopped_at),
            )
        ).all()
    found.messages = sum(row.state != "skipped" for row in rows)
    found.repeats = sum(row.is_repeat for row in rows)
    found.broken.extend(_count_acceptances(rows, ledger, found))
    found.broken.extend(_unproven(rows, ledger))
    found.broken.extend(_too_late(rows, owners, ledger))
    found.broken.extend(_after_stop(rows, owners, ledger, {(p, c): at for p, c, at in stops}))
    reachable = [row for row in rows if row.number not in unreachable]
    found.lost = _lost(reachable, ledger, may_end | _GOOD_ENDS)
    return found


def _answers(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        for name, question in QUESTIONS.items():
            rows = connection.execute(text(question)).all()
            if rows:
                yield f"{name}: {len(rows)} rows, such as {tuple(rows[0])}"


def _acknowledged(session: Session, ids: Iterable[str]) -> Iterator[str]:
    kept = {str(one.id): one.status for one in session.execute(select(Broadcast)).scalars()}
    for one in ids:
        if one not in kept:
            yield f"I5 the acknowledged alert {one} is gone"
        elif kept[one] == "draft":
            yield f"I5 the acknowledged alert {one} was not released"


def _delivery_rows(session: Session) -> list[_Row]:
    rows = session.execute(
        select(Delivery, col(ContactPoint.value), col(Broadcast.expires_at))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .outerjoin(ContactPoint, col(ContactPoint.id) == col(Delivery.contact_point_id))
    ).all()
    return [
        _Row(
            one.id or 0,
            value or "",
            _KIND_OF_CHANNEL.get(one.channel, one.channel),
            one.state,
            one.attempts,
            one.is_repeat,
            one.carrier_id,
            one.contact_point_id,
            one.channel,
            expires_at,
        )
        for one, value, expires_at in rows
    ]


def _owners(session: Session, rows: list[_Row]) -> dict[str, int]:
    """Which delivery each of the carrier's ids belongs to: by its row, or by a receipt."""
    by_event = session.execute(
        select(col(DeliveryEvent.carrier_id), col(DeliveryEvent.delivery_id)).where(
            col(DeliveryEvent.carrier_id) != ""
        )
    ).all()
    by_receipt: dict[str, int] = {sid: owner for sid, owner in by_event}  # noqa: C416 - rows
    return by_receipt | {row.carrier_id: row.id for row in rows if row.carrier_id}


def _count_acceptances(
    rows: list[_Row], ledger: list[dict[str, Any]], found: Findings
) -> Iterator[str]:
    """I2: the carrier accepted each message once, and once more where a repeat is on record."""
    same_text = Counter((one["kind"], one["to"], one["sha256"]) for one in ledger)
    found.duplicated = sum(count - 1 for count in same_text.values())
    # Two messages of the same words to one number are told apart by nothing, so both are allowed.
    allowed: Counter[tuple[str, str]] = Counter()
    for row in rows:
        allowed[row.kind, row.number] += (row.attempts > 0) + row.is_repeat
    accepted = Counter((one["kind"], one["to"]) for one in ledger)
    for key, count in accepted.items():
        if count > allowed[key]:
            yield f"I2 accepted {count} times, {allowed[key]} on record ({key[0]})"
    repeats = Counter((row.kind, row.number) for row in rows if row.is_repeat)
    doubled: Counter[tuple[str, str]] = Counter()
    for (kind, number, _digest), count in same_text.items():
        doubled[kind, number] += count - 1
    unrecorded = sum(max(0, count - repeats[key]) for key, count in doubled.items())
    if unrecorded:
        yield f"I2 {unrecorded} messages twice without a repeat on record"


def _unproven(rows: list[_Row], ledger: list[dict[str, Any]]) -> Iterator[str]:
    """I4: what we say was accepted is in the carrier's log, for the same number."""
    numbers = {one["sid"]: one["to"] for one in ledger if one["kind"] != "mail"}
    wrong = [
        row
        for row in rows
        if row.kind != "mail"
        and row.state in ("accepted", "sent", "delivered")
        and numbers.get(row.carrier_id or "") != row.number
    ]
    if wrong:
        yield f"I4 {len(wrong)} rows claim what the carrier's log does not have"


def _too_late(
    rows: list[_Row], owners: dict[str, int], ledger: list[dict[str, Any]]
) -> Iterator[str]:
    """H5/I6: nothing is accepted after its time."""
    by_id = {row.id: row for row in rows}
    late = 0
    for one in ledger:
        row = by_id.get(owners.get(one["sid"], 0))
        late += row is not None and _at(one) > row.expires_at + UNDER_WAY
    if late:
        yield f"H5/I6 {late} messages accepted after their time"


def _after_stop(
    rows: list[_Row],
    owners: dict[str, int],
    ledger: list[dict[str, Any]],
    stops: dict[tuple[Any, str], datetime],
) -> Iterator[str]:
    """H5/I6: nothing is accepted after the member closed this channel."""
    by_id = {row.id: row for row in rows}
    late = 0
    for one in ledger:
        row = by_id.get(owners.get(one["sid"], 0))
        stopped = stops.get((row.point_id, row.channel)) if row else None
        late += stopped is not None and _at(one) > stopped + UNDER_WAY
    if late:
        yield f"H5/I6 {late} messages accepted after a STOP"


def _at(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["at"])


def _lost(rows: list[_Row], ledger: list[dict[str, Any]], good: frozenset[str]) -> int:
    """Messages that ended badly without a reason the scenario gave, or that nobody accepted."""
    accepted = Counter((one["kind"], one["to"]) for one in ledger)
    needed: dict[tuple[str, str], int] = defaultdict(int)
    lost = 0
    for row in rows:
        if row.state not in good:
            lost += 1
        elif row.state not in NEVER_HANDED_OVER and row.state != "undelivered":
            needed[row.kind, row.number] += 1
    return lost + sum(max(0, count - accepted[key]) for key, count in needed.items())


def leaks(folders: Iterable[Path], secrets: Iterable[str]) -> list[str]:
    """I10: none of these words is in a log or in what Redis has written."""
    found = []
    words = {word: word.encode() for word in secrets}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix not in (".log", ".aof", ".rdb") or not path.is_file():
                continue
            content = path.read_bytes()
            if any(word in content for word in words.values()):
                found.append(f"I10 personal data in {path.name}")
    return found
