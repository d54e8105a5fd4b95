"""The course of a plan: a draft, in force, closed."""

from uuid import UUID

from sqlmodel import Session

from hub import audit
from hub.errors import BadInput, FieldProblem, HubError
from hub.i18n import mark
from partnerships.typed_text import tidy
from plan.keeping import changes, confirming, importing
from plan.models import Plan, PlanStatus


class WrongTime(HubError):
    """The plan is not in the state for this."""

    status = 409


def put_in_force(session: Session, plan: Plan, by: UUID) -> None:
    """From now on it is what figures are held against. What nobody confirmed stays marked so; how
    much that is goes on record. Raises ``WrongTime`` for a plan that is closed or has no result."""
    if plan.status is PlanStatus.IN_FORCE:
        return
    if plan.status is PlanStatus.CLOSED:
        raise WrongTime(mark("This plan is closed."))
    left = confirming.progress_of(session, [plan])[plan.id]
    if not left.results:
        raise WrongTime(mark("A plan without any result cannot be put in force."))
    plan.status = PlanStatus.IN_FORCE
    session.add(plan)
    session.flush()
    facts = {"version": plan.version, "unconfirmed": left.waiting, "lines": left.lines}
    audit.record(session, "plan.put_in_force", ("plan", plan.id), by=by, **facts)


def close(session: Session, plan: Plan, by: UUID) -> None:
    """It is over; what it holds stays. Raises ``WrongTime`` for a draft."""
    if plan.status is PlanStatus.CLOSED:
        return
    if plan.status is PlanStatus.DRAFT:
        raise WrongTime(mark("A draft was never in force: it cannot be closed."))
    plan.status = PlanStatus.CLOSED
    session.add(plan)
    session.flush()
    audit.record(session, "plan.close", ("plan", plan.id), by=by, version=plan.version)


def change_facts(session: Session, plan: Plan, title: str, days: tuple[str, str], by: UUID) -> None:
    """Another title or period. Raises ``BadInput`` naming each field."""
    refuse_closed(plan)
    problems: list[FieldProblem] = []
    name = tidy(title)[: importing.LONGEST_TITLE]
    if not name:
        problems.append(FieldProblem("title", mark("Say what this plan is called.")))
    try:
        period = importing.period_of(*days)
    except BadInput as refusal:
        raise BadInput(*problems, *refusal.problems) from None
    if problems:
        raise BadInput(*problems)
    before = (plan.title, plan.starts_on, plan.ends_on)
    plan.title, (plan.starts_on, plan.ends_on) = name, period
    if before != (plan.title, plan.starts_on, plan.ends_on):
        told = f"{before[1]}/{before[2]} → {plan.starts_on}/{plan.ends_on}"
        changes.note(session, plan, "facts", "", by, period=told)


def refuse_closed(plan: Plan) -> None:
    """Raises ``WrongTime``: a plan that is over is not changed."""
    if plan.status is PlanStatus.CLOSED:
        raise WrongTime(mark("This plan is closed."))
