"""The decision to call the partnerships or not (R30): who took it, why, and who asked for it.

An alert that leaves is a decision to launch. One not to launch is put on record without any
message, and can be told to the coordinator through whom somebody wonders why nothing came.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import Language, mark
from messaging import incidents, launch_notices, reporters, second_launch
from messaging.launch_words import REASONS_AGAINST, REASONS_FOR, label
from messaging.models import (
    Broadcast,
    BroadcastStatus,
    Incident,
    IncidentStatus,
    LaunchDecision,
    LaunchReason,
    LaunchTold,
    ReporterTold,
    Step,
    Tick,
)
from partnerships import scope
from partnerships.models import LIVING_STATUSES, Partnership

LONGEST_WORDS, LONGEST_NAME = 500, 120

NO_REPORTER = mark("Nobody reported this incident to the hub by a text or a mail.")


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided, as it was typed. ``tell`` are the partnerships whose coordinators are
    told that nothing was sent; ``tell_reporter`` is for whoever reported it, of a yes as of a no.
    """

    launched: bool
    reason: str
    words: str = ""
    asked_by: str = ""
    ticks: Sequence[str] = ()
    tell: Sequence[str] = ()
    tell_reporter: bool = False


NOTHING_SAID = Decided(launched=True, reason="")


def decide(session: Session, actor: Actor, incident: Incident, decided: Decided) -> LaunchDecision:
    """Put a decision on record, once however often the button is pressed; no member is told.

    Raises ``BadInput`` with every wrong field, ``Conflict`` for a closed incident and for a "no"
    once an alert has left.
    """
    second_launch.one_at_a_time(session, incident.id)
    session.refresh(incident)
    if (twin := _just_decided(session, actor, incident, decided)) is not None:
        return twin
    if incident.status is IncidentStatus.CLOSED:
        raise Conflict(mark("This incident is closed."))
    if not decided.launched:
        _refuse_too_late(session, incident)
    told, problems = _checked(session, actor, decided)
    if decided.tell_reporter and reporters.of_incident(session, incident.id) is None:
        problems.append(FieldProblem("tell_reporter", NO_REPORTER))
    if problems:
        raise BadInput(*problems)
    decision = LaunchDecision(
        incident_id=incident.id,
        launched=decided.launched,
        reason=LaunchReason(decided.reason),
        words=decided.words.strip(),
        asked_by=decided.asked_by.strip(),
        ticks=[tick for tick in Tick if tick in decided.ticks],
        decided_by=actor.account_id,
        decided_at=clock.now(),
    )
    session.add(decision)
    session.flush()
    _tell(session, incident, decision, told)
    if decided.tell_reporter:
        decision.reporter = told_to_reporter(session, incident, decision)
    audit.record(
        session,
        "incident.decide",
        ("incident", incident.id),
        by=actor.account_id,
        launched=decision.launched,
        reason=decision.reason,
        told=len(told),
        reporter=decision.reporter,
    )
    return decision


def _just_decided(
    session: Session, actor: Actor, incident: Incident, decided: Decided
) -> LaunchDecision | None:
    """The last decision, where it is this very one of this very person."""
    last = _to_come(session, incident.id, launched=decided.launched)
    is_his = last is not None and last.decided_by == actor.account_id
    return last if is_his and last and _typed_of(session, last) == _tidied(decided) else None


def _typed_of(session: Session, decision: LaunchDecision) -> Decided:
    return Decided(
        launched=decision.launched,
        reason=decision.reason,
        words=decision.words,
        asked_by=decision.asked_by,
        ticks=decision.ticks,
        tell=sorted(one.slug for one in told_of(session, decision)),
        tell_reporter=decision.reporter is not None,
    )


def _tidied(decided: Decided) -> Decided:
    return replace(
        decided,
        words=decided.words.strip(),
        asked_by=decided.asked_by.strip(),
        ticks=[tick for tick in Tick if tick in decided.ticks],
        tell=sorted(set(decided.tell)),
    )


def told_to_reporter(
    session: Session, incident: Incident, decision: LaunchDecision
) -> ReporterTold:
    """Tell whoever reported it; of a yes, once the alert has left."""
    if decision.launched and decision.broadcast_id is None:
        return ReporterTold.ASKED
    return reporters.tell(session, incident, decision)


def say_why(session: Session, actor: Actor, alert: Broadcast, decided: Decided) -> None:
    """Put on record, before an alert leaves, why; nothing where nothing was said, or it was said.

    Raises what ``decide`` raises.
    """
    if alert.incident_id is None or not second_launch.is_launch(alert):
        return
    second_launch.one_at_a_time(session, alert.incident_id)
    # A double click: what was said before the alert left is not said again after it.
    session.refresh(alert, with_for_update={"key_share": True})
    if alert.status is not BroadcastStatus.DRAFT:
        return
    is_said = bool(decided.reason or decided.words.strip() or decided.asked_by.strip())
    incident = session.get_one(Incident, alert.incident_id)
    if is_said or decided.ticks:
        decide(session, actor, incident, decided)
    elif decided.tell_reporter and reporters.of_incident(session, incident.id) is not None:
        _only_tell(session, actor, incident)


