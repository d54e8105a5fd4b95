"""The versions of a communication plan: whose they are, which is agreed, which is being written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import NotFound
from partnerships import scope
from partnerships.models import CommunicationPlan, Organisation, OrganisationKind, Partnership


@dataclass(frozen=True, slots=True)
class PlanOwner:
    """Whose plan it is: a partnership's, or the one a police zone's new partnerships start from."""

    id: UUID
    slug: str
    name: str
    police_zone_id: UUID

    @property
    def is_zone(self) -> bool:
        return self.id == self.police_zone_id


def owned_by(partnership: Partnership) -> PlanOwner:
    """The owner of a partnership's own plan."""
    return PlanOwner(partnership.id, partnership.slug, partnership.name, partnership.police_zone_id)


def partnership_owner(session: Session, slug: str, actor: Actor, action: Action) -> PlanOwner:
    """A partnership within reach; raises ``NotFound`` whether it is absent or out of reach."""
    return owned_by(scope.partnership_by_slug(session, slug, actor, action))


def zone_owner(session: Session, slug: str, actor: Actor) -> PlanOwner:
    """A police zone whose default plan ``actor`` may keep; raises ``NotFound`` for any other."""
    reach = actor.reach(Action.AGREE_COMMUNICATION_PLAN)
    wanted = select(Organisation).where(
        Organisation.slug == slug,
        Organisation.kind == OrganisationKind.POLICE_ZONE,
        col(Organisation.id).in_(reach.police_zones),
    )
    zone = session.exec(wanted).first()
    if zone is None:
        raise NotFound
    return PlanOwner(zone.id, zone.slug, zone.name, zone.id)


def of_owner(owner: PlanOwner) -> Condition:
    """The condition on ``CommunicationPlan`` that it is a version of this owner's."""
    column = (
        CommunicationPlan.default_of_zone_id if owner.is_zone else CommunicationPlan.partnership_id
    )
    return col(column) == owner.id


def versions(session: Session, owner: PlanOwner) -> Sequence[CommunicationPlan]:
    """Every version, the newest first."""
    found = select(CommunicationPlan).where(of_owner(owner))
    return session.exec(found.order_by(col(CommunicationPlan.version).desc())).all()


def version_numbered(session: Session, owner: PlanOwner, number: int) -> CommunicationPlan:
    """One version; raises ``NotFound`` when there is none of this number."""
    wanted = select(CommunicationPlan).where(of_owner(owner), CommunicationPlan.version == number)
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def draft_of(session: Session, owner: PlanOwner) -> CommunicationPlan | None:
    """The version being written; there is one at a time."""
    unfinished = select(CommunicationPlan).where(
        of_owner(owner), col(CommunicationPlan.in_force_from).is_(None)
    )
    return session.exec(unfinished).first()


def newest_agreed(
    session: Session, owner: PlanOwner, at: datetime | None = None
) -> CommunicationPlan | None:
    """The newest version that was agreed on, or of those that had come into force by ``at``."""
    agreed = select(CommunicationPlan).where(
        of_owner(owner), col(CommunicationPlan.in_force_from).is_not(None)
    )
    if at is not None:
        agreed = agreed.where(col(CommunicationPlan.in_force_from) <= at)
    return session.exec(agreed.order_by(col(CommunicationPlan.version).desc())).first()


class PlanState(StrEnum):
    """Where a version is in its life."""

    DRAFT = "draft"
    TO_COME = "to_come"
    IN_FORCE = "in_force"
    REPLACED = "replaced"


def states(found: Sequence[CommunicationPlan], at: datetime) -> dict[UUID, PlanState]:
    """The state of each of all versions of one owner, which are given newest first."""
    told: dict[UUID, PlanState] = {}
    is_replaced = False
    for plan in found:
        if plan.in_force_from is None:
            told[plan.id] = PlanState.DRAFT
        elif plan.in_force_from > at:
            told[plan.id] = PlanState.TO_COME
        else:
            told[plan.id] = PlanState.REPLACED if is_replaced else PlanState.IN_FORCE
            is_replaced = True
    return told
