"""Which reports somebody sees: those of his towns, or of the towns of his police zone (R33, R35).

No coordinator, steering group or mayor has the right at all (R17). A confidential one is seen by
those who have the right to it, and by whoever it was given to.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, false, or_, true
from sqlmodel import Session, col, select

from feedback.models import Report
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import NotFound
from partnerships.models import Organisation, OrganisationKind


def towns(session: Session, actor: Actor, action: Action) -> Sequence[Organisation]:
    """The towns in which ``actor`` may do ``action``, by name."""
    reach = actor.reach(action)
    within: Condition = (
        true()
        if reach.everywhere
        else or_(
            false(),
            col(Organisation.id).in_(reach.municipalities),
            col(Organisation.part_of_id).in_(reach.police_zones),
        )
    )
    wanted = select(Organisation).where(Organisation.kind == OrganisationKind.MUNICIPALITY, within)
    return session.exec(wanted.order_by(Organisation.name, Organisation.slug)).all()


def town_for(session: Session, actor: Actor, action: Action, town_id: UUID) -> Organisation:
    """One of his towns; raises ``NotFound`` whether it is absent or out of reach."""
    return _one_of(towns(session, actor, action), town_id)


def _one_of(within: Sequence[Organisation], town_id: UUID) -> Organisation:
    found = next((one for one in within if one.id == town_id), None)
    if found is None:
        raise NotFound
    return found


def seen_by(session: Session, actor: Actor, action: Action = Action.SEE_REPORTS) -> Condition:
    """The condition on ``Report`` under which ``actor`` may do ``action`` with it."""
    within = [one.id for one in towns(session, actor, action)]
    return and_(col(Report.municipality_id).in_(within), open_or_trusted(session, actor))


def open_or_trusted(session: Session, actor: Actor) -> Condition:
    """Not confidential, or of a town whose confidential ones he sees, or given to him."""
    trusted = [one.id for one in towns(session, actor, Action.SEE_CONFIDENTIAL_REPORTS)]
    return or_(
        col(Report.is_confidential).is_(False),
        col(Report.municipality_id).in_(trusted),
        col(Report.assigned_to) == actor.account_id,
    )


def report_for(
    session: Session, report_id: UUID, actor: Actor, action: Action = Action.SEE_REPORTS
) -> Report:
    """One report within reach; raises ``NotFound`` whether it is absent or out of reach."""
    wanted = select(Report).where(Report.id == report_id, seen_by(session, actor, action))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def held(session: Session, report_id: UUID, actor: Actor) -> Report:
    """The same to be changed: nobody else changes it until the commit."""
    wanted = select(Report).where(
        Report.id == report_id, seen_by(session, actor, Action.KEEP_REPORTS)
    )
    found = session.exec(wanted.with_for_update(of=Report)).first()
    if found is None:
        raise NotFound
    # Another may have changed it between a first look and the lock.
    session.refresh(found)
    return found
