"""The colour of an indicator: the rule suggests, the officer decides, and what he saw is kept."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark
from plan.dashboard.reach import plan_of
from plan.measures.period import Period
from plan.models import Colour, Evaluation, Indicator, Plan
from plan.standing import standings, thresholds
from plan.standing.standings import IndicatorStanding, ResultStanding

MOST_MOTIVATION = 4000
_TO_EXPLAIN = (Colour.ORANGE, Colour.RED)
_CHANGED = mark("Somebody decided this colour at the same time. Look at it before you go on.")


def is_undecided(one: IndicatorStanding) -> bool:
    return one.evaluation is None or one.evaluation.final is None


def history(session: Session, indicator_id: UUID, period: Period) -> list[Evaluation]:
    """Every decision for just these days, the newest first."""
    rows = select(Evaluation).where(
        Evaluation.indicator_id == indicator_id,
        Evaluation.period_start == period.first,
        Evaluation.period_end == period.last,
    )
    newest = rows.order_by(col(Evaluation.decided_at).desc(), col(Evaluation.id).desc())
    return list(session.exec(newest))


def decide(
    session: Session,
    actor: Actor,
    plan_id: UUID,
    indicator_id: UUID,
    period: Period,
    colour: Colour | None,
    motivation: str,
    *,
    seen: UUID | None,
) -> Evaluation:
    """The officer's colour for these days. ``seen`` is the decision that he looked at.

    Raises ``BadInput`` without a colour, or without a motivation where one is due; ``Conflict``
    where somebody decided meanwhile.
    """
    plan = plan_of(session, actor, plan_id, Action.DECIDE_COLOUR)
    _lock(session, [indicator_id])
    one = _standings(session, plan, period).get(indicator_id)
    if one is None:
        raise NotFound
    said = motivation.strip()
    _check(one.verdict.colour, colour, said)
    if (one.evaluation.id if one.evaluation else None) != seen:
        raise Conflict(_CHANGED)
    assert colour is not None
    made = _decision(actor, one, period, colour, said)
    session.add(made)
    session.flush()
    audit.record(
        session,
        "colour.decided",
        ("indicator", indicator_id),
        by=actor.account_id,
        colour=colour.value,
        suggested=one.verdict.colour.value,
    )
    return made


def accept_greens(session: Session, actor: Actor, plan_id: UUID, period: Period) -> int:
    """Decide green wherever the rule suggests it and nobody decided; how many that were."""
    plan = plan_of(session, actor, plan_id, Action.DECIDE_COLOUR)
    green = [one.indicator.id for one in _greens(session, plan, period)]
    _lock(session, green)
    # Looked at again: somebody may have decided one before the lock.
    taken = [one for one in _greens(session, plan, period) if one.indicator.id in set(green)]
    session.add_all(_decision(actor, one, period, Colour.GREEN, "") for one in taken)
    session.flush()
    audit.record(
        session,
        "colours.greens_accepted",
        ("plan", plan.id),
        by=actor.account_id,
        number=len(taken),
    )
    return len(taken)


def greens(found: Iterable[IndicatorStanding]) -> list[IndicatorStanding]:
    """Those that can be accepted together."""
    return [one for one in found if is_undecided(one) and one.verdict.colour is Colour.GREEN]


def _greens(session: Session, plan: Plan, period: Period) -> list[IndicatorStanding]:
    return greens(_standings(session, plan, period).values())


def _standings(session: Session, plan: Plan, period: Period) -> dict[UUID, IndicatorStanding]:
    return standings.of_plan(session, plan, period, clock.now())


def _lock(session: Session, indicator_ids: list[UUID]) -> None:
    rows = select(Indicator.id).where(col(Indicator.id).in_(indicator_ids))
    session.exec(rows.order_by(col(Indicator.id)).with_for_update()).all()


def _check(suggested: Colour, colour: Colour | None, motivation: str) -> None:
    if colour is None:
        raise BadInput(FieldProblem("colour", mark("Choose a colour.")))
    if len(motivation) > MOST_MOTIVATION:
        said = mark("At most {most} characters.")
        raise BadInput(FieldProblem("motivation", said, (("most", MOST_MOTIVATION),)))
    if motivation:
        return
    if colour in _TO_EXPLAIN:
        said = mark("Orange and red want a motivation: what happened, and what will be done?")
        raise BadInput(FieldProblem("motivation", said))
    if colour is not suggested:
        said = mark("This is another colour than the suggested one. Say why.")
        raise BadInput(FieldProblem("motivation", said))


def _decision(
    actor: Actor, one: IndicatorStanding, period: Period, colour: Colour, motivation: str
) -> Evaluation:
    at = clock.now()
    return Evaluation(
        indicator_id=one.indicator.id,
        period_start=period.first,
        period_end=period.last,
        as_of=clock.in_brussels(at).date(),
        suggested=one.verdict.colour,
        inputs={
            "reason": one.verdict.reason.value,
            "thresholds": asdict(thresholds.in_use()),
            "results": [_inputs(each) for each in one.results],
        },
        final=colour,
        motivation=motivation,
        decided_by=actor.account_id,
        decided_at=at,
    )


def _inputs(one: ResultStanding) -> dict[str, Any]:
    """The figures that the rule compared, as they were that day."""
    return {
        "code": one.result.code,
        "colour": one.judged.verdict.colour.value,
        "reason": one.judged.verdict.reason.value,
        "wanted": one.judged.wanted,
        "due": one.judged.due,
        "value": one.value,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "state": one.state.value if one.state else None,
        "unknown": one.unknown,
        "source": one.source.value,
        "approved": not one.is_draft,
    }
