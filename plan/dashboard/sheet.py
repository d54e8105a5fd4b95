"""The figures of a dashboard as rows for a spreadsheet: what is shown, and no more."""

from collections.abc import Iterator

from hub.i18n import Language, mark, translate
from plan.dashboard.board import Board, Section, Shown
from plan.dashboard.words import Words
from plan.standing.judging import Judged

HEADINGS = (
    mark("Section"),
    mark("Service"),
    mark("Objective"),
    mark("Indicator code"),
    mark("Indicator"),
    mark("Result code"),
    mark("Expected result"),
    mark("First day"),
    mark("Last day"),
    mark("Reached"),
    mark("Numerator"),
    mark("Denominator"),
    mark("Target for these days"),
    mark("Due by now"),
    mark("Unit"),
    mark("Suggested colour of the result"),
    mark("Colour of the indicator"),
    mark("Decided by the officer"),
    mark("Reason"),
    mark("Source"),
)


def rows(board: Board, language: Language) -> Iterator[list[str]]:
    """A row for each indicator and each of its results. A figure that is not there is empty, never
    nought."""
    words = Words(language)
    yield [translate(language, one) for one in HEADINGS]
    for section in board.sections:
        for shown in section.shown:
            for one in shown.results or (None,):
                yield _row(board, section, shown, one, words, language)


def _row(
    board: Board,
    section: Section,
    shown: Shown,
    one: Judged | None,
    words: Words,
    language: Language,
) -> list[str]:
    period = board.span.period
    decided = mark("Yes") if shown.is_decided else mark("No")
    return [
        section.node.label,
        shown.service.label if shown.service else "",
        shown.objective.label,
        shown.indicator.code,
        shown.indicator.text,
        one.result.code if one else "",
        one.result.raw if one else "",
        period.first.isoformat(),
        period.last.isoformat(),
        *(_figures(one, words) if one else [""] * 7),
        words.colour(shown.colour),
        translate(language, decided),
        words.reason(one) if one else "",
        words.source(one) if one else "",
    ]


def _figures(one: Judged, words: Words) -> list[str]:
    reached = one.reached
    told = words.reached(one) if reached.state else _plain(reached.value)
    return [
        told,
        _plain(reached.numerator),
        _plain(reached.denominator),
        _plain(one.wanted),
        _plain(one.due),
        one.result.unit,
        words.colour(one.verdict.colour),
    ]


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
