"""To whom among the members of its partnerships a broadcast is kept: people of some streets, and
of some groups. Whoever is in one of them gets it; with neither, everybody does.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlmodel import Session, col

from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from messaging.models import Broadcast, BroadcastGroup, BroadcastStreet
from partnerships import member_groups, scope, streets
from partnerships.member_groups import Group
from partnerships.models import (
    GroupedMember,
    MemberGroup,
    Membership,
    Partnership,
    Residence,
)
from partnerships.streets import Street

_NO_GROUP = mark("There is no such group in the partnerships chosen.")


@dataclass(frozen=True, slots=True)
class KeptTo:
    """The streets and groups a message is kept to; neither means all members."""

    streets: Sequence[Street] = ()
    groups: Sequence[MemberGroup] = ()

    @property
    def is_everybody(self) -> bool:
        return not (self.streets or self.groups)


EVERYBODY = KeptTo()


@dataclass(frozen=True, slots=True)
class Offered:
    """The groups of the partnerships chosen, what is kept to, and what is wrong with it.

    ``stray`` are groups that were chosen and whose partnership is not, or not any more.
    """

    groups: Sequence[Group]
    stray: Sequence[MemberGroup]
    kept_to: KeptTo
    problems: Sequence[FieldProblem]

    def refuse_wrong(self) -> KeptTo:
        """What it is kept to. Raises ``BadInput`` on ``streets.…`` and ``groups``."""
        if self.problems:
            raise BadInput(*self.problems)
        return self.kept_to


def offered(
    session: Session,
    actor: Actor,
    partnership_ids: Sequence[UUID],
    typed_streets: Sequence[str],
    wanted_groups: Sequence[str],
) -> Offered:
    """What somebody chose among the streets and groups of these partnerships. A street in which
    none of their members lives keeps it to nobody, and never to everybody."""
    found, problems = streets.look_up(session, partnership_ids, typed_streets)
    groups = member_groups.of_partnerships(session, partnership_ids)
    by_id = {str(one.row.id): one.row for one in groups}
    chosen = [by_id[one] for one in dict.fromkeys(wanted_groups) if one in by_id]
    others = set(wanted_groups) - set(by_id)
    stray = _stray(session, actor, others) if others else []
    if others:
        problems = [*problems, FieldProblem("groups", _NO_GROUP)]
    if not partnership_ids:
        # That none is chosen is said already.
        problems = []
    return Offered(groups, stray, KeptTo(found, [*chosen, *stray]), problems)


def _stray(session: Session, actor: Actor, wanted: Iterable[str]) -> list[MemberGroup]:
    wanted_groups = (
        select(MemberGroup)
        .join(Partnership, col(Partnership.id) == col(MemberGroup.partnership_id))
        .where(
            col(MemberGroup.id).in_(_ids(wanted)),
            col(MemberGroup.given_up_at).is_(None),
            scope.within_reach(actor, Action.COMPOSE_BROADCAST),
        )
    )
    return list(session.execute(wanted_groups.order_by(col(MemberGroup.name))).scalars())


def _ids(typed: Iterable[str]) -> Iterator[UUID]:
    for one in typed:
        with suppress(ValueError):
            yield UUID(one)


def only(person_id: Any, kept: KeptTo) -> Condition:
    """The condition on a person's id that he is one of those."""
    return _among(person_id, [one.index for one in kept.streets], [one.id for one in kept.groups])


def only_as_stored(person_id: Any, broadcast_id: UUID) -> Condition:
    """The same for a broadcast that was stored; true for everybody where it is kept to none."""
    its_streets = select(col(BroadcastStreet.street_index)).where(
        col(BroadcastStreet.broadcast_id) == broadcast_id
    )
    its_groups = select(col(BroadcastGroup.group_id)).where(
        col(BroadcastGroup.broadcast_id) == broadcast_id
    )
    return or_(
        ~or_(exists(its_streets), exists(its_groups)),
        _among(person_id, its_streets, its_groups),
    )


def _among(person_id: Any, street_indexes: Any, group_ids: Any) -> Condition:
    """By the keys of each person: as quick for a street as for a country."""
    lives_there = exists().where(
        col(Residence.person_id) == person_id, col(Residence.street_index).in_(street_indexes)
    )
    is_in_it = exists().where(
        col(Membership.person_id) == person_id,
        col(Membership.left_at).is_(None),
        col(GroupedMember.membership_id) == col(Membership.id),
        col(GroupedMember.group_id).in_(group_ids),
    )
    return or_(lives_there, is_in_it)


def store(session: Session, broadcast_id: UUID, kept: KeptTo) -> None:
    """Keep a draft to these, and with it all that follows it."""
    for street in kept.streets:
        session.add(
            BroadcastStreet(broadcast_id=broadcast_id, street_index=street.index, name=street.name)
        )
    for group in kept.groups:
        session.add(BroadcastGroup(broadcast_id=broadcast_id, group_id=group.id))


def of_broadcast(session: Session, broadcast: Broadcast) -> KeptTo:
    """The streets and groups of a broadcast, by name; of a street, how it was spelled then."""
    its_streets = select(BroadcastStreet).where(col(BroadcastStreet.broadcast_id) == broadcast.id)
    its_groups = (
        select(MemberGroup)
        .join(BroadcastGroup, col(BroadcastGroup.group_id) == col(MemberGroup.id))
        .where(col(BroadcastGroup.broadcast_id) == broadcast.id)
    )
    found = [
        Street(one.street_index, one.name, 0) for one in session.execute(its_streets).scalars()
    ]
    groups = session.execute(its_groups).scalars()
    return KeptTo(sorted(found, key=lambda one: one.name), sorted(groups, key=lambda one: one.name))


def his(session: Session, kept: KeptTo, person_id: UUID, at: datetime | None) -> KeptTo:
    """Those of the streets and groups that are somebody's now; of a group, since ``at`` or before.

    Where he lived then is not kept."""
    home = session.get(Residence, person_id)
    index = home.street_index if home else None
    in_it = (
        select(col(GroupedMember.group_id))
        .join(Membership, col(Membership.id) == col(GroupedMember.membership_id))
        .where(col(Membership.person_id) == person_id)
    )
    if at is not None:
        in_it = in_it.where(col(GroupedMember.added_at) <= at)
    own = set(session.execute(in_it).scalars())
    return KeptTo(
        [one for one in kept.streets if one.index == index],
        [one for one in kept.groups if one.id in own],
    )
