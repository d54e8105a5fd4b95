"""Keeping the register of one partnership: adding a member, changing him, ending a membership."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import Language, mark
from partnerships import consent, households, measures, member_notices, paper_consent, ways
from partnerships.households import Address
from partnerships.models import (
    ContactKind,
    ContactPoint,
    JoinedHow,
    Membership,
    Partnership,
    PartnershipStatus,
    Person,
    Purpose,
)
from partnerships.paper_consent import Agreement
from partnerships.scope import within_reach
from partnerships.spelling import plain
from partnerships.ways import Owner, Way

LONGEST_NAME = 120
# Unless two members share it: then the page offers to add it all the same.
TAKEN = mark("This number or address belongs to a member here already: {name}.")
_OVER = (PartnershipStatus.ENDED, PartnershipStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class NewMember:
    """What a coordinator writes down of a new member. ``ways`` are numbers and addresses as typed;
    at least one is needed."""

    name: str
    language: Language
    ways: Sequence[str]
    address: Address = field(default_factory=Address)
    agreement: Agreement | None = None
    # Said by the coordinator when somebody else here has the same mobile or address.
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a partnership."""

    person: Person
    membership: Membership


def member_for(
    session: Session,
    partnership: Partnership,
    membership_id: UUID,
    actor: Actor,
    action: Action,
    *,
    or_former: bool = False,
) -> Member:
    """A member of a partnership; raises ``NotFound`` when out of reach.

    Who has left is not found either: he is no business of the coordinator any more, and may be a
    member elsewhere. ``or_former`` is for what outlives a membership: measures, and its end.
    """
    wanted = (
        select(Person, Membership)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(
            Membership.id == membership_id,
            Membership.partnership_id == partnership.id,
            col(Person.erased_at).is_(None),
            within_reach(actor, action),
        )
    )
    if not or_former:
        wanted = wanted.where(col(Membership.left_at).is_(None))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return Member(*found)


def add(session: Session, actor: Actor, partnership: Partnership, wanted: NewMember) -> Membership:
    """Make somebody a member, or take a former member back.

    Somebody of another partnership is written down anew: what he told the others is not for this
    coordinator. Raises ``BadInput`` with every wrong field, ``Conflict`` for a partnership that
    has ended.
    """
    if partnership.status in _OVER:
        raise Conflict(mark("This partnership has ended: it takes no members."))
    # A second click on the button waits for the first, and then finds him a member.
    session.refresh(partnership, with_for_update=True)
    problems = problems_of(session, partnership, wanted)
    if problems:
        raise BadInput(*problems)
    known = _known(session, partnership, _read_ways(wanted.ways)[0])
    former = _former(wanted.name, known)
    member = former or _new_person(session, partnership, wanted)
    _come_in(session, member, wanted)
    for _number, way, owned in known:
        if all(one.person.id != member.person.id for one in owned):
            ways.add(session, member.person, way)
    households.settle(session, member.person.id, wanted.address)
    if wanted.agreement is not None:
        paper_consent.write_down(session, member.person, wanted.agreement)
    _record(session, "member.add", member.membership, actor, came_back=former is not None)
    return member.membership


def problems_of(
    session: Session, partnership: Partnership, wanted: NewMember
) -> list[FieldProblem]:
    """All that keeps somebody from being added, by field: ``name``, ``ways.0``, ``ways.1``…"""
    read, problems = _read_ways(wanted.ways)
    taken = _taken(session, wanted, _known(session, partnership, read))
    return [*_name_problems(wanted.name), *problems, *taken]


def _known(
    session: Session, partnership: Partnership, read: Sequence[tuple[int, Way]]
) -> list[tuple[int, Way, list[Owner]]]:
    return [(number, way, ways.owners(session, partnership.id, way)) for number, way in read]


def _read_ways(typed: Sequence[str]) -> tuple[list[tuple[int, Way]], list[FieldProblem]]:
    """Each way with its place in what was typed, and what is wrong with the others."""
    read: list[tuple[int, Way]] = []
    problems: list[FieldProblem] = []
    for number, one in enumerate(typed):
        if not one.strip():
            continue
        try:
            read.append((number, ways.read(f"ways.{number}", one.strip())))
        except BadInput as refusal:
            problems.extend(refusal.problems)
    if not read and not problems:
        problem = mark("A mobile, a land line or an email address is needed.")
        problems.append(FieldProblem("ways.0", problem))
    return read, problems


def _name_problems(name: str) -> Iterator[FieldProblem]:
    if not plain(name):
        yield FieldProblem("name", mark("A name is needed."))
    elif len(name) > LONGEST_NAME:
        problem = mark("A name has {count} characters at most.")
        yield FieldProblem("name", problem, (("count", LONGEST_NAME),))


def _taken(
    session: Session, wanted: NewMember, known: Sequence[tuple[int, Way, list[Owner]]]
) -> Iterator[FieldProblem]:
    for number, way, owned in known:
        for owner in owned:
            problem = _why_taken(session, wanted, way, owner)
            if problem is not None:
                values = (("name", owner.person.name),)
                yield FieldProblem(f"ways.{number}", problem, values)
                break


