"""Feedback on an alert (R27-R29): how it ended, told to exactly those who got it."""

from uuid import UUID

from sqlmodel import Session

from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from messaging import alert_templates, broadcasts, drafts, incidents
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Incident,
    IncidentStatus,
    Step,
)
from messaging.texts import Texts


def give(
    session: Session, actor: Actor, alert: Broadcast, texts: Texts, client_request_id: str
) -> Broadcast:
    """Write feedback on an alert and send it. The incident closes once it is on its way.

    The same ``client_request_id`` again gives the same feedback. Raises ``BadInput`` on the texts,
    ``Conflict`` when the alert was never sent or its incident is closed already.
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
        _refuse_when_closed(session, actor, alert.incident_id)
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


def _refuse_when_closed(session: Session, actor: Actor, incident_id: UUID | None) -> None:
    if incident_id is None:
        return
    incident = incidents.incident_for(session, incident_id, actor, Action.GIVE_FEEDBACK)
    if incident.status is IncidentStatus.CLOSED:
        raise Conflict(mark("This incident is closed."))
