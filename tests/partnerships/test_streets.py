"""The streets of the register: found however they are spelled."""

import pytest

from partnerships import streets
from partnerships.streets import Street


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Rue de l'Église", "r. eglise"),
        ("Rue de l'Église", "RUE DE L’EGLISE"),
        ("Boulevard d'Avroy", "Bd d'Avroy"),
        ("Avenue des Prés", "av. des pres"),
        ("Place Saint-Lambert", "Pl. St Lambert"),
        ("Kerkstraat", "Kerkstr."),
        ("Sint-Jansstraat", "St.-Jans straat"),
        ("Brusselsesteenweg", "Brusselse Stwg"),
        ("Hauptstraße", "Hauptstrasse"),
        ("Hauptstraße", "hauptstr"),
    ],
)
def test_one_street_is_spelled_in_many_ways(kept: str, typed: str) -> None:
    assert streets.index_of(typed) == streets.index_of(kept)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rue Haute", "Place Haute"),
        ("Rue du Moulin", "Rue des Moulins"),
        ("Kerkstraat", "Kerklaan"),
        ("Rue Haute", "Rue Basse"),
    ],
)
def test_two_streets_are_two(one: str, other: str) -> None:
    assert streets.index_of(one) != streets.index_of(other)


def test_what_has_no_letters_is_no_street() -> None:
    assert streets.index_of(" - ") is None


def test_streets_stand_on_lines_or_between_commas() -> None:
    assert streets.lines_of(" rue Haute\n\nrue  Basse, Kerkstr.;\n") == [
        "rue Haute",
        "rue Basse",
        "Kerkstr.",
    ]


def test_the_nearest_spellings_are_offered_and_no_others() -> None:
    known = [Street("", name, 1) for name in ("Rue Haute", "Rue Hauteville", "Kerkstraat")]
    assert [one.name for one in streets.nearest_to("rue Hote", known)] == ["Rue Haute"]
    assert [one.name for one in streets.nearest_to("Haute", known)] == [
        "Rue Haute",
        "Rue Hauteville",
    ]
    assert streets.nearest_to("Zonnebloem", known) == []
