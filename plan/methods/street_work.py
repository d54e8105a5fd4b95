"""Street work: what each worker counted, quarter by quarter (seed 000, slides 18 to 20)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from plan.measures.period import Period
from plan.models import Plan, StaffMember, StreetContacts
from plan.standing.spans import Span

# Worker, first day of the month, what was counted -> neighbourhood -> its newest number.
_Counted = Mapping[tuple[UUID, date, str], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """A worker's quarters, in the order of the spans; ``None`` where he wrote nothing down."""

    worker: str
    counts: tuple[int | None, ...]

    @property
    def total(self) -> int | None:
        return _sum(self.counts)


@dataclass(frozen=True, slots=True)
class Table:
    """One thing that is counted: a row for each worker, and all of them together."""

    code: str
    rows: tuple[Row, ...]

    @property
    def together(self) -> tuple[int | None, ...]:
        return tuple(
            _sum(column) for column in zip(*(one.counts for one in self.rows), strict=True)
        )

    @property
    def total(self) -> int | None:
        return _sum(self.together)

    @property
    def so_far(self) -> tuple[int | None, ...]:
        """The stock at the end of each quarter: all that was counted until then."""
        stock, known = [], 0
        for number in self.together:
            known += number or 0
            stock.append(None if number is None else known)
        return tuple(stock)


def tables(
    session: Session, plan: Plan, spans: Sequence[Span], codes: Sequence[str]
) -> list[Table]:
    """What the street workers of the plan's municipality counted in these quarters. Whoever wrote
    nothing down in any of them has no row."""
    staff = _staff(session, plan)
    counted = _counted(session, plan, Period(spans[0].period.first, spans[-1].period.last))
    return [
        Table(
            code,
            tuple(
                row
                for worker_id, name in staff
                if (row := _row(counted, worker_id, name, spans, code)).total is not None
            ),
        )
        for code in codes
    ]


def _staff(session: Session, plan: Plan) -> list[tuple[UUID, str]]:
    here = select(StaffMember).where(StaffMember.municipality_id == plan.municipality_id)
    return sorted(((one.id, one.name) for one in session.exec(here)), key=lambda one: one[1])


def _counted(session: Session, plan: Plan, period: Period) -> _Counted:
    rows = session.exec(
        select(StreetContacts)
        .join(StaffMember, col(StaffMember.id) == col(StreetContacts.staff_member_id))
        .where(
            StaffMember.municipality_id == plan.municipality_id,
            col(StreetContacts.month).between(period.first, period.last),
        )
        .order_by(col(StreetContacts.edition))
    )
    found: dict[tuple[UUID, date, str], dict[str, int]] = defaultdict(dict)
    for one in rows:
        # A later edition takes the place of the one before.
        found[one.staff_member_id, one.month, one.code][one.quarter] = one.count
    return found


def _row(counted: _Counted, worker_id: UUID, name: str, spans: Sequence[Span], code: str) -> Row:
    return Row(name, tuple(_in(counted, worker_id, span.period, code) for span in spans))


def _in(counted: _Counted, worker_id: UUID, period: Period, code: str) -> int | None:
    numbers = [
        number
        for (worker, month, what), places in counted.items()
        if worker == worker_id and what == code and period.first <= month <= period.last
        for number in places.values()
    ]
    return sum(numbers) if numbers else None


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [one for one in numbers if one is not None]
    return sum(known) if known else None