def _only_tell(session: Session, actor: Actor, incident: Incident) -> None:
    """Nothing is said of why, but whoever reported it is to be told that the alert was sent."""
    decision = _to_come(session, incident.id) or LaunchDecision(
        incident_id=incident.id,
        launched=True,
        reason=LaunchReason.ALERT_SENT,
        decided_by=actor.account_id,
        decided_at=clock.now(),
    )
    decision.reporter = ReporterTold.ASKED
    session.add(decision)
    session.flush()


def _to_come(
    session: Session, incident_id: UUID, *, launched: bool = True
) -> LaunchDecision | None:
    """The last decision that was taken, where it is such a one and no alert has left on it."""
    last = next(iter(decisions_of(session, incident_id)[::-1]), None)
    if last is None or last.launched is not launched or last.broadcast_id is not None:
        return None
    return last


def _refuse_too_late(session: Session, incident: Incident) -> None:
    left = select(Broadcast).where(second_launch.launches(incident.id)).limit(1)
    for alert in session.exec(left):
        refusal = Conflict(mark("An alert has left already. If it was wrong, send a correction."))
        refusal.see = f"/broadcasts/{alert.id}"
        raise refusal


def _checked(
    session: Session, actor: Actor, decided: Decided
) -> tuple[list[Partnership], list[FieldProblem]]:
    reasons = REASONS_FOR if decided.launched else REASONS_AGAINST
    problems = []
    if decided.reason not in reasons:
        problems.append(FieldProblem("reason", mark("Choose a reason from the list.")))
    problems += typed_problems(decided)
    told = [] if decided.launched else to_tell(session, actor, decided.tell)
    for slug in sorted(set(() if decided.launched else decided.tell) - {one.slug for one in told}):
        problem = mark("There is no partnership called {slug}.")
        problems.append(FieldProblem("tell", problem, (("slug", slug[:80]),)))
    return told, problems


def typed_problems(decided: Decided) -> list[FieldProblem]:
    """What is wrong with what was typed and ticked, whichever way was decided."""
    problems = []
    if decided.reason == LaunchReason.OTHER and not decided.words.strip():
        problems.append(FieldProblem("words", mark("Say which reason.")))
    for field, text, most in (
        ("words", decided.words, LONGEST_WORDS),
        ("asked_by", decided.asked_by, LONGEST_NAME),
    ):
        if len(text) > most:
            problem = mark("At most {count} characters.")
            problems.append(FieldProblem(field, problem, (("count", most),)))
    if unknown := [one for one in decided.ticks if one not in list(Tick)]:
        problem = mark("Not in the list: {value}")
        problems.append(FieldProblem("ticks", problem, (("value", unknown[0][:40]),)))
    return problems


def to_tell(
    session: Session, actor: Actor, slugs: Sequence[str] | None = None
) -> list[Partnership]:
    """The living partnerships whose coordinators this person may tell of it, or those named."""
    living = select(Partnership).where(
        scope.within_reach(actor, Action.DECIDE_LAUNCH),
        col(Partnership.status).in_(LIVING_STATUSES),
    )
    if slugs is not None:
        living = living.where(col(Partnership.slug).in_(slugs))
    return list(session.exec(living.order_by(Partnership.name)))


def _tell(
    session: Session,
    incident: Incident,
    decision: LaunchDecision,
    partnerships: Sequence[Partnership],
) -> None:
    for one in partnerships:
        session.add(LaunchTold(decision_id=decision.id, partnership_id=one.id))
        launch_notices.tell_not_launched(
            session, incident, one, lambda language: label(decision.reason, language)
        )


def record(session: Session, broadcast: Broadcast, actor: Actor) -> None:
    """The release of an alert is the decision to launch: one that was put on record before it, or
    one of its own."""
    if broadcast.incident_id is None or broadcast.step is not Step.FIRST:
        return
    decision = _to_come(session, broadcast.incident_id) or LaunchDecision(
        incident_id=broadcast.incident_id,
        launched=True,
        reason=LaunchReason.ALERT_SENT,
        decided_by=actor.account_id,
        decided_at=broadcast.released_at or clock.now(),
    )
    decision.broadcast_id = broadcast.id
    # An exercise is no alert: nobody is told that one was sent.
    if decision.reporter is ReporterTold.ASKED and not broadcast.is_drill:
        incident = session.get_one(Incident, broadcast.incident_id)
        decision.reporter = reporters.tell(session, incident, decision)
    session.add(decision)


def close_after(
    session: Session, actor: Actor, incident: Incident, decision: LaunchDecision
) -> None:
    """Close an incident for which nobody was called; the decision says why."""
    reason = decision.words or label(decision.reason, Language(actor.language))
    incidents.close(session, incident, actor.account_id, reason)


def decisions_of(session: Session, incident_id: UUID) -> list[LaunchDecision]:
    """What was decided on an incident, oldest first."""
    found = select(LaunchDecision).where(LaunchDecision.incident_id == incident_id)
    in_order = found.order_by(col(LaunchDecision.decided_at), col(LaunchDecision.id))
    return list(session.exec(in_order))


def told_of(session: Session, decision: LaunchDecision) -> list[Partnership]:
    """The partnerships whose coordinators were told of it, by name."""
    told = (
        select(Partnership)
        .join(LaunchTold, col(LaunchTold.partnership_id) == col(Partnership.id))
        .where(LaunchTold.decision_id == decision.id)
    )
    return list(session.exec(told.order_by(Partnership.name)))
