"""Measures about members: read and decided by the mandated officer and his deputy alone."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import measures, members
from partnerships.days import today
from partnerships.measures import NewMeasure
from partnerships.members import Member
from partnerships.models import Account, MeasureKind, Partnership, Person
from partnerships.scope import partnership_by_slug

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_MEASURES)]
Decide = Annotated[Actor, allowed(Action.DECIDE_MEASURE)]


@router.get("/partnerships/{slug}/measures")
def show_all_measures(slug: str, request: Request, actor: See, session: DbSession) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_MEASURES)
    decided = [
        (measure, membership, session.get_one(Person, membership.person_id))
        for measure, membership in measures.of_partnership(session, partnership.id)
    ]
    return page(
        request, "partnerships/measures_list.html", partnership=partnership, decided=decided
    )


@router.get("/partnerships/{slug}/members/{membership_id}/measures")
def show_measures(
    slug: str, membership_id: UUID, request: Request, actor: See, session: DbSession
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.SEE_MEASURES)
    return _page(request, session, partnership, member, {}, None)


def _member(
    session: Session, slug: str, membership_id: UUID, actor: Actor, action: Action
) -> tuple[Partnership, Member]:
    partnership = partnership_by_slug(session, slug, actor, action)
    # An exclusion ends the membership, and may be appealed against and lifted afterwards.
    return partnership, members.member_for(
        session, partnership, membership_id, actor, action, or_former=True
    )


def _page(
    request: Request,
    session: Session,
    partnership: Partnership,
    member: Member,
    problems: dict[str, str],
    form: Form | None,
) -> Response:
    decided = measures.of_membership(session, member.membership.id)
    return page(
        request,
        "partnerships/measures.html",
        422 if problems else 200,
        partnership=partnership,
        member=member,
        decided=[(one, session.get_one(Account, one.decided_by).name) for one in decided],
        kinds=MeasureKind,
        is_coordinator=measures.is_of_coordinator(session, member.membership),
        appeal_until=measures.appeal_until,
        today=today(),
        typed=form.text if form else lambda _name: "",
        problems=problems,
    )


@router.post("/partnerships/{slug}/members/{membership_id}/measures")
def decide_measure(
    slug: str,
    membership_id: UUID,
    request: Request,
    actor: Decide,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.DECIDE_MEASURE)
    try:
        measures.decide(session, actor, member.membership, _read(form))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, partnership, member, problems, form)
    return _back(slug, membership_id)


def _read(form: Form) -> NewMeasure:
    """A measure as typed. Raises ``BadInput`` for what is no kind and no day."""
    problems = []
    if form.text("kind") not in set(MeasureKind):
        problems.append(FieldProblem("kind", mark("Choose a measure.")))
    decided_on = _day(form, "decided_on")
    if decided_on is None:
        problems.append(FieldProblem("decided_on", mark("Give a day.")))
    if problems or decided_on is None:
        raise BadInput(*problems)
    return NewMeasure(
        MeasureKind(form.text("kind")), decided_on, form.text("reason"), _day(form, "until")
    )


def _day(form: Form, name: str) -> date | None:
    try:
        return date.fromisoformat(form.text(name))
    except ValueError:
        return None


@router.post("/partnerships/{slug}/members/{membership_id}/measures/{measure_id}/lift")
def lift_measure(
    slug: str,
    membership_id: UUID,
    measure_id: UUID,
    actor: Decide,
    _form: PostedForm,
    session: DbSession,
) -> Response:
    _partnership, member = _member(session, slug, membership_id, actor, Action.DECIDE_MEASURE)
    measures.lift(session, actor, measures.measure_for(session, member.membership, measure_id))
    return _back(slug, membership_id)


@router.post("/partnerships/{slug}/members/{membership_id}/measures/{measure_id}/appeal")
def note_appeal(
    slug: str,
    membership_id: UUID,
    measure_id: UUID,
    request: Request,
    actor: Decide,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.DECIDE_MEASURE)
    measure = measures.measure_for(session, member.membership, measure_id)
    try:
        day = _day(form, "appealed_on")
        if day is None:
            raise BadInput(FieldProblem("appealed_on", mark("Give a day.")))
        measures.note_appeal(session, actor, measure, day)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, partnership, member, problems, None)
    return _back(slug, membership_id)


def _back(slug: str, membership_id: UUID) -> Response:
    return go_to(f"/partnerships/{slug}/members/{membership_id}/measures")
