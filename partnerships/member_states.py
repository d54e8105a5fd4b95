"""What can be wrong with a member, or hold him back, as conditions for a question to the database.

Each is the same wherever it counts: on the members' page, in the API, in a partnership's health.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, exists, or_
from sqlmodel import col

from hub import clock
from hub.db import Condition
from partnerships.lost_contacts import LOST_REASONS
from partnerships.models import (
    Channel,
    Consent,
    ContactKind,
    ContactPoint,
    ContactStop,
    Membership,
    Person,
    Purpose,
)

# WhatsApp is left out: where it is set up it carries what may wait, and never an alert.
CHANNELS_OF_ALERT = {
    ContactKind.MOBILE: (Channel.SMS, Channel.VOICE),
    ContactKind.LANDLINE: (Channel.VOICE,),
    ContactKind.EMAIL: (Channel.EMAIL,),
}


class MemberState(StrEnum):
    """What a list of members can be cut to."""

    UNREACHABLE = "unreachable"
    LOST = "lost"
    UNVERIFIED = "unverified"
    NO_CONSENT = "no_consent"
    PAUSED = "paused"
    SUSPENDED = "suspended"


def is_reachable() -> Condition:
    """On ``Person``: at least one of his ways is open to a text, a call or a mail."""
    open_way = or_(
        *(
            and_(col(ContactPoint.kind) == kind, or_(*map(_is_open, channels)))
            for kind, channels in CHANNELS_OF_ALERT.items()
        )
    )
    return exists().where(col(ContactPoint.person_id) == col(Person.id), open_way)


def _is_open(channel: Channel) -> Condition:
    """On ``ContactPoint`` and ``Person``: nobody has closed this channel."""
    closed = exists().where(
        col(ContactStop.contact_point_id) == col(ContactPoint.id),
        col(ContactStop.channel) == channel,
    )
    return and_(col(Person.takes_calls), ~closed) if channel is Channel.VOICE else ~closed


def has_lost_contact() -> Condition:
    """On ``Person``: one of his numbers or addresses does not exist any more."""
    lost = and_(
        col(ContactStop.contact_point_id) == col(ContactPoint.id),
        col(ContactStop.reason).in_(LOST_REASONS),
    )
    return exists().where(col(ContactPoint.person_id) == col(Person.id), lost)


def has_unverified_number() -> Condition:
    """On ``Person``: he never proved by a code that one of his mobiles is his."""
    return exists().where(
        col(ContactPoint.person_id) == col(Person.id),
        col(ContactPoint.kind) == ContactKind.MOBILE,
        col(ContactPoint.verified_at).is_(None),
    )


def agrees(purpose: Purpose) -> Condition:
    """On ``Person``: he agreed to this purpose and has not taken it back."""
    return exists().where(
        col(Consent.person_id) == col(Person.id),
        col(Consent.purpose) == purpose,
        col(Consent.withdrawn_at).is_(None),
    )


def is_paused(at: datetime) -> Condition:
    """On ``Person``: he is away on this Belgian day; without a last day until he says otherwise."""
    today = clock.in_brussels(at).date()
    still = or_(col(Person.paused_until).is_(None), col(Person.paused_until) >= today)
    return and_(col(Person.paused_from) <= today, still)


def is_suspended(at: datetime) -> Condition:
    """On ``Membership``: he gets nothing until this moment has passed."""
    return col(Membership.suspended_until) > at


_CONDITIONS: dict[MemberState, Callable[[datetime], Condition]] = {
    MemberState.UNREACHABLE: lambda _at: ~is_reachable(),
    MemberState.LOST: lambda _at: has_lost_contact(),
    MemberState.UNVERIFIED: lambda _at: has_unverified_number(),
    MemberState.NO_CONSENT: lambda _at: ~agrees(Purpose.URGENT_ALERTS),
    MemberState.PAUSED: is_paused,
    MemberState.SUSPENDED: is_suspended,
}


def condition(state: MemberState, at: datetime) -> Condition:
    """The condition on ``Person`` and ``Membership`` of being in this state."""
    return _CONDITIONS[state](at)
