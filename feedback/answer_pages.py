"""The pages on which an answer is given, and the list of those that are owed."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from channels.sms_length import measure
from feedback import answer_address, answer_reach, answer_words, answering, answers_list
from feedback.answers_list import About, Show
from feedback.models import Answer, AnswerWay, Report, Sighting
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.models import Account, Notice

router = APIRouter(include_in_schema=False)

AnswersSighting = Annotated[Actor, allowed(Action.ANSWER_SIGHTING)]
AnswersReport = Annotated[Actor, allowed(Action.ANSWER_REPORT)]


@router.get("/answers")
def show_owed(
    request: Request,
    # Whoever answers sightings answers reports; each sees those of his own scope.
    actor: AnswersReport,
    session: DbSession,
    show: str = "",
    about: str = "",
    after: str = "",
) -> Response:
    shown = Show(show) if show in list(Show) else Show.OWED
    whose = About(about) if about in list(About) else None
    found = answers_list.page(session, actor, shown, whose, after)
    return page(
        request,
        "feedback/answers.html",
        found=found,
        show=shown,
        about=whose,
        waiting=answers_list.waiting(session, actor),
        both=actor.may(Action.ANSWER_SIGHTING),
        after=after,
        at=clock.now(),
    )


@router.get("/sightings/{sighting_id}/answer")
def show_answer_to_sighting(
    sighting_id: UUID, request: Request, actor: AnswersSighting, session: DbSession
) -> Response:
    answer = answer_reach.for_sighting(session, actor, sighting_id)
    return _page(request, session, answer, {}, {})


@router.post("/sightings/{sighting_id}/answer")
def answer_sighting(
    sighting_id: UUID,
    request: Request,
    actor: AnswersSighting,
    form: PostedForm,
    session: DbSession,
) -> Response:
    answer = answer_reach.for_sighting(session, actor, sighting_id)
    return _act(request, session, actor, answer, form)


@router.get("/reports/{report_id}/answer")
def show_answer_to_report(
    report_id: UUID, request: Request, actor: AnswersReport, session: DbSession
) -> Response:
    answer = answer_reach.for_report(session, actor, report_id)
    return _page(request, session, answer, {}, {})


@router.post("/reports/{report_id}/answer")
def answer_report(
    report_id: UUID,
    request: Request,
    actor: AnswersReport,
    form: PostedForm,
    session: DbSession,
) -> Response:
    answer = answer_reach.for_report(session, actor, report_id)
    return _act(request, session, actor, answer, form)


_Do = Callable[[Session, Actor, Answer, Form], bool]
_DEEDS: dict[str, _Do] = {
    "send": lambda session, actor, answer, form: answering.give(
        session, actor, answer, form.text("words")
    ),
    "note": lambda session, actor, answer, form: answering.note(
        session, actor, answer, form.text("way"), form.text("said")
    ),
    "set_aside": lambda session, actor, answer, form: answering.set_aside(
        session, actor, answer, form.text("reason")
    ),
}


def _act(request: Request, session: Session, actor: Actor, answer: Answer, form: Form) -> Response:
    """Do what the pressed button says; without one, show again what was typed, and how it looks."""
    typed = {name: form.text(name) for name in ("words", "way", "said", "reason")}
    deed, ready = _DEEDS.get(form.text("do")), form.text("ready")
    if deed is None:
        if ready in answer_words.ready(answer.language):
            typed["words"] = answer_words.ready(answer.language)[answer_words.Ready(ready)]
        return _page(request, session, answer, typed, _problems_of(request, session, answer, typed))
    try:
        deed(session, actor, answer, form)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, answer, typed, problems)
    return go_to(request.url.path)


def _problems_of(
    request: Request, session: Session, answer: Answer, typed: dict[str, str]
) -> dict[str, str]:
    """What would be refused if these words were sent."""
    try:
        answer_words.checked(answer, typed["words"], answering.sender_of(session, answer))
    except BadInput as refusal:
        return sentences(refusal.problems, language_of(request))
    return {}


def _page(
    request: Request,
    session: Session,
    answer: Answer,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    words = typed.get("words", answer.words)
    sender = answering.sender_of(session, answer)
    body = answer_words.body(answer, words, sender) if words.strip() else ""
    about_sighting = answer.sighting_id is not None
    notice = session.get(Notice, answer.notice_id) if answer.notice_id else None
    given_by = session.get(Account, answer.given_by) if answer.given_by else None
    return page(
        request,
        "feedback/answer.html",
        422 if problems else 200,
        answer=answer,
        sighting=session.get(Sighting, answer.sighting_id) if about_sighting else None,
        report=session.get(Report, answer.report_id) if answer.report_id else None,
        ready=answer_words.ready(answer.language),
        typed={"words": words, "way": "", "said": "", "reason": "", **typed},
        is_look=bool(typed) and not problems,
        body=body,
        length=measure(body) if answer.way is AnswerWay.SMS else None,
        subject=answer_words.subject(answer),
        against=answer_address.against(session, answer),
        sentences=answer_address.SENTENCES,
        leaves_at=answering.leaves_at(session, answer),
        notice=notice,
        given_by=given_by.name if given_by else "",
        address=_address_to_show(session, answer),
        longest=answer_words.LONGEST_WORDS,
        longest_reason=answer_words.LONGEST_REASON,
        at=clock.now(),
        problems=problems,
    )


def _address_to_show(session: Session, answer: Answer) -> str:
    """Where he is rung or written to by hand: whoever answers needs it."""
    return answer_address.where(session, answer)
