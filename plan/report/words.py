"""The words of a report: the ministry's own titles, and how a figure, a target and a colour are
said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal
from babel.units import format_unit

from hub.i18n import Language, catalogue, day, mark, translate
from plan.models import Colour
from plan.report.contents import Figure, IndicatorLine, Report, Section


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles as the ministry prints them; its Dutch form is not known, so that one is ours."""

    phenomenon: str
    coordination: str
    general: str
    strategic: str
    objectives: str
    results: str
    indicators: str
    ministry: str
    colour: str
    motivation: str


_FRENCH = Titles(
    "PHENOMENE",
    "COORDINATION",
    "Objectifs généraux",
    "Objectifs stratégiques",
    "Objectifs opérationnels",
    "Résultats attendus",
    "Indicateurs",
    "Analyse SPF IBZ",
    "Evaluation Code couleur",
    "Evaluation Motivation",
)
_DUTCH = Titles(
    "FENOMEEN",
    "COÖRDINATIE",
    "Algemene doelstellingen",
    "Strategische doelstellingen",
    "Operationele doelstellingen",
    "Verwachte resultaten",
    "Indicatoren",
    "Analyse FOD IBZ",
    "Evaluatie Kleurcode",
    "Evaluatie Motivering",
)
# The ministry reads French and Dutch.
LANGUAGES = (Language.FRENCH, Language.DUTCH)
COLOURS: Mapping[Colour, str] = {
    Colour.GREEN: mark("green"),
    Colour.ORANGE: mark("orange"),
    Colour.RED: mark("red"),
    Colour.GREY: mark("grey"),
}
SOURCES = {
    "auto": mark("counted by the hub"),
    "register": mark("register"),
    "typed": mark("typed in"),
    "none": mark("none yet"),
}
STATES = {"yes": mark("yes"), "no": mark("no"), "in_progress": mark("in progress")}
STATUSES = {
    "draft": mark("draft"),
    "submitted": mark("submitted"),
    "approved": mark("approved"),
    "sent_back": mark("sent back"),
}
_PERIODS = {
    "day": mark("a day"),
    "week": mark("a week"),
    "month": mark("a month"),
    "quarter": mark("a quarter"),
    "semester": mark("a half-year"),
    "year": mark("a year"),
    "plan": mark("over the plan"),
}
_SPANS = frozenset({"hour", "day", "week", "month", "year"})
_CHANGES = {
    "increase": (mark("an increase of {much}"), mark("an increase")),
    "decrease": (mark("a decrease of {much}"), mark("a decrease")),
}
_SIGNS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "=": ""}
# No file of XML may hold these, and nobody can read them.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_NAMED = 60


def legible(text: str) -> str:
    """The text without what no document can hold."""
    return _UNWRITABLE.sub("", text)


def known(sentence: str, language: Language) -> str:
    """A sentence of our own in the report's language; any other stays as it is."""
    return catalogue(language).gettext(sentence) if sentence else ""


def titles(language: Language) -> Titles:
    return _DUTCH if language is Language.DUTCH else _FRENCH


def heading(section: Section, language: Language) -> str:
    """As the ministry prints it: the phenomenon's number before its name."""
    if section.number is None:
        return section.label
    return f"{titles(language).phenomenon} {section.number} {section.label}"


def colour(one: Colour, language: Language) -> str:
    return translate(language, COLOURS[one])


def number(value: float, language: Language) -> str:
    """With at most one decimal, as the language writes it."""
    return str(format_decimal(round(value, 1), format="#,##0.#", locale=language.value))


def period(report: Report) -> str:
    """The days the figures are of."""
    return days(report.first, report.last, report.language)


