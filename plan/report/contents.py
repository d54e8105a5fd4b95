"""What a report says, before it is put on a page or into a file: nothing here is looked up again.

An issued report keeps it as it was; the files are made of nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from hub.languages import Language
from plan.models import Colour


@dataclass(frozen=True, slots=True)
class Figure:
    """One expected result as it stands: ``value`` is none where there is none, never nought.

    ``source`` is "auto", "register", "typed" or "none"; ``state`` is that of a yes or a no.
    """

    result_id: str
    code: str
    expected: str
    kind: str = ""
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    unknown: int = 0
    state: str = ""
    source: str = "none"
    is_draft: bool = False
    reason: str = ""
    target: float | None = None
    comparator: str = ""
    target_period: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """A row of the second table. The ministry's own column has no field: it is never filled by us.

    ``is_decided`` tells the officer's colour from the one the rule suggests, which ``why`` is of.
    """

    id: str
    code: str
    text: str
    colour: Colour = Colour.GREY
    is_decided: bool = False
    motivation: str = ""
    why: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultLine:
    id: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Objective:
    """An operational objective with what is expected of it: a row of the first table."""

    label: str
    results: tuple[ResultLine, ...] = ()
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class Strategic:
    """A strategic objective with its two tables; ``service`` is empty where none is named."""

    label: str
    service: str = ""
    objectives: tuple[Objective, ...] = ()
    indicators: tuple[IndicatorLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Coordination, or a phenomenon with its number in the plan."""

    label: str
    number: int | None = None
    general: tuple[str, ...] = ()
    strategic: tuple[Strategic, ...] = ()

    def indicators(self) -> Iterator[IndicatorLine]:
        for one in self.strategic:
            yield from one.indicators


@dataclass(frozen=True, slots=True)
class Row:
    """A result in one stretch of days and one area: a tidy row, with ids that stay."""

    result_id: str
    code: str
    section: str
    objective: str
    expected: str
    first: date
    last: date
    area: str = ""
    measure: str = ""
    version: int | None = None
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    unknown: int = 0
    state: str = ""
    source: str = "none"
    status: str = ""
    at: datetime | None = None
    # The pieces of evidence behind it, as addresses within the hub.
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """What a measure counts, in words, and which edition of it."""

    code: str
    name: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the journal: what was decided or typed, about what, when and by whom."""

    at: datetime
    what: str
    about: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole of it. ``first`` and ``last`` are the days the figures are of, both included."""

    plan_id: str
    title: str
    municipality: str
    starts_on: date
    ends_on: date
    first: date
    last: date
    as_of: date
    language: Language
    with_drafts: bool
    made_at: datetime
    sections: tuple[Section, ...] = ()
    rows: tuple[Row, ...] = ()
    definitions: tuple[Definition, ...] = ()
    journal: tuple[Event, ...] = ()
    # What it was cut to, as read by people: a phenomenon, a service.
    cut_to: tuple[str, ...] = ()
    issued_by: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the figures are of the plan's whole period."""
        return (self.first, self.last) == (self.starts_on, self.ends_on)

    def indicators(self) -> Iterator[IndicatorLine]:
        for section in self.sections:
            yield from section.indicators()


_JSON = TypeAdapter(Report)


def whole(report: Report) -> bytes:
    """All of it, to be sealed: with what people typed, and their names."""
    return _JSON.dump_json(report)


def from_whole(kept: bytes) -> Report:
    """What ``whole`` gave. Raises ``pydantic.ValidationError`` for anything else."""
    return _JSON.validate_json(kept)


def to_json(report: Report) -> dict[str, Any]:
    """Its figures alone: without the motivations, which people typed, and without names."""
    told: dict[str, Any] = _JSON.dump_python(_unworded(report), mode="json")
    return told


def from_json(told: dict[str, Any]) -> Report:
    """What was kept. Raises ``pydantic.ValidationError`` for anything else."""
    return _JSON.validate_python(told)


def _unworded(report: Report) -> Report:
    sections = tuple(
        replace(section, strategic=tuple(_without_words(one) for one in section.strategic))
        for section in report.sections
    )
    return replace(report, sections=sections, journal=(), issued_by="")


def _without_words(one: Strategic) -> Strategic:
    return replace(one, indicators=tuple(replace(each, motivation="") for each in one.indicators))
