"""A plan that somebody may see or keep, and the rows of a figure that he may see one by one."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.errors import NotFound
from hub.i18n import mark
from plan.models import ExpectedResult, Plan, PlanNode


def plan_of(session: Session, plan_id: UUID, actor: Actor, action: Action) -> Plan:
    """One plan within reach; raises ``NotFound`` whether it is absent or out of reach."""
    plan = session.get(Plan, plan_id)
    if plan is None or not actor.reach(action).covers(plan.municipality_id):
        raise NotFound
    return plan


def result_of(session: Session, plan: Plan, result_id: UUID) -> ExpectedResult:
    """One result of the plan; raises ``NotFound`` where it has none of this id."""
    its = (
        select(ExpectedResult)
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(ExpectedResult.id == result_id, PlanNode.plan_id == plan.id)
    )
    found = session.exec(its).first()
    if found is None:
        raise NotFound
    return found


KIND_WORDS = {
    "broadcast": mark("Alert"),
    "cold_message": mark("Prevention message"),
    "report": mark("Report"),
    "partnership": mark("Partnership"),
    "meeting": mark("Meeting"),
    "prevention_visit": mark("Visit"),
    "campaign": mark("Action"),
    "communication_tool": mark("Communication tool"),
}
# Never one by one: who was reached, or answered, or closed a way, is nobody's business here.
_OF_PEOPLE = ("person",)
_TO_SEE = {
    "broadcast": Action.SEE_BROADCASTS,
    "cold_message": Action.SEE_COLD,
    "report": Action.SEE_CONFIDENTIAL_REPORTS,
    "partnership": Action.SEE_PARTNERSHIPS,
}
_PAGES: dict[str, Callable[[UUID], str]] = {
    "broadcast": lambda one: f"/broadcasts/{one}",
    "cold_message": lambda one: f"/cold/{one}",
    "report": lambda one: f"/reports/{one}",
}
# That it happened tells more than a figure does: only who may read it sees that there is one.
_ONLY_FOR_READERS = ("report",)


def may_list(actor: Actor, plan: Plan, kind: str) -> bool:
    """Whether he may see the cases of this kind one by one."""
    if kind in _OF_PEOPLE:
        return False
    return kind not in _ONLY_FOR_READERS or _may_open(actor, plan, kind)


def page_of(actor: Actor, plan: Plan, kind: str, subject: UUID) -> str:
    """The address of the case's own page; empty where it has none that he may open."""
    address = _PAGES.get(kind)
    return address(subject) if address and _may_open(actor, plan, kind) else ""


def _may_open(actor: Actor, plan: Plan, kind: str) -> bool:
    needed = _TO_SEE.get(kind, Action.SEE_PLAN)
    return actor.reach(needed).covers(plan.municipality_id)
