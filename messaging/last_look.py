"""What is looked at once more just before a message leaves: it may have waited for days."""

from typing import Any

from sqlalchemy import ColumnElement, case, exists, null, or_, select
from sqlmodel import col

from hub import clock
from hub.db import Condition
from messaging.closed_hours import calls_closed_to, is_away_on
from messaging.member_ways import PURPOSE_OF_KIND
from messaging.models import (
    COLD_KINDS,
    ENDING_STEPS,
    Broadcast,
    BroadcastPartnership,
    Delivery,
)
from messaging.probe import finds
from messaging.reached import ALREADY_REACHED, already_reached
from messaging.skip_reasons import (
    CALLS_CLOSED,
    LEFT,
    NO_CONSENT,
    NOT_ACTIVE,
    OPTED_OUT,
    PAUSED,
    SUSPENDED,
)
from partnerships.models import (
    LIVING_STATUSES,
    Channel,
    Consent,
    ContactStop,
    Membership,
    Partnership,
)


def why_not(broadcast: Broadcast, channel: Channel) -> ColumnElement[str | None]:
    """Why a due ``Delivery`` may not leave any more, as SQL; NULL when it may."""
    reasons: list[tuple[Any, Any]] = [_is_out(broadcast), (_is_stopped(), OPTED_OUT)]
    # Whoever got the alert is owed its outcome: only leaving, or closing the channel, ends that.
    if broadcast.step not in ENDING_STEPS:
        reasons.append((~_agreed(broadcast), NO_CONSENT))
    # He may have gone away while it waited for the hours agreed on.
    if broadcast.kind in COLD_KINDS:
        reasons.append((is_away_on(clock.now()), PAUSED))
    if broadcast.is_escalated:
        reasons.append((already_reached(), ALREADY_REACHED))
    # The calls of a large alert may go on into the hours somebody closed.
    if channel is Channel.VOICE:
        reasons.append((calls_closed_to(broadcast, clock.now()), CALLS_CLOSED))
    return case(*reasons, else_=null())


def has_left(broadcast: Broadcast) -> Condition:
    """The condition on ``Delivery`` that its person, by his own will or not, is a member of none of
    the partnerships the broadcast goes to."""
    return ~_is_member(broadcast)


def _is_out(broadcast: Broadcast) -> tuple[Any, Any]:
    """That he gets nothing there now, and why. Most are members still: that costs one look."""
    if broadcast.step in ENDING_STEPS:
        return has_left(broadcast), LEFT
    living = col(Partnership.status).in_(LIVING_STATUSES)
    until = col(Membership.suspended_until)
    is_free = or_(until.is_(None), until <= clock.now())
    reason = case(
        (has_left(broadcast), LEFT), (~_is_member(broadcast, living), NOT_ACTIVE), else_=SUSPENDED
    )
    return ~_is_member(broadcast, living, is_free), reason


def _is_member(broadcast: Broadcast, *besides: Condition) -> Condition:
    # Of any of them: one person gets one message, however many of its partnerships he is in.
    return finds(
        select(col(Membership.id))
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .join(
            BroadcastPartnership,
            col(BroadcastPartnership.partnership_id) == col(Membership.partnership_id),
        )
        .where(
            col(BroadcastPartnership.broadcast_id) == broadcast.id,
            col(Membership.person_id) == col(Delivery.person_id),
            col(Membership.left_at).is_(None),
            *besides,
        )
    )


def _is_stopped() -> Condition:
    return exists().where(
        col(ContactStop.contact_point_id) == col(Delivery.contact_point_id),
        col(ContactStop.channel) == col(Delivery.channel),
    )


def _agreed(broadcast: Broadcast) -> Condition:
    return exists().where(
        col(Consent.person_id) == col(Delivery.person_id),
        col(Consent.purpose) == PURPOSE_OF_KIND[broadcast.kind],
        col(Consent.withdrawn_at).is_(None),
    )
