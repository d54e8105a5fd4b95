"""Every way in which the plans may reach each member, in the order in which they are taken.

One SQL question over sets; nobody is read into memory.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlmodel import col

from hub import clock
from hub.columns import UtcDateTime
from hub.config import settings
from messaging.closed_hours import away, calls_again_at, closed_to_calls
from messaging.leaving import Waits
from messaging.models import COLD_KINDS, BroadcastKind
from messaging.skip_reasons import (
    CALLS_CLOSED,
    CHANNEL_OFF,
    LOST_CONTACT,
    NO_CONSENT,
    NO_CONTACT,
    OPTED_OUT,
    PAUSED,
    QUIET_HOURS_EXPIRED,
    SUSPENDED,
)
from partnerships.lost_contacts import LOST_REASONS
from partnerships.models import (
    CHANNELS_OF_CONTACT,
    Channel,
    ChannelChoice,
    Consent,
    ContactPoint,
    ContactStop,
    Membership,
    Organisation,
    Partnership,
    Person,
    PlanChannel,
    Purpose,
)

PURPOSE_OF_KIND = {
    BroadcastKind.URGENT_ALERT: Purpose.URGENT_ALERTS,
    BroadcastKind.FEEDBACK: Purpose.URGENT_ALERTS,
    **dict.fromkeys(COLD_KINDS, Purpose.PREVENTION),
}

# After every channel the member has put in order himself.
_NOT_CHOSEN = 1000

Rows = Select[*tuple[Any, ...]]


_is_missing = col(ContactPoint.id).is_(None)
_is_stopped = col(ContactStop.channel).is_not(None)


def candidates(
    targets: Rows,
    kind: BroadcastKind,
    waits: Waits,
    people: Sequence[UUID] | None = None,
) -> Rows:
    """Every way in which the plans may reach each member, numbered from the best (``choice``).

    A call that must wait for the end of hours a member closed has ``calls_from``, a column that is
    there only where ``waits`` knows of such hours. ``people`` cuts it to some of them. Whether they
    agreed to it at all is for ``who_agreed`` to say, once few ways are left.
    """
    asked = true() if people is None else col(Membership.person_id).in_(people)
    target = targets.subquery("target")
    closed = _Closed(kind, target.c.rings, waits)
    allowed = and_(
        col(PlanChannel.communication_plan_id) == target.c.communication_plan_id,
        col(PlanChannel.kind) == kind,
    )
    stop = and_(
        col(ContactStop.contact_point_id) == col(ContactPoint.id),
        col(ContactStop.channel) == col(PlanChannel.channel),
    )
    wish = and_(
        col(ChannelChoice.person_id) == col(Membership.person_id),
        col(ChannelChoice.channel) == col(PlanChannel.channel),
    )
    return (
        select(
            col(Membership.person_id),
            col(ContactPoint.id).label("contact_point_id"),
            col(Membership.partnership_id),
            col(PlanChannel.channel),
            col(Person.language),
            col(ContactPoint.value_index),
            _why_not(closed).label("reason"),
            _preference(closed).label("choice"),
            *([] if closed.calls_from is None else [closed.calls_from.label("calls_from")]),
        )
        .select_from(target)
        .join(Membership, col(Membership.partnership_id) == target.c.partnership_id)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .join(PlanChannel, allowed)
        .outerjoin(ContactPoint, and_(col(ContactPoint.person_id) == col(Person.id), _serves()))
        .outerjoin(ContactStop, stop)
        .outerjoin(ChannelChoice, wish)
        .where(col(Membership.left_at).is_(None), asked)
    )


class _Closed:
    """The conditions under which a way is closed at the moment at which it would be taken."""

    def __init__(self, kind: BroadcastKind, rings: Any, waits: Waits) -> None:
        at, partnership_id = clock.now(), col(Membership.partnership_id)
        self.off = _is_off(kind)
        self.suspended = col(Membership.suspended_until) > literal(at, UtcDateTime)
        # Who is away still gets what is urgent: that is what his own page tells him.
        self.paused = away(partnership_id, waits, at) if kind in COLD_KINDS else false()
        by_voice = col(PlanChannel.channel) == Channel.VOICE
        now = and_(by_voice, closed_to_calls(rings, partnership_id, waits, at))
        # The hours he closed end while the message is worth hearing: he is called then.
        again = calls_again_at(partnership_id, waits)
        is_later = false() if again is None else again.is_not(None)
        self.until_later = and_(now, col(Person.takes_calls), is_later)
        self.calls_from = None if again is None else case((self.until_later, again), else_=null())
        self.to_calls = and_(now, not_(self.until_later))
        self.until_too_late = partnership_id.in_(waits.too_late) if waits.too_late else false()

    @property
    def any(self) -> ColumnElement[bool]:
        return or_(
            _is_stopped,
            self.off,
            self.suspended,
            self.paused,
            self.to_calls,
            self.until_too_late,
        )


def _preference(closed: _Closed) -> ColumnElement[int]:
    """Open ways first, those that open later next. Then the member's order of channels, the plan's,
    and the member's of numbers; ids make it repeatable."""
    return func.row_number().over(
        partition_by=col(Membership.person_id),
        order_by=(
            case((_is_missing, 3), (closed.any, 2), (closed.until_later, 1), else_=0),
            func.coalesce(col(ChannelChoice.position), _NOT_CHOSEN),
            col(PlanChannel.position),
            col(ContactPoint.position),
            col(Membership.partnership_id),
            col(ContactPoint.id),
        ),
    )


def who_agreed(way: Any, kind: BroadcastKind) -> Rows:
    """The same rows of ``candidates`` with the reason of those who did not agree to this kind.

    Asked of every way, PostgreSQL would read all agreements of the country for one street.
    """
    has_agreed = agreed(PURPOSE_OF_KIND[kind], way.c.person_id)
    reason = case((~has_agreed, literal(NO_CONSENT)), else_=way.c.reason).label("reason")
    return select(*(reason if one.key == "reason" else one for one in way.c))


def _why_not(closed: _Closed) -> ColumnElement[str | None]:
    return case(
        (closed.suspended, SUSPENDED),
        (closed.paused, PAUSED),
        (_is_missing, NO_CONTACT),
        (and_(_is_stopped, col(ContactStop.reason).in_(LOST_REASONS)), LOST_CONTACT),
        (_is_stopped, OPTED_OUT),
        (closed.off, CHANNEL_OFF),
        (closed.to_calls, CALLS_CLOSED),
        (closed.until_too_late, QUIET_HOURS_EXPIRED),
        else_=null(),
    )


def _is_off(kind: BroadcastKind) -> ColumnElement[bool]:
    """WhatsApp carries what may wait, where it is set up and the police zone allows it."""
    by_whatsapp = col(PlanChannel.channel) == Channel.WHATSAPP
    if kind not in COLD_KINDS or not settings().has_whatsapp:
        return by_whatsapp
    zone_allows = exists().where(
        col(Partnership.id) == col(Membership.partnership_id),
        col(Organisation.id) == col(Partnership.police_zone_id),
        col(Organisation.allows_whatsapp),
    )
    return and_(by_whatsapp, ~zone_allows)


def agreed(purpose: Purpose, person_id: Any = None) -> ColumnElement[bool]:
    """The condition on ``Person``, or on somebody's id, that he agrees to this purpose."""
    return exists().where(
        col(Consent.person_id) == (col(Person.id) if person_id is None else person_id),
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
