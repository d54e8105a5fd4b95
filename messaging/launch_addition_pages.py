"""The page on which a launch decision is completed after it was taken."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import incidents, launch, launch_additions, launch_forms, phenomena, reporters
from messaging.models import Incident, LaunchDecision

router = APIRouter(include_in_schema=False)


@router.get("/incidents/{incident_id}/decisions/{decision_id}/add")
def show_form(
    incident_id: UUID,
    decision_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.DECIDE_LAUNCH)],
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.DECIDE_LAUNCH)
    decision = launch_additions.decision_for(session, incident, decision_id)
    return _form(request, session, incident, decision, launch.NOTHING_SAID, {})


@router.post("/incidents/{incident_id}/decisions/{decision_id}/add")
def add(
    incident_id: UUID,
    decision_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.DECIDE_LAUNCH)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.DECIDE_LAUNCH)
    decision = launch_additions.decision_for(session, incident, decision_id)
    added = launch_forms.decided_in(form, launched=True)
    try:
        launch_additions.add(session, actor, incident, decision, added)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, session, incident, decision, added, problems)
    return go_to(f"/incidents/{incident.id}")


def _form(
    request: Request,
    session: Session,
    incident: Incident,
    decision: LaunchDecision,
    typed: launch.Decided,
    problems: dict[str, str],
) -> Response:
    before = launch_additions.of_decision(session, decision.id)
    language = language_of(request)
    return page(
        request,
        "messaging/incident_addition.html",
        422 if problems else 200,
        incident=incident,
        decision=decision,
        phenomenon=phenomena.label(incident.phenomenon, language),
        typed=typed,
        problems=problems,
        ticked=launch_additions.ticked(decision, before),
        may_give_reason=launch_additions.may_give_reason(decision, before),
        reporter=reporters.seen(session, incident.id),
        **launch_forms.choices(language),
    )
