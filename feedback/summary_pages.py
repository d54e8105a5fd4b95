"""The page of one partnership and month, to be read and printed."""

import re
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from feedback import monthly_summary, summary_mail
from feedback.monthly_summary import Month
from hub import clock, i18n
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import NotFound
from hub.web.pages import go_to, language_of, page
from partnerships import days, scope
from partnerships.models import Partnership
from partnerships.plan_words import KIND_NAMES

router = APIRouter(include_in_schema=False)

# Coordinators, and the police and the town: it holds nothing that one of them may not know.
See = Annotated[Actor, allowed(Action.SEE_SILENCE)]
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@router.get("/partnerships/{slug}/summaries")
def show_last(slug: str, actor: See, session: DbSession) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_SILENCE)
    return go_to(f"/partnerships/{partnership.slug}/summaries/{summary_mail.last_month()}")


@router.get("/partnerships/{slug}/summaries/{month}")
def show_month(slug: str, month: str, request: Request, actor: See, session: DbSession) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_SILENCE)
    wanted, language = month_in(month, partnership), language_of(request)
    this_month = monthly_summary.month_of(days.today())
    return page(
        request,
        "feedback/summary.html",
        partnership=partnership,
        month=wanted,
        is_under_way=wanted == this_month,
        before=wanted.before if _begins_before(partnership, wanted) else None,
        after=wanted.after if wanted != this_month else None,
        summary=monthly_summary.of(session, partnership, wanted, clock.now()),
        kind_names=KIND_NAMES,
        month_name=lambda one: i18n.month(one.first, language),
        few=monthly_summary.FEWEST_COUNTED,
    )


def month_in(typed: str, partnership: Partnership) -> Month:
    """The month of an address such as ``2026-05``. Raises ``NotFound`` for what is none, is to
    come, or was over before there was a partnership."""
    found = _MONTH.fullmatch(typed)
    if found is None:
        raise NotFound
    month = Month(int(found[1]), int(found[2]))
    if month.first > days.today() or month.end <= partnership.created_at:
        raise NotFound
    return month


def _begins_before(partnership: Partnership, month: Month) -> bool:
    return partnership.created_at < month.start
