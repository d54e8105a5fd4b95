"""What a report is asked to show: the day, the period, a part of the plan, the language, drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from partnerships.days import start_of
from plan.measures.period import Period
from plan.models import Plan
from plan.report.words import LANGUAGES
from plan.standing import periods

_DAY_LENGTH = len("2023-06-30")


@dataclass(frozen=True, slots=True)
class Choices:
    """``section`` is a root of the plan's tree; ``service`` a part of it, or a service of the town
    that results are entered by."""

    as_of: date
    period: Period
    language: Language
    with_drafts: bool = False
    section: UUID | None = None
    service: UUID | None = None

    @property
    def moment(self) -> datetime:
        """The end of the day asked about; of today, now."""
        return min(clock.now(), start_of(self.as_of + timedelta(days=1)))

    def as_typed(self) -> dict[str, str]:
        """The fields of the form that make these choices."""
        return {
            "as_of": self.as_of.isoformat(),
            "period": name_of(self.period),
            "language": self.language.value,
            "drafts": "1" if self.with_drafts else "",
            "section": str(self.section or ""),
            "service": str(self.service or ""),
        }


def name_of(period: Period) -> str:
    """How a period is called in an address."""
    return f"{period.first.isoformat()}/{period.last.isoformat()}"


def period_named(name: str) -> Period:
    """The period that ``name_of`` called so."""
    first, last = (date.fromisoformat(one) for one in name.split("/"))
    return Period(first, last)


def usual(plan: Plan, language: Language) -> Choices:
    """As of today, of the year that today is in; where the plan has none such, of all of it."""
    today = clock.in_brussels(clock.now()).date()
    every = periods.of(plan)
    running = [one for one in every if one.first <= today <= one.last]
    shortest = min(running or every, key=lambda one: one.days)
    period = shortest if running else Period(plan.starts_on, plan.ends_on)
    spoken = language if language in LANGUAGES else Language.FRENCH
    return Choices(today, period, spoken)


def read(plan: Plan, typed: dict[str, str], language: Language) -> Choices:
    """What was chosen, the usual where nothing was. Raises ``BadInput``."""
    usually = usual(plan, language)
    return Choices(
        as_of=_day(typed.get("as_of", ""), usually.as_of),
        period=_period(typed.get("period", ""), periods.of(plan), usually.period),
        language=_language(typed.get("language", ""), usually.language),
        with_drafts=typed.get("drafts", "") == "1",
        section=_id("section", typed.get("section", "")),
        service=_id("service", typed.get("service", "")),
    )


def from_json(plan: Plan, kept: dict[str, Any]) -> Choices:
    """What an issued report was made with, asked about today."""
    today = usual(plan, Language.FRENCH).as_of
    return read(plan, {**kept, "as_of": today.isoformat()}, Language.FRENCH)


def _day(typed: str, otherwise: date) -> date:
    if not typed:
        return otherwise
    try:
        day = date.fromisoformat(typed) if len(typed) == _DAY_LENGTH else None
    except ValueError:
        day = None
    if day is None or day.year < 1000:
        raise BadInput(FieldProblem("as_of", mark("Give a day.")))
    if day > clock.in_brussels(clock.now()).date():
        raise BadInput(
            FieldProblem("as_of", mark("That day has not come yet: give today or one before."))
        )
    return day


def _period(typed: str, every: Sequence[Period], otherwise: Period) -> Period:
    if not typed:
        return otherwise
    found = [one for one in every if name_of(one) == typed]
    if not found:
        raise BadInput(FieldProblem("period", mark("Choose one of the periods of the plan.")))
    return found[0]


def _language(typed: str, otherwise: Language) -> Language:
    found = [one for one in LANGUAGES if one.value == typed]
    if typed and not found:
        raise BadInput(FieldProblem("language", mark("A report is in French or in Dutch.")))
    return found[0] if found else otherwise


def _id(field: str, typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise BadInput(FieldProblem(field, mark("Choose one of the list."))) from None
