"""Who a broadcast goes to that follows another: exactly those who got that one, by the same way."""

from sqlalchemy import and_, case, false, func, not_, null, or_, select
from sqlmodel import col

from hub import clock
from messaging.closed_hours import calls_again_at, closed_to_calls
from messaging.in_order import alert_and_again
from messaging.last_look import has_left
from messaging.leaving import Waits
from messaging.member_ways import Rows
from messaging.models import HANDED_OVER_STATES, HEARD_REASONS, Broadcast, Delivery, DeliveryState
from messaging.skip_reasons import CALLS_CLOSED, LEFT, OPTED_OUT, QUIET_HOURS_EXPIRED
from partnerships.models import Channel, ContactPoint, ContactStop, Person


def followers(broadcast: Broadcast, waits: Waits) -> Rows:
    """Those who got the alert, at the first or at a second try, or are about to: each by the way
    that proved to reach him, without proof by the newest that was handed over.

    A call that was heard counts, though nobody pressed a key. Whoever got an alert is owed its
    outcome, unless he left since; but nothing rings in hours he closed: his call waits for their
    end, if that comes in time.
    """
    at, partnership_id = clock.now(), col(Delivery.partnership_id)
    by_voice = col(Delivery.channel) == Channel.VOICE
    rings_at_a_bad_time = and_(by_voice, closed_to_calls(false(), partnership_id, waits, at))
    again = calls_again_at(partnership_id, waits)
    is_later = false() if again is None else and_(col(Person.takes_calls), again.is_not(None))
    calls_from = case((and_(rings_at_a_bad_time, is_later), again), else_=null())
    too_late = partnership_id.in_(waits.too_late) if waits.too_late else false()
    was_heard = and_(
        col(Delivery.state) == DeliveryState.UNDELIVERED, col(Delivery.reason).in_(HEARD_REASONS)
    )
    has_it = or_(col(Delivery.state).in_(HANDED_OVER_STATES), was_heard)
    is_about_to = col(Delivery.state).in_((DeliveryState.QUEUED, DeliveryState.SENDING))
    choice = func.row_number().over(
        partition_by=col(Delivery.person_id),
        order_by=(
            case(
                (col(Delivery.state) == DeliveryState.DELIVERED, 0),
                (has_it, 1),
                else_=2,
            ),
            col(Delivery.id).desc(),
        ),
    )
    best_way = (
        select(
            col(Delivery.person_id),
            col(Delivery.contact_point_id),
            col(Delivery.partnership_id),
            col(Delivery.channel),
            col(Delivery.language),
            col(ContactPoint.value_index),
            case(
                (has_left(broadcast), LEFT),
                (col(ContactStop.channel).is_not(None), OPTED_OUT),
                (and_(rings_at_a_bad_time, not_(is_later)), CALLS_CLOSED),
                (too_late, QUIET_HOURS_EXPIRED),
                else_=null(),
            ).label("reason"),
            choice.label("choice"),
            *([] if again is None else [calls_from.label("calls_from")]),
        )
        .join(ContactPoint, col(ContactPoint.id) == col(Delivery.contact_point_id))
        .join(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(
            ContactStop,
            and_(
                col(ContactStop.contact_point_id) == col(Delivery.contact_point_id),
                col(ContactStop.channel) == col(Delivery.channel),
            ),
        )
        .where(
            col(Delivery.broadcast_id).in_(alert_and_again(broadcast.follows_id)),
            or_(has_it, is_about_to),
        )
        .subquery("candidate")
    )
    return select(best_way).where(best_way.c.choice == 1)
