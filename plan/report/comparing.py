"""What changed between a report as it was issued and the figures of today."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.i18n import Language, mark, translate
from plan.report import words
from plan.report.contents import Figure, IndicatorLine, Report


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is no longer as it was: of an indicator its colour, of a result its figure or
    its target, or that it came or went. ``before`` and ``now`` are said as in the report."""

    kind: str
    section: str
    code: str
    text: str
    before: str
    now: str


COLOUR, FIGURE, TARGET, CAME, WENT = (
    mark("Colour"),
    mark("Figure"),
    mark("Target"),
    mark("New in the plan"),
    mark("No longer in the plan"),
)


def changes(issued: Report, today: Report, language: Language) -> list[Change]:
    """Every one of them, in the plan's order, what came and went last."""
    before, now = _lines(issued), _lines(today)
    both = [key for key in before if key in now]
    return [
        *(each for key in both for each in _changed(before[key], now[key], language)),
        *(_came(line, CAME) for key, line in now.items() if key not in before),
        *(_came(line, WENT) for key, line in before.items() if key not in now),
    ]


def in_words(found: list[Change], language: Language) -> str:
    """How many colours, figures and targets changed, and how much came and went."""
    if not found:
        return translate(language, mark("Nothing has changed since."))
    number = {kind: sum(one.kind == kind for one in found) for kind in _KINDS}
    return translate(
        language,
        mark(
            "Changed since: {colours} colours, {figures} figures, {targets} targets. New in the "
            "plan: {came}; no longer in it: {went}."
        ),
        colours=number[COLOUR],
        figures=number[FIGURE],
        targets=number[TARGET],
        came=number[CAME],
        went=number[WENT],
    )


_KINDS = (COLOUR, FIGURE, TARGET, CAME, WENT)


@dataclass(frozen=True, slots=True)
class _Line:
    section: str
    of: IndicatorLine | Figure


def _lines(report: Report) -> dict[str, _Line]:
    """Indicators and results by id; a result that several indicators show is told once."""
    found: dict[str, _Line] = {}
    for section in report.sections:
        for one in section.indicators():
            found.setdefault(one.id, _Line(section.label, one))
            for figure in one.figures:
                found.setdefault(figure.result_id, _Line(section.label, figure))
    return found


def _changed(before: _Line, now: _Line, language: Language) -> Iterator[Change]:
    match before.of, now.of:
        case IndicatorLine() as old, IndicatorLine() as new:
            colours = words.colour(old.colour, language), words.colour(new.colour, language)
            said = [(COLOUR, old.text, colours)]
        case Figure() as old, Figure() as new:
            figures = words.realised(old, language), words.realised(new, language)
            targets = words.target(old, language), words.target(new, language)
            said = [(FIGURE, old.expected, figures), (TARGET, old.expected, targets)]
        case _:
            return
    for kind, text, (was, becomes) in said:
        if was != becomes:
            yield Change(kind, now.section, now.of.code, text, was, becomes)


def _came(line: _Line, kind: str) -> Change:
    text = line.of.text if isinstance(line.of, IndicatorLine) else line.of.expected
    return Change(kind, line.section, line.of.code, text, "", "")
