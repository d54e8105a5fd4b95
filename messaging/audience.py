"""Who a broadcast goes to, as one SQL question: one person, one message, however many partnerships.

Nothing here reads people into memory: the same statements serve forty members and a million.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlmodel import Session, col

from hub.i18n import Language
from messaging.models import (
    HANDED_OVER_STATES,
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    Delivery,
    DeliveryState,
)
from partnerships.models import (
    CHANNELS_OF_CONTACT,
    Channel,
    CommunicationPlan,
    Consent,
    ContactPoint,
    ContactStop,
    Membership,
    Person,
    PlanChannel,
    Purpose,
)

PURPOSE_OF_KIND = {
    BroadcastKind.URGENT_ALERT: Purpose.URGENT_ALERTS,
    BroadcastKind.FEEDBACK: Purpose.URGENT_ALERTS,
}

# Why a person gets nothing; each becomes a row, because silence without a reason is a fault.
NO_CONSENT = "no_consent"
NO_CONTACT = "no_contact"
OPTED_OUT = "opted_out"
SHARED_NUMBER = "shared_number"

Rows = Select[*tuple[Any, ...]]


def of_broadcast(broadcast: Broadcast) -> Rows:
    """Who it goes to: person_id, contact_point_id, partnership_id, channel, language, reason.

    One row a person. ``reason`` says why he gets nothing, and is null for those who get it. A
    broadcast that follows another goes to exactly those who got that one, by the same way.
    """
    if broadcast.follows_id is not None:
        return _one_per_number(_followers(broadcast.follows_id))
    targets: Rows = select(
        col(BroadcastPartnership.partnership_id),
        col(BroadcastPartnership.communication_plan_id),
    ).where(col(BroadcastPartnership.broadcast_id) == broadcast.id)
    return _one_per_number(_members(targets, broadcast.kind))


def of_plans(plan_ids: Iterable[UUID], kind: BroadcastKind) -> Rows:
    """The same for a broadcast that is still being written, under these communication plans."""
    targets: Rows = select(
        col(CommunicationPlan.partnership_id),
        col(CommunicationPlan.id).label("communication_plan_id"),
    ).where(col(CommunicationPlan.id).in_(plan_ids))
    return _one_per_number(_members(targets, kind))


_is_missing = col(ContactPoint.id).is_(None)
_is_stopped = col(ContactStop.channel).is_not(None)


def _members(targets: Rows, kind: BroadcastKind) -> Rows:
    """Each member's best way to be reached, under the plan of any of his partnerships."""
    candidate = _candidates(targets, kind).subquery("candidate")
    return select(candidate).where(candidate.c.choice == 1)


def _candidates(targets: Rows, kind: BroadcastKind) -> Rows:
    """Every way in which the plans may reach each member, numbered from the best (``choice``)."""
    target = targets.subquery("target")
    allowed = and_(
        col(PlanChannel.communication_plan_id) == target.c.communication_plan_id,
        col(PlanChannel.kind) == kind.value,
    )
    stop = and_(
        col(ContactStop.contact_point_id) == col(ContactPoint.id),
        col(ContactStop.channel) == col(PlanChannel.channel),
    )
    return (
        select(
            col(Membership.person_id),
            col(ContactPoint.id).label("contact_point_id"),
            col(Membership.partnership_id),
            col(PlanChannel.channel),
            col(Person.language),
            col(ContactPoint.value_index),
            _why_not(kind).label("reason"),
            _preference().label("choice"),
        )
        .select_from(target)
        .join(Membership, col(Membership.partnership_id) == target.c.partnership_id)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .join(PlanChannel, allowed)
        .outerjoin(ContactPoint, and_(col(ContactPoint.person_id) == col(Person.id), _serves()))
        .outerjoin(ContactStop, stop)
        .where(col(Membership.left_at).is_(None))
    )


def _preference() -> ColumnElement[int]:
    """Open ways first, then the plan's order, then the member's own; ids make it repeatable."""
    return func.row_number().over(
        partition_by=col(Membership.person_id),
        order_by=(
            case((_is_missing, 2), (_is_stopped, 1), else_=0),
            col(PlanChannel.position),
            col(ContactPoint.position),
            col(Membership.partnership_id),
            col(ContactPoint.id),
        ),
    )


