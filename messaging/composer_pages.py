"""The one page of an urgent alert: what happened, who gets it, the words, and what it does."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession, ReadingSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, language_from, mark
from hub.web.forms import Form, PostedForm, on_the_clock, sentences
from hub.web.pages import LANGUAGE_COOKIE, go_to, language_of, page
from messaging import (
    alert_drafts,
    composed_again,
    composer,
    facts,
    forms,
    incidents,
    kept_to,
    nearby,
    phenomena,
)
from messaging.alert_drafts import Composed
from messaging.composer import Offer, Written
from messaging.facts import Facts
from messaging.forms import Typed
from messaging.kept_to import Offered
from messaging.models import Broadcast, BroadcastKind, Incident, Step
from messaging.nearby import Ground
from messaging.texts import MOST_SEGMENTS
from partnerships import streets, zone_words
from partnerships.map_features import told_to_map, whole_box, zone_feature
from partnerships.models import PartnershipKind

router = APIRouter(include_in_schema=False)

_YEAR_SECONDS = 365 * 24 * 3600


@router.get("/alerts/new")
def new_alert(
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    session: DbSession,
    drill: str = "",
) -> Response:
    blank = replace(_blank(Facts(), _minute(clock.now())), is_drill=bool(drill))
    return _Composer(request, session, actor, None).shown(blank)


@router.post("/alerts")
def save_new_alert(
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    return _saved(_Composer(request, session, actor, None), form)


@router.post("/alerts/preview")
def preview_new_alert(
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    form: PostedForm,
    session: ReadingSession,
) -> Response:
    """The words, the people and the cost, again, while the facts are being typed."""
    return _Composer(request, session, actor, None).live(forms.typed_in(form))


@router.get("/incidents/{incident_id}/alert")
def compose_alert(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    session: DbSession,
    draft: UUID | None = None,
) -> Response:
    """The page of an open incident; with ``draft``, as it was when that draft was made."""
    incident = incidents.incident_for(session, incident_id, actor, Action.COMPOSE_BROADCAST)
    made = session.get(Broadcast, draft) if draft else None
    if made and made.incident_id == incident.id and made.step is Step.FIRST:
        typed = composed_again.typed_of(session, actor, incident, made, _minute(incident.facts_at))
        return _Composer(request, session, actor, incident).shown(typed)
    known = facts.of_incident(session, incident)
    place = f"{incident.latitude}, {incident.longitude}" if incident.latitude is not None else ""
    blank = _blank(known, _minute(incident.facts_at), place)
    return _Composer(request, session, actor, incident).shown(blank)


@router.post("/incidents/{incident_id}/alert")
def save_alert(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.COMPOSE_BROADCAST)
    return _saved(_Composer(request, session, actor, incident), form)


@router.post("/incidents/{incident_id}/alert/preview")
def preview_alert(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    form: PostedForm,
    session: ReadingSession,
) -> Response:
    """The same for an incident that is open already."""
    incident = incidents.incident_for(session, incident_id, actor, Action.COMPOSE_BROADCAST)
    return _Composer(request, session, actor, incident).live(forms.typed_in(form))


def _saved(one: "_Composer", form: Form) -> Response:
    typed = forms.typed_in(form)
    plain = language_from(form.text("plain"))
    if other := language_from(form.text("language")):
        return _in_language(one, typed, other)
    # Buttons of the page that change it and go nowhere.
    if plain or form.text("look") or form.text("anew"):
        return one.shown(typed, plain=plain)
    try:
        broadcast = alert_drafts.save(one.session, one.actor, one.composed(typed, form))
    except BadInput as refusal:
        return one.shown(typed, sentences(refusal.problems, language_of(one.request)))
    return go_to(f"/broadcasts/{broadcast.id}/confirm")


def _in_language(one: "_Composer", typed: Typed, language: Language) -> Response:
    """The same page with all that is typed, in another language from now on."""
    one.request.cookies[LANGUAGE_COOKIE] = language
    answer = one.shown(typed)
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_SECONDS, samesite="lax")
    return answer


def _minute(moment: datetime) -> str:
    return clock.in_brussels(moment).strftime("%Y-%m-%dT%H:%M")


def _blank(known: Facts, facts_at: str, place: str = "") -> Typed:
    return Typed(
        form_id=forms.new_form_id(),
        facts=known,
        facts_at=facts_at,
        drawn=nearby.Drawn.POINT,
        ground=place,
        metres="",
        kind="",
        find="",
        partnerships=(),
        offered=(),
        only_languages=(),
        streets="",
        groups=(),
        texts={},
        made={},
        is_drill=False,
        was_drill=False,
        deviation_reason="",
        has_happened=True,
    )


class _Composer:
    """The page for one person, of a new incident or of one that is open."""

    def __init__(
        self, request: Request, session: Session, actor: Actor, incident: Incident | None
    ) -> None:
        self.request, self.session, self.actor = request, session, actor
        self.incident = incident
        # Once something was said, its facts are those that were said.
        self.is_fixed = incident is not None and not incidents.may_correct(session, incident)
        self.usual_metres = nearby.usual_metres(session, actor)

    def ground(self, typed: Typed) -> Ground | None:
        return nearby.read(typed.drawn, typed.ground, typed.metres, self.usual_metres)

    def facts(self, typed: Typed, at: datetime | None) -> Facts:
        """What was typed; the phenomenon, place and time of an incident where they are fixed."""
        if self.incident is None or (typed.has_happened and not self.is_fixed):
            return _with_code(typed.facts, at)
        its = {name: getattr(typed.facts, name) for name in facts.TYPED}
        incident = self.incident
        return Facts(
            phenomenon=incident.phenomenon, place=incident.place, at=incident.facts_at, **its
        )

    def written(self, typed: Typed, offer: Offer, at: datetime | None) -> Written:
        """The words in each language that is needed now."""
        languages = composer.languages_to_write(self.session, typed, offer)
        return composer.write(
            self.session, self._zone_id(offer), typed, self.facts(typed, at), languages
        )

    def _zone_id(self, offer: Offer) -> UUID:
        if self.incident is not None:
            return self.incident.police_zone_id
        concerned = [*(one.partnership for one in offer.near), *offer.ticked]
        return incidents.zone_concerned(self.session, self.actor, concerned).id

    def among(self, typed: Typed, offer: Offer) -> Offered:
        """The streets and groups within the partnerships that are ticked."""
        ticked = [one.id for one in offer.ticked]
        lines = streets.lines_of(typed.streets)
        return kept_to.offered(self.session, self.actor, ticked, lines, typed.groups)

    def composed(self, typed: Typed, form: Form) -> Composed:
        """The alert as it would be stored. Raises ``BadInput`` for a place or time that is none."""
        ground = self.ground(typed)
        is_typed = self.incident is None or (typed.has_happened and not self.is_fixed)
        at = form.moment("facts_at") if is_typed else None
        offer = composer.offer(self.session, self.actor, typed, ground)
        written = self.written(typed, offer, at)
        drill_mode = "drill" if typed.is_drill else ""
        narrowed = (*typed.only_languages, *streets.lines_of(typed.streets), *typed.groups)
        # Words typed by hand say nothing of the facts and the place, which are stored beside them.
        happened = self.facts(typed, at)
        said = (*(str(value) for value in asdict(happened).values()), str(ground))
        request_id = forms.request_id(
            form, written.texts, offer.slugs, drill_mode, *narrowed, *said
        )
        return Composed(
            client_request_id=request_id,
            facts=happened,
            texts=written.texts,
            partnerships=offer.ticked,
            near=offer.near,
            ground=ground,
            incident=self.incident,
            corrects_incident=is_typed,
            only_languages=typed.only_languages,
            kept=self.among(typed, offer).refuse_wrong(),
            is_drill=typed.is_drill,
            deviation_reason=typed.deviation_reason,
        )

    def shown(
        self,
        typed: Typed,
        problems: Mapping[str, str] | None = None,
        plain: Language | None = None,
    ) -> Response:
        """The whole page, with everything that was typed."""
        status = 422 if problems else 200
        context = self._context(typed, dict(problems or {}), plain)
        context |= {"box": whole_box(self.session, self.actor), **told_to_map()}
        return page(self.request, "messaging/composer.html", status, whole_page=True, **context)

    def live(self, typed: Typed) -> Response:
        """What changes on the page while it is being filled in."""
        return page(self.request, "messaging/composer_live.html", **self._context(typed, {}, None))

    def _context(
        self, typed: Typed, problems: dict[str, str], plain: Language | None
    ) -> dict[str, Any]:
        ground, found = _or_none(lambda: self.ground(typed))
        at, untimely = _or_none(lambda: _moment(typed.facts_at))
        offer = composer.offer(self.session, self.actor, typed, ground)
        among = self.among(typed, offer)
        for refusal in (found, untimely, tuple(among.problems)):
            told = sentences(refusal, language_of(self.request)) if refusal else {}
            problems = {**told, **problems}
        written = self.written(typed, offer, at)
        texts = composer.written_plainly(written.texts, plain) if plain else written.texts
        refused = {name for name in problems if name.startswith("partnerships.")}
        return {
            "typed": typed,
            "incident": self.incident,
            "is_fixed": self.is_fixed,
            "action": f"/incidents/{self.incident.id}/alert" if self.incident else "/alerts",
            "facts": self.facts(typed, at),
            "latest": _minute(clock.now()),
            "phenomena": phenomena.grouped(language_of(self.request)),
            "phenomenon_name": self._phenomenon_name(),
            "offer": offer,
            "among": among,
            "longest_streets": streets.MOST_STREETS * streets.LONGEST_STREET,
            "drawn": list(nearby.Drawn),
            "usual_metres": self.usual_metres,
            "metres": lambda far: zone_words.distance(far, language_of(self.request)),
            "kinds": list(PartnershipKind),
            "texts": texts,
            "written": written,
            "has_words": any(words.short for words in texts.values()),
            "written_plainly": plain,
            "preview": composer.preview(
                self.session,
                offer.ticked,
                BroadcastKind.URGENT_ALERT,
                texts,
                only_languages=typed.only_languages,
                kept=among.kept_to,
            ),
            "most_segments": MOST_SEGMENTS,
            "problems": problems,
            "refused_by_plan": [problems[name] for name in sorted(refused)],
            "may_deviate": bool(
                refused or typed.deviation_reason or "deviation_reason" in problems
            ),
            "zones": self._zones(offer),
        }

    def _phenomenon_name(self) -> str:
        if self.incident is None:
            return ""
        return phenomena.label(self.incident.phenomenon, language_of(self.request))

    def _zones(self, offer: Offer) -> list[dict[str, Any]]:
        """The zones the map draws: those in or near the place."""
        return [zone_feature(one.partnership, one.zone) for one in offer.near or offer.nearest]


def _with_code(typed: Facts, at: datetime | None) -> Facts:
    """The facts with the code of a phenomenon that was typed by its name."""
    its = {name: getattr(typed, name) for name in facts.TYPED}
    code = phenomena.code_of(typed.phenomenon) or ""
    return Facts(phenomenon=code, place=typed.place, at=at, **its)


def _moment(typed: str) -> datetime:
    try:
        return on_the_clock("facts_at", datetime.fromisoformat(typed))
    except ValueError:
        problem = FieldProblem("facts_at", mark("Give a date and a time."))
        raise BadInput(problem) from None


def _or_none(make: Any) -> tuple[Any, tuple[FieldProblem, ...]]:
    """What was typed, or None and what is wrong with it: the page is shown all the same."""
    try:
        return make(), ()
    except BadInput as refusal:
        return None, refusal.problems
