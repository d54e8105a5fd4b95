"""Passing a question on, and the page where coordinators answer those that are theirs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import questions
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page

router = APIRouter(include_in_schema=False)

_Officer = Annotated[Actor, allowed(Action.SEE_INBOX)]
_Coordinator = Annotated[Actor, allowed(Action.SEE_QUESTIONS)]


@router.get("/inbox/{reply_id}/pass-on")
def show_pass_on(reply_id: UUID, request: Request, actor: _Officer, session: DbSession) -> Response:
    return _asked(request, session, actor, reply_id, {})


@router.post("/inbox/{reply_id}/pass-on")
def pass_on(
    reply_id: UUID, request: Request, actor: _Officer, form: PostedForm, session: DbSession
) -> Response:
    try:
        # What is refused leaves nothing half done.
        with session.begin_nested():
            if "apart" in form:
                questions.set_apart(session, actor, reply_id)
            questions.pass_on(session, actor, reply_id, form.text("partnership"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _asked(request, session, actor, reply_id, problems)
    return go_to("/inbox")


def _asked(
    request: Request, session: Session, actor: Actor, reply_id: UUID, problems: dict[str, str]
) -> Response:
    reply = questions.question_for(session, actor, reply_id)
    return page(
        request,
        "feedback/pass_on.html",
        422 if problems else 200,
        reply=reply,
        partnerships=questions.partnerships_of_writer(session, reply),
        is_beside_an_alert=reply.incident_id is not None,
        problems=problems,
    )


@router.get("/questions")
def show_questions(request: Request, actor: _Coordinator, session: DbSession) -> Response:
    return _all(request, session, actor)


@router.post("/questions/{question_id}")
def answer(
    question_id: UUID,
    request: Request,
    actor: _Coordinator,
    form: PostedForm,
    session: DbSession,
) -> Response:
    try:
        questions.answer(session, actor, question_id, form.text("answer"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _all(request, session, actor, problems, question_id, form.text("answer"))
    return go_to("/questions")


def _all(
    request: Request,
    session: Session,
    actor: Actor,
    problems: dict[str, str] | None = None,
    typed_for: UUID | None = None,
    typed: str = "",
) -> Response:
    return page(
        request,
        "feedback/questions.html",
        422 if problems else 200,
        questions=questions.questions(session, actor),
        problems=problems or {},
        typed_for=typed_for,
        typed=typed,
        longest=questions.LONGEST_ANSWER,
    )
