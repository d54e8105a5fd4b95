"""The pages of surveys: written, looked at as members will see them, started, and their results."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import (
    survey_costs,
    survey_course,
    survey_export,
    survey_results,
    survey_sending,
    surveys,
)
from feedback.models import Survey, SurveyStatus
from feedback.survey_forms import KINDS, content_from, day_from, rows
from feedback.survey_templates import SAFETY
from feedback.surveys import USUAL_DAYS, USUAL_REMINDER_DAYS, Content
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import LANGUAGE_NAMES, Language, mark, translate
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging.skip_reasons import NO_CONSENT, NO_CONTACT, OPTED_OUT, SHARED_NUMBER, SUSPENDED
from partnerships import days, scope
from partnerships.models import Partnership
from partnerships.quiet_hours import next_allowed
from partnerships.spreadsheets import MEDIA_TYPES, Format

router = APIRouter(include_in_schema=False)

_STATUSES = {
    SurveyStatus.DRAFT: mark("Draft"),
    SurveyStatus.OPEN: mark("Open"),
    SurveyStatus.CLOSED: mark("Closed"),
}
_SKIPPED = {
    NO_CONSENT: mark("did not agree to surveys"),
    NO_CONTACT: mark("no mobile or mail address that may be used"),
    SHARED_NUMBER: mark("share a mobile with another member, and have no mail address"),
    SUSPENDED: mark("suspended"),
    OPTED_OUT: mark("said STOP"),
}

Keeper = Annotated[Actor, allowed(Action.KEEP_SURVEYS)]
Reader = Annotated[Actor, allowed(Action.SEE_SURVEYS)]


@router.get("/surveys")
def list_surveys(request: Request, actor: Reader, session: DbSession) -> Response:
    return _list(request, session, actor)


def _list(
    request: Request, session: Session, actor: Actor, problems: dict[str, str] | None = None
) -> Response:
    kept = (
        scope.partnerships_of(session, actor, Action.KEEP_SURVEYS)
        if actor.may(Action.KEEP_SURVEYS)
        else []
    )
    return page(
        request,
        "feedback/surveys.html",
        422 if problems else 200,
        surveys=[
            (one, name, _title(one, language_of(request)))
            for one, name in surveys.within_reach(session, actor)
        ],
        statuses=_STATUSES,
        last_day=days.last_day,
        partnerships=kept,
        safety=SAFETY,
        problems=problems or {},
    )


def _title(survey: Survey, language: Language) -> str:
    own = survey.title.get(language.value)
    return own or next((one for one in survey.title.values() if one), "")


@router.post("/surveys")
def create_survey(
    request: Request, actor: Keeper, form: PostedForm, session: DbSession
) -> Response:
    try:
        partnership = _chosen(session, actor, form.text("partnership"))
        survey = surveys.create(session, actor, partnership, form.text("template"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _list(request, session, actor, problems)
    return go_to(f"/surveys/{survey.id}")


def _chosen(session: Session, actor: Actor, slug: str) -> Partnership:
    kept = scope.partnerships_of(session, actor, Action.KEEP_SURVEYS)
    if len(kept) == 1 and not slug:
        return kept[0]
    found = next((one for one in kept if one.slug == slug), None)
    if found is None:
        raise BadInput(FieldProblem("partnership", mark("Choose a partnership.")))
    return found


@router.get("/surveys/{survey_id}")
def show_survey(survey_id: UUID, request: Request, actor: Reader, session: DbSession) -> Response:
    survey, partnership = surveys.survey_for(session, survey_id, actor, Action.SEE_SURVEYS)
    if survey.status is SurveyStatus.DRAFT:
        return _draft(request, session, actor, survey, partnership)
    return _results(request, session, actor, survey, partnership)


def _draft(
    request: Request,
    session: Session,
    actor: Actor,
    survey: Survey,
    partnership: Partnership,
    typed: Content | None = None,
    problems: dict[str, str] | None = None,
    conflict: str = "",
) -> Response:
    content = surveys.content_of(session, survey)
    languages = surveys.languages_of(typed or content, partnership)
    missing = surveys.missing(content, surveys.languages_of(content, partnership))
    return page(
        request,
        "feedback/survey_draft.html",
        422 if problems else 409 if conflict else 200,
        survey=survey,
        partnership=partnership,
        title=_title(survey, language_of(request)),
        content=typed or content,
        rows=rows(typed or content),
        kinds=KINDS,
        languages=languages,
        language_names=LANGUAGE_NAMES,
        outlook=None if missing else survey_costs.outlook(session, survey, partnership),
        skipped=_SKIPPED,
        may_keep=scope.covers(actor, Action.KEEP_SURVEYS, partnership),
        leaves_at=_leaves_at(session, partnership),
        closes_on=(days.today() + timedelta(days=USUAL_DAYS)).isoformat(),
        reminder_days=USUAL_REMINDER_DAYS,
        problems=problems or {},
        conflict=conflict,
    )


def _leaves_at(session: Session, partnership: Partnership) -> Any:
    """When the first leaves, if that is not now."""
    at = clock.now()
    begins = next_allowed(survey_sending.hours_of(session, partnership.id), at)
    return begins if begins > at else None


@router.post("/surveys/{survey_id}")
def change_survey(
    survey_id: UUID, request: Request, actor: Keeper, form: PostedForm, session: DbSession
) -> Response:
    survey, partnership = surveys.survey_for(session, survey_id, actor, Action.KEEP_SURVEYS)
    typed = content_from(form)
    try:
        surveys.change(session, actor, survey, typed)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _draft(request, session, actor, survey, partnership, typed, problems)
    return go_to(f"/surveys/{survey.id}")


@router.post("/surveys/{survey_id}/start")
def start_survey(
    survey_id: UUID, request: Request, actor: Keeper, form: PostedForm, session: DbSession
) -> Response:
    survey, partnership = surveys.survey_for(session, survey_id, actor, Action.KEEP_SURVEYS)
    language = language_of(request)
    try:
        closes_on = day_from(form, "closes_on")
        reminds = form.text("reminds") == "yes"
        survey_course.start(session, actor, survey, partnership, closes_on, reminds=reminds)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language)
        return _draft(request, session, actor, survey, partnership, None, problems)
    except Conflict as refusal:
        session.refresh(survey)
        if survey.status is SurveyStatus.DRAFT:
            said = translate(language, refusal.message)
            return _draft(request, session, actor, survey, partnership, conflict=said)
    return go_to(f"/surveys/{survey.id}")


@router.post("/surveys/{survey_id}/close")
def close_survey(survey_id: UUID, actor: Keeper, _form: PostedForm, session: DbSession) -> Response:
    survey, _partnership = surveys.survey_for(session, survey_id, actor, Action.KEEP_SURVEYS)
    survey_course.close(session, survey, by=actor.account_id)
    return go_to(f"/surveys/{survey.id}")


@router.post("/surveys/{survey_id}/throw-away")
def throw_survey_away(
    survey_id: UUID, actor: Keeper, _form: PostedForm, session: DbSession
) -> Response:
    survey, _partnership = surveys.survey_for(session, survey_id, actor, Action.KEEP_SURVEYS)
    surveys.throw_away(session, actor, survey)
    return go_to("/surveys")


def _results(
    request: Request, session: Session, actor: Actor, survey: Survey, partnership: Partnership
) -> Response:
    language = language_of(request)
    return page(
        request,
        "feedback/survey_results.html",
        survey=survey,
        partnership=partnership,
        title=_title(survey, language),
        statuses=_STATUSES,
        progress=survey_results.progress(session, survey),
        results=survey_results.results(session, survey, partnership, language),
        last_day=days.last_day,
        is_open=survey.status is SurveyStatus.OPEN,
        may_keep=scope.covers(actor, Action.KEEP_SURVEYS, partnership),
        kinds=KINDS,
        language_names=LANGUAGE_NAMES,
    )


@router.get("/surveys/{survey_id}/results.csv")
def download_results(
    survey_id: UUID, request: Request, actor: Reader, session: DbSession
) -> Response:
    survey, partnership = surveys.survey_for(session, survey_id, actor, Action.SEE_SURVEYS)
    content = survey_export.as_csv(session, survey, partnership, language_of(request))
    name = f"survey-{partnership.slug}-{survey.year}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[Format.CSV], headers=headers)
