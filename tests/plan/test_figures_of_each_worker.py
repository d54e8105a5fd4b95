"""What several workers typed for a target that each of them is to reach."""

from datetime import date
from uuid import UUID, uuid4

from plan.measures.period import Period
from plan.models import Entry, EntryStatus, ExpectedResult, ResultKind
from plan.standing.values import Values

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def _typed(result: ExpectedResult, worker: UUID, value: float | None) -> Entry:
    return Entry(
        result_id=result.id,
        worker_id=worker,
        period_start=YEAR.first,
        period_end=YEAR.last,
        value=value,
        status=EntryStatus.APPROVED,
        entered_by=uuid4(),
    )


def test_the_worker_with_least_speaks_and_one_without_a_figure_is_no_nought() -> None:
    of_each = ExpectedResult(node_id=uuid4(), raw="", kind=ResultKind.COUNT, per="worker")
    rows = [_typed(of_each, uuid4(), value) for value in (90, 30, None)]

    reached = Values({}, {of_each.id: rows}).of(of_each, YEAR)

    assert (reached.value, reached.unknown) == (30, 1)


def test_what_they_do_together_is_added_up() -> None:
    together = ExpectedResult(node_id=uuid4(), raw="", kind=ResultKind.COUNT)
    rows = [_typed(together, uuid4(), value) for value in (90, 30)]

    assert Values({}, {together.id: rows}).of(together, YEAR).value == 120
