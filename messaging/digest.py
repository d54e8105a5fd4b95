"""One mail a week for those who want few: what can wait is kept for it when it is fanned out.

Each message stays a delivery of its own, with its own state and reason; only the carrier is asked
once for all of them (``digest_sending``).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, exists, func, literal, null, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hub import clock
from hub.columns import UtcDateTime
from hub.db import Condition
from messaging import digest_times, leaving
from messaging.member_ways import Rows
from messaging.models import (
    COLD_KINDS,
    IN_DOUBT,
    WAITING,
    Broadcast,
    BroadcastPartnership,
    BroadcastStatus,
    Delivery,
    Step,
    state_is,
)
from messaging.skip_reasons import DIGEST
from partnerships.models import Channel, Partnership, Person


def kept_for_it(session: Session, broadcast: Broadcast, wanted: Rows) -> Rows:
    """``wanted``, with the moment of the weekly mail (``digest_at``) for those who want one and
    would get a mail; what they then wait for is in ``waits_for``."""
    if broadcast.kind not in COLD_KINDS or broadcast.step is not Step.FIRST:
        return wanted
    row = wanted.subquery("wanted")
    wants_it = exists().where(col(Person.id) == row.c.person_id, col(Person.weekly_mail))
    is_kept = and_(row.c.reason.is_(None), row.c.channel == Channel.EMAIL, wants_it)
    moment = _moment(session, broadcast, row.c.partnership_id)
    others = [one for one in row.c if one.name != "not_before"]
    return select_columns(
        *others,
        case((is_kept, moment), else_=row.c.get("not_before", null())).label("not_before"),
        case((is_kept, moment), else_=null()).label("digest_at"),
        case((is_kept, literal(DIGEST)), else_=row.c.reason).label("waits_for"),
    )


def _moment(session: Session, broadcast: Broadcast, partnership_id: Any) -> Any:
    """The moment of the weekly mail, as SQL, by the partnership in this column."""
    moments = _moments(session, broadcast, clock.now())
    return case(
        *((partnership_id.in_(ids), literal(at, UtcDateTime)) for at, ids in moments.items()),
        else_=literal(None, UtcDateTime),
    )


def _moments(
    session: Session, broadcast: Broadcast, at: datetime
) -> dict[datetime, tuple[UUID, ...]]:
    """When the next weekly mail of each partnership leaves: at the hour of its zone, or, where
    that is a quiet one by its plan, when the hours agreed on begin after it."""
    moments: dict[datetime, list[UUID]] = defaultdict(list)
    for moment, ids in _by_zone(session, broadcast, at).items():
        quiet = leaving.quiet_hours_of(session, broadcast, moment).until
        later = {one: begins for begins, few in quiet.items() for one in few}
        for one in ids:
            moments[later.get(one, moment)].append(one)
    return {moment: tuple(ids) for moment, ids in sorted(moments.items())}


def _by_zone(
    session: Session, broadcast: Broadcast, at: datetime
) -> dict[datetime, Sequence[UUID]]:
    rows = session.exec(
        select(Partnership.id, Partnership.police_zone_id)
        .join(BroadcastPartnership, col(BroadcastPartnership.partnership_id) == Partnership.id)
        .where(BroadcastPartnership.broadcast_id == broadcast.id)
    ).all()
    times = digest_times.of_zones(session, {zone_id for _one, zone_id in rows})
    found: dict[datetime, list[UUID]] = defaultdict(list)
    for partnership_id, zone_id in rows:
        found[digest_times.next_moment(times[zone_id], at)].append(partnership_id)
    return dict(found)


def is_due(at: datetime) -> tuple[Condition, ...]:
    """The conditions on ``Delivery`` that its weekly mail is to leave by now."""
    return (
        state_is(*WAITING),
        col(Delivery.digest_at).is_not(None),
        col(Delivery.not_before) <= at,
    )


def people_due(session: Session, limit: int, person_id: UUID | None = None) -> Sequence[UUID]:
    """Those whose weekly mail is to leave by now, the longest waiting first; or this one alone.

    While it is in doubt whether a part of it has left, its rest waits: what comes back goes again
    as the same mail.
    """
    other = aliased(Delivery)
    in_doubt = exists().where(
        col(other.person_id) == col(Delivery.person_id),
        col(other.digest_at).is_not(None),
        col(other.state).in_(IN_DOUBT),
    )
    due = (
        select_columns(col(Delivery.person_id))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            *is_due(clock.now()),
            or_(
                col(Broadcast.status) == BroadcastStatus.CANCELLED,
                col(Broadcast.paused_at).is_(None),
            ),
            ~in_doubt,
            *([col(Delivery.person_id) == person_id] if person_id else []),
        )
        .group_by(col(Delivery.person_id))
        .order_by(func.min(col(Delivery.id)))
        .limit(limit)
    )
    return session.execute(due).scalars().all()


def carried_with(session: Session, delivery: Delivery) -> Sequence[Delivery]:
    """The deliveries that left in the same mail as this one, itself included."""
    if delivery.digest_at is None or delivery.carrier_id is None:
        return [delivery]
    together = select(Delivery).where(
        Delivery.person_id == delivery.person_id,
        Delivery.carrier_id == delivery.carrier_id,
        col(Delivery.digest_at).is_not(None),
    )
    return session.exec(together.order_by(col(Delivery.id))).all()
