"""A plan's document says until when: what is printed is read, and what is inferred is told so."""

from datetime import date

import pytest

from plan.reading.days import LastDay, last_day

START = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("printed", "day", "is_inferred"),
    [
        ("31 décembre 2027", date(2027, 12, 31), False),
        ("pour le 1er mars 2027", date(2027, 3, 1), False),
        ("30/06/2027", date(2027, 6, 30), False),
        ("fin 2027", date(2027, 12, 31), True),
        ("T2 2027", date(2027, 6, 30), True),
        ("T4 2027", date(2027, 12, 31), True),
        ("dans les six mois", date(2026, 7, 31), True),
        ("binnen de 1 maanden", date(2026, 2, 28), True),
    ],
)
def test_a_last_day_is_read_as_it_is_printed(printed: str, day: date, is_inferred: bool) -> None:
    assert last_day(printed, START) == LastDay(day, is_inferred)


@pytest.mark.parametrize("printed", ["", "X", "31 février 2027", "bientôt", "fin 2026 ou fin 2027"])
def test_what_tells_no_single_day_gives_none(printed: str) -> None:
    assert last_day(printed, START) is None
