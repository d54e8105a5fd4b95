"""Who is appointed to what in a partnership, from when until when, and who is missing."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, Role, allowed
from hub.db import DbSession
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import Language, language_from, mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import appointment_gaps, appointments, partner_notices, password_links
from partnerships.appointments import APPOINTABLE, NewAppointment
from partnerships.days import last_day, today
from partnerships.models import Partnership
from partnerships.scope import partnership_by_slug

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_APPOINTMENTS)]
Appoint = Annotated[Actor, allowed(Action.APPOINT)]


@router.get("/partnerships/{slug}/appointments")
def show_appointments(slug: str, request: Request, actor: See, session: DbSession) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_APPOINTMENTS)
    return _page(request, session, actor, partnership, {}, None)


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    partnership: Partnership,
    problems: dict[str, str],
    form: Form | None,
) -> Response:
    at = clock.now()
    holders = appointments.of_partnership(session, partnership)
    return page(
        request,
        "partnerships/appointments.html",
        422 if problems else 200,
        partnership=partnership,
        standing=[one for one in holders if not one.is_over(at)],
        earlier=[one for one in holders if one.is_over(at)],
        mine={role for role in APPOINTABLE if appointments.may_appoint(actor, partnership, role)},
        roles=APPOINTABLE,
        gaps=appointment_gaps.of(session, [partnership], at).get(partnership.id, []),
        relay=appointments.coordinator_or_deputy(session, partnership.id, at),
        unanswered=password_links.unanswered(session, [one.account.id for one in holders]),
        at=at,
        today=today(),
        last_day=last_day,
        typed=form.text if form else lambda _name: "",
        problems=problems,
    )


@router.post("/partnerships/{slug}/appointments")
def appoint(
    slug: str, request: Request, actor: Appoint, form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.APPOINT)
    try:
        appointments.appoint(session, actor, partnership, _read(form))
        partner_notices.contacts_changed(session, partnership, actor.account_id)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, actor, partnership, problems, form)
    return go_to(f"/partnerships/{slug}/appointments")


def _read(form: Form) -> NewAppointment:
    """An appointment as typed. Raises ``BadInput`` for what is no role and no day."""
    problems = []
    if form.text("role") not in {role.value for role in APPOINTABLE}:
        problems.append(FieldProblem("role", mark("Choose a role.")))
    first_day = _day(form, "first_day", problems)
    until = _day(form, "last_day", problems) if form.text("last_day") else None
    if problems or first_day is None:
        raise BadInput(*problems)
    return NewAppointment(
        role=Role(form.text("role")),
        email=form.text("email"),
        name=form.text("name"),
        language=language_from(form.text("language")) or Language.FRENCH,
        first_day=first_day,
        last_day=until,
    )


def _day(form: Form, name: str, problems: list[FieldProblem]) -> date | None:
    try:
        return date.fromisoformat(form.text(name))
    except ValueError:
        problems.append(FieldProblem(name, mark("Give a day.")))
        return None


@router.post("/partnerships/{slug}/appointments/{appointment_id}/end")
def end_appointment(
    slug: str,
    appointment_id: UUID,
    request: Request,
    actor: Appoint,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.APPOINT)
    holder = appointments.appointment_for(session, actor, partnership, appointment_id)
    try:
        appointments.end(session, actor, holder.appointment, _last_day(form))
        partner_notices.contacts_changed(session, partnership, actor.account_id)
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        problems = {f"last_day-{appointment_id}": sentence for sentence in told.values()}
        return _page(request, session, actor, partnership, problems, None)
    return go_to(f"/partnerships/{slug}/appointments")


def _last_day(form: Form) -> date:
    problems: list[FieldProblem] = []
    day = _day(form, "last_day", problems)
    if day is None:
        raise BadInput(*problems)
    return day


@router.post("/partnerships/{slug}/appointments/{appointment_id}/link")
def send_link_again(
    slug: str, appointment_id: UUID, actor: Appoint, _form: PostedForm, session: DbSession
) -> Response:
    """Another link for somebody who has chosen no password yet; the first one is worth nothing."""
    partnership = partnership_by_slug(session, slug, actor, Action.APPOINT)
    holder = appointments.appointment_for(session, actor, partnership, appointment_id)
    if holder.account.id not in password_links.unanswered(session, [holder.account.id]):
        raise Conflict(mark("This person has chosen a password already."))
    password_links.send(session, holder.account)
    return go_to(f"/partnerships/{slug}/appointments")