def _why_taken(session: Session, wanted: NewMember, way: Way, owner: Owner) -> str | None:
    is_same = plain(owner.person.name) == plain(wanted.name)
    if owner.membership.left_at is not None:
        is_barred = measures.exclusion_in_force(session, owner.membership.id) is not None
        # Others of the household may use the excluded person's land line.
        if is_barred and (is_same or way.kind is not ContactKind.LANDLINE):
            return mark("The police decide whether {name} may be a member again. Ask them first.")
        return None
    if is_same:
        return mark("{name} is a member here already, with this number or address.")
    if way.kind is ContactKind.LANDLINE or wanted.is_shared:
        return None
    return TAKEN


def _former(name: str, known: Sequence[tuple[int, Way, list[Owner]]]) -> Member | None:
    for _number, _way, owned in known:
        for owner in owned:
            if owner.membership.left_at is not None and plain(owner.person.name) == plain(name):
                return Member(owner.person, owner.membership)
    return None


def _new_person(session: Session, partnership: Partnership, wanted: NewMember) -> Member:
    person = Person(name=wanted.name.strip(), language=wanted.language)
    session.add(person)
    session.flush()
    membership = Membership(partnership_id=partnership.id, person_id=person.id)
    return Member(person, membership)


def _come_in(session: Session, member: Member, wanted: NewMember) -> None:
    person, membership = member.person, member.membership
    person.name, person.language = wanted.name.strip(), wanted.language
    membership.joined_at, membership.joined_how = clock.now(), JoinedHow.COORDINATOR
    # A suspension that is still running goes on.
    membership.left_at = None
    session.add_all([person, membership])
    session.flush()


def _record(
    session: Session, action: str, membership: Membership, actor: Actor, **facts: str | bool
) -> None:
    audit.record(session, action, ("membership", membership.id), by=actor.account_id, **facts)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a coordinator may change on a member's word; None leaves it as it is."""

    name: str | None = None
    language: Language | None = None
    address: Address | None = None
    takes_calls: bool | None = None
    weekly_mail: bool | None = None


def change(session: Session, actor: Actor, member: Member, changes: Changes) -> None:
    """Change a member. Raises ``BadInput`` for a name that is none."""
    person = member.person
    if changes.name is not None:
        problems = list(_name_problems(changes.name))
        if problems:
            raise BadInput(*problems)
        person.name = changes.name.strip()
    if changes.language is not None:
        person.language = changes.language
    if changes.takes_calls is not None:
        person.takes_calls = changes.takes_calls
    if changes.weekly_mail is not None:
        person.weekly_mail = changes.weekly_mail
    if changes.address is not None:
        households.settle(session, person.id, changes.address)
    session.add(person)
    _record(session, "member.change", member.membership, actor)


def give_way(
    session: Session, actor: Actor, member: Member, typed: str, *, is_shared: bool = False
) -> Way:
    """Add a number or an address to a member. Raises ``BadInput`` naming ``way``."""
    way = _free_way(session, member, typed, is_shared=is_shared)
    ways.add(session, member.person, way)
    member_notices.tell_of_way(session, member.person, way)
    _record(session, "member.add_way", member.membership, actor, kind=way.kind)
    return way


def change_way(
    session: Session, actor: Actor, member: Member, point: ContactPoint, typed: str
) -> Way:
    """A new number or address in the place of another. Raises ``BadInput`` naming ``way``."""
    way = _free_way(session, member, typed, is_shared=False)
    # Before it changes: the old one is told, too.
    member_notices.tell_of_way(session, member.person, way)
    ways.replace(session, point, way)
    _record(session, "member.change_way", member.membership, actor, kind=way.kind)
    return way


def take_way(session: Session, actor: Actor, member: Member, point: ContactPoint) -> None:
    """Take a number or an address off a member."""
    ways.remove(session, point)
    _record(session, "member.remove_way", member.membership, actor, kind=point.kind)


def _free_way(session: Session, member: Member, typed: str, *, is_shared: bool) -> Way:
    way = ways.read("way", typed.strip())
    for owner in ways.owners(session, member.membership.partnership_id, way):
        problem = None
        if owner.person.id == member.person.id:
            problem = mark("{name} has this number or address already.")
        elif (
            owner.membership.left_at is None
            and way.kind is not ContactKind.LANDLINE
            and not is_shared
        ):
            problem = TAKEN
        if problem is not None:
            raise BadInput(FieldProblem("way", problem, (("name", owner.person.name),)))
    return way


def way_for(session: Session, member: Member, point_id: UUID) -> ContactPoint:
    """One of a member's ways; raises ``NotFound`` when it is not his."""
    for point in ways.of_person(session, member.person.id):
        if point.id == point_id:
            return point
    raise NotFound


def agree(session: Session, actor: Actor, member: Member, agreement: Agreement) -> None:
    """Write down what a member agreed to on paper or by word of mouth."""
    paper_consent.write_down(session, member.person, agreement)
    _record(session, "member.agree", member.membership, actor, how=agreement.how)


def take_back(session: Session, actor: Actor, member: Member, purpose: Purpose) -> None:
    """Write down that a member took an agreement back, by word to the coordinator."""
    consent.withdraw(session, member.person.id, purpose, "coordinator")
    _record(session, "member.take_back", member.membership, actor, purpose=purpose)


def end(session: Session, actor: Actor, member: Member) -> None:
    """End a membership; ending twice is ending once. What he agreed to stays on record."""
    if member.membership.left_at is None:
        member.membership.left_at = clock.now()
        session.add(member.membership)
        _record(session, "member.end", member.membership, actor)
