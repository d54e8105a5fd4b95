"""Who is asked, and by which way: once each, nobody who did not agree to surveys, one telephone
once whoever shares it."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, exists, func, literal, or_, select, true
from sqlmodel import Session, col

from hub import clock
from hub.columns import UtcDateTime
from hub.i18n import Language
from messaging.member_ways import agreed
from messaging.skip_reasons import NO_CONSENT, NO_CONTACT, SHARED_NUMBER, SUSPENDED
from partnerships.models import (
    Channel,
    ChannelChoice,
    ContactKind,
    ContactPoint,
    ContactStop,
    Membership,
    Person,
    Purpose,
)

_NOT_CHOSEN = 1000
_KINDS = {ContactKind.MOBILE: Channel.SMS, ContactKind.EMAIL: Channel.EMAIL}


@dataclass(frozen=True, slots=True)
class Asked:
    """One member: the way by which he is asked, or why he is not."""

    person_id: UUID
    language: Language
    contact_point_id: UUID | None
    channel: Channel
    skipped: str = ""


def of_partnership(session: Session, partnership_id: UUID) -> list[Asked]:
    """Every present member, with his best way: his own order of channels, else a text before a
    mail. Who shares his telephone with one who is asked gets a mail, if he has an address."""
    taken: set[str] = set()
    rows = session.execute(_rows(partnership_id)).all()
    return [_choose(list(of_person), taken) for _id, of_person in groupby(rows, lambda row: row[0])]


def _choose(rows: list[Any], taken: set[str]) -> Asked:
    person_id, language, is_suspended, has_agreed = rows[0][:4]
    reason = SUSPENDED if is_suspended else "" if has_agreed else NO_CONSENT
    ways = [row for row in rows if row.point_id is not None]
    if reason or not ways:
        return Asked(person_id, language, None, Channel.EMAIL, reason or NO_CONTACT)
    for way in ways:
        channel = _KINDS[way.kind]
        if channel is Channel.EMAIL or way.value_index not in taken:
            taken.update([way.value_index] if channel is Channel.SMS else [])
            return Asked(person_id, language, way.point_id, channel)
    return Asked(person_id, language, None, Channel.SMS, SHARED_NUMBER)


def still(session: Session, partnership_id: UUID, points: Collection[UUID]) -> set[UUID]:
    """Which of these ways may be used now: his member is still one, agrees, and said no STOP."""
    rows = session.execute(_rows(partnership_id, points)).all()
    return {
        row.point_id
        for row in rows
        if row.point_id is not None and row.has_agreed and not row.is_suspended
    }


def is_away() -> Any:
    """The condition on ``Person`` that he is away today: he is asked when he is back."""
    today = clock.in_brussels(clock.now()).date()
    last = col(Person.paused_until)
    return func.coalesce(
        and_(col(Person.paused_from) <= today, or_(last.is_(None), today <= last)), False
    )


def _rows(partnership_id: UUID, points: Collection[UUID] | None = None) -> Any:
    channel = case(
        *((col(ContactPoint.kind) == kind, one.value) for kind, one in _KINDS.items()), else_=""
    )
    closed = exists().where(
        col(ContactStop.contact_point_id) == col(ContactPoint.id),
        col(ContactStop.channel) == channel,
    )
    way = and_(
        col(ContactPoint.person_id) == col(Person.id),
        col(ContactPoint.kind).in_(list(_KINDS)),
        ~closed,
    )
    wish = and_(
        col(ChannelChoice.person_id) == col(Person.id), col(ChannelChoice.channel) == channel
    )
    is_suspended = col(Membership.suspended_until) > literal(clock.now(), UtcDateTime)
    return (
        select(
            col(Person.id),
            col(Person.language),
            func.coalesce(is_suspended, False).label("is_suspended"),
            agreed(Purpose.SURVEYS).label("has_agreed"),
            col(ContactPoint.id).label("point_id"),
            col(ContactPoint.kind),
            col(ContactPoint.value_index),
        )
        .select_from(Membership)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .outerjoin(ContactPoint, way)
        .outerjoin(ChannelChoice, wish)
        .where(
            col(Membership.partnership_id) == partnership_id,
            col(Membership.left_at).is_(None),
            true() if points is None else col(ContactPoint.id).in_(points),
        )
        .order_by(
            col(Person.id),
            func.coalesce(col(ChannelChoice.position), _NOT_CHOSEN),
            case((col(ContactPoint.kind) == ContactKind.MOBILE, 0), else_=1),
            col(ContactPoint.position),
            col(ContactPoint.id),
        )
    )
