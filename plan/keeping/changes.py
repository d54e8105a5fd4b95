"""What was changed in a plan: on record, and a version of its own where the plan is in force."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit
from hub.audit import Decision
from partnerships.models import Account
from plan.models import Plan, PlanStatus

Facts = Mapping[str, str | int | None]
_MOST = 500


def note(
    session: Session, plan: Plan, what: str, code: str, by: UUID, **facts: str | int | None
) -> None:
    """Put a change of one part on record. Call it last: the log is locked until the commit.

    A plan in force gets the next version number by it; a draft is still being written.
    """
    note_all(session, plan, [(what, code, facts)], by)


def note_all(
    session: Session, plan: Plan, made: Iterable[tuple[str, str, Facts]], by: UUID
) -> None:
    """The same of changes that were made at once: one version for all of them."""
    if plan.status is PlanStatus.IN_FORCE:
        plan.version += 1
    session.add(plan)
    session.flush()
    for what, code, facts in made:
        told = {"what": what, "code": code, "version": plan.version, **facts}
        audit.record(session, "plan.change", ("plan", plan.id), by=by, **told)


def journal(session: Session, plan: Plan) -> Sequence[Decision]:
    """What was decided about this plan, the newest first."""
    wanted = select(Decision).where(
        Decision.subject_kind == "plan", Decision.subject_id == str(plan.id)
    )
    return session.exec(wanted.order_by(col(Decision.number).desc()).limit(_MOST)).all()


def names(session: Session, plan: Plan) -> dict[UUID, str]:
    """Who decided, by account."""
    ids = {one.account_id for one in journal(session, plan) if one.account_id}
    found = session.exec(select(Account).where(col(Account.id).in_(ids)))
    return {one.id: one.name for one in found}
