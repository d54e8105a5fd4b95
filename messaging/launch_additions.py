"""What is put on record about a launch decision afterwards: nothing said before is rewritten.

Whoever is in a hurry sends first. Why, who asked for it and what was thought over can be said when
it has left; the decision and every addition stay as they were, each with its own name and time.
"""

from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark
from messaging import launch, launch_words, reporters
from messaging.launch import Decided
from messaging.models import (
    Incident,
    LaunchAddition,
    LaunchDecision,
    LaunchReason,
    Tick,
)

_NOTHING_NEW = mark("There is nothing new in it.")


def add(
    session: Session, actor: Actor, incident: Incident, decision: LaunchDecision, added: Decided
) -> LaunchAddition:
    """Put on record what was not said with a decision; the same again, a double click, is once.

    Raises ``BadInput`` with every wrong field, and for a reason where one was given; ``Conflict``
    while an alert that was decided on has not left: until then it is decided anew.
    """
    # Two at once are looked at one by one; a second reason would contradict the first.
    session.refresh(decision, with_for_update={"key_share": True})
    if decision.launched and decision.broadcast_id is None:
        raise Conflict(mark("The alert has not left yet: say it where it is sent."))
    before = of_decision(session, decision.id)
    if before and _is_same(before[-1], actor, added):
        return before[-1]
    problems = _problems(session, incident, decision, before, added)
    if problems:
        raise BadInput(*problems)
    addition = LaunchAddition(
        decision_id=decision.id,
        reason=LaunchReason(added.reason) if added.reason else None,
        words=added.words.strip(),
        asked_by=added.asked_by.strip(),
        ticks=_new_ticks(decision, before, added),
        added_by=actor.account_id,
        added_at=clock.now(),
    )
    if added.tell_reporter:
        addition.reporter = reporters.tell(session, incident, decision)
    session.add(addition)
    session.flush()
    audit.record(
        session,
        "incident.add_to_decision",
        ("incident", incident.id),
        by=actor.account_id,
        reason=addition.reason,
        reporter=addition.reporter,
    )
    return addition


def _problems(
    session: Session,
    incident: Incident,
    decision: LaunchDecision,
    before: list[LaunchAddition],
    added: Decided,
) -> list[FieldProblem]:
    found = launch.typed_problems(added)
    if added.reason and not may_give_reason(decision, before):
        found.append(FieldProblem("reason", mark("A reason is on record already.")))
    elif added.reason and added.reason not in launch_words.REASONS_FOR:
        found.append(FieldProblem("reason", mark("Choose a reason from the list.")))
    if added.tell_reporter and reporters.of_incident(session, incident.id) is None:
        found.append(FieldProblem("tell_reporter", launch.NO_REPORTER))
    is_new = _is_any_typed(added) or added.tell_reporter or _new_ticks(decision, before, added)
    if not is_new:
        found.append(FieldProblem("words", _NOTHING_NEW))
    return found


def _is_any_typed(added: Decided) -> bool:
    return bool(added.reason or added.words.strip() or added.asked_by.strip())


def may_give_reason(decision: LaunchDecision, before: list[LaunchAddition]) -> bool:
    """Whether no reason is on record: the alert was sent, and nobody has said why."""
    is_unsaid = decision.reason is LaunchReason.ALERT_SENT
    return is_unsaid and not any(one.reason for one in before)


def ticked(decision: LaunchDecision, before: list[LaunchAddition]) -> set[str]:
    """What of the checklist is on record."""
    return {*decision.ticks, *(tick for one in before for tick in one.ticks)}


def _new_ticks(decision: LaunchDecision, before: list[LaunchAddition], added: Decided) -> list[str]:
    on_record = ticked(decision, before)
    return [tick for tick in Tick if tick in added.ticks and tick not in on_record]


def _is_same(last: LaunchAddition, actor: Actor, added: Decided) -> bool:
    """Whether it is what this person has just added. Ticks count once by themselves."""
    if not _is_any_typed(added) and not added.ticks and not added.tell_reporter:
        return False
    said = (last.reason or "", last.words, last.asked_by)
    typed = (added.reason, added.words.strip(), added.asked_by.strip())
    is_all_told = not added.tell_reporter or last.reporter is not None
    is_all_ticked = set(added.ticks) <= set(last.ticks)
    return last.added_by == actor.account_id and said == typed and is_all_told and is_all_ticked


def of_decision(session: Session, decision_id: UUID) -> list[LaunchAddition]:
    """What was added to it, oldest first."""
    its = select(LaunchAddition).where(LaunchAddition.decision_id == decision_id)
    in_order = its.order_by(col(LaunchAddition.added_at), col(LaunchAddition.id))
    return list(session.exec(in_order))


def decision_for(session: Session, incident: Incident, decision_id: UUID) -> LaunchDecision:
    """One decision on this incident; raises ``NotFound`` for one on another."""
    found = session.get(LaunchDecision, decision_id)
    if found is None or found.incident_id != incident.id:
        raise NotFound
    return found
