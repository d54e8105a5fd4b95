"""The next way to each person nothing has reached yet, as one SQL question.

The plan's channels in their order, and within a channel the member's own order of numbers. A number
that was busy, or that nobody answered, is called again before the next one is.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from hub import clock
from hub.columns import UtcDateTime
from hub.db import Condition
from messaging import audience
from messaging.audience import Rows
from messaging.leaving import Waits
from messaging.models import Broadcast, BroadcastPartnership, Delivery, DeliveryState
from messaging.probe import finds
from messaging.reached import already_reached
from messaging.skip_reasons import CALLS_CLOSED
from partnerships.models import Channel, CommunicationPlan, ContactPoint

# Whoever is on the telephone now may have hung up a minute later.
CALL_AGAIN_AFTER = timedelta(seconds=60)
_WORTH_CALLING_AGAIN = ("busy", "no_answer")


# Deliveries, and the person each was for.
GivenUp = Mapping[int, UUID]


def next_ways(broadcast: Broadcast, given_up: GivenUp, waits: Waits) -> Rows:
    """A row for each person whose newest delivery is one of these and who has a way left.

    A call in hours he closed is the last of his ways: it waits for their end, as ``waits`` has it.

    Its columns are those of ``audience.of_broadcast``, with ``attempt_kind`` and ``not_before``.
    Of several people who share a number only one gets it now.
    """
    call_again_at = clock.now() + CALL_AGAIN_AFTER
    last = _newest(given_up).subquery("last")
    way = audience.open_ways(broadcast, list(given_up.values()), waits).subquery("way")
    calls_from = way.c.get("calls_from", null())
    again = _is_called_again(broadcast, call_again_at, last, way)
    again_now = and_(again, calls_from.is_(None))
    left = (
        select(
            way.c.person_id,
            way.c.contact_point_id,
            way.c.partnership_id,
            way.c.channel,
            way.c.language,
            way.c.value_index,
            case(
                (again_now, literal(call_again_at, UtcDateTime)),
                else_=calls_from,
            ).label("not_before"),
            func.row_number()
            .over(
                partition_by=way.c.person_id, order_by=(case((again_now, 0), else_=1), way.c.choice)
            )
            .label("turn"),
        )
        .join(last, last.c.person_id == way.c.person_id)
        .where(again | (_tries(broadcast, way) == 0), ~_rings_for_another(broadcast, way))
        .subquery("left")
    )
    best = select(left, _turn_on_number(left).label("number_turn")).where(left.c.turn == 1)
    return _as_rows(broadcast, best.subquery("best"))


def _newest(given_up: GivenUp) -> Rows:
    newer = aliased(Delivery)
    has_newer = finds(
        select(col(newer.id)).where(
            col(newer.broadcast_id) == col(Delivery.broadcast_id),
            col(newer.person_id) == col(Delivery.person_id),
            col(newer.id) > col(Delivery.id),
        )
    )
    agreed = and_(
        col(BroadcastPartnership.broadcast_id) == col(Delivery.broadcast_id),
        col(BroadcastPartnership.partnership_id) == col(Delivery.partnership_id),
    )
    return (
        select(
            col(Delivery.person_id),
            col(Delivery.contact_point_id),
            col(Delivery.channel),
            col(Delivery.reason),
            col(CommunicationPlan.call_tries),
        )
        .join(BroadcastPartnership, agreed)
        .join(
            CommunicationPlan,
            col(CommunicationPlan.id) == col(BroadcastPartnership.communication_plan_id),
        )
        .where(
            col(Delivery.id).in_(list(given_up)),
            ~has_newer,
            # Proof may have come in since.
            ~already_reached(),
        )
    )


def _is_called_again(
    broadcast: Broadcast, at: datetime, last: Subquery, way: Subquery
) -> Condition:
    return and_(
        literal(at < broadcast.expires_at),
        last.c.channel == Channel.VOICE,
        last.c.reason.in_(_WORTH_CALLING_AGAIN),
        way.c.channel == Channel.VOICE,
        way.c.contact_point_id == last.c.contact_point_id,
        _tries(broadcast, way) < last.c.call_tries,
    )


def _tries(broadcast: Broadcast, way: Subquery) -> ColumnElement[int]:
    """How often this way was taken; a call that did not ring, because of the hour, was none."""
    tried = aliased(Delivery)
    return (
        select(func.count())
        .where(
            col(tried.broadcast_id) == broadcast.id,
            col(tried.person_id) == way.c.person_id,
            col(tried.contact_point_id) == way.c.contact_point_id,
            col(tried.channel) == way.c.channel,
            func.coalesce(col(tried.reason), "") != CALLS_CLOSED,
        )
        .scalar_subquery()
    )


def _rings_for_another(broadcast: Broadcast, way: Subquery) -> Condition:
    """One telephone rings for one message, whoever shares it."""
    other, point = aliased(Delivery), aliased(ContactPoint)
    # One question inside the other: the few points with this number first, then their deliveries.
    # As a join, SQLite would go through the whole broadcast for each number.
    rings = finds(
        select(col(other.id))
        .where(
            col(other.broadcast_id) == broadcast.id,
            col(other.person_id) == col(point.person_id),
            col(other.channel) == way.c.channel,
            col(other.contact_point_id) == col(point.id),
            col(other.state) != DeliveryState.SKIPPED,
        )
        .correlate(point, way)
    )
    return finds(
        select(col(point.id)).where(
            col(point.value_index) == way.c.value_index,
            col(point.person_id) != way.c.person_id,
            rings,
        )
    )


def _turn_on_number(way: Subquery) -> ColumnElement[int]:
    return func.row_number().over(
        partition_by=(way.c.channel, way.c.value_index), order_by=way.c.person_id
    )


def _as_rows(broadcast: Broadcast, way: Subquery) -> Rows:
    before = aliased(Delivery)
    ways_taken: ColumnElement[Any] = (
        select(func.count())
        .where(col(before.broadcast_id) == broadcast.id, col(before.person_id) == way.c.person_id)
        .scalar_subquery()
    )
    return select(
        way.c.person_id,
        way.c.contact_point_id,
        way.c.partnership_id,
        way.c.channel,
        way.c.language,
        null().label("reason"),
        literal("way_", String).concat(cast(ways_taken + 1, String)).label("attempt_kind"),
        way.c.not_before,
    ).where(way.c.number_turn == 1)
