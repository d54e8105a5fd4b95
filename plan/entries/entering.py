"""Typing a figure, sending it in, approving it, sending it back. Rows are only added: each step
takes the place of the one before it, and that stays to be read."""

from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotAllowed, NotFound
from hub.i18n import mark
from plan.dashboard.reach import plan_of, services_of
from plan.entries.figures import MOST_NOTE, Figure, check
from plan.entries.lines import WHOLE, Line
from plan.measures.period import Period
from plan.models import Entry, EntryStatus, ExpectedResult, Plan, PlanNode, PlanStatus

_NOT_OPEN = mark("Figures are typed for a plan that is in force. This one is not.")
_CHANGED = mark("Somebody typed a figure here at the same time. Look at it before you go on.")


def result_of(
    session: Session, actor: Actor, result_id: UUID, action: Action = Action.ENTER_FIGURES
) -> tuple[Plan, ExpectedResult]:
    """The result and its plan. Raises ``NotFound`` out of reach: for a worker of a service, what is
    not his service's."""
    found = session.exec(
        select(ExpectedResult, PlanNode.plan_id)
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(ExpectedResult.id == result_id)
    ).first()
    if found is None:
        raise NotFound
    result, plan_id = found
    plan = plan_of(session, actor, plan_id, action)
    own = own_services(session, actor, plan)
    if own is not None and result.service_id not in own:
        raise NotFound
    return plan, result


def own_services(session: Session, actor: Actor, plan: Plan) -> frozenset[UUID] | None:
    """The services whose results he may type; ``None`` for whoever approves them: all."""
    if actor.reach(Action.APPROVE_FIGURES).covers(plan.municipality_id):
        return None
    return services_of(session, actor, plan)


def refuse_closed(plan: Plan) -> None:
    """Raises ``Conflict`` for a plan whose figures nobody types: a draft, or one that has ended."""
    if plan.status is not PlanStatus.IN_FORCE:
        raise Conflict(_NOT_OPEN)


def newest(session: Session, result_id: UUID, period: Period, line: Line = WHOLE) -> Entry | None:
    """The last step of what was typed for just these days."""
    steps = history(session, result_id, period, line)
    superseded = {one.supersedes_id for one in steps}
    return next((one for one in reversed(steps) if one.id not in superseded), None)


def history(session: Session, result_id: UUID, period: Period, line: Line = WHOLE) -> list[Entry]:
    """Every step of one line for just these days, the oldest first."""
    rows = select(Entry).where(
        Entry.result_id == result_id,
        Entry.period_start == period.first,
        Entry.period_end == period.last,
        Entry.area == line.area,
        col(Entry.worker_id).is_not_distinct_from(line.worker_id),
    )
    return list(session.exec(rows.order_by(col(Entry.entered_at), col(Entry.id))))


def newest_of_lines(session: Session, result_id: UUID, period: Period) -> dict[str, Entry]:
    """The last step of each zone and each worker for just these days, by the key of its line."""
    rows = select(Entry).where(
        Entry.result_id == result_id,
        Entry.period_start == period.first,
        Entry.period_end == period.last,
    )
    steps = session.exec(rows.order_by(col(Entry.entered_at), col(Entry.id))).all()
    superseded = {one.supersedes_id for one in steps}
    last = (one for one in steps if one.id not in superseded)
    return {Line(one.area, one.worker_id).key: one for one in last}


def enter(
    session: Session,
    actor: Actor,
    result_id: UUID,
    period: Period,
    figure: Figure,
    *,
    seen: UUID | None,
    submit: bool,
    line: Line = WHOLE,
) -> Entry:
    """Keep a figure, as a draft or sent in. ``seen`` is the step that its writer looked at.

    Raises ``BadInput`` naming the fields, ``Conflict`` where somebody was faster or the plan is not
    in force.
    """
    plan, result = result_of(session, actor, result_id)
    refuse_closed(plan)
    check(plan, result, period, figure, clock.in_brussels(clock.now()).date())
    status = EntryStatus.SUBMITTED if submit else EntryStatus.DRAFT
    before = _locked(session, result, period, seen, line)
    return _step(session, actor, result, period, figure, status, before, line)


def approve(
    session: Session,
    actor: Actor,
    result_id: UUID,
    period: Period,
    seen: UUID | None,
    line: Line = WHOLE,
) -> Entry:
    """What was sent in counts from now on. Raises ``Conflict`` where it does not wait for that."""
    result, before = _waiting(session, actor, result_id, period, seen, line)
    status = EntryStatus.APPROVED
    figure = _as_it_was(before)
    return _step(session, actor, result, period, figure, status, before, line)


def send_back(
    session: Session,
    actor: Actor,
    result_id: UUID,
    period: Period,
    seen: UUID | None,
    reason: str,
    line: Line = WHOLE,
) -> Entry:
    """Ask for another figure, saying why. Raises ``BadInput`` without a reason."""
    said = reason.strip()
    if not said or len(said) > MOST_NOTE:
        problem = mark("Say in a few words what is wrong.")
        raise BadInput(FieldProblem("reason", problem))
    result, before = _waiting(session, actor, result_id, period, seen, line)
    figure = Figure(before.value, before.numerator, before.denominator, before.state, said)
    return _step(session, actor, result, period, figure, EntryStatus.SENT_BACK, before, line)


def _waiting(
    session: Session,
    actor: Actor,
    result_id: UUID,
    period: Period,
    seen: UUID | None,
    line: Line,
) -> tuple[ExpectedResult, Entry]:
    plan, result = result_of(session, actor, result_id, Action.APPROVE_FIGURES)
    if own_services(session, actor, plan) is not None:
        raise NotAllowed
    before = _locked(session, result, period, seen, line)
    if before is None or before.status is not EntryStatus.SUBMITTED:
        raise Conflict(mark("This figure does not wait for approval."))
    return result, before


def _locked(
    session: Session, result: ExpectedResult, period: Period, seen: UUID | None, line: Line
) -> Entry | None:
    """The newest step, which nobody else can follow until this unit of work ends."""
    session.exec(select(ExpectedResult.id).where(ExpectedResult.id == result.id).with_for_update())
    before = newest(session, result.id, period, line)
    if (before.id if before else None) != seen:
        raise Conflict(_CHANGED)
    return before


def _as_it_was(entry: Entry) -> Figure:
    return Figure(entry.value, entry.numerator, entry.denominator, entry.state, entry.note)


def _step(
    session: Session,
    actor: Actor,
    result: ExpectedResult,
    period: Period,
    figure: Figure,
    status: EntryStatus,
    before: Entry | None,
    line: Line,
) -> Entry:
    step = Entry(
        result_id=result.id,
        service_id=before.service_id if before else result.service_id,
        period_start=period.first,
        period_end=period.last,
        area=line.area,
        worker_id=line.worker_id,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        state=figure.state,
        note=figure.note,
        status=status,
        supersedes_id=before.id if before else None,
        entered_by=actor.account_id,
        entered_at=clock.now(),
    )
    session.add(step)
    session.flush()
    # No words and no figure: those stand in the row.
    audit.record(session, f"figure.{status.value}", ("entry", step.id), by=actor.account_id)
    return step
