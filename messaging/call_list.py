"""The call list: whom an alert has not reached so far, to be called by a person."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import Session, col

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition, insert_new
from hub.errors import NotFound
from hub.i18n import Language
from messaging import audience, broadcasts
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Delivery,
    DeliveryEvent,
    DeliveryState,
)
from messaging.probe import finds
from messaging.reached import BY_HAND
from partnerships import contact, scope
from partnerships.models import (
    Channel,
    ContactKind,
    ContactPoint,
    ContactStop,
    Membership,
    Partnership,
    Person,
)

T = TypeVar("T")

# More than this nobody calls by hand; the page says how many more there are.
MOST_SHOWN = 500

_ON_ITS_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING)
_NOT_MEANT_FOR = (DeliveryState.SKIPPED, DeliveryState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone to dial, as people read it and as a telephone takes it."""

    contact_point_id: UUID
    shown: str
    dialled: str


@dataclass(frozen=True, slots=True)
class Try:
    """One way that was tried, and what became of it."""

    channel: Channel
    at: datetime
    state: DeliveryState
    reason: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One person to call."""

    person_id: UUID
    name: str
    language: Language
    partnerships: list[str]
    numbers: list[Number]
    tries: list[Try]


def broadcast_for(session: Session, broadcast_id: UUID, actor: Actor) -> Broadcast:
    """An alert within reach that has been sent; raises ``NotFound`` for anything else."""
    found = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_CALL_LIST)
    if not has_call_list(found):
        raise NotFound
    return found


def has_call_list(broadcast: Broadcast) -> bool:
    """Whether people are called by hand when it does not reach them."""
    is_sent = broadcast.status in (BroadcastStatus.SENDING, BroadcastStatus.FINISHED)
    return is_sent and broadcast.kind is BroadcastKind.URGENT_ALERT


def is_under_way(broadcast: Broadcast) -> bool:
    """Whether people are still tried by their next ways."""
    return broadcast.status is BroadcastStatus.SENDING and clock.now() < broadcast.expires_at


def count(session: Session, actor: Actor, broadcast: Broadcast) -> int:
    """How many people within reach nothing has reached and no way is left to."""
    if not has_call_list(broadcast):
        return 0
    found = select(func.count()).select_from(Person).where(_to_call(actor, broadcast))
    number: int = session.execute(found).scalar_one()
    return number


def entries(session: Session, actor: Actor, broadcast: Broadcast) -> list[Entry]:
    """These people, by partnership and name; at most ``MOST_SHOWN``."""
    wanted = select(Person).where(_to_call(actor, broadcast)).order_by(col(Person.id))
    people = session.execute(wanted.limit(MOST_SHOWN)).scalars().all()
    ids = [person.id for person in people]
    where = _partnerships_of(session, actor, broadcast, ids)
    numbers, tries = _numbers_of(session, ids), _tries_of(session, broadcast, ids)
    found = [
        Entry(one.id, one.name, one.language, where[one.id], numbers[one.id], tries[one.id])
        for one in people
    ]
    return sorted(found, key=lambda one: (one.partnerships, _as_filed(one.name)))


def _as_filed(name: str) -> str:
    """Élise stands among the E's."""
    letters = unicodedata.normalize("NFD", name)
    return "".join(one for one in letters if not unicodedata.combining(one)).casefold()


def _to_call(actor: Actor, broadcast: Broadcast) -> Condition:
    """The condition on ``Person``."""
    hopeful = _may_yet_be_reached(broadcast)
    # The few without hope first: the rest is then asked of them alone.
    without_hope = select(col(Delivery.person_id)).where(
        col(Delivery.broadcast_id) == broadcast.id, _was_meant_for(), ~hopeful
    )
    return and_(
        col(Person.id).in_(without_hope),
        ~_has_delivery(broadcast, hopeful),
        _within_reach(actor, broadcast),
        audience.agreed(audience.PURPOSE_OF_KIND[broadcast.kind]),
    )


def _within_reach(actor: Actor, broadcast: Broadcast) -> Condition:
    # By membership, not by delivery: whoever is in two partnerships is on the list of both.
    return exists().where(
        col(Membership.person_id) == col(Person.id),
        col(Membership.left_at).is_(None),
        col(Membership.partnership_id).in_(_partnerships(actor, broadcast)),
    )


def _partnerships(actor: Actor, broadcast: Broadcast) -> audience.Rows:
    return (
        select(col(Partnership.id))
        .join(BroadcastPartnership, col(BroadcastPartnership.partnership_id) == col(Partnership.id))
        .where(
            col(BroadcastPartnership.broadcast_id) == broadcast.id,
            scope.within_reach(actor, Action.SEE_CALL_LIST),
        )
    )


def _has_delivery(broadcast: Broadcast, condition: Condition) -> Condition:
    return finds(
        select(col(Delivery.id)).where(
            col(Delivery.broadcast_id) == broadcast.id,
            col(Delivery.person_id) == col(Person.id),
            condition,
        )
    )


