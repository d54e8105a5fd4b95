"""What was said: alerts and messages that were released, whom they reached, and how fast."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, true
from sqlmodel import col

from hub.db import Condition, is_one_of
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    ColdBroadcast,
    ColdMessage,
    Delivery,
    DeliveryState,
    Incident,
    Step,
)
from partnerships.models import Account, Appointment, ContactPoint, Partnership
from plan.measures.asked import Asked, equals, here, in_period
from plan.measures.dates import seconds_between
from plan.measures.rows import Rows, rows

# An urgent message that a carrier has taken within this time has left at once (measures.yaml).
AT_ONCE = timedelta(seconds=120)
INFORMING = (
    BroadcastKind.PREVENTION,
    BroadcastKind.MODUS_OPERANDI,
    BroadcastKind.INCREASE_WARNING,
)
_BY_HAND = "by_hand"
# The carrier took it, and nothing proves that it arrived.
_PRESUMED = (DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.NO_RECEIPT)


def alerts_sent(asked: Asked) -> Rows:
    """Urgent alerts released in the period; of one incident each first message counts."""
    return (
        _by_partnership("broadcast", col(Broadcast.id))
        .outerjoin(Incident, col(Incident.id) == col(Broadcast.incident_id))
        .where(
            col(Broadcast.kind) == BroadcastKind.URGENT_ALERT,
            is_first_and_real(),
            _released_here(asked),
            equals(col(Incident.phenomenon), asked.wants("phenomenon")),
            _by_role(asked.wants("author_role")),
        )
    )


def prevention_messages(asked: Asked) -> Rows:
    return _cold(asked, BroadcastKind.PREVENTION)


def modus_operandi_notices(asked: Asked) -> Rows:
    return _cold(asked, BroadcastKind.MODUS_OPERANDI)


def increase_warnings(asked: Asked) -> Rows:
    """Released by a person: a hint of the hub is no warning."""
    return _cold(asked, BroadcastKind.INCREASE_WARNING)


def _cold(asked: Asked, kind: BroadcastKind) -> Rows:
    """A message counts once, whatever number of partnerships it was passed on to."""
    message = func.coalesce(col(ColdBroadcast.message_id), col(Broadcast.id))
    return _with_cold_message(_by_partnership("cold_message", message), asked).where(
        col(Broadcast.kind) == kind, _released_here(asked)
    )


def _by_partnership(kind: str, subject: Any) -> Rows:
    """What went out, with a row for each partnership it went to."""
    to = col(BroadcastPartnership.partnership_id)
    return rows(kind, subject, col(Broadcast.released_at), place=to).join(
        BroadcastPartnership, col(BroadcastPartnership.broadcast_id) == col(Broadcast.id)
    )


def _with_cold_message(these: Rows, asked: Asked) -> Rows:
    return (
        these.outerjoin(ColdBroadcast, col(ColdBroadcast.broadcast_id) == col(Broadcast.id))
        .outerjoin(ColdMessage, col(ColdMessage.id) == col(ColdBroadcast.message_id))
        .where(
            is_first_and_real(),
            equals(col(ColdMessage.phenomenon), asked.wants("phenomenon")),
            equals(col(ColdMessage.topic), asked.wants("topic")),
        )
    )


def persons_informed(asked: Asked) -> Rows:
    """Distinct people with at least one message of prevention that was delivered.

    Those whose only messages have no receipt are presumed: counted apart, never among them. The
    figure is of the whole period: four quarters do not add up to the year.
    """
    is_proved = col(Delivery.state) == DeliveryState.DELIVERED
    these = rows(
        "person",
        col(Delivery.person_id),
        col(Broadcast.released_at),
        place=col(Delivery.partnership_id),
        counts=is_proved,
        unknown=_is_presumed(),
    ).join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
    return _with_cold_message(these, asked).where(
        is_one_of(col(Broadcast.kind), INFORMING),
        in_period(col(Broadcast.released_at), asked),
        or_(is_proved, _is_presumed()),
        here(col(Delivery.partnership_id), asked),
        _of_member_kind(asked),
        col(Delivery.person_id).not_in(_office_holders()),
    )


def _is_presumed() -> Condition:
    return is_one_of(col(Delivery.state), _PRESUMED)


def _of_member_kind(asked: Asked) -> Condition:
    """By the kind of the partnership by which he got it: what he does himself is not known."""
    wanted = asked.wants("member_kind")
    kinds = select(col(Partnership.id)).where(col(Partnership.kind) == wanted)
    return col(Delivery.partnership_id).in_(kinds) if wanted else true()


def _office_holders() -> Select[Any]:
    """Coordinators and police who are written to as members do not count as informed citizens."""
    return (
        select(col(ContactPoint.person_id))
        .join(Account, col(Account.email_index) == col(ContactPoint.value_index))
        .join(Appointment, col(Appointment.account_id) == col(Account.id))
    )


def reach(asked: Asked) -> Rows:
    """People meant by a message, and whether anything proves that it arrived."""
    return (
        rows(
            "person",
            col(Delivery.person_id),
            col(Broadcast.released_at),
            place=col(Delivery.partnership_id),
            counts=col(Delivery.state) == DeliveryState.DELIVERED,
            unknown=_is_presumed(),
        )
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            col(Broadcast.is_drill).is_(False),
            not_cancelled_before(),
            in_period(col(Broadcast.released_at), asked),
            here(col(Delivery.partnership_id), asked),
            equals(col(Broadcast.kind), asked.wants("kind")),
            equals(col(Delivery.channel), asked.wants("channel")),
        )
    )


def alert_speed(asked: Asked) -> Rows:
    """Deliveries of alerts, and whether a carrier had taken each within two minutes.

    One that was never to leave (``skipped``) is none, nor is a call that somebody made by hand.
    """
    took = seconds_between(col(Broadcast.released_at), col(Delivery.handed_over_at))
    return (
        rows(
            "broadcast",
            col(Delivery.broadcast_id),
            col(Broadcast.released_at),
            place=col(Delivery.partnership_id),
            counts=and_(
                col(Delivery.handed_over_at).is_not(None),
                col(Delivery.handed_over_at) <= asked.as_of,
                took <= AT_ONCE.total_seconds(),
            ),
            unknown=_is_presumed(),
        )
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            col(Broadcast.kind) == BroadcastKind.URGENT_ALERT,
            is_first_and_real(),
            in_period(col(Broadcast.released_at), asked),
            here(col(Delivery.partnership_id), asked),
            col(Delivery.state) != DeliveryState.SKIPPED,
            col(Delivery.attempt_kind) != _BY_HAND,
            equals(col(Delivery.channel), asked.wants("channel")),
        )
    )


def is_first_and_real() -> Condition:
    """The condition that a broadcast began something, and was no drill."""
    return and_(
        col(Broadcast.step) == Step.FIRST,
        col(Broadcast.is_drill).is_(False),
        not_cancelled_before(),
    )


def not_cancelled_before() -> Condition:
    """One that was cancelled before anything left of it has told nobody anything."""
    return or_(
        col(Broadcast.status) != BroadcastStatus.CANCELLED,
        col(Broadcast.fanned_out_at).is_not(None),
    )


def _released_here(asked: Asked) -> Condition:
    return and_(
        in_period(col(Broadcast.released_at), asked),
        here(col(BroadcastPartnership.partnership_id), asked),
    )


def _by_role(role: str) -> Condition:
    """Whether whoever released it held this role then."""
    holds = exists().where(
        col(Appointment.account_id) == col(Broadcast.released_by),
        col(Appointment.role) == role,
        col(Appointment.starts_at) <= col(Broadcast.released_at),
        or_(
            col(Appointment.ends_at).is_(None),
            col(Appointment.ends_at) > col(Broadcast.released_at),
        ),
    )
    return holds if role else true()
