"""Feedback on an alert (R27-R29): how it ended, told to exactly those who got it."""

from sqlmodel import Session

from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from messaging import alert_templates, broadcasts, drafts
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Incident,
    Step,
)
from messaging.texts import Texts


def give(
    session: Session, actor: Actor, alert: Broadcast, texts: Texts, client_request_id: str
) -> Broadcast:
    """Write feedback on an alert and send it. The incident closes once it is on its way.

    The same ``client_request_id`` again gives the same feedback. Raises ``BadInput`` on the texts,
    ``Conflict`` when the alert was never sent.
    """
    if alert.step is not Step.FIRST or alert.status in (
        BroadcastStatus.DRAFT,
        BroadcastStatus.CANCELLED,
    ):
        raise Conflict(mark("Feedback goes to those who got an alert: this one was not sent."))
    feedback = drafts.create_follow_up(
        session,
        actor,
        alert,
        drafts.FollowUp(Step.FEEDBACK, BroadcastKind.FEEDBACK, texts, client_request_id),
    )
    if feedback.status is BroadcastStatus.DRAFT:
        broadcasts.send(session, actor, feedback)
    return feedback


def refuse_unfinished(incident: Incident, texts: Texts) -> None:
    """Refuse feedback that says no more than the page had filled in. Raises ``BadInput``."""
    unfinished = [
        FieldProblem(f"texts.{language}.short", mark("Say how it ended."))
        for language, words in texts.items()
        if words.short.strip() == alert_templates.feedback(incident, language).short.strip()
    ]
    if unfinished:
        raise BadInput(*unfinished)


def give_to_all(
    session: Session, actor: Actor, incident: Incident, texts: Texts, request_id: str
) -> Broadcast:
    """Give the same feedback on every alert of an incident that still waits for it; the last one.

    The same ``request_id`` again, a double click, gives what was given. Raises ``Conflict`` when no
    alert waits, and what ``give`` raises.
    """
    given = [
        give(session, actor, alert, texts, f"{request_id}-{number}")
        for number, alert in enumerate(broadcasts.awaiting_feedback(session, incident.id))
    ]
    if given:
        return given[-1]
    before = drafts.already_created(session, actor, f"{request_id}-0")
    if before is None:
        raise Conflict(mark("No alert of this incident waits for feedback."))
    return before
