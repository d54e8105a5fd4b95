"""A plan of street work is read as any other: nothing lost, a blank never a nought."""

from datetime import date
from pathlib import Path

import pytest

from hub.db import unit_of_work
from hub.roles import Role
from plan.keeping import tree
from plan.models import Plan, PlanMethod
from plan.reading.document import NoPlan, read
from plan.reading.found import PlanRead, Result
from tests.plan.kept_plans import plan_id, somebody, upload

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "street-work-slides.fr.txt"
# The sentences of the method of 2011, to the letter, and how each is to be read: kind, comparator,
# target, unit, period, for each worker or not.
_TRUST = "Mettre en place des relations basées sur l’attention et la sollicitude"
_METHOD = f"""Méthodologie du travail de rue
Le travail de rue : des objectifs aux indicateurs (1)
Favoriser la resocialisation des usagers de drogues/jeunes en difficulté / {_TRUST} : 18
Résultats attendus\tIndicateurs
Chaque travailleur de rue a au moins x contacts par mois au sein du quartier qui lui a été assigné.\tNombre de contacts du travailleur de rue au sein du quartier qui lui a été assigné.
Chaque travailleur de rue élargit de mois en mois son réseau à de nouvelles personnes socialement vulnérables.\tLe nombre de nouvelles personnes avec lesquelles le travailleur de rue établit des contacts.
Le nombre de nouvelles relations de confiance que chaque travailleur de rue établit avec des personnes socialement vulnérables est chaque année > ou = à x.\tLe nombre de nouvelles relations de confiance dont chaque travailleur de rue dispose au début d’une nouvelle année de fonctionnement.
Favoriser la resocialisation des usagers de drogues/jeunes en difficulté / Renforcer le lien entre l’individu et les infrastructures sociales: 19
Résultats attendus\tIndicateurs
Le travail de rue augmente la confiance en soi des personnes socialement vulnérables et oriente chaque année x individus vers les instances sociales concernées.\tNombre d’orientations réussies vers des infrastructures sociales par an.
Chaque année, le travail de rue rédige une note visant à signaler les priorités en matière de politique sociale locale.\tLe nombre de notes rédigées en ce sens est > ou = à 1.
Pendant la période x, la collaboration structurelle entre le travail de rue et d’autres infrastructures sociales fait l’objet d’un inventaire annuel.\tExistence d’un aperçu de la collaboration structurelle entre le travail de rue et les infrastructures sociales : oui/non.
Favoriser la resocialisation des usagers de drogues/jeunes en difficulté / Stimuler l’autonomie du public cible : 20
Résultats attendus\tIndicateurs
X % des accompagnements résultent dans la participation continue des personnes socialement vulnérables à une activité structurante.\tRapport entre les accompagnements ayant débouché sur une participation continue à une activité structurante, et le nombre total d’accompagnements.
Le nombre de suivis individuels réalisés s’élève chaque année à plus de x.\tNombre de suivis particuliers réalisés par an.
Promouvoir une approche intégrée et intégrale / Participer à des concertations avec différents partenaires : 21
Résultats attendus\tIndicateurs
Création d’organes de concertation spécifiques en ce qui concerne le phénomène …\tDans les six mois de la conclusion du plan, un organe de concertation spécifique est mis sur pied en ce qui concerne le phénomène ……..
L’organe de concertation spécifique se réunit x fois par an.\tNombre de concertations organisées par an.
"""  # noqa: E501 - printed so
_READINGS = [
    ("count", ">=", None, "contact", "month", True),
    ("count", "increase", None, "new_person", "month", True),
    ("count", ">=", None, "trust_relation", "year", True),
    ("count", "=", None, "person", "year", False),
    ("count", "=", 1, "note", "year", False),
    ("existence", "=", 1, "inventory", "year", False),
    ("ratio", "=", None, "percent", "plan", False),
    ("count", ">", None, "follow-up", "year", False),
    ("existence", None, None, None, "plan", False),
    ("count", "=", None, "meeting", "year", False),
]


