"""Contact points: numbers in E.164, addresses in one spelling, and which channel is closed."""

import re
from datetime import datetime
from uuid import UUID

import phonenumbers
from phonenumbers import PhoneNumberFormat
from sqlmodel import Session, select

from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.security import blind_index
from partnerships.lost_contacts import LOST_REASONS
from partnerships.models import (
    CHANNELS_OF_CONTACT,
    Channel,
    ContactKind,
    ContactPoint,
    ContactStop,
    Person,
)
from partnerships.telephone import Line, NoNumber, read
from partnerships.typed_text import tidy

# Why a number or address is not used yet: nobody has shown whose it is, or vouched for it. Nothing
# is sent to it but its own proof.
UNCONFIRMED = "unconfirmed"
# The same, and whoever has it said STOP besides.
UNCONFIRMED_STOPPED = "unconfirmed_stopped"
UNPROVED = (UNCONFIRMED, UNCONFIRMED_STOPPED)
# What is left of the latter once somebody has vouched, or where the same number is given anew.
STOPPED = "stopped"

_ADDRESS = re.compile(
    r"[^@\s,;:<>()\[\]\\\"]{1,64}@(?=.{4,190}$)"
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])"
)
# How address books copy one: Anna Good <anna@example.org>.
_IN_BRACKETS = re.compile(r"<([^<>]*@[^<>]*)>")
# Three times what an address may be; the rest makes it none.
_LONGEST_TYPED = 1000
_AROUND = " '’\"`;:,.<>()"
_AROUND_SIGN = re.compile(r"\s*@\s*")


def telephone(field: str, typed: str, kind: ContactKind) -> str:
    """The E.164 form of a number as a Belgian types it.

    Raises ``BadInput`` naming ``field`` when it is none, or is not of that kind.
    """
    try:
        number = read(typed)
    except NoNumber as refusal:
        raise BadInput(FieldProblem(field, refusal.message)) from None
    if kind is ContactKind.MOBILE and number.line is Line.LANDLINE:
        problem = mark("This is a land line: it cannot take a text message.")
        raise BadInput(FieldProblem(field, problem))
    return number.e164


def address(field: str, typed: str) -> str:
    """An email address in lower case. Raises ``BadInput`` naming ``field`` when it is none."""
    text = tidy(typed[:_LONGEST_TYPED])
    copied = _IN_BRACKETS.search(text)
    text = (copied[1] if copied else text).strip(_AROUND).lower().removeprefix("mailto:")
    value = _AROUND_SIGN.sub("@", text)
    if not _ADDRESS.fullmatch(value) or ".." in value or value.startswith("."):
        raise BadInput(FieldProblem(field, mark("This is not an email address.")))
    return value


def normalised(field: str, typed: str, kind: ContactKind) -> str:
    """The one spelling of a contact point of this kind; raises ``BadInput`` naming ``field``."""
    return address(field, typed) if kind is ContactKind.EMAIL else telephone(field, typed, kind)


def add(session: Session, person: Person, kind: ContactKind, value: str, position: int) -> None:
    """Add a contact point whose ``value`` is already normalised."""
    session.add(
        ContactPoint(
            person_id=person.id,
            kind=kind,
            value=value,
            value_index=blind_index(value),
            position=position,
        )
    )


def readable(number: str) -> str:
    """An E.164 number with the spaces people read it by."""
    return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)


def shown(point: ContactPoint) -> str:
    """A number with the spaces people read it by, or an address."""
    return point.value if point.kind is ContactKind.EMAIL else readable(point.value)


def masked(point: ContactPoint) -> str:
    """As much of it as its owner knows it by, and a stranger cannot write to."""
    if point.kind is ContactKind.EMAIL:
        return f"{point.value[:1]}…@…"
    return f"… {point.value[-2:]}"


def points_with_value(session: Session, value: str) -> list[ContactPoint]:
    """Everybody's contact points with this number or address: a household may share one."""
    found = select(ContactPoint).where(ContactPoint.value_index == blind_index(value))
    return list(session.exec(found))


def stop(
    session: Session,
    point_id: UUID,
    channel: Channel,
    reason: str,
    said_at: datetime | None = None,
) -> None:
    """Close one channel of a contact point; closing twice is closing once.

    A STOP on one that nobody has proved yet is kept beside that: either keeps it closed.
    """
    closed = session.get(ContactStop, (point_id, channel))
    if closed is None:
        session.add(
            ContactStop(
                contact_point_id=point_id,
                channel=channel,
                reason=reason,
                stopped_at=said_at or clock.now(),
            )
        )
    elif closed.reason == UNCONFIRMED and reason not in (UNCONFIRMED, *LOST_REASONS):
        closed.reason, closed.stopped_at = UNCONFIRMED_STOPPED, said_at or clock.now()
    session.flush()


def close_unproved(session: Session, point: ContactPoint) -> None:
    """Use a contact point for nothing but its own proof until that has come."""
    for channel in CHANNELS_OF_CONTACT[point.kind]:
        closed = session.get(ContactStop, (point.id, channel))
        if closed is None:
            stop(session, point.id, channel, UNCONFIRMED)
        elif closed.reason not in UNPROVED:
            is_lost = closed.reason in LOST_REASONS
            closed.reason = UNCONFIRMED if is_lost else UNCONFIRMED_STOPPED
    session.flush()


def stop_all(session: Session, point: ContactPoint, reason: str) -> None:
    """Close a contact point altogether: whoever texts STOP does not want to be called instead."""
    for channel in CHANNELS_OF_CONTACT[point.kind]:
        stop(session, point.id, channel, reason)


def _stops(session: Session, point: ContactPoint) -> list[ContactStop]:
    found = (session.get(ContactStop, (point.id, one)) for one in CHANNELS_OF_CONTACT[point.kind])
    return [one for one in found if one is not None]


def resume_all(session: Session, point: ContactPoint, said_at: datetime | None = None) -> None:
    """Open a contact point again: its owner has shown that it is his, and wants it used.

    What he closed after ``said_at`` stays closed: the later word counts.
    """
    for closed in _stops(session, point):
        is_later = said_at is not None and closed.stopped_at > said_at
        if not is_later or closed.reason == UNCONFIRMED:
            session.delete(closed)
        elif closed.reason == UNCONFIRMED_STOPPED:
            closed.reason = STOPPED
    session.flush()


def take_back_stop(session: Session, point: ContactPoint) -> None:
    """Undo a STOP, on the word START. What nobody has proved stays closed: the sender of a text can
    be forged, and whoever has a number that was mistyped is no member."""
    for closed in _stops(session, point):
        if closed.reason == UNCONFIRMED_STOPPED:
            closed.reason = UNCONFIRMED
        elif closed.reason != UNCONFIRMED:
            session.delete(closed)
    session.flush()


def open_unproved(session: Session, point: ContactPoint) -> None:
    """Use a contact point without its proof; a STOP of whoever has it still counts."""
    for closed in _stops(session, point):
        if closed.reason == UNCONFIRMED_STOPPED:
            closed.reason = STOPPED
        elif closed.reason == UNCONFIRMED:
            session.delete(closed)
    session.flush()