def _was_meant_for() -> Condition:
    """Not who has stopped these messages; but who has no number may be told at his door."""
    without_way = (audience.NO_CONTACT, audience.LOST_CONTACT)
    return or_(col(Delivery.state).not_in(_NOT_MEANT_FOR), col(Delivery.reason).in_(without_way))


def _may_yet_be_reached(broadcast: Broadcast) -> Condition:
    on_its_way: Condition = col(Delivery.state).in_((DeliveryState.DELIVERED, *_ON_ITS_WAY))
    if not is_under_way(broadcast):
        return on_its_way
    not_given_up = and_(
        col(Delivery.escalated_at).is_(None),
        col(Delivery.state).not_in((*_NOT_MEANT_FOR, DeliveryState.EXPIRED)),
    )
    return or_(on_its_way, not_given_up)


def _partnerships_of(
    session: Session, actor: Actor, broadcast: Broadcast, ids: list[UUID]
) -> dict[UUID, list[str]]:
    rows = session.execute(
        select(col(Membership.person_id), col(Partnership.name))
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(
            col(Membership.person_id).in_(ids),
            col(Membership.left_at).is_(None),
            col(Membership.partnership_id).in_(_partnerships(actor, broadcast)),
        )
        .order_by(col(Partnership.name))
    )
    return _grouped((person_id, name) for person_id, name in rows)


def _numbers_of(session: Session, ids: list[UUID]) -> dict[UUID, list[Number]]:
    """Their telephones in their order; not those on which they asked for no calls, nor any of who
    wants none at all."""
    closed = exists().where(
        col(ContactStop.contact_point_id) == col(ContactPoint.id),
        col(ContactStop.channel) == Channel.VOICE,
    )
    points = session.execute(
        select(ContactPoint)
        .join(Person, col(Person.id) == col(ContactPoint.person_id))
        .where(
            col(ContactPoint.person_id).in_(ids),
            col(Person.takes_calls),
            col(ContactPoint.kind) != ContactKind.EMAIL,
            ~closed,
        )
        .order_by(col(ContactPoint.position), col(ContactPoint.id))
    ).scalars()
    return _grouped(
        (one.person_id, Number(one.id, contact.readable(one.value), one.value)) for one in points
    )


def _tries_of(session: Session, broadcast: Broadcast, ids: list[UUID]) -> dict[UUID, list[Try]]:
    rows = session.execute(
        select(Delivery)
        .where(col(Delivery.broadcast_id) == broadcast.id, col(Delivery.person_id).in_(ids))
        .order_by(col(Delivery.id))
    ).scalars()
    return _grouped(
        (
            one.person_id,
            Try(one.channel, one.handed_over_at or one.changed_at, one.state, one.reason),
        )
        for one in rows
    )


def _grouped(pairs: Iterable[tuple[UUID, T]]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = defaultdict(list)
    for key, one in pairs:
        found[key].append(one)
    return found


def tick_off(
    session: Session, actor: Actor, broadcast: Broadcast, person_id: UUID, point_id: UUID | None
) -> None:
    """Record that ``actor`` has told this person himself, on this number or to his face.

    Twice is once. Nothing more is sent to him. Raises ``NotFound`` for a person or a number that
    the alert did not go to, or that is out of reach.
    """
    last = _last_delivery(session, actor, broadcast, person_id)
    if last is None or not _is_his(session, person_id, point_id):
        raise NotFound
    added = session.execute(
        insert_new(session, Delivery)
        .values(
            broadcast_id=broadcast.id,
            person_id=person_id,
            contact_point_id=point_id,
            partnership_id=last.partnership_id,
            channel=Channel.VOICE,
            attempt_kind=BY_HAND,
            language=last.language,
            chunk=last.chunk,
            state=DeliveryState.DELIVERED,
            reason=BY_HAND,
            queued_at=clock.now(),
            delivered_at=clock.now(),
            changed_at=clock.now(),
        )
        .returning(col(Delivery.id))
    ).scalar_one_or_none()
    if added is None:
        return
    _is_the_last_way(session, broadcast, last)
    session.add(DeliveryEvent(delivery_id=added, at=clock.now(), source=BY_HAND, state="delivered"))
    audit.record(
        session, "call_list.tick", ("delivery", added), by=actor.account_id, person=str(person_id)
    )


def _is_the_last_way(session: Session, broadcast: Broadcast, before: Delivery) -> None:
    """He has more rows than one from now on."""
    broadcast.is_escalated = True
    before.escalated_at = before.escalated_at or clock.now()
    session.add_all([broadcast, before])


def _last_delivery(
    session: Session, actor: Actor, broadcast: Broadcast, person_id: UUID
) -> Delivery | None:
    his = (
        select(Delivery)
        .join(Person, col(Person.id) == col(Delivery.person_id))
        .where(
            col(Delivery.broadcast_id) == broadcast.id,
            col(Delivery.person_id) == person_id,
            _within_reach(actor, broadcast),
        )
    )
    return session.execute(his.order_by(col(Delivery.id).desc()).limit(1)).scalars().first()


def _is_his(session: Session, person_id: UUID, point_id: UUID | None) -> bool:
    if point_id is None:
        return True
    point = session.get(ContactPoint, point_id)
    return point is not None and point.person_id == person_id
