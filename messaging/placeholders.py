"""What a template may leave open: typed placeholders, written for each language.

``{place}`` is filled with its value. A part in square brackets is left out where a placeholder in
it has no value: ``[Direction {direction}. ]``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.clock import in_brussels
from hub.i18n import Language, mark
from messaging import phenomena
from messaging.facts import Facts

# What each stands for, in the order in which the page lists them.
MEANINGS = {
    "what": mark("what happened: the phenomenon, or your own words"),
    "place": mark("the street or crossing"),
    "time": mark("the time of the facts"),
    "date": mark("the day of the facts"),
    "description": mark("the description of the person and of the vehicle"),
    "person": mark("the description of the person"),
    "vehicle": mark("the description of the vehicle"),
    "direction": mark("the direction taken"),
    "measures": mark("what members are asked to do"),
    "news": mark("what is told after an alert"),
    "now": mark("after an alert: the time at which this is written"),
    "alert": mark("after an alert: the time at which it was sent"),
}

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Where a part of its own line was left out.
_GAPS = re.compile(r"\n{3,}")
_PART = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wrong with how a text is written; each is empty where nothing is."""

    unknown: tuple[str, ...]
    # A brace or bracket without its other half, or brackets in brackets.
    is_broken: bool
    # A part in brackets that has no placeholder would always be there.
    has_idle_part: bool


def shape(text: str) -> Shape:
    """Look a template's text over before it is kept."""
    names = _PLACEHOLDER.findall(text)
    rest = _PLACEHOLDER.sub("", _PART.sub(lambda part: part[1], text))
    return Shape(
        unknown=tuple(dict.fromkeys(one for one in names if one not in MEANINGS)),
        is_broken=any(one in rest for one in "{}[]"),
        has_idle_part=any(not _PLACEHOLDER.search(part) for part in _PART.findall(text)),
    )


def values(facts: Facts, language: Language) -> dict[str, str]:
    """What each placeholder stands for in ``language``; those without a value are empty."""
    described = [one for one in (facts.person, facts.vehicle) if one]
    return {
        "what": facts.what or _name(facts.phenomenon, language),
        "place": facts.place,
        "time": _time(facts.at, language),
        "date": f"{in_brussels(facts.at):%d/%m/%Y}" if facts.at else "",
        "description": ", ".join(described),
        "person": facts.person,
        "vehicle": facts.vehicle,
        "direction": facts.direction,
        "measures": facts.measures,
        "news": facts.news,
        "now": _time(facts.now, language),
        "alert": _time(facts.alert_at, language),
    }


def _name(phenomenon: str, language: Language) -> str:
    return phenomena.label(phenomenon, language) if phenomenon else ""


def _time(at: datetime | None, language: Language) -> str:
    if at is None:
        return ""
    local = in_brussels(at)
    is_french = language is Language.FRENCH
    return f"{local.hour}h{local.minute:02}" if is_french else f"{local:%H:%M}"


def filled(text: str, known: dict[str, str]) -> str:
    """The text with what is known. A placeholder without a value stays as it is, to be seen."""
    whole = _PART.sub(lambda part: part[1] if _is_known(part[1], known) else "", text)
    whole = _PLACEHOLDER.sub(lambda found: known.get(found[1]) or found[0], whole)
    return _GAPS.sub("\n\n", whole).strip()


def _is_known(part: str, known: dict[str, str]) -> bool:
    return all(known.get(name) for name in _PLACEHOLDER.findall(part))


def left_open(text: str) -> Iterator[str]:
    """The placeholders that still stand in words that are about to leave."""
    return (name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name in MEANINGS)


def fixed(text: str) -> str:
    """What a template always says, whatever the facts: without placeholders and open parts."""
    return _PLACEHOLDER.sub("", _PART.sub("", text))
