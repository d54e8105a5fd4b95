"""What broadcasts really cost, counted from their deliveries until nothing changes any more.

Each is counted while nothing is locked, and written down afterwards: on SQLite a count of a million
rows would else keep every alert waiting for the one writer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlmodel import Session, col

from channels.sms_length import measure
from hub import clock, rounds
from hub.db import insert_new, unit_of_work
from hub.i18n import Language
from messaging import broadcasts, estimates, missing_texts
from messaging.estimates import Way
from messaging.fan_out import FIRST_ATTEMPT
from messaging.missing_texts import StandIns
from messaging.models import (
    HEARD_REASONS,
    Broadcast,
    BroadcastCost,
    BroadcastCostLine,
    BroadcastStatus,
    Delivery,
    DeliveryState,
)
from messaging.reached import BY_HAND
from messaging.texts import Texts
from partnerships.models import Channel

# Figures are looked at again when half as much time has passed as since they last changed.
_SOONEST, _LATEST = timedelta(seconds=20), timedelta(hours=1)
# Receipts come for three days at most; after that nothing changes any more.
_FINAL_AFTER = timedelta(days=4)
_MOST_AT_ONCE = 100
_OVER = (BroadcastStatus.FINISHED, BroadcastStatus.CANCELLED, BroadcastStatus.NOT_APPROVED)
# The carrier has it, or had it.
_HANDED_OVER = (
    DeliveryState.ACCEPTED,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.NO_RECEIPT,
    DeliveryState.UNDELIVERED,
)
# Nobody knows yet whether it left: it is as good as promised.
_TO_COME = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN)


@dataclass(slots=True)
class Count:
    """One channel in one partnership, in units: SMS parts, calls, mails."""

    first: int = 0
    sent: int = 0
    waiting: int = 0


Counts = Mapping[Way, Count]


def count_due() -> int:
    """Count every broadcast that is due; how many that were."""
    with unit_of_work(read_only=True) as session:
        due = _due(session)
    for broadcast_id in due:
        with rounds.apart("cost_not_counted", broadcast_id=broadcast_id):
            _count_one(broadcast_id)
    return len(due)


def _count_one(broadcast_id: UUID) -> None:
    with unit_of_work(read_only=True) as session:
        counts = count(session, broadcast_id)
    with unit_of_work() as session:
        _write_down(session, broadcast_id, counts)


def _due(session: Session) -> list[UUID]:
    ended_since = col(Broadcast.finished_at) > col(BroadcastCost.counted_at)
    due = (
        select(col(BroadcastCost.broadcast_id))
        .join(Broadcast, col(Broadcast.id) == col(BroadcastCost.broadcast_id))
        .where(
            col(BroadcastCost.count_again_at).is_not(None),
            or_(col(BroadcastCost.count_again_at) <= clock.now(), ended_since),
        )
        .order_by(col(BroadcastCost.count_again_at))
        .limit(_MOST_AT_ONCE)
    )
    return list(session.execute(due).scalars())


def count(session: Session, broadcast_id: UUID) -> Counts:
    """What left of a broadcast and what is still to leave, by partnership and channel."""
    broadcast = session.get_one(Broadcast, broadcast_id)
    texts = broadcasts.texts_of(session, broadcast)
    parts = _parts(texts, missing_texts.stand_ins(session, broadcast, texts))
    ways = (col(Delivery.partnership_id), col(Delivery.channel))
    rows = session.execute(
        select(
            *ways,
            func.sum(case((_is_first(), parts), else_=0)),
            func.sum(_times_sent() * parts),
            func.sum(case((col(Delivery.state).in_(_TO_COME), parts), else_=0)),
        )
        .where(col(Delivery.broadcast_id) == broadcast_id, col(Delivery.attempt_kind) != BY_HAND)
        .group_by(*ways)
    )
    return {
        (partnership_id, channel): Count(int(first), int(sent), int(waiting))
        for partnership_id, channel, first, sent, waiting in rows
    }


def _parts(texts: Texts, stand_ins: StandIns) -> ColumnElement[int]:
    """What one message counts as: of an SMS the parts that the carrier counted, else those of its
    text. A carrier that sends by several numbers counts none before it has chosen one."""
    by_language: ColumnElement[int] = case(
        *((col(Delivery.language) == one, measure(texts[one].short).segments) for one in texts),
        else_=_parts_that_stand_in(texts, stand_ins),
    )
    counted = func.coalesce(func.nullif(col(Delivery.segments), 0), by_language)
    return case((col(Delivery.channel) == Channel.SMS, counted), else_=1)


def _parts_that_stand_in(texts: Texts, stand_ins: StandIns) -> ColumnElement[int]:
    """For whoever reads no language in which there is a text, by his partnership."""
    partnerships: dict[tuple[Language, ...], list[UUID]] = {}
    for partnership_id, languages in stand_ins.items():
        partnerships.setdefault(languages, []).append(partnership_id)
    # What most of them have is what is left: no list of a thousand partnerships is compared with.
    *few, most = sorted(partnerships, key=lambda one: len(partnerships[one])) or [()]
    parts = {one: estimates.standing_in(texts, one) for one in (*few, most)}
    if not few:
        return literal(parts[most])
    return case(
        *((col(Delivery.partnership_id).in_(partnerships[one]), parts[one]) for one in few),
        else_=parts[most],
    )


def _is_first() -> ColumnElement[bool]:
    return and_(
        col(Delivery.attempt_kind) == FIRST_ATTEMPT,
        col(Delivery.state) != DeliveryState.SKIPPED,
    )


def _times_sent() -> ColumnElement[int]:
    """How often it was handed over: a repeat is one more, although the first may have been lost. A
    call that nobody took costs nothing."""
    rang_in_vain = and_(
        col(Delivery.channel) == Channel.VOICE,
        col(Delivery.state) == DeliveryState.UNDELIVERED,
        func.coalesce(col(Delivery.reason), "").not_in(HEARD_REASONS),
    )
    before = case((col(Delivery.is_repeat), 1), else_=0)
    return case(
        (rang_in_vain, 0),
        (col(Delivery.state).in_(_HANDED_OVER), 1 + before),
        else_=before,
    )


def _write_down(session: Session, broadcast_id: UUID, counts: Counts) -> None:
    held: Any = select(BroadcastCost).where(col(BroadcastCost.broadcast_id) == broadcast_id)
    cost: BroadcastCost = session.execute(held.with_for_update()).scalar_one()
    broadcast = session.get_one(Broadcast, broadcast_id)
    if broadcast.fanned_out_at is not None:
        has_changed = _write_lines(session, cost, counts)
    else:
        has_changed = False
    at = clock.now()
    cost.changed_at = at if has_changed else cost.changed_at
    cost.counted_at = at
    cost.count_again_at = _again_at(broadcast, cost, at)
    session.add(cost)


def _again_at(broadcast: Broadcast, cost: BroadcastCost, at: datetime) -> datetime | None:
    ended = broadcast.finished_at or broadcast.expires_at
    if broadcast.status in _OVER and ended + _FINAL_AFTER <= at:
        return None
    return at + min(_LATEST, max(_SOONEST, (at - cost.changed_at) / 2))


def _write_lines(session: Session, cost: BroadcastCost, counts: Counts) -> bool:
    """Bring the lines up to date; whether any of them changed."""
    its_own = col(BroadcastCostLine.broadcast_id) == cost.broadcast_id
    lines = session.execute(select(BroadcastCostLine).where(its_own)).scalars().all()
    known = {(one.partnership_id, one.channel): one for one in lines}
    # What no estimate was made for before is what its rows said when they were first counted.
    is_new = cost.counted_at is None and not known
    missing = [way for way in counts if way not in known]
    if missing:
        rows = [_new_line(cost, way, counts[way], is_new=is_new) for way in missing]
        session.execute(insert_new(session, BroadcastCostLine), rows)
    changed = [
        row
        for way, line in known.items()
        if (row := _row(cost, way, counts.get(way, Count()))) != _row_of(line)
    ]
    if changed:
        session.execute(update(BroadcastCostLine), changed)
    return bool(missing or changed)


def _new_line(cost: BroadcastCost, way: Way, counted: Count, *, is_new: bool) -> dict[str, Any]:
    estimated = counted.first if is_new else 0
    return {
        **_row(cost, way, counted),
        "estimated_units": estimated,
        "estimated": estimated * cost.prices.get(way[1], 0),
    }


def _row(cost: BroadcastCost, way: Way, counted: Count) -> dict[str, Any]:
    price = cost.prices.get(way[1], 0)
    return {
        "broadcast_id": cost.broadcast_id,
        "partnership_id": way[0],
        "channel": way[1],
        "units": counted.sent,
        "spent": counted.sent * price,
        "promised": counted.waiting * price,
    }


def _row_of(line: BroadcastCostLine) -> dict[str, Any]:
    return line.model_dump(include=set(_KEYS))


_KEYS = ("broadcast_id", "partnership_id", "channel", "units", "spent", "promised")
