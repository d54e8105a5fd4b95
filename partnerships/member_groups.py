"""Groups of members within a partnership, named by whoever keeps its register."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.db import insert_new
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships.models import GroupedMember, MemberGroup, Membership, Partnership, Person
from partnerships.spelling import plain
from partnerships.typed_text import tidy

LONGEST_NAME = 80
MOST_GROUPS = 50


@dataclass(frozen=True, slots=True)
class Group:
    """A group, and how many present members are in it."""

    row: MemberGroup
    people: int


def of_partnerships(session: Session, partnership_ids: Sequence[UUID]) -> list[Group]:
    """The groups of these partnerships that are not given up, by name."""
    wanted = (
        select(MemberGroup, func.count(col(Membership.id)))
        .outerjoin(GroupedMember, col(GroupedMember.group_id) == col(MemberGroup.id))
        .outerjoin(
            Membership,
            (col(Membership.id) == col(GroupedMember.membership_id))
            & col(Membership.left_at).is_(None),
        )
        .where(
            col(MemberGroup.partnership_id).in_(partnership_ids),
            col(MemberGroup.given_up_at).is_(None),
        )
        .group_by(*MemberGroup.__table__.columns)  # type: ignore[attr-defined]  # made by SQLModel
    )
    found = [Group(*row) for row in session.exec(wanted)]
    return sorted(found, key=lambda one: plain(one.row.name))


def group_for(session: Session, partnership: Partnership, group_id: UUID) -> MemberGroup:
    """One of a partnership's groups; raises ``NotFound`` for any other, and for one given up."""
    found = session.get(MemberGroup, group_id)
    if found is None or found.partnership_id != partnership.id or found.given_up_at is not None:
        raise NotFound
    return found


def inside(session: Session, group: MemberGroup) -> list[tuple[Membership, Person]]:
    """The present members in a group, by name."""
    rows = session.exec(
        select(Membership, Person)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .join(GroupedMember, col(GroupedMember.membership_id) == col(Membership.id))
        .where(GroupedMember.group_id == group.id, col(Membership.left_at).is_(None))
    )
    return sorted(rows, key=lambda row: plain(row[1].name))


def make(session: Session, actor: Actor, partnership: Partnership, name: str) -> MemberGroup:
    """A group with nobody in it yet. Raises ``BadInput`` on ``name``."""
    # A second click on the button waits for the first, and then finds the name taken.
    session.refresh(partnership, with_for_update=True)
    known = of_partnerships(session, [partnership.id])
    if len(known) >= MOST_GROUPS:
        problem = mark("At most {count} groups.")
        raise BadInput(FieldProblem("name", problem, (("count", MOST_GROUPS),)))
    _refuse_bad_name(known, name)
    made = MemberGroup(partnership_id=partnership.id, name=tidy(name), made_at=clock.now())
    session.add(made)
    session.flush()
    _record(session, "member_group.make", made, actor)
    return made


def rename(session: Session, actor: Actor, group: MemberGroup, name: str) -> None:
    """Let a group be called this from now on. Raises ``BadInput`` on ``name``."""
    others = of_partnerships(session, [group.partnership_id])
    _refuse_bad_name([one for one in others if one.row.id != group.id], name)
    group.name = tidy(name)
    session.add(group)
    session.flush()
    _record(session, "member_group.rename", group, actor)


def _refuse_bad_name(others: Sequence[Group], name: str) -> None:
    if not 2 <= len(tidy(name)) <= LONGEST_NAME:
        sentence = mark("A name has 2 to {count} characters.")
        raise BadInput(FieldProblem("name", sentence, (("count", LONGEST_NAME),)))
    if any(plain(one.row.name) == plain(name) for one in others):
        sentence = mark("This partnership has a group of this name already.")
        raise BadInput(FieldProblem("name", sentence))


def put_in(
    session: Session, actor: Actor, group: MemberGroup, memberships: Sequence[Membership]
) -> None:
    """Take members of the partnership into a group; taking one twice is taking him once."""
    for one in memberships:
        row = {"group_id": group.id, "membership_id": one.id, "added_at": clock.now()}
        session.execute(insert_new(session, GroupedMember).values(**row))
        _record(session, "member_group.put_in", group, actor, membership_id=str(one.id))


def take_out(session: Session, actor: Actor, group: MemberGroup, membership_id: UUID) -> None:
    """Take a member out of a group; one who is not in it stays out."""
    known = session.get(GroupedMember, (group.id, membership_id))
    if known is not None:
        session.delete(known)
        session.flush()
        _record(session, "member_group.take_out", group, actor, membership_id=str(membership_id))


def give_up(session: Session, actor: Actor, group: MemberGroup) -> None:
    """Let a group be no more: nobody is in it, and no message can be kept to it. Its name stays
    for the messages of before."""
    session.execute(delete(GroupedMember).where(col(GroupedMember.group_id) == group.id))
    group.given_up_at = clock.now()
    session.add(group)
    session.flush()
    _record(session, "member_group.give_up", group, actor)


def _record(session: Session, action: str, group: MemberGroup, actor: Actor, **facts: str) -> None:
    subject = ("member_group", group.id)
    partnership = str(group.partnership_id)
    audit.record(session, action, subject, by=actor.account_id, partnership_id=partnership, **facts)


def of_person(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """The groups somebody is in, to be read by himself."""
    rows = session.exec(
        select(MemberGroup.name, Partnership.name, GroupedMember.added_at)
        .join(GroupedMember, col(GroupedMember.group_id) == col(MemberGroup.id))
        .join(Membership, col(Membership.id) == col(GroupedMember.membership_id))
        .join(Partnership, col(Partnership.id) == col(MemberGroup.partnership_id))
        .where(Membership.person_id == person_id)
    )
    return [
        {"group": group, "partnership": partnership, "added_at": at.isoformat()}
        for group, partnership, at in rows
    ]


def forget(session: Session, person_id: UUID) -> None:
    """Take somebody out of every group."""
    own = select(Membership.id).where(Membership.person_id == person_id)
    session.execute(delete(GroupedMember).where(col(GroupedMember.membership_id).in_(own)))
