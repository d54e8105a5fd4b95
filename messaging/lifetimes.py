"""Until when a message is worth sending: a while from its release, or as its sender says."""

from datetime import datetime, timedelta

from sqlalchemy import and_
from sqlmodel import col

from hub.config import settings
from hub.db import Condition
from messaging.models import COLD_KINDS, Broadcast, BroadcastKind, Delivery, Step

# Long enough for the longest row of holidays.
_COLD_LIFETIME = timedelta(days=7)
# A weekly mail may wait so long for a carrier that is away.
_DIGEST_PATIENCE = timedelta(days=1)


def lifetime_of(kind: BroadcastKind) -> timedelta:
    """How long a message of this kind is worth sending when nobody says otherwise."""
    urgent = timedelta(minutes=settings().urgent_lifetime_minutes)
    return _COLD_LIFETIME if kind in COLD_KINDS else urgent


def end_if_released(broadcast: Broadcast, at: datetime) -> datetime:
    """When the time of this draft is over if it leaves at ``at``.

    Until then it is what ``expires_at`` says: an alert that was written an hour ago and never sent
    is out of date. But waiting for a second person must not cost those who are to get it.
    """
    if broadcast.ends_as_said or broadcast.step is not Step.FIRST:
        return broadcast.expires_at
    return at + lifetime_of(broadcast.kind)


def worth_until(broadcast: Broadcast, delivery: Delivery) -> datetime:
    """When the time of one message is over: with its broadcast, but not before the weekly mail it
    was kept for has left."""
    if delivery.digest_at is None:
        return broadcast.expires_at
    return max(broadcast.expires_at, delivery.digest_at + _DIGEST_PATIENCE)


def digest_is_to_come(at: datetime) -> Condition:
    """The condition on ``Delivery`` that it waits for a weekly mail that has not had its time: it
    does not expire with its broadcast."""
    its = col(Delivery.digest_at)
    return and_(its.is_not(None), its > at - _DIGEST_PATIENCE)
