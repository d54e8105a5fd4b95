"""Whose service types the figures of a part of the plan."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from feedback.models import ReportService
from hub import audit
from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from plan.dashboard.reach import plan_of
from plan.models import ExpectedResult, Plan, PlanNode


def services(session: Session, plan: Plan) -> Sequence[ReportService]:
    """The services of the town, by name."""
    here = select(ReportService).where(
        ReportService.municipality_id == plan.municipality_id, col(ReportService.is_used).is_(True)
    )
    return session.exec(here.order_by(ReportService.name)).all()


def assign(
    session: Session, actor: Actor, plan_id: UUID, node_id: UUID, service_id: UUID | None
) -> None:
    """Every result of this objective is that service's from now on; ``None`` is nobody's.

    Raises ``NotFound`` for an objective of another plan, ``BadInput`` for another town's service.
    """
    plan = plan_of(session, actor, plan_id, Action.APPROVE_FIGURES)
    node = session.get(PlanNode, node_id)
    if node is None or node.plan_id != plan.id:
        raise NotFound
    if service_id is not None and service_id not in {one.id for one in services(session, plan)}:
        raise BadInput(FieldProblem("service", mark("Choose a service of the list.")))
    its = select(ExpectedResult).where(ExpectedResult.node_id == node.id)
    for result in session.exec(its.order_by(col(ExpectedResult.id)).with_for_update()):
        result.service_id = service_id
        session.add(result)
    session.flush()
    service = str(service_id) if service_id else None
    audit.record(
        session, "results.assigned", ("plan_node", node.id), by=actor.account_id, service=service
    )