def _why_not(kind: BroadcastKind) -> ColumnElement[str | None]:
    return case(
        (~_agreed(PURPOSE_OF_KIND[kind]), NO_CONSENT),
        (_is_missing, NO_CONTACT),
        (_is_stopped, OPTED_OUT),
        else_=null(),
    )


def _agreed(purpose: Purpose) -> ColumnElement[bool]:
    return exists().where(
        col(Consent.person_id) == col(Person.id),
        col(Consent.purpose) == purpose,
        col(Consent.withdrawn_at).is_(None),
    )


def _serves() -> ColumnElement[bool]:
    """Whether a contact point of this kind can take this channel."""
    return or_(
        *(
            and_(col(ContactPoint.kind) == kind, col(PlanChannel.channel).in_(channels))
            for kind, channels in CHANNELS_OF_CONTACT.items()
        )
    )


def _followers(followed_id: UUID) -> Rows:
    """Those who got a broadcast, or are about to: each by the way it reached him first."""
    got_it = (*HANDED_OVER_STATES, DeliveryState.QUEUED, DeliveryState.SENDING)
    choice = func.row_number().over(partition_by=col(Delivery.person_id), order_by=col(Delivery.id))
    first_way = (
        select(
            col(Delivery.person_id),
            col(Delivery.contact_point_id),
            col(Delivery.partnership_id),
            col(Delivery.channel),
            col(Delivery.language),
            col(ContactPoint.value_index),
            case((col(ContactStop.channel).is_not(None), OPTED_OUT), else_=null()).label("reason"),
            choice.label("choice"),
        )
        .join(ContactPoint, col(ContactPoint.id) == col(Delivery.contact_point_id))
        .outerjoin(
            ContactStop,
            and_(
                col(ContactStop.contact_point_id) == col(Delivery.contact_point_id),
                col(ContactStop.channel) == col(Delivery.channel),
            ),
        )
        .where(col(Delivery.broadcast_id) == followed_id, col(Delivery.state).in_(got_it))
        .subquery("candidate")
    )
    return select(first_way).where(first_way.c.choice == 1)


def _one_per_number(chosen: Rows) -> Rows:
    """One telephone rings once, whoever shares it; the others get a reason instead."""
    person = chosen.subquery("chosen")
    turn = func.row_number().over(
        partition_by=(person.c.channel, person.c.value_index, person.c.reason.is_(None)),
        order_by=person.c.person_id,
    )
    is_second = and_(person.c.reason.is_(None), turn > 1)
    return select(
        person.c.person_id,
        person.c.contact_point_id,
        person.c.partnership_id,
        person.c.channel,
        person.c.language,
        case((is_second, literal(SHARED_NUMBER)), else_=person.c.reason).label("reason"),
    )


def chunked(rows: Rows, chunk_size: int) -> Rows:
    """The same rows with a chunk number, channel by channel, each of ``chunk_size`` at most."""
    row = rows.subquery("row")
    place = func.row_number().over(
        order_by=(row.c.reason.is_not(None), row.c.channel, row.c.person_id)
    )
    return select(row, cast((place - 1) / chunk_size, Integer).label("chunk"))


@dataclass(frozen=True, slots=True)
class AudienceSummary:
    """How many people a broadcast would go to, and who of them would get nothing, and why."""

    people: int
    by_channel: dict[Channel, int]
    by_language: dict[Language, int]
    not_reached: dict[str, int]

    @property
    def reached(self) -> int:
        return sum(self.by_channel.values())


def summary(session: Session, rows: Rows) -> AudienceSummary:
    """Count an audience by what an officer wants to know before sending."""
    row = rows.subquery("row")
    counts = session.execute(
        select(row.c.channel, row.c.language, row.c.reason, func.count()).group_by(
            row.c.channel, row.c.language, row.c.reason
        )
    ).all()
    by_channel: dict[Channel, int] = {}
    by_language: dict[Language, int] = {}
    not_reached: dict[str, int] = {}
    for channel, language, reason, count in counts:
        if reason is not None:
            not_reached[reason] = not_reached.get(reason, 0) + count
            continue
        by_channel[channel] = by_channel.get(channel, 0) + count
        by_language[language] = by_language.get(language, 0) + count
    people = sum(count for *_rest, count in counts)
    return AudienceSummary(people, by_channel, by_language, not_reached)
