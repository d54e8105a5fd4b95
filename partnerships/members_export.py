"""The members of one partnership as a file: for a spreadsheet, or for an address book.

Numbers are written as they are dialled in Belgium, foreign ones with 00: a cell that begins with +
is a formula to a spreadsheet, and an apostrophe before it would be dialled by nobody. In a vCard,
which no spreadsheet works out, they are in E.164.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from uuid import UUID

import phonenumbers
import vobject
from phonenumbers import PhoneNumberFormat
from sqlalchemy import func
from sqlmodel import Session, col, select

from hub import audit
from hub.access import Actor
from hub.db import unit_of_work
from hub.i18n import Language, mark, translate
from partnerships import spreadsheets
from partnerships.households import Address
from partnerships.models import (
    Consent,
    ContactKind,
    ContactPoint,
    Membership,
    Partnership,
    Person,
    Purpose,
    Residence,
)

_AT_ONCE = 500
_BELGIUM = 32
_BETWEEN_WAYS = " / "


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    VCARD = "vcard"


MEDIA_TYPES = {
    Format.CSV: spreadsheets.MEDIA_TYPES[spreadsheets.Format.CSV],
    Format.XLSX: spreadsheets.MEDIA_TYPES[spreadsheets.Format.XLSX],
    Format.VCARD: "text/vcard; charset=utf-8",
}
ENDINGS = {Format.CSV: "csv", Format.XLSX: "xlsx", Format.VCARD: "vcf"}
# Such as the import understands.
_HEADINGS = (
    mark("Name"),
    mark("Language"),
    mark("Mobile"),
    mark("Land line"),
    mark("Email address"),
    mark("Street"),
    mark("House number"),
    mark("Postcode"),
    mark("Town"),
    mark("Agreement"),
    mark("Member since"),
)


@dataclass(slots=True)
class _Member:
    """One member, with what goes into the file."""

    name: str
    language: Language
    since: str
    ways: list[tuple[ContactKind, str]] = field(default_factory=list)
    address: Address = field(default_factory=Address)
    has_agreed: bool = False

    def values(self, kind: ContactKind) -> list[str]:
        return [value for found, value in self.ways if found is kind]


def export_members(
    session: Session,
    actor: Actor | None,
    partnership: Partnership,
    wanted: Format,
    language: Language,
) -> Iterator[bytes]:
    """Note the export in the log of decisions, and give the file piece by piece.

    The pieces are read from the database when they are asked for, in a unit of work of their own:
    the note must be committed by then.
    """
    audit.record(
        session,
        "members.export",
        ("partnership", partnership.id),
        by=actor.account_id if actor else None,
        members=_count(session, partnership.id),
        format=wanted.value,
    )
    return _file(partnership.id, wanted, language)


def _count(session: Session, partnership_id: UUID) -> int:
    members = select(func.count()).select_from(Membership)
    return session.exec(
        members.where(
            Membership.partnership_id == partnership_id, col(Membership.left_at).is_(None)
        )
    ).one()


def _file(partnership_id: UUID, wanted: Format, language: Language) -> Iterator[bytes]:
    with unit_of_work(read_only=True) as session:
        members = _members(session, partnership_id)
        if wanted is Format.VCARD:
            yield from map(_card, members)
        else:
            rows = _rows(members, language)
            yield from spreadsheets.written(rows, spreadsheets.Format(wanted.value))


def _members(session: Session, partnership_id: UUID) -> Iterator[_Member]:
    """The present members, in the order in which they came."""
    found = iter(
        session.execute(
            select(Person.id, Person.name, Person.language, Membership.joined_at)
            .join(Membership, col(Membership.person_id) == col(Person.id))
            .where(Membership.partnership_id == partnership_id, col(Membership.left_at).is_(None))
            .order_by(col(Membership.id))
            .execution_options(yield_per=_AT_ONCE)
        )
    )
    while batch := list(islice(found, _AT_ONCE)):
        members = {
            person_id: _Member(name, Language(language), joined_at.date().isoformat())
            for person_id, name, language, joined_at in batch
        }
        _add_ways(session, members)
        _add_addresses(session, members)
        _add_agreements(session, members)
        yield from members.values()


def _add_ways(session: Session, members: dict[UUID, _Member]) -> None:
    points = select(ContactPoint.person_id, ContactPoint.kind, ContactPoint.value).where(
        col(ContactPoint.person_id).in_(members), ContactPoint.value != ""
    )
    for person_id, kind, value in session.exec(points.order_by(col(ContactPoint.position))):
        members[person_id].ways.append((ContactKind(kind), value))


def _add_addresses(session: Session, members: dict[UUID, _Member]) -> None:
    residences = session.execute(
        select(  # type: ignore[call-overload]  # five columns
            Residence.person_id,
            Residence.street,
            Residence.house_number,
            Residence.postcode,
            Residence.town,
        ).where(col(Residence.person_id).in_(members))
    )
    for person_id, *parts in residences:
        members[person_id].address = Address(*parts)


def _add_agreements(session: Session, members: dict[UUID, _Member]) -> None:
    agreed = select(Consent.person_id).where(
        col(Consent.person_id).in_(members),
        Consent.purpose == Purpose.URGENT_ALERTS,
        col(Consent.withdrawn_at).is_(None),
    )
    for person_id in session.exec(agreed):
        members[person_id].has_agreed = True


def _rows(members: Iterable[_Member], language: Language) -> Iterator[list[str]]:
    yield [translate(language, heading) for heading in _HEADINGS]
    yes, no = translate(language, mark("yes")), translate(language, mark("no"))
    for one in members:
        yield [
            one.name,
            one.language,
            _numbers(one.values(ContactKind.MOBILE)),
            _numbers(one.values(ContactKind.LANDLINE)),
            _BETWEEN_WAYS.join(one.values(ContactKind.EMAIL)),
            one.address.street,
            one.address.house_number,
            one.address.postcode,
            one.address.town,
            yes if one.has_agreed else no,
            one.since,
        ]


def _numbers(numbers: Sequence[str]) -> str:
    return _BETWEEN_WAYS.join(map(dialled, numbers))


def dialled(e164: str) -> str:
    """A number as it is dialled from Belgium: 0471 99 00 01, 00352 621 123 456."""
    number = phonenumbers.parse(e164)
    if number.country_code == _BELGIUM:
        return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    written = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return written.replace("+", "00", 1)


def _card(member: _Member) -> bytes:
    card = vobject.vCard()
    card.add("fn").value = member.name
    card.add("n").value = vobject.vcard.Name(family=member.name)
    for kind, type_name in ((ContactKind.MOBILE, "CELL"), (ContactKind.LANDLINE, "HOME")):
        for number in member.values(kind):
            telephone = card.add("tel")
            telephone.value, telephone.type_param = number, type_name
    for address in member.values(ContactKind.EMAIL):
        card.add("email").value = address
    if not member.address.is_empty:
        card.add("adr").value = vobject.vcard.Address(
            street=" ".join(filter(None, (member.address.street, member.address.house_number))),
            code=member.address.postcode,
            city=member.address.town,
        )
    text: str = card.serialize()
    return text.encode()
