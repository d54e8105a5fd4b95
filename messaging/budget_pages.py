"""The pages of budgets: how each stands, who set it to what, and setting it."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock, money
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import budgets, estimates
from messaging.budgets import FIRST_YEAR, Scope
from messaging.cost_records import year_of
from messaging.typed_money import amount_in

router = APIRouter(include_in_schema=False)


@router.get("/budgets")
def list_budgets(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_BUDGETS)],
    session: DbSession,
    year: str = "",
) -> Response:
    chosen, this_year = _year(year), year_of(clock.now())
    scopes = budgets.within_reach(session, actor, Action.SEE_BUDGETS)
    return page(
        request,
        "messaging/budgets.html",
        scopes=scopes,
        standings=budgets.standings(session, scopes, chosen),
        year=chosen,
        this_year=this_year,
        has_prices=estimates.are_known(estimates.prices_now()),
    )


def _year(typed: str) -> int:
    """The year that was asked for, else this one."""
    this_year = year_of(clock.now())
    is_known = typed.isdecimal() and len(typed) == 4 and FIRST_YEAR <= int(typed) <= this_year + 1
    return int(typed) if is_known else this_year


@router.get("/budgets/{kind}/{slug}")
def show_budget(
    kind: str,
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_BUDGETS)],
    session: DbSession,
    year: str = "",
) -> Response:
    scope = budgets.scope_for(session, kind, slug, actor, Action.SEE_BUDGETS)
    return _budget(request, session, actor, scope, _year(year), {})


def _budget(
    request: Request,
    session: Session,
    actor: Actor,
    scope: Scope,
    year: int,
    problems: dict[str, str],
    typed: str | None = None,
) -> Response:
    standing = budgets.standings(session, [scope], year)[scope.id]
    this_year = year_of(clock.now())
    now = "" if standing.amount is None else money.plain(standing.amount)
    return page(
        request,
        "messaging/budget.html",
        422 if problems else 200,
        scope=scope,
        standing=standing,
        year=year,
        this_year=this_year,
        history=budgets.history(session, scope),
        keepers=[one.name for one in budgets.keepers(session, scope)],
        may_keep=year >= this_year and budgets.may(session, actor, Action.KEEP_BUDGETS, scope),
        typed=now if typed is None else typed,
        has_prices=estimates.are_known(estimates.prices_now()),
        problems=problems,
    )


@router.post("/budgets/{kind}/{slug}")
def set_budget(
    kind: str,
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_BUDGETS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    scope = budgets.scope_for(session, kind, slug, actor, Action.KEEP_BUDGETS)
    year = _year(form.text("year"))
    try:
        budgets.change(session, actor, scope, year, _amount_in(form))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _budget(request, session, actor, scope, year, problems, form.text("amount"))
    return go_to(f"{scope.path}?year={year}")


def _amount_in(form: Form) -> int | None:
    """What was typed; an empty field is no limit, and must not come about by mistake."""
    return None if form.text("no_limit") else amount_in("amount", form.text("amount"))
