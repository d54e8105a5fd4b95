"""Feedback on an alert (R27-R29): how it ended, told to exactly those who got it."""

from sqlmodel import Session, col, func, select

from hub import clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from messaging import broadcasts, by_the_plan, drafts, template_filling
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Incident,
    Step,
)
from messaging.texts import Texts


def give(
    session: Session,
    actor: Actor,
    alert: Broadcast,
    texts: Texts,
    client_request_id: str,
    reason: str = "",
) -> Broadcast:
    """Write feedback on an alert and send it. The incident closes once it is on its way.

    The same ``client_request_id`` again gives the same feedback. Raises ``BadInput`` on the texts,
    and on ``deviation_reason`` when a plan does not name ``actor`` and he gives no ``reason``;
    ``Conflict`` when the alert was never sent.
    """
    if alert.step is not Step.FIRST or not _was_sent(alert):
        raise Conflict(mark("Feedback goes to those who got an alert: this one was not sent."))
    given = drafts.already_created(session, actor, client_request_id)
    if given is not None and given.status is not BroadcastStatus.DRAFT:
        return given
    refuse_unnamed(session, actor, alert, reason)
    feedback = drafts.create_follow_up(
        session,
        actor,
        alert,
        drafts.FollowUp(Step.FEEDBACK, BroadcastKind.FEEDBACK, texts, client_request_id),
    )
    if feedback.status is BroadcastStatus.DRAFT:
        broadcasts.send(session, actor, feedback, reason)
    return feedback


def _was_sent(alert: Broadcast) -> bool:
    """Whether anybody may have got it: one that was cancelled on its way has reached some."""
    if alert.status is BroadcastStatus.CANCELLED:
        return alert.fanned_out_at is not None
    return alert.released_at is not None


def usual_request_id(session: Session, alert: Broadcast) -> str:
    """The same for everybody who gives feedback on this alert, until that is cancelled."""
    cancelled = select(func.count()).where(
        Broadcast.follows_id == alert.id,
        Broadcast.step == Step.FEEDBACK,
        col(Broadcast.status) == BroadcastStatus.CANCELLED,
    )
    times = session.exec(cancelled).one()
    return f"feedback-{alert.id}-{times}" if times else f"feedback-{alert.id}"


def refuse_unnamed(session: Session, actor: Actor, alert: Broadcast, reason: str) -> None:
    """Refuse somebody whom a plan does not name for feedback, unless he says why he gives it.

    Raises ``BadInput`` on ``deviation_reason``.
    """
    by_the_plan.refuse_bad_reason(reason)
    chosen = broadcasts.partnerships_of(session, alert)
    under = by_the_plan.targets(session, chosen, BroadcastKind.FEEDBACK, clock.now())
    refusing = by_the_plan.not_named(actor, under, Action.SEND_BROADCAST)
    if refusing and not reason.strip():
        named = (("name", refusing[0].partnership.name),)
        raise BadInput(FieldProblem("deviation_reason", by_the_plan.NOT_NAMED, named))


def refuse_unfinished(session: Session, incident: Incident, texts: Texts) -> None:
    """Refuse feedback that says no more than the page had filled in. Raises ``BadInput``."""
    begun = template_filling.feedback(session, incident, texts)
    unfinished = [
        FieldProblem(f"texts.{language}.short", mark("Say how it ended."))
        for language, words in texts.items()
        if words.short.strip() == begun[language].short.strip()
    ]
    if unfinished:
        raise BadInput(*unfinished)


def give_to_all(
    session: Session,
    actor: Actor,
    incident: Incident,
    texts: Texts,
    request_id: str,
    reason: str = "",
) -> Broadcast:
    """Give the same feedback on every alert of an incident that still waits for it; the last one.

    The same ``request_id`` again, a double click, gives what was given. Raises ``Conflict`` when no
    alert waits, and what ``give`` raises.
    """
    waiting = broadcasts.awaiting_feedback(session, incident.id)
    for alert in waiting:
        # Before the first of them is sent: all get it, or none.
        refuse_unnamed(session, actor, alert, reason)
    given = [
        give(session, actor, alert, texts, f"{request_id}-{number}", reason)
        for number, alert in enumerate(waiting)
    ]
    if given:
        return given[-1]
    before = drafts.already_created(session, actor, f"{request_id}-0")
    if before is None:
        raise Conflict(mark("No alert of this incident waits for feedback."))
    return before