def days(first: date, last: date, language: Language) -> str:
    """Whole years by their numbers, anything else from a day to a day."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}-{last.year}"
    return f"{day(first, language)} – {day(last, language)}"


def realised(figure: Figure, language: Language) -> str:
    """What was reached; where nothing is known, that and why."""
    if figure.state:
        said = translate(language, STATES[figure.state])
    elif figure.value is None:
        return _unknown(figure, language)
    elif figure.denominator is not None and figure.numerator is not None:
        said = _share(figure, language)
    else:
        said = number(figure.value, language)
    if figure.unknown:
        beside = translate(language, mark("{count} unknown"), count=figure.unknown)
        said = f"{said} ({beside})"
    return said


def _unknown(figure: Figure, language: Language) -> str:
    reason = known(figure.reason, language)
    return f"— ({reason.rstrip('.')})" if reason else "—"


def _share(figure: Figure, language: Language) -> str:
    parts = (
        f"{number(figure.numerator or 0, language)} / {number(figure.denominator or 0, language)}"
    )
    value = number(figure.value or 0, language)
    return f"{value}{_unit(figure)} ({parts})"


def _unit(figure: Figure) -> str:
    return {"ratio": " %", "delay": " %", "hours": " h"}.get(figure.kind, "")


def _delay(long: float, unit: str, language: Language) -> str:
    """So long in words, one or several: "1 month", "10 working days"."""
    if unit in _SPANS:
        return format_unit(
            long, f"duration-{unit}", length="long", format="#,##0.#", locale=language.value
        )
    if unit == "working_day":
        said = mark("working day") if long == 1 else mark("working days")
        return f"{number(long, language)} {translate(language, said)}"
    return number(long, language)


def target(figure: Figure, language: Language) -> str:
    """What is aimed at, with its sign and its period."""
    if figure.comparator in _CHANGES:
        by_so_much, at_all = _CHANGES[figure.comparator]
        if figure.target is None:
            return translate(language, at_all)
        much = f"{number(figure.target, language)}{_unit(figure)}"
        return translate(language, by_so_much, much=much)
    if figure.kind in ("yes_no", "existence") and figure.target is None:
        return translate(language, mark("yes"))
    if figure.target is None:
        deadline = mark("by the day it is due") if figure.kind == "delay" else mark("not set")
        return translate(language, deadline)
    sign = _SIGNS.get(figure.comparator, "")
    if figure.kind == "delay":
        return f"{sign}{_delay(figure.target, figure.unit, language)}"
    said = f"{sign}{number(figure.target, language)}{_unit(figure)}"
    if figure.kind == "ratio" or figure.target_period not in _PERIODS:
        return said
    return f"{said} {translate(language, _PERIODS[figure.target_period])}"


def grey_line(figure: Figure, report: Report) -> str:
    """What stands small and grey under an indicator: its figure, and how to read it."""
    language = report.language
    said = {
        mark("Realised: {said}"): realised(figure, language),
        mark("target: {said}"): target(figure, language),
        mark("period: {said}"): period(report),
        mark("on {said}"): day(report.as_of, language),
        mark("source: {said}"): translate(language, SOURCES[figure.source]),
    }
    parts = [translate(language, words, said=value) for words, value in said.items()]
    if figure.is_draft:
        parts.append(translate(language, mark("draft")))
    return " · ".join(parts)


def grey_lines(one: IndicatorLine, report: Report) -> list[str]:
    """One for each result the indicator shows; where there are several, each with its name."""
    if len(one.figures) == 1:
        return [grey_line(one.figures[0], report)]
    return [f"{_named(figure)}: {grey_line(figure, report)}" for figure in one.figures]


def why(one: IndicatorLine, language: Language) -> list[str]:
    """Where the colour comes from: the officer, or the rule with its reason."""
    if not one.why:
        return []
    said = mark("Colour decided by the officer. The rule says: {why}")
    suggested = mark("Suggested colour: {why}")
    return [translate(language, said if one.is_decided else suggested, why=one.why)]


def _named(figure: Figure) -> str:
    text = figure.expected.strip(" .:")
    return text if len(text) <= _LONGEST_NAMED else f"{text[:_LONGEST_NAMED].rstrip()}…"


def distribution(section: Section, language: Language) -> str:
    """How many indicators have each colour: "5 green, 2 orange, 1 red, 3 grey"."""
    found = [one.colour for one in section.indicators()]
    return ", ".join(f"{found.count(each)} {colour(each, language)}" for each in Colour)


def facts(report: Report) -> list[tuple[str, str]]:
    """What the report is of, as name and value: the same lines in every form of it."""
    language = report.language

    def say(words: str) -> str:
        return translate(language, words)

    told = [
        (say(mark("Municipality")), report.municipality),
        (say(mark("Period of the figures")), period(report)),
        (say(mark("As they were on")), day(report.as_of, language)),
        (say(mark("Figures")), say(drafts(report))),
    ]
    if report.cut_to:
        told.append((say(mark("Only")), ", ".join(report.cut_to)))
    if report.issued_by:
        at = f"{report.issued_by}, {day(report.made_at, language)}"
        told.append((say(mark("Issued by")), at))
    return told


def drafts(report: Report) -> str:
    with_them = mark("approved figures and drafts")
    return with_them if report.with_drafts else mark("approved figures only")
