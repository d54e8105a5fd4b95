"""Contact points: numbers in E.164, addresses in one spelling, and which channel is closed."""

import re
from uuid import UUID

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from sqlmodel import Session, select

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.security import blind_index
from partnerships.models import (
    CHANNELS_OF_CONTACT,
    Channel,
    ContactKind,
    ContactPoint,
    ContactStop,
    Person,
)

_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[^@\s,;<>\"]{2,}")
# Never dialled: services that cost the member or us money, or that must stay free for emergencies.
_REFUSED_TYPES = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.UAN,
}


def telephone(field: str, typed: str, kind: ContactKind) -> str:
    """The E.164 form of a number as a Belgian types it.

    Raises ``BadInput`` naming ``field`` when it is none, or is not of that kind.
    """
    try:
        number = phonenumbers.parse(typed, "BE")
    except NumberParseException:
        raise BadInput(FieldProblem(field, mark("This is not a telephone number."))) from None
    number_type = phonenumbers.number_type(number)
    if not phonenumbers.is_valid_number(number) or number_type in _REFUSED_TYPES:
        raise BadInput(FieldProblem(field, mark("This telephone number does not exist.")))
    if kind is ContactKind.MOBILE and number_type is PhoneNumberType.FIXED_LINE:
        problem = mark("This is a land line: it cannot take a text message.")
        raise BadInput(FieldProblem(field, problem))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def address(field: str, typed: str) -> str:
    """An email address in lower case. Raises ``BadInput`` naming ``field`` when it is none."""
    value = typed.strip().lower()
    if not _ADDRESS.fullmatch(value):
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


def points_with_value(session: Session, value: str) -> list[ContactPoint]:
    """Everybody's contact points with this number or address: a household may share one."""
    found = select(ContactPoint).where(ContactPoint.value_index == blind_index(value))
    return list(session.exec(found))


def stop(session: Session, point_id: UUID, channel: Channel, reason: str) -> None:
    """Close one channel of a contact point; closing twice is closing once."""
    if session.get(ContactStop, (point_id, channel)) is None:
        session.add(ContactStop(contact_point_id=point_id, channel=channel, reason=reason))
        session.flush()


def stop_all(session: Session, point: ContactPoint, reason: str) -> None:
    """Close a contact point altogether: whoever texts STOP does not want to be called instead."""
    for channel in CHANNELS_OF_CONTACT[point.kind]:
        stop(session, point.id, channel, reason)


def resume_all(session: Session, point: ContactPoint) -> None:
    """Open a contact point again, on the owner's own word."""
    for channel in CHANNELS_OF_CONTACT[point.kind]:
        closed = session.get(ContactStop, (point.id, channel))
        if closed is not None:
            session.delete(closed)
    session.flush()
