"""The pages on which a zone keeps its templates, and settles how it writes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from channels.sms_length import measure
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import LANGUAGE_NAMES, Language, mark, translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import (
    forms,
    phenomena,
    placeholders,
    starter_templates,
    template_filling,
    templates,
    zone_writing,
)
from messaging.facts import Facts
from messaging.models import MissingText, TemplateUse
from messaging.texts import Texts, Words
from partnerships.models import Organisation

router = APIRouter(include_in_schema=False)

# In an address, where the empty code of "any phenomenon" cannot stand.
ANY = "any"
USE_NAMES = {
    TemplateUse.URGENT_ALERT: mark("Urgent alert"),
    TemplateUse.UPDATE: mark("Update of an alert"),
    TemplateUse.ALL_CLEAR: mark("All clear"),
    TemplateUse.FEEDBACK: mark("Feedback: how it ended"),
    TemplateUse.FALSE_ALARM: mark("False alarm"),
    TemplateUse.PREVENTION: mark("Prevention message"),
    TemplateUse.MODUS_OPERANDI: mark("Modus operandi"),
    TemplateUse.INCREASE_WARNING: mark("Warning of a rise"),
    TemplateUse.INFORMATION: mark("Information"),
}
# What the examples on the page are filled with: an ordinary call.
_EXAMPLE = Facts(
    phenomenon="cambriolage",
    place="rue de la Gare 12",
    at=datetime(2026, 11, 20, 19, 40, tzinfo=UTC),
    news="(...)",
    now=datetime(2026, 11, 20, 20, 30, tzinfo=UTC),
    alert_at=datetime(2026, 11, 20, 19, 45, tzinfo=UTC),
)


@router.get("/templates")
def choose_zone(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    session: DbSession,
) -> Response:
    zones = templates.zones_of(session, actor)
    if len(zones) == 1:
        return go_to(f"/templates/{zones[0].slug}")
    return page(request, "messaging/templates_zones.html", zones=zones)


@router.get("/templates/{zone_slug}")
def list_templates(
    zone_slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    session: DbSession,
) -> Response:
    zone = templates.zone_for(session, actor, zone_slug)
    return _list(request, session, actor, zone, {})


@router.post("/templates/{zone_slug}")
def settle_writing(
    zone_slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """How far around a place the zone calls, and what it does without a text."""
    zone = templates.zone_for(session, actor, zone_slug)
    metres, rule = form.text("near_metres").strip(), form.text("missing_text")
    try:
        if not metres.isdecimal() or len(metres) > 6:
            raise BadInput(FieldProblem("near_metres", mark("Give a number of metres.")))
        if rule not in set(MissingText):
            raise BadInput(FieldProblem("missing_text", mark("Choose one of these.")))
        zone_writing.settle(session, actor, zone.id, int(metres), MissingText(rule))
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        return _list(request, session, actor, zone, told, metres)
    return go_to(f"/templates/{zone.slug}")


def _list(
    request: Request,
    session: Session,
    actor: Actor,
    zone: Organisation,
    problems: Mapping[str, str],
    metres: str | None = None,
) -> Response:
    kept = {(one.use, one.phenomenon): one for one in templates.kept_by(session, zone.id)}
    writing = zone_writing.of_zones(session, {zone.id})[zone.id]
    return page(
        request,
        "messaging/templates.html",
        422 if problems else 200,
        zone=zone,
        rows=_rows(kept, language_of(request)),
        phenomena=phenomena.grouped(language_of(request)),
        uses=_uses(session, actor, zone, language_of(request)),
        writing=writing,
        may_settle=zone.id in actor.reach(Action.KEEP_TEMPLATES).police_zones,
        metres=metres if metres is not None else str(writing.near_metres),
        rules=list(MissingText),
        problems=problems,
    )


def _uses(
    session: Session, actor: Actor, zone: Organisation, language: Language
) -> list[tuple[str, str]]:
    return [
        (use.value, translate(language, name))
        for use, name in USE_NAMES.items()
        if templates.may_keep(session, actor, zone.id, use)
    ]


def _rows(kept: Mapping[Any, Any], language: Language) -> list[dict[str, Any]]:
    """Every template there is, the zone's own and the hub's, in the order of use."""
    starters = [(TemplateUse.URGENT_ALERT, code) for code in starter_templates.WITH_OWN_WORDS]
    starters += [(use, "") for use in starter_templates.USES if use is not TemplateUse.URGENT_ALERT]
    every = dict.fromkeys([*starters, *kept])
    order = list(TemplateUse)
    return [
        {
            "path": f"{use.value}/{code or ANY}",
            "use": translate(language, USE_NAMES[use]),
            "phenomenon": phenomena.label(code, language) if code else "",
            "saved": kept.get((use, code)),
        }
        for use, code in sorted(every, key=lambda one: (order.index(one[0]), bool(one[1])))
    ]


@router.get("/templates/{zone_slug}/open")
def open_template(
    zone_slug: str,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    session: DbSession,
    use: TemplateUse,
    phenomenon: str = "",
) -> Response:
    """The page of the template that was chosen from the two lists."""
    zone = templates.zone_for(session, actor, zone_slug)
    code = phenomenon if phenomenon in phenomena.CODES else ANY
    return go_to(f"/templates/{zone.slug}/{use.value}/{code}")


@router.get("/templates/{zone_slug}/{use}/{phenomenon}")
def show_template(
    zone_slug: str,
    use: TemplateUse,
    phenomenon: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    session: DbSession,
    version: int | None = None,
) -> Response:
    zone = templates.zone_for(session, actor, zone_slug)
    code = _code(phenomenon)
    found = templates.exactly(session, zone.id, use, code)
    texts = found.texts
    if version is not None:
        # Earlier words, to be saved again as the next version.
        texts = templates.texts_of_version(session, zone.id, use, code, version)
    return _form(request, session, actor, zone, use, code, texts, found.version, {})


@router.post("/templates/{zone_slug}/{use}/{phenomenon}")
def save_template(
    zone_slug: str,
    use: TemplateUse,
    phenomenon: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    zone = templates.zone_for(session, actor, zone_slug)
    code, texts, based_on = _code(phenomenon), _typed(form), _based_on(form)
    try:
        if form.text("give_up"):
            templates.give_up(session, actor, zone.id, use, code, based_on)
        elif not form.text("look"):
            templates.save(session, actor, zone.id, use, code, texts, based_on)
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        return _form(request, session, actor, zone, use, code, texts, based_on, told)
    except Conflict as refusal:
        newest = templates.exactly(session, zone.id, use, code).version
        told = {"based_on": translate(language_of(request), refusal.message)}
        return _form(request, session, actor, zone, use, code, texts, newest, told)
    if form.text("look"):
        return _form(request, session, actor, zone, use, code, texts, based_on, {})
    return go_to(f"/templates/{zone.slug}")


def _code(phenomenon: str) -> str:
    if phenomenon == ANY:
        return ""
    if phenomenon not in phenomena.CODES:
        raise NotFound
    return phenomenon


def _typed(form: Form) -> dict[Language, Words]:
    """The words that were typed; a language of which every field is empty is left out."""
    return {
        language: words
        for language, words in forms.texts_in(form).items()
        if any(getattr(words, name).strip() for name in forms.FIELDS)
    }


def _based_on(form: Form) -> int:
    typed = form.text("based_on")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    zone: Organisation,
    use: TemplateUse,
    code: str,
    texts: Texts,
    version: int,
    problems: Mapping[str, str],
) -> Response:
    reader = language_of(request)
    needed = templates.languages_of_zone(session, zone.id)
    shown = {one: texts.get(one, Words("", "", "")) for one in Language}
    example = replace(_EXAMPLE, phenomenon=code or _EXAMPLE.phenomenon)
    filled = {one: template_filling.fill(words, example, one) for one, words in shown.items()}
    return page(
        request,
        "messaging/template.html",
        422 if problems else 200,
        zone=zone,
        use=use,
        use_name=translate(reader, USE_NAMES[use]),
        phenomenon=phenomena.label(code, reader) if code else "",
        texts=shown,
        needed=needed,
        filled=filled,
        fixed={one: measure(placeholders.fixed(words.short)) for one, words in shown.items()},
        measured={one: measure(words.short) for one, words in filled.items()},
        version=version,
        versions=templates.versions(session, zone.id, use, code),
        is_own=bool(version) and not _is_given_up(session, zone, use, code),
        may_keep=templates.may_keep(session, actor, zone.id, use),
        meanings=placeholders.MEANINGS,
        problems=problems,
        names=LANGUAGE_NAMES,
    )


def _is_given_up(session: Session, zone: Organisation, use: TemplateUse, code: str) -> bool:
    saved = templates.exactly(session, zone.id, use, code).saved
    return saved is None or saved.is_given_up
