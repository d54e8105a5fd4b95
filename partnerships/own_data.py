"""Everything we hold of a member, to be read by himself, and all of it forgotten when he asks.

Rooms above hold some of it too (what was sent to him, what he wrote): each says so by a ``Holder``,
and the roof hands them all to the page.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, SQLModel, col, select

from hub import audit, clock
from hub.i18n import mark
from hub.security import blind_index
from partnerships import consent, leaving, member_groups, member_notices, ways
from partnerships.admission import OPEN_STATUSES, blank
from partnerships.models import (
    ChannelChoice,
    Consent,
    ContactKind,
    ContactPoint,
    ContactStop,
    ImportedPerson,
    ImportFinding,
    Invitation,
    JoinRequest,
    JoinStatus,
    MemberLink,
    Membership,
    MembershipMeasure,
    MemberVisit,
    Partnership,
    Person,
    Residence,
)
from partnerships.spelling import may_be_one

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """One kind of record about people: how it is called, what is in it of one person, and how he
    is taken out of it. ``show_of_way`` gives what hangs on one of his contact points."""

    name: str
    show: Callable[[Session, UUID], list[Row]]
    forget: Callable[[Session, UUID], None]
    show_of_way: Callable[[Session, UUID], list[Row]] | None = None


def what_he_may_read(
    session: Session, person: Person, came_by: ContactPoint | None, others: Sequence[Holder]
) -> dict[str, list[Row]]:
    """All records of a person for one who came by a way that is surely his. Who came by another has
    shown that he has that number, and not that he is this person: he reads what hangs on it."""
    if came_by is not None and ways.is_surely_his(came_by):
        return everything(session, person, others)
    return _of_way(session, person, came_by, others)


def _of_way(
    session: Session, person: Person, came_by: ContactPoint | None, others: Sequence[Holder]
) -> dict[str, list[Row]]:
    held = {
        mark("You"): [{"name": person.name, "language": person.language}],
        mark("Numbers and addresses"): [_point(session, came_by)] if came_by else [],
        mark("Partnerships"): _memberships(session, person),
        mark("Agreements"): [_without_proof(one) for one in _agreements(session, person)],
    }
    for other in others:
        if other.show_of_way is not None and came_by is not None:
            held[other.name] = other.show_of_way(session, came_by.id)
    return held


def _without_proof(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "proof"}


def everything(session: Session, person: Person, others: Sequence[Holder]) -> dict[str, list[Row]]:
    """All records of a person, kind by kind; moments in UTC. ``others`` are the rooms above."""
    held = {
        mark("You"): [readable(person)],
        mark("Numbers and addresses"): _points(session, person),
        mark("Where you live or work"): _rows(session, Residence, Residence.person_id, person),
        mark("Order of channels"): _rows(session, ChannelChoice, ChannelChoice.person_id, person),
        mark("Partnerships"): _memberships(session, person),
        mark("Groups"): member_groups.of_person(session, person.id),
        mark("Agreements"): _agreements(session, person),
        mark("Requests to join"): _rows(session, JoinRequest, JoinRequest.person_id, person),
        mark("Measures"): _measures(session, person),
        mark("Imports of lists"): _rows(session, ImportedPerson, ImportedPerson.person_id, person),
        mark("Visits to your page"): _rows(session, MemberVisit, MemberVisit.person_id, person),
    }
    for other in others:
        held[other.name] = other.show(session, person.id)
    return held


# What proves nothing to its owner and would help a thief, and what is the same in every row.
_LEFT_OUT = {
    *("person_id", "token_hash", "value_index", "household_index", "street_index"),
    "asked_from_index",
    *("came_by_index", "vouched_by"),
}
# Of a measure.
_OF_THE_POLICE = ("reason", "decided_by", "barred_indexes")


def readable(row: SQLModel) -> Row:
    """A row as its fields, without the keys by which the hub finds it."""
    found: Row = row.model_dump(mode="json", exclude=_LEFT_OUT)
    return found


def _rows(session: Session, table: type[SQLModel], column: Any, person: Person) -> list[Row]:
    return [readable(one) for one in session.exec(select(table).where(column == person.id))]


def _points(session: Session, person: Person) -> list[Row]:
    return [_point(session, one) for one in ways.of_person(session, person.id)]


def _point(session: Session, point: ContactPoint) -> Row:
    stops = select(ContactStop).where(ContactStop.contact_point_id == point.id)
    closed = [f"{one.channel}: {one.reason}" for one in session.exec(stops)]
    return {**readable(point), "closed": closed}


def _memberships(session: Session, person: Person) -> list[Row]:
    rows = session.exec(
        select(Membership, Partnership.name)
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(Membership.person_id == person.id)
    )
    return [{"partnership": name, **readable(membership)} for membership, name in rows]


def _agreements(session: Session, person: Person) -> list[Row]:
    return [{**readable(one.row), "words": one.words} for one in consent.history(session, person)]


def _measures(session: Session, person: Person) -> list[Row]:
    """Without the reason, which may name others: whoever decided tells it."""
    rows = session.exec(
        select(MembershipMeasure)
        .join(Membership, col(Membership.id) == col(MembershipMeasure.membership_id))
        .where(Membership.person_id == person.id)
    )
    return [
        {name: value for name, value in readable(one).items() if name not in _OF_THE_POLICE}
        for one in rows
    ]


def erase(session: Session, person: Person, others: Sequence[Holder], how: str) -> None:
    """Forget a person: his name, ways, address and requests are gone for good; counts stay, and the
    proof that he agreed and took it back. He is told so a last time. Once is enough.
    """
    if person.erased_at is not None:
        return
    _say_goodbye(session, person)
    leaving.leave_all(session, person, how)
    for agreement in consent.history(session, person):
        consent.withdraw(session, person.id, agreement.row.purpose, how)
    own = ways.of_person(session, person.id)
    values = [one.value for one in own]
    _forget_requests(session, person, {one.value for one in own if ways.is_proved(one)})
    for other in others:
        other.forget(session, person.id)
    _forget_rows(session, person)
    _forget_invitations(session, values)
    for point in ways.of_person(session, person.id):
        ways.forget(session, point)
    person.name = ""
    person.no_calls_from = person.no_calls_until = None
    person.paused_from = person.paused_until = None
    person.weekly_mail = False
    person.erased_at = clock.now()
    session.add(person)
    session.flush()
    audit.record(session, "person.erase", ("person", person.id), by=None, how=how)


def _say_goodbye(session: Session, person: Person) -> None:
    """By mail, which costs nothing and holds more words; else by text."""
    points = ways.of_person(session, person.id)
    by_mail = [one for one in points if one.kind is ContactKind.EMAIL]
    by_text = [one for one in points if one.kind is ContactKind.MOBILE]
    for point in (by_mail or by_text)[:1]:
        member_notices.say_goodbye(session, person, point)


def _forget_rows(session: Session, person: Person) -> None:
    for table, column in (
        (Residence, Residence.person_id),
        (ChannelChoice, ChannelChoice.person_id),
        (MemberLink, MemberLink.person_id),
        (MemberVisit, MemberVisit.person_id),
    ):
        session.execute(delete(table).where(col(column) == person.id))
    # That he agreed and took it back stays provable; the name on a paper does not.
    session.execute(update(Consent).where(col(Consent.person_id) == person.id).values(proof=None))
    member_groups.forget(session, person.id)
    _forget_measures(session, person)
    _forget_imports(session, person)
    session.flush()


def _forget_requests(session: Session, person: Person, proved: Set[str]) -> None:
    """Those that became his, and those still open that carry a number or address he has proved and
    a name that may be his: with another name it is somebody of the same house."""
    open_or_his = or_(
        col(JoinRequest.person_id) == person.id, col(JoinRequest.status).in_(OPEN_STATUSES)
    )
    for request in session.exec(select(JoinRequest).where(open_or_his)).all():
        is_his = request.person_id == person.id or (
            not proved.isdisjoint((request.telephone, request.email))
            and may_be_one(person.name, request.name)
        )
        if not is_his:
            continue
        blank(request)
        if request.decided_at is None:
            request.status, request.decided_at = JoinStatus.EXPIRED, clock.now()
        session.add(request)
    session.flush()


def _forget_measures(session: Session, person: Person) -> None:
    own = select(Membership.id).where(Membership.person_id == person.id)
    session.execute(
        update(MembershipMeasure)
        .where(col(MembershipMeasure.membership_id).in_(own))
        .values(reason="", barred_indexes=[])
    )


def _forget_imports(session: Session, person: Person) -> None:
    session.execute(
        update(ImportedPerson).where(col(ImportedPerson.person_id) == person.id).values(before=None)
    )
    session.execute(
        update(ImportFinding)
        .where(col(ImportFinding.same_as_person_id) == person.id)
        .values(typed="", values={})
    )


def _forget_invitations(session: Session, values: Sequence[str]) -> None:
    if not values:
        return
    to_him = or_(*(col(Invitation.value_index) == blind_index(one) for one in values))
    session.execute(delete(Invitation).where(to_him))
