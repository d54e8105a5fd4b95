"""The page on which a member answers, without a password: the link in his mail says whose it is."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from feedback import survey_answers, survey_words, surveys
from feedback.models import Survey, SurveyInvitation, SurveyStatus
from hub.access import open_to_all
from hub.db import DbSession
from hub.web.forms import PostedForm
from hub.web.pages import language_of
from partnerships.models import Partnership
from partnerships.visitor_pages import visitor_page

router = APIRouter(include_in_schema=False)

_OPEN = open_to_all("The signature in the link says whose it is; it shows no answer.")


@router.get("/survey/{reference}", dependencies=[_OPEN])
def show_questions(reference: str, request: Request, session: DbSession) -> Response:
    invitation, survey = survey_answers.of_reference(session, reference)
    return _page(request, session, invitation, survey)


@router.post("/survey/{reference}", dependencies=[_OPEN])
def take_answers(
    reference: str, request: Request, form: PostedForm, session: DbSession
) -> Response:
    invitation, survey = survey_answers.of_reference(session, reference)
    answers = {}
    for one in surveys.questions_of(session, survey.id):
        choices = max((len(words) for words in one.choices.values()), default=0)
        given = survey_answers.given_on_page(one, choices, form.text(f"answer-{one.number}"))
        if given is not None:
            answers[one.number] = given
    if not answers:
        return _page(request, session, invitation, survey, is_empty=True)
    is_new = survey_answers.take_all(session, invitation.id, answers)
    session.flush()
    return _page(request, session, invitation, survey, thanks=is_new)


def _page(
    request: Request,
    session: DbSession,
    invitation: SurveyInvitation,
    survey: Survey,
    *,
    thanks: bool = False,
    is_empty: bool = False,
) -> Response:
    partnership = session.get_one(Partnership, survey.partnership_id)
    request.state.language = invitation.language
    # The questions are in the partnership's languages, the page around them in the reader's.
    asked_in = survey_words.language_for(survey, partnership, language_of(request))
    return visitor_page(
        request,
        "feedback/survey_page.html",
        422 if is_empty else 200,
        survey=survey,
        partnership=partnership,
        questions=surveys.questions_of(session, survey.id),
        asked_in=asked_in.value,
        state="done"
        if thanks
        else "answered"
        if invitation.finished_at is not None
        else "open"
        if survey.status is SurveyStatus.OPEN
        else "closed",
        is_empty=is_empty,
    )
