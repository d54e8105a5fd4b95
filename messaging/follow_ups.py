"""What follows an alert: updates, the all clear, the correction of a false alarm.

Each goes to exactly those who got the alert, after all that went before it, under the rules that
the plans have for alerts; it waits for no quiet hours that an alert would not wait for. Feedback is
the room above's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from hub import clock
from hub.access import Action, Actor
from hub.config import settings
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import Language, mark
from messaging import (
    alert_words,
    broadcasts,
    by_the_plan,
    drafts,
    end_told,
    follow_up_words,
    in_order,
    template_filling,
)
from messaging.models import (
    ALARMING_STEPS,
    ENDING_STEPS,
    HANDED_OVER_STATES,
    Broadcast,
    BroadcastKind,
    Delivery,
    DeliveryState,
    Incident,
    Step,
    TemplateUse,
)
from messaging.texts import Texts, Words, problems

FOLLOW_UPS = (Step.UPDATE, Step.ALL_CLEAR, Step.CORRECTION)
# Whoever was frightened in the evening and then switched off his telephone hears it next day.
_END_IS_WORTH = timedelta(hours=24)

_NOT_AN_ALERT = mark("This follows an urgent alert that was sent: this one was not.")
_END_WAS_TOLD = mark("The end of this alert was told already.")
_WAS_CORRECTED = mark("This alert was corrected already.")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What somebody wants to tell those who got an alert. Without ``texts`` an all clear and a
    correction use the ready words. ``deviation_reason`` is why somebody sends it whom a plan does
    not name."""

    step: Step
    client_request_id: str
    texts: Texts | None = None
    counts_as_feedback: bool = False
    deviation_reason: str = ""


def send(session: Session, actor: Actor, alert: Broadcast, wanted: FollowUp) -> Broadcast:
    """Write it and send it at once; the same ``client_request_id`` again gives the same.

    Raises ``BadInput`` on its texts, ``Conflict`` for what is no alert on its way and for one whose
    end was told before, ``PlanRefuses`` for somebody whom a plan does not name and who gives no
    reason.
    """
    before = drafts.already_created(session, actor, wanted.client_request_id)
    if before is not None:
        return before
    hold(session, alert)
    refuse(session, alert, wanted.step)
    refuse_unnamed(session, actor, alert, wanted.deviation_reason)
    texts = wanted.texts or ready_words(session, alert, wanted.step)
    _refuse_words(wanted.step, texts, [alert])
    written = drafts.create_follow_up(
        session,
        actor,
        alert,
        drafts.FollowUp(
            wanted.step,
            alert.kind,
            texts,
            wanted.client_request_id,
            counts_as_feedback=wanted.counts_as_feedback and wanted.step in ENDING_STEPS,
            lifetime=lifetime_of(wanted.step),
        ),
    )
    broadcasts.send(session, actor, written, wanted.deviation_reason)
    return written


def lifetime_of(step: Step) -> timedelta:
    """How long it is worth sending: news of a danger as long as an alert, its end for longer."""
    urgent = timedelta(minutes=settings().urgent_lifetime_minutes)
    return urgent if step in ALARMING_STEPS else _END_IS_WORTH


def hold(session: Session, alert: Broadcast) -> None:
    """Let nobody else write a follow-up of this alert until the end of this unit of work: of two
    who tell its end at once, the second one is to see what the first one did."""
    held = select(col(Broadcast.id)).where(Broadcast.id == alert.id)
    session.exec(held.with_for_update(key_share=True)).one()


def refuse(session: Session, alert: Broadcast, step: Step) -> None:
    """Raise ``Conflict``, with the page to see, where this step cannot follow."""
    is_alert = alert.step is Step.FIRST and alert.kind is BroadcastKind.URGENT_ALERT
    if not is_alert or alert.released_at is None:
        raise Conflict(_NOT_AN_ALERT)
    is_correction = step is Step.CORRECTION
    stops = (Step.CORRECTION,) if is_correction else ENDING_STEPS
    for end in released_after(session, alert, stops)[:1]:
        refusal = Conflict(_WAS_CORRECTED if is_correction else _END_WAS_TOLD)
        refusal.see = f"/broadcasts/{end.id}"
        raise refusal


def refuse_unnamed(session: Session, actor: Actor, alert: Broadcast, reason: str) -> None:
    """Raise ``PlanRefuses``, before anything is written, for somebody whom a plan does not name."""
    by_the_plan.refuse_bad_reason(reason)
    found = by_the_plan.targets_now(session, alert)
    refusing = by_the_plan.not_named(actor, found, Action.SEND_BROADCAST)
    by_the_plan.refuse_sender(refusing, reason)


def released_after(session: Session, alert: Broadcast, steps: Iterable[Step]) -> list[Broadcast]:
    """What was sent after this alert in these steps, oldest first."""
    followed = select(Broadcast).where(
        Broadcast.follows_id == alert.id,
        col(Broadcast.step).in_(list(steps)),
        col(Broadcast.released_at).is_not(None),
    )
    return list(session.exec(followed.order_by(col(Broadcast.released_at))))


def ready_words(session: Session, alert: Broadcast, step: Step) -> Texts:
    """The words of this step in every language in which the alert went out."""
    incident = session.get(Incident, alert.incident_id) if alert.incident_id else None
    at = clock.now()
    ready = {
        language: follow_up_words.words(step, alert, incident, language, at)
        for language in broadcasts.texts_of(session, alert)
    }
    return ready | _own_words(session, incident, step, ready, alert)