def _reading(result: Result) -> tuple[object, ...]:
    its = result.target
    return (
        its.kind.value,
        its.comparator,
        its.target,
        its.unit,
        its.period,
        its.each_worker is not None,
    )


def _example() -> PlanRead:
    return read(EXAMPLE.read_bytes(), EXAMPLE.name)


def test_the_sentences_of_the_method_are_read_as_they_were_by_hand() -> None:
    found = read(_METHOD.encode())

    assert PlanMethod(found.method) is PlanMethod.STREET_WORK
    assert [_reading(one) for one in found.results] == _READINGS
    assert found.not_placed == []


def test_each_result_has_the_indicator_it_stands_beside() -> None:
    found = read(_METHOD.encode())

    shown = [[one.text[:24] for one in result.indicators] for result in found.results]
    assert all(len(one) == 1 for one in shown)
    assert shown[1] == ["Le nombre de nouvelles p"]


def test_the_target_within_an_indicator_is_read_too() -> None:
    note, share, body = (read(_METHOD.encode()).indicators[at].target for at in (4, 6, 8))

    assert note
    assert (note.comparator, note.target, note.unit, note.period) == (">=", 1, "note", "year")
    assert share
    assert share.parts
    assert share.parts[1].startswith("nombre total")
    assert body
    assert (body.kind.value, body.target, body.unit) == ("delay", 6, "month")


def test_the_example_is_read_whole() -> None:
    found = _example()

    assert (found.start, found.end) == (date(2026, 1, 1), date(2027, 12, 31))
    assert found.municipality == "Ville de Valmont-sur-Lisse"
    assert [one.target.target for one in found.results] == [40, None, 12, 25, 1, 1, 30, 20, 6, 4]
    assert [len(one.operational) for one in found.strategic()] == [3, 1]
    assert found.not_placed == []


def test_a_line_that_has_no_place_is_told() -> None:
    lines = EXAMPLE.read_text().splitlines()
    lines.insert(7, "Une remarque égarée avant tout tableau.")
    first = next(at for at, line in enumerate(lines) if line.startswith("Résultats"))
    lines.insert(first, "Encore une phrase sous l'objectif.")

    found = read("\n".join(lines).encode())

    said = {text for _line, text in found.not_placed} | {one[1] for one in found.other}
    in_the_tree = set(found.lines_in_the_tree())
    for number, line in enumerate(lines, start=1):
        assert not line.strip() or number in in_the_tree or line in said


@pytest.mark.parametrize("parted", ["\n", "\n\n"])
def test_a_table_that_lost_its_columns_wants_a_click(parted: str) -> None:
    heads = EXAMPLE.read_text().replace("attendus\tIndicateurs", "attendusIndicateurs")

    found = read(heads.replace("\t", parted).encode())

    assert len(found.results) == len(_example().results)
    assert all("column" in one.inferred for one in found.results)


def test_words_about_street_work_alone_are_no_plan() -> None:
    with pytest.raises(NoPlan):
        read(b"Le travail de rue est utile.\nResultats attendus : beaucoup.\n")


@pytest.mark.usefixtures("demo_zone")
def test_it_comes_in_by_the_door_of_every_plan_and_is_known_by_its_shape() -> None:
    officer = somebody(Role.PREVENTION_OFFICER, email="street@demo.example")

    answer = upload(officer, "/plans/read", EXAMPLE.read_bytes(), EXAMPLE.name)

    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].removesuffix("/reading")
    assert (
        "Chaque travailleur de rue a au moins 40 contacts" in officer.get(f"{address}/reading").text
    )
    with unit_of_work(read_only=True) as session:
        plan = session.get(Plan, plan_id(address))
        assert plan
        assert plan.method is PlanMethod.STREET_WORK
        results = tree.of_plan(session, plan).results.values()
        assert [one.per for one in results].count("worker") == 3
