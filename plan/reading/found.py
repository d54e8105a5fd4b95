"""A plan as read from a document: what is printed, where, and what was made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from plan.targets.target import Target


@dataclass(slots=True)
class Indicator:
    """One line of an indicator table. ``target`` is its own, where its text states one."""

    text: str
    line: int
    target: Target | None = None
    analysis: str = ""
    colour: str = ""
    motivation: str = ""
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """An expected result: its text to the letter, its line, and the reading of its target."""

    raw: str
    line: int
    target: Target
    indicators: list[Indicator] = field(default_factory=list)
    # All the lines of a text that a page break cut in two.
    lines: list[int] = field(default_factory=list)
    # What about its place is a reading ("objective", "joined").
    inferred: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Operational:
    label: str
    line: int
    results: list[Result] = field(default_factory=list)
    responsible: str = ""
    due: str = ""
    inferred: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Strategic:
    """A strategic objective; ``catalogue`` is its code in the ministry's list, if it is there."""

    label: str
    line: int | None
    printed: str
    catalogue: str | None = None
    # Where a page cut the title: what stands of it further on.
    tails: list[tuple[int, str]] = field(default_factory=list)
    operational: list[Operational] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    alignment: str = ""
    inferred: list[str] = field(default_factory=list)

    @property
    def results(self) -> list[Result]:
        return [result for one in self.operational for result in one.results]


@dataclass(slots=True)
class Service:
    """A service within a phenomenon; without a label where the plan names none."""

    label: str | None
    line: int | None
    strategic: list[Strategic] = field(default_factory=list)


@dataclass(slots=True)
class IndicatorTable:
    """An indicator table before it is known to which objective it belongs; ``after`` is the last
    objective printed before it."""

    line: int
    after: Strategic | None
    rows: list[Indicator] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """Coordination (no number), or a phenomenon."""

    label: str
    line: int
    is_coordination: bool
    number: int | None = None
    catalogue: str | None = None
    general: list[tuple[int, str]] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    tables: list[IndicatorTable] = field(default_factory=list)
    inferred: list[str] = field(default_factory=list)

    @property
    def strategic(self) -> list[Strategic]:
        return [one for service in self.services for one in service.strategic]


class Role(StrEnum):
    """What a line outside the tree is."""

    BEFORE = "before_the_plan"
    HEADING = "heading"
    TABLE_HEAD = "table_head"
    RULE = "table_rule"
    EVALUATION = "evaluation_heading"
    PAGE = "page_furniture"
    AFTER = "after_the_plan"
    TAIL = "tail_of_a_heading"
    EMPTY_ROW = "empty_row"


@dataclass(slots=True)
class PlanRead:
    """Everything a document says: the tree, the lines that are no part of it and why, and the lines
    for which no place was found (``not_placed``)."""

    sections: list[Section] = field(default_factory=list)
    title: str | None = None
    municipality: str | None = None
    period_printed: str | None = None
    start: date | None = None
    end: date | None = None
    other: list[tuple[int, str, Role]] = field(default_factory=list)
    not_placed: list[tuple[int, str]] = field(default_factory=list)
    line_count: int = 0
    # In the words of ``plan.models.PlanMethod``.
    method: str = "strategic_plan"

    def strategic(self) -> Iterator[Strategic]:
        for section in self.sections:
            yield from section.strategic

    @property
    def results(self) -> list[Result]:
        return [result for one in self.strategic() for result in one.results]

    def lines_in_the_tree(self) -> Iterator[int | None]:
        """Every line something of the tree stands on."""
        for section in self.sections:
            yield section.line
            yield from (line for line, _text in section.general)
            yield from (one.line for one in section.services)
        for strategic in self.strategic():
            yield strategic.line
            for operational in strategic.operational:
                yield from (operational.line, *operational.lines)
            yield from (line for one in strategic.results for line in one.lines)
            yield from (line for one in strategic.indicators for line in one.lines)

    @property
    def indicators(self) -> list[Indicator]:
        return [indicator for one in self.strategic() for indicator in one.indicators]
