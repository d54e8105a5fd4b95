"""What is asked of a measure: of which town, about which days, as known when, cut to what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlmodel import col

from hub import clock
from hub.db import Condition
from partnerships.models import Partnership
from plan.measures.period import Period


@dataclass(frozen=True, slots=True)
class Asked:
    """``partnership_ids`` is a zone of the map: the partnerships in it; empty is the whole town.

    Nothing after ``as_of`` is known. ``filters`` are by name, as the measure accepts them.
    """

    municipality_id: UUID
    period: Period
    as_of: datetime
    partnership_ids: frozenset[UUID] = frozenset()
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def until(self) -> datetime:
        """The end of what can be counted: of the period, or of what is known."""
        return min(self.period.end, self.as_of)

    @property
    def today(self) -> date:
        """The day of ``as_of`` on a Belgian wall."""
        return clock.in_brussels(self.as_of).date()

    def wants(self, name: str) -> str:
        """What a filter is set to; empty where it is not."""
        return self.filters.get(name, "")


def in_period(moment: ColumnElement[datetime] | object, asked: Asked) -> Condition:
    """The condition that a moment lies in the period and is known: half-open, in UTC."""
    when: ColumnElement[datetime] = moment  # type: ignore[assignment]  # SQLModel types a column as its value
    return (when >= asked.period.start) & (when < asked.until)


def here(partnership_id: ColumnElement[UUID] | object, asked: Asked) -> Condition:
    """The condition that a partnership is of the town, and in the zone where one is named."""
    its: ColumnElement[UUID] = partnership_id  # type: ignore[assignment]  # as above
    if asked.partnership_ids:
        return its.in_(asked.partnership_ids)
    of_town = select(col(Partnership.id)).where(
        col(Partnership.municipality_id) == asked.municipality_id
    )
    return its.in_(of_town)


def equals(column: object, wanted: str) -> Condition:
    """The condition that a column is what a filter says; all of them where it says nothing."""
    its: ColumnElement[str] = column  # type: ignore[assignment]  # as above
    return its == wanted if wanted else true()
