"""The pages on which police and prevention write what is not urgent."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from babel.core import Locale
from babel.dates import format_date, get_day_names
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.i18n import Language, day_number
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import (
    budget_waits,
    cold,
    cold_budget,
    cold_calendar,
    cold_forms,
    cold_reach,
    cold_release,
    cold_review,
    cold_schedule,
    cold_series,
    cold_starters,
    cold_view,
    cold_words,
    costs,
    forms,
    phenomena,
    relay_leaving,
    relay_reminders,
)
from messaging.cold_words import FACT_NAMES, TOPIC_NAMES, ColdWords
from messaging.models import BroadcastKind, ColdMessage, ColdSeries
from messaging.texts import MOST_SEGMENTS
from partnerships import scope
from partnerships.models import COLD_KINDS, Organisation, Partnership
from partnerships.plan_words import KIND_MEANINGS, KIND_NAMES
from partnerships.quiet_hours import holiday_name

router = APIRouter(include_in_schema=False)

# The calendar shows no month further away than this.
_FURTHEST_YEARS = 50

_SHORT_KINDS = tuple(kind for kind in BroadcastKind if kind in COLD_KINDS)
_FIELDS = (
    *("kind", "topic", "phenomenon", "group", "everywhere", "leaves_at", "good_until"),
    "series",
)


@router.get("/cold")
def show_month(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_COLD)],
    session: DbSession,
    month: str = "",
) -> Response:
    first, in_words = _month(month), Locale(language_of(request).value)
    named_day = f"EEEE {day_number(language_of(request))} MMMM"
    return page(
        request,
        "messaging/cold.html",
        first=first,
        before=_other_month(first, -1),
        after=_other_month(first, 1),
        month_name=lambda day: format_date(day, "LLLL y", locale=in_words),
        day_name=lambda day: format_date(day, named_day, locale=in_words),
        month=cold_calendar.month(session, actor, first),
        weekdays=_weekdays(in_words),
        today=clock.in_brussels(clock.now()).date(),
        holiday_name=lambda day: holiday_name(day, language_of(request)),
        drafts=cold.unfinished(session, actor),
        subject_of=lambda one: cold_schedule.subject_of(session, one),
        overdue=relay_reminders.overdue(session, actor),
        to_review=cold_review.awaiting(session, actor),
        kinds=kinds_for(actor, session) if actor.may(Action.COMPOSE_COLD) else [],
        kind_names=KIND_NAMES,
        kind_meanings=KIND_MEANINGS,
    )


def _weekdays(in_words: Locale) -> list[str]:
    """Monday to Sunday."""
    names = get_day_names("wide", locale=in_words)
    return [names[number] for number in range(7)]


def _month(typed: str) -> date:
    """The first day of the month that was asked for, else of this one."""
    this_month = clock.in_brussels(clock.now()).date().replace(day=1)
    try:
        asked = date.fromisoformat(f"{typed}-01")
    except ValueError:
        return this_month
    is_near = abs(asked.year - this_month.year) <= _FURTHEST_YEARS
    return asked if is_near else this_month


def _other_month(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def kinds_for(actor: Actor, session: Session) -> list[BroadcastKind]:
    """What this person may write: a coordinator gives advice and invites, and no more."""
    writer = cold_reach.as_writer(actor)
    if scope.partnerships_of(session, writer, Action.COMPOSE_COLD):
        return list(_SHORT_KINDS)
    return list(cold.OWN_KINDS)


@router.get("/cold/new")
def begin_message(
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    session: DbSession,
    kind: str = BroadcastKind.PREVENTION.value,
    series: UUID | None = None,
    phenomenon: str = "",
    starter: str = "",
    partnership: str = "",
) -> Response:
    known = kind if kind in _SHORT_KINDS else BroadcastKind.PREVENTION.value
    named = phenomena.code_of(phenomenon) or ""
    typed = {**dict.fromkeys(_FIELDS, ""), "kind": known, "phenomenon": named}
    choices = cold.choices(session, actor)
    is_only = len(choices) == 1
    chosen = [one.slug for one in choices if is_only or one.slug == partnership]
    if series is not None:
        before = cold_series.series_for(session, series, actor, Action.COMPOSE_COLD)
        typed, chosen = _next_part(session, before, typed, chosen)
    ready: dict[Language, ColdWords] = {}
    if starter in cold_starters.CODES:
        typed["topic"] = cold_starters.topic_of(starter).value
        ready = cold_starters.words_of(starter, _number_of(session, choices))
    return _form(request, session, actor, typed, chosen, ready, {}, "/cold")


def _number_of(session: Session, choices: Sequence[Partnership]) -> str:
    """Where the police zone is called when it is not urgent; empty where there are several, or
    where it keeps none."""
    zones = {one.police_zone_id for one in choices}
    found = [session.get_one(Organisation, one).public_telephone for one in zones]
    return found[0] or "" if len(found) == 1 else ""


def _next_part(
    session: Session, series: ColdSeries, typed: dict[str, str], chosen: list[str]
) -> tuple[dict[str, str], list[str]]:
    """What the next part begins with: what the last one was about, to the same, a week later."""
    typed = {**typed, "series": str(series.id)}
    parts = cold_series.all_parts(session, series.id)
    if not parts or parts[-1].leaves_at is None:
        return typed, chosen
    last, moment = parts[-1], parts[-1].leaves_at + cold_series.BETWEEN_PARTS
    typed |= {"topic": last.topic or "", "phenomenon": last.phenomenon or ""}
    typed |= {"leaves_at": _minute(moment)}
    return typed, [one.slug for one in cold_reach.partnerships_of(session, last)]


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    typed: dict[str, str],
    chosen: list[str],
    texts: dict[Language, ColdWords],
    problems: dict[str, str],
    action: str,
) -> Response:
    choices = cold.choices(session, actor)
    languages = list(dict.fromkeys(Language(code) for one in choices for code in one.languages))
    by_partnership = {field for field in problems if field.startswith("partnerships.")}
    return page(
        request,
        "messaging/cold_form.html",
        422 if problems else 200,
        action=action,
        typed=typed,
        chosen=chosen,
        texts={one: texts.get(one, ColdWords("", "")) for one in languages},
        problems=problems,
        series=session.get(ColdSeries, UUID(typed["series"])) if _is_id(typed["series"]) else None,
        refused_by_plan=[problems[one] for one in sorted(by_partnership)],
        choices=choices,
        groups=cold.groups(session, actor),
        topics=TOPIC_NAMES,
        # Not over what somebody has written.
        starters=[] if texts or action != "/cold" else cold_starters.named(language_of(request)),
        phenomena=phenomena.labels(language_of(request)),
        facts=FACT_NAMES if typed["kind"] == BroadcastKind.MODUS_OPERANDI else {},
        longest_fact=cold_words.LONGEST_FACT,
        longest_passage=cold_words.LONGEST_PASSAGE,
        is_coordinator=not scope.partnerships_of(
            session, cold_reach.as_writer(actor), Action.COMPOSE_COLD
        ),
        form_id=forms.new_form_id(),
        kind_names=KIND_NAMES,
        kind_meanings=KIND_MEANINGS,
    )


def _is_id(typed: str) -> bool:
    try:
        UUID(typed)
    except ValueError:
        return False
    return True


def _again(
    request: Request,
    session: Session,
    actor: Actor,
    form: Form,
    refusal: BadInput,
    action: str,
) -> Response:
    problems = sentences(refusal.problems, language_of(request))
    typed = {name: form.text(name) for name in _FIELDS}
    texts = cold_forms.texts_in(form)
    chosen = form.all("partnerships")
    return _form(request, session, actor, typed, chosen, texts, problems, action)


@router.post("/cold")
def save_message(
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    try:
        message = cold.write(session, actor, cold_forms.wanted_in(form))
    except BadInput as refusal:
        return _again(request, session, actor, form, refusal, "/cold")
    return go_to(f"/cold/{message.id}")


@router.get("/cold/{message_id}/edit")
def edit_message(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_reach.refuse_others(session, actor, message)
    cold.refuse_sent(message)
    typed = {
        "kind": message.kind.value,
        "topic": message.topic or "",
        "phenomenon": message.phenomenon or "",
        "group": "",
        "everywhere": "",
        "leaves_at": _minute(message.leaves_at),
        "good_until": _minute(message.good_until),
        "series": str(message.series_id or ""),
    }
    chosen = [one.slug for one in cold_reach.partnerships_of(session, message)]
    texts = relay_leaving.words_of(session, message)
    action = f"/cold/{message.id}/words"
    return _form(request, session, actor, typed, chosen, texts, {}, action)


def _minute(moment: Any) -> str:
    return clock.in_brussels(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""


@router.post("/cold/{message_id}/words")
def change_message(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    try:
        cold.change(session, actor, message, cold_forms.wanted_in(form))
    except BadInput as refusal:
        return _again(request, session, actor, form, refusal, f"/cold/{message_id}/words")
    return go_to(f"/cold/{message.id}")


@router.get("/cold/{message_id}")
def show_message(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_COLD)],
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.SEE_COLD)
    return message_page(request, session, actor, message, {})


def message_page(
    request: Request,
    session: Session,
    actor: Actor,
    message: ColdMessage,
    problems: dict[str, str],
    remark: str = "",
) -> Response:
    """One message: its words, its papers, and what its coordinators decided."""
    shown = cold_view.shown(session, actor, message)
    left = [one.id for one in shown.broadcasts]
    return page(
        request,
        "messaging/cold_message.html",
        422 if problems else 200,
        shown=shown,
        message=message,
        preview=cold_view.reach(session, message, shown.texts),
        outlook=cold_budget.outlook(session, actor, cold_budget.of_message(session, message)),
        waits=budget_waits.of_subjects(session, [message.id]).get(message.id),
        cost=costs.total(list(costs.of_broadcasts(session, left).values())),
        is_writable=message.status in cold.WRITABLE,
        seal=cold_review.seal(session, message),
        goes_to_police=cold_view.needs_review(session, actor, message),
        most_segments=MOST_SEGMENTS,
        kind_name=KIND_NAMES[message.kind],
        topic_name=TOPIC_NAMES.get(message.topic) if message.topic else None,
        phenomenon=phenomena.label(message.phenomenon, language_of(request))
        if message.phenomenon
        else None,
        problems=problems,
        remark=remark,
        series=session.get(ColdSeries, message.series_id) if message.series_id else None,
        beside=cold_calendar.beside(session, actor, message),
    )


@router.post("/cold/{message_id}/release")
def release_message(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    try:
        cold_release.release(session, actor, message)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return message_page(request, session, actor, message, problems)
    return go_to(f"/cold/{message.id}")


@router.post("/cold/{message_id}/withdraw")
def withdraw_message(
    message_id: UUID,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_release.withdraw(session, actor, message)
    return go_to(f"/cold/{message.id}")


@router.post("/cold/{message_id}/approve")
def approve_message(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    try:
        cold_review.approve(session, actor, message, form.text("read"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return message_page(request, session, actor, message, problems)
    return go_to(f"/cold/{message.id}")


@router.post("/cold/{message_id}/send-back")
def send_message_back(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    try:
        cold_review.send_back(session, actor, message, form.text("remark"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return message_page(request, session, actor, message, problems, form.text("remark"))
    return go_to(f"/cold/{message.id}")