# A zone that keeps a template for a step has its own words in the place of the hub's.
_USE_OF_STEP = {
    Step.UPDATE: TemplateUse.UPDATE,
    Step.ALL_CLEAR: TemplateUse.ALL_CLEAR,
    Step.CORRECTION: TemplateUse.FALSE_ALARM,
}


def _own_words(
    session: Session,
    incident: Incident | None,
    step: Step,
    languages: Iterable[Language],
    alert: Broadcast,
) -> dict[Language, Words]:
    return template_filling.own_words(
        session,
        incident,
        _USE_OF_STEP[step],
        languages,
        follow_up_words.GAP,
        alert.released_at,
    )


def _refuse_words(step: Step, texts: Texts, alerts: Iterable[Broadcast]) -> None:
    found = []
    if step is Step.UPDATE:
        # Of several alerts one may be an exercise: what is refused for one is refused for all.
        is_drill = all(alert.is_drill for alert in alerts)
        found += alert_words.problems(texts, is_drill=is_drill)
    # Last: of one field a page shows the last sentence.
    found += _gaps(texts)
    if found:
        raise BadInput(*found)


def _gaps(texts: Texts) -> list[FieldProblem]:
    problem = mark("Replace {gap} by what is new.")
    return [
        FieldProblem(f"texts.{language}.short", problem, (("gap", follow_up_words.GAP),))
        for language in texts
        if follow_up_words.has_gap(texts, language)
    ]


def send_to_all(session: Session, actor: Actor, incident: Incident, wanted: FollowUp) -> Broadcast:
    """Send the same after every alert of an incident that it can follow; the last one.

    The same request again, a double click, gives what was sent. Raises ``Conflict`` when no alert
    is left to follow, and what ``send`` raises.
    """
    before = drafts.already_created(session, actor, f"{wanted.client_request_id}-0")
    if before is not None:
        return before
    refuse_none(session, incident, wanted.step)
    alerts = alerts_to_follow(session, incident, wanted.step)
    # All or none: what is refused for one of them is refused before any has left.
    for alert in alerts:
        refuse_unnamed(session, actor, alert, wanted.deviation_reason)
    if wanted.texts is not None:
        found = problems(wanted.texts, languages_of(session, incident, wanted.step))
        if found:
            raise BadInput(*found)
        _refuse_words(wanted.step, wanted.texts, alerts)
    _hold_all(session, alerts, wanted.step)
    sent = [
        send(session, actor, alert, _numbered(wanted, number))
        for number, alert in enumerate(alerts)
    ]
    return sent[-1]


def _hold_all(session: Session, alerts: Sequence[Broadcast], step: Step) -> None:
    # Before the first word in the log, which one writes at a time: whoever escalates the second
    # alert holds its rows and then waits for the log.
    for alert in sorted(alerts, key=lambda one: one.id):
        hold(session, alert)
    if step in ENDING_STEPS:
        for alert in alerts:
            end_told.stop(session, end_told.alarms_of(alert.id))


def _numbered(wanted: FollowUp, number: int) -> FollowUp:
    return FollowUp(
        wanted.step,
        f"{wanted.client_request_id}-{number}",
        wanted.texts,
        wanted.counts_as_feedback,
        wanted.deviation_reason,
    )


def refuse_none(session: Session, incident: Incident, step: Step) -> None:
    """Raise ``Conflict`` when this step can follow no alert of the incident."""
    if alerts_to_follow(session, incident, step):
        return
    for alert in alerts_of(session, incident):
        refuse(session, alert, step)
    raise Conflict(_NOT_AN_ALERT)


def alerts_of(session: Session, incident: Incident) -> Sequence[Broadcast]:
    """The urgent alerts of an incident that have left, oldest first."""
    return session.exec(_alerts(incident).order_by(col(Broadcast.released_at))).all()


def alerts_to_follow(session: Session, incident: Incident, step: Step) -> Sequence[Broadcast]:
    """Those of them that this step can follow."""
    is_over: Any = end_told.end_is_told(col(Broadcast.id))
    if step is Step.CORRECTION:
        is_over = end_told.is_corrected(col(Broadcast.id))
    left = _alerts(incident).where(~is_over)
    return session.exec(left.order_by(col(Broadcast.released_at))).all()


def _alerts(incident: Incident) -> SelectOfScalar[Broadcast]:
    return select(Broadcast).where(
        Broadcast.incident_id == incident.id,
        Broadcast.step == Step.FIRST,
        Broadcast.kind == BroadcastKind.URGENT_ALERT,
        col(Broadcast.released_at).is_not(None),
    )


def languages_of(session: Session, incident: Incident, step: Step) -> list[Language]:
    """The languages in which the alerts went out that this step can follow."""
    codes = [
        language
        for alert in alerts_to_follow(session, incident, step)
        for language in broadcasts.texts_of(session, alert)
    ]
    return [one for one in Language if one in codes]


def words_for_all(session: Session, incident: Incident, step: Step) -> Texts:
    """The ready words in all of them; the time of the alert is that of the first one."""
    alerts = alerts_to_follow(session, incident, step)
    ready = {
        language: follow_up_words.words(step, alerts[0], incident, language, clock.now())
        for language in languages_of(session, incident, step)
    }
    return ready | _own_words(session, incident, step, ready, alerts[0]) if ready else ready


def people(session: Session, alert: Broadcast) -> int:
    """How many have got this alert by now, or are about to: those who get what follows it."""
    got_it = (*HANDED_OVER_STATES, DeliveryState.QUEUED, DeliveryState.SENDING)
    counted = select(func.count(func.distinct(col(Delivery.person_id)))).where(
        col(Delivery.broadcast_id).in_(in_order.alert_and_again(alert.id)),
        col(Delivery.state).in_(got_it),
    )
    return session.exec(counted).one()
