"""Deciding on a request to join: yes makes a member, no tells why, and both blank the request."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, exists, or_
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import Conflict
from hub.i18n import mark
from hub.security import blind_index
from partnerships import (
    consent,
    contact,
    households,
    join_notices,
    measures,
    own_ways,
    sign_up_limits,
    vouching,
    ways,
)
from partnerships.households import Address
from partnerships.models import (
    ContactKind,
    ContactPoint,
    JoinRequest,
    JoinStatus,
    Membership,
    Organisation,
    Partnership,
    Person,
    Purpose,
)
from partnerships.scope import within_reach
from partnerships.spelling import may_be_one
from partnerships.ways import Way


class Reason(StrEnum):
    """Why a coordinator says no."""

    OUTSIDE = "outside"
    UNKNOWN = "unknown"
    MEMBER_ALREADY = "member_already"
    NOT_NOW = "not_now"


# What the applicant is told; it also names the choice on the coordinator's page.
SENTENCES = {
    Reason.OUTSIDE: mark("You do not live or work in the zone of this partnership."),
    Reason.UNKNOWN: mark("The coordinator could not find out who you are."),
    Reason.MEMBER_ALREADY: mark("You are a member already."),
    Reason.NOT_NOW: mark("The partnership takes no new members at the moment."),
}


# Not decided yet.
OPEN_STATUSES = (JoinStatus.WAITING, JoinStatus.UNVERIFIED)


def approve(
    session: Session, actor: Actor, request: JoinRequest, vouched: Collection[str] = ()
) -> Person:
    """Make a member of whoever asked, with what he proved and agreed to, and tell him.

    What he did not prove is used for nothing but its proof, unless ``vouched`` names it: fields of
    the request (``telephone``, ``email``) for which the actor gives his word. Somebody whom the
    actor may know, by the same proved number or address and the same name, is the same person.
    Raises ``Conflict`` when the request was decided before, or when only the police may decide.
    """
    _still_open(session, request)
    partnership = session.get_one(Partnership, request.partnership_id)
    if measures.is_excluded(session, partnership.id, _values(request)):
        raise Conflict(mark("The police decide on this request: somebody was excluded before."))
    person = _person(session, actor, request)
    if request.person_id is None:
        _settle_ways(session, actor, person, request, vouched)
        _settle_home(session, person, request, partnership)
        _agree(session, person, request)
    _come_in(session, person, request)
    join_notices.tell_approved(session, request, partnership, vouched)
    request.person_id = person.id
    _decide(session, actor, request, JoinStatus.APPROVED)
    return person


def decline(session: Session, actor: Actor, request: JoinRequest, reason_code: Reason) -> None:
    """Say no, and tell the applicant why. Raises ``Conflict`` when it was decided before."""
    _still_open(session, request)
    partnership = session.get_one(Partnership, request.partnership_id)
    join_notices.tell_declined(session, request, partnership, SENTENCES[Reason(reason_code)])
    _decide(session, actor, request, JoinStatus.DECLINED, reason=reason_code)


def blank(request: JoinRequest) -> None:
    """Take away all that says who asked; that somebody asked, when, and what became of it stays."""
    request.name = request.telephone = request.email = ""
    request.street = request.house_number = ""


def _still_open(session: Session, request: JoinRequest) -> None:
    # Two coordinators, or one who presses twice: one decision comes of it.
    session.refresh(request, with_for_update=True)
    if request.status not in OPEN_STATUSES:
        raise Conflict(mark("This request has been decided already."))


def _decide(
    session: Session, actor: Actor, request: JoinRequest, status: JoinStatus, **facts: str
) -> None:
    request.status, request.decided_at = status, clock.now()
    request.decided_by = actor.account_id
    blank(request)
    session.add(request)
    session.flush()
    action = f"join_request.{status}"
    audit.record(session, action, ("join_request", request.id), by=actor.account_id, **facts)


def _values(request: JoinRequest) -> list[str]:
    return [one for one in (request.telephone, request.email) if one]


@dataclass(frozen=True, slots=True)
class _Given:
    """The number or the address of a request, and when it was proved, if it was."""

    field: str
    way: Way
    proved_at: datetime | None


def _given(request: JoinRequest) -> Iterator[_Given]:
    if request.telephone:
        way = ways.read("telephone", request.telephone)
        yield _Given("telephone", way, request.telephone_verified_at)
    if request.email:
        way = Way(ContactKind.EMAIL, request.email)
        yield _Given("email", way, request.email_verified_at)


def _person(session: Session, actor: Actor, request: JoinRequest) -> Person:
    if request.person_id is not None:
        return session.get_one(Person, request.person_id)
    return _known(session, actor, request) or _new(session, request)


def _known(session: Session, actor: Actor, request: JoinRequest) -> Person | None:
    """Whoever proved the same number or address, or has it in this very partnership.

    A couple may share both, so the name must fit too, and fit one person only. One member too many
    rings no telephone twice; two people taken for one would lose one of them.
    """
    for given in _given(request):
        if given.proved_at is None or given.way.kind is ContactKind.LANDLINE:
            continue
        fitting = {
            person.id: person
            for person, point in _owners(session, actor, request, given.way)
            if point.verified_at is not None or _is_member(session, person, request)
            if may_be_one(person.name, request.name)
        }
        if len(fitting) == 1:
            return fitting.popitem()[1]
    return None


def _owners(
    session: Session, actor: Actor, request: JoinRequest, way: Way
) -> list[tuple[Person, ContactPoint]]:
    """Who has this way, among the people whom the actor sees already, and those who left this
    partnership and are in no other. Taken for anybody else, the newcomer would bring a stranger's
    name and numbers with him."""
    found = session.exec(
        select(Person, ContactPoint)
        .join(ContactPoint, col(ContactPoint.person_id) == col(Person.id))
        .where(
            ContactPoint.value_index == blind_index(way.value),
            col(Person.erased_at).is_(None),
            or_(_is_seen_by(actor), and_(_was_here(request), ~_is_anywhere())),
        )
    )
    return list(found)


def _is_seen_by(actor: Actor) -> Condition:
    return exists().where(
        col(Membership.person_id) == col(Person.id),
        col(Membership.left_at).is_(None),
        col(Membership.partnership_id) == col(Partnership.id),
        within_reach(actor, Action.KEEP_MEMBERS),
    )


def _was_here(request: JoinRequest) -> Condition:
    return exists().where(
        col(Membership.person_id) == col(Person.id),
        col(Membership.partnership_id) == request.partnership_id,
    )


def _is_anywhere() -> Condition:
    return exists().where(
        col(Membership.person_id) == col(Person.id), col(Membership.left_at).is_(None)
    )


def _is_member(session: Session, person: Person, request: JoinRequest) -> bool:
    return _membership(session, person, request) is not None


def _membership(session: Session, person: Person, request: JoinRequest) -> Membership | None:
    wanted = select(Membership).where(
        Membership.person_id == person.id, Membership.partnership_id == request.partnership_id
    )
    return session.exec(wanted).first()


def _new(session: Session, request: JoinRequest) -> Person:
    person = Person(name=request.name, language=request.language)
    session.add(person)
    session.flush()
    return person


def _settle_ways(
    session: Session,
    actor: Actor,
    person: Person,
    request: JoinRequest,
    vouched: Collection[str],
) -> None:
    for given in _given(request):
        point, is_new = _point(session, person, given.way)
        if is_new or given.proved_at is not None:
            point.given_by_owner_at = point.given_by_owner_at or request.stated_at
        if given.proved_at is not None:
            point.verified_at = point.verified_at or given.proved_at
            # He gave it himself: whatever had closed it before is over.
            contact.resume_all(session, point, given.proved_at)
        elif is_new:
            contact.close_unproved(session, point)
        session.add(point)
        session.flush()
        if given.proved_at is None and not ways.is_surely_his(point):
            _vouch_or_ask(session, actor, person, point, given.field in vouched)


def _point(session: Session, person: Person, way: Way) -> tuple[ContactPoint, bool]:
    """His contact point of this way, and whether it was made just now."""
    known = ways.found(session, person.id, way)
    if known is not None:
        return known, False
    ways.add(session, person, way)
    session.flush()
    return next(one for one in ways.of_person(session, person.id) if one.value == way.value), True


def _vouch_or_ask(
    session: Session, actor: Actor, person: Person, point: ContactPoint, is_vouched: bool
) -> None:
    """Use it on the actor's word; else ask by mail for the proof. The code of a text is typed on a
    page that is open: it is sent when somebody asks for it."""
    if is_vouched:
        vouching.vouch(session, actor, point)
    elif point.kind is ContactKind.EMAIL:
        place = sign_up_limits.place_index(str(actor.account_id))
        own_ways.ask_to_confirm(session, person, point, place)


def _agree(session: Session, person: Person, request: JoinRequest) -> None:
    """Record what he agreed to on the form; what he has taken back since stays taken back."""
    for purpose in map(Purpose, request.purposes):
        if consent.was_withdrawn_since(session, person.id, purpose, request.stated_at):
            continue
        consent.give(
            session,
            person,
            purpose,
            wording=request.wording_version,
            how=request.joined_how,
            language=request.language,
            at=request.stated_at,
            proof=f"join_request {request.id}",
        )


def _settle_home(
    session: Session, person: Person, request: JoinRequest, partnership: Partnership
) -> None:
    if not request.street or not households.address_of(session, person.id).is_empty:
        return
    town = session.get_one(Organisation, partnership.municipality_id).name
    address = Address(request.street, request.house_number, town=town)
    households.settle(session, person.id, address)
    session.flush()


def _come_in(session: Session, person: Person, request: JoinRequest) -> None:
    membership = _membership(session, person, request)
    if membership is not None and membership.left_at is None:
        return
    if membership is None:
        membership = Membership(partnership_id=request.partnership_id, person_id=person.id)
    membership.joined_at, membership.joined_how = clock.now(), request.joined_how
    # A suspension that is still running goes on.
    membership.left_at = None
    session.add(membership)
    session.flush()
