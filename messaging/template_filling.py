"""From a template and the facts to the words of every language, before anything leaves."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from hub import clock
from hub.errors import FieldProblem
from hub.i18n import LANGUAGE_NAMES, Language, mark
from messaging import alert_templates, placeholders, templates
from messaging.facts import Facts
from messaging.facts import of_incident as facts_of
from messaging.models import Incident, TemplateUse
from messaging.texts import Texts, Words

_IN_ORDER = ("subject", "short", "long", "spoken")
_NO_VALUE = mark("{written_in}: nothing was given for {placeholder}.")


def texts(
    session: Session, zone_id: UUID, use: TemplateUse, facts: Facts, languages: Iterable[Language]
) -> dict[Language, Words]:
    """The words in each of these languages for which the template has any.

    A placeholder without a value still stands in them, to be seen; ``unfilled`` names it.
    """
    ready = templates.in_use(session, zone_id, use, facts.phenomenon).texts
    return {one: fill(ready[one], facts, one) for one in languages if one in ready}


def fill(words: Words, facts: Facts, language: Language) -> Words:
    """The words of one language with these facts in them."""
    known = placeholders.values(facts, language)
    return Words(
        placeholders.filled(words.subject, known),
        placeholders.filled(words.short, known),
        placeholders.filled(words.long, known),
        placeholders.filled(words.spoken, known),
    )


def own_words(
    session: Session,
    incident: Incident | None,
    use: TemplateUse,
    languages: Iterable[Language],
    news: str = "",
    alert_at: datetime | None = None,
) -> dict[Language, Words]:
    """What a zone's own template makes of a message after an alert; nothing where it keeps none.

    ``news`` stands where the template cannot do without what is new.
    """
    if incident is None:
        return {}
    found = templates.in_use(session, incident.police_zone_id, use, incident.phenomenon)
    if found.version == 0:
        return {}
    known = replace(facts_of(session, incident), now=clock.now(), alert_at=alert_at)
    ready = found.texts
    return {one: _told(ready[one], known, one, news) for one in languages if one in ready}


def feedback(
    session: Session, incident: Incident, languages: Iterable[Language]
) -> dict[Language, Words]:
    """How feedback on an incident begins: in the zone's own words where it keeps some. The officer
    writes the rest."""
    asked = list(languages)
    own = own_words(session, incident, TemplateUse.FEEDBACK, asked)
    return {
        one: _begun(own[one]) if one in own else alert_templates.feedback(incident, one)
        for one in asked
    }


def _begun(words: Words) -> Words:
    """Without the placeholder at which the officer is to write."""
    return Words(*(getattr(words, name).replace("{news}", "") for name in _IN_ORDER))


def _told(words: Words, known: Facts, language: Language, news: str) -> Words:
    without = fill(words, known, language)
    is_open = bool(unfilled({language: without}))
    return fill(words, replace(known, news=news), language) if is_open else without


def unfilled(ready: Texts) -> list[FieldProblem]:
    """The placeholders that still stand in words about to leave, by language and field."""
    return [
        FieldProblem(
            f"texts.{language}.{name}",
            _NO_VALUE,
            (("written_in", LANGUAGE_NAMES[language]), ("placeholder", "{" + placeholder + "}")),
        )
        for language, words in ready.items()
        for name in ("subject", "short", "spoken", "long")
        for placeholder in placeholders.left_open(getattr(words, name))
    ]
