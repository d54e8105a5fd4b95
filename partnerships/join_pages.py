"""The public page on which a citizen asks to join, and the poster that leads to it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import open_to_all
from hub.config import settings
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, language_from, mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import LANGUAGE_COOKIE, language_of
from partnerships import (
    application,
    invitations,
    joining,
    poster,
    proof_of_work,
)
from partnerships.application import Typed
from partnerships.consent_wordings import current
from partnerships.join_confirm_pages import to_own_request
from partnerships.models import Invitation, Partnership
from partnerships.visitor_pages import place_of, visitor_page

router = APIRouter(include_in_schema=False)

_YEAR_SECONDS = 365 * 24 * 3600

_ANYONE = open_to_all("Anybody may ask to become a member; it shows a name and takes words in.")
_INVITED = open_to_all("The link in the invitation says who is invited, and is good once.")
_PRINTED = open_to_all("It is printed and hung in shop windows.")


@router.get("/join/{slug}", dependencies=[_ANYONE])
def show_join(slug: str, request: Request, session: DbSession) -> Response:
    partnership = joining.partnership_to_join(session, slug)
    return _join_page(request, partnership, Typed(), proof_of_work.new_challenge())


@router.post("/join/{slug}", dependencies=[_ANYONE])
def do_join(slug: str, request: Request, form: PostedForm, session: DbSession) -> Response:
    partnership = joining.partnership_to_join(session, slug)
    return _take(request, session, partnership, form, _typed(form), None)


@router.get("/join/{slug}/invited/{token}", dependencies=[_INVITED])
def show_invited(slug: str, token: str, request: Request, session: DbSession) -> Response:
    partnership = joining.partnership_to_join(session, slug, invited=True)
    invitation = invitations.behind(session, partnership, token)
    if invitation is None:
        return _invitation_spent(request, partnership)
    request.state.language = invitation.language
    challenge = proof_of_work.new_challenge()
    return _join_page(request, partnership, Typed(), challenge, invitation=invitation)


@router.post("/join/{slug}/invited/{token}", dependencies=[_INVITED])
def do_join_invited(
    slug: str, token: str, request: Request, form: PostedForm, session: DbSession
) -> Response:
    partnership = joining.partnership_to_join(session, slug, invited=True)
    invitation = invitations.behind(session, partnership, token)
    if invitation is None:
        return _invitation_spent(request, partnership)
    request.state.language = invitation.language
    # The number or address is the invited one, whatever the form says.
    typed = _typed(form, **_invited_way(invitation))
    return _take(request, session, partnership, form, typed, invitation)


def _invitation_spent(request: Request, partnership: Partnership) -> Response:
    return visitor_page(
        request, "partnerships/join_link_spent.html", 404, join=f"/join/{partnership.slug}"
    )


def _invited_way(invitation: Invitation) -> dict[str, str]:
    field = "email" if "@" in invitation.value else "telephone"
    return {field: invitation.value}


def _typed(form: Form, **known: str) -> Typed:
    fields = {name: form.text(name) for name in ("name", "telephone", "email", "street")}
    return Typed(
        **{**fields, **known},
        language=form.text("language"),
        purposes=tuple(form.all("purposes")),
        has_stated=bool(form.text("statement")),
        may_be_called=bool(form.text("may_be_called")),
    )


def _take(
    request: Request,
    session: Session,
    partnership: Partnership,
    form: Form,
    typed: Typed,
    invitation: Invitation | None,
) -> Response:
    challenge = form.text("challenge")
    other = language_from(form.text("other_language"))
    if other is not None:
        return _in_other_language(request, partnership, typed, challenge, other, invitation)
    try:
        # The form's token is a challenge of ours: without one, robots could make up their own.
        if not proof_of_work.is_ours(challenge):
            challenge = proof_of_work.new_challenge()
            raise BadInput(FieldProblem("send", _OPEN_TOO_LONG))
        wanted = application.read(typed)
    except BadInput as refusal:
        return _join_page(request, partnership, typed, challenge, refusal, invitation=invitation)
    solved = proof_of_work.is_solved(challenge, form.text("answer"))
    asked = joining.ask(
        session,
        partnership,
        wanted,
        challenge,
        place_of(request),
        may_text=solved or invitation is not None,
        invitation=invitation,
    )
    return to_own_request(partnership, asked)


_OPEN_TOO_LONG = mark("This page was open for very long. Press the button once more.")


def _in_other_language(
    request: Request,
    partnership: Partnership,
    typed: Typed,
    challenge: str,
    other: Language,
    invitation: Invitation | None,
) -> Response:
    """The same form in another language, with everything that was typed."""
    request.cookies[LANGUAGE_COOKIE] = other
    if not proof_of_work.is_ours(challenge):
        challenge = proof_of_work.new_challenge()
    answer = _join_page(request, partnership, typed, challenge, invitation=invitation)
    answer.set_cookie(LANGUAGE_COOKIE, other, max_age=_YEAR_SECONDS, samesite="lax")
    return answer


def _join_page(
    request: Request,
    partnership: Partnership,
    typed: Typed,
    challenge: str,
    refusal: BadInput | None = None,
    *,
    invitation: Invitation | None = None,
) -> Response:
    language = language_of(request)
    problems = sentences(refusal.problems, language) if refusal else {}
    return visitor_page(
        request,
        "partnerships/join.html",
        422 if refusal else 200,
        partnership=partnership,
        typed=typed,
        challenge=challenge,
        bits=settings().join_puzzle_bits,
        wordings=current(language),
        takes_no_texts=application.takes_no_texts(typed.telephone),
        invited=_invited_way(invitation) if invitation else {},
        problems=problems,
    )


@router.get("/join/{slug}/poster.pdf", dependencies=[_PRINTED])
def show_poster(slug: str, session: DbSession) -> Response:
    partnership = joining.partnership_to_join(session, slug)
    headers = {"Content-Disposition": f'inline; filename="{partnership.slug}.pdf"'}
    return Response(poster.poster(partnership), media_type="application/pdf", headers=headers)


@router.get("/join/{slug}/qr.svg", dependencies=[_PRINTED])
def show_qr_code(slug: str, session: DbSession) -> Response:
    partnership = joining.partnership_to_join(session, slug)
    return Response(poster.qr_code(partnership), media_type="image/svg+xml")
