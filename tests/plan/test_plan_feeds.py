"""Which measure feeds a result: proposed by its words, taken by the officer."""

from uuid import uuid4

import pytest

from hub.db import unit_of_work
from plan.keeping.feeding import proposed
from plan.keeping.storing import fields_of
from plan.models import ExpectedResult
from plan.reading.document import read
from plan.targets import reading
from tests.conftest import Templates
from tests.plan.kept_plans import DOCUMENT, read_in, result, visitor, whole
from tests.plan.plan_documents import FOLDER
from tests.running_hub import Visitor


@pytest.fixture
def officer(templates: Templates, demo_zone: str) -> Visitor:
    return visitor(templates, "prevention_officer")


def a_result(raw: str) -> ExpectedResult:
    return ExpectedResult(node_id=uuid4(), raw=raw, **fields_of(reading.read(raw)))


def feeds() -> dict[int, list[str]]:
    """What a person would feed each result with, by the line it stands on."""
    lines = (FOLDER / "plan-2023-2024-feeds.tsv").read_text("utf-8").splitlines()
    return {int(line): fed.split() for line, fed in (one.split("\t") for one in lines)}


def test_the_words_of_a_plan_propose_what_feeds_it() -> None:
    wanted = feeds()
    wrong = []
    for one in read(DOCUMENT.read_bytes()).results:
        found = proposed(a_result(one.raw))
        right = wanted[one.line]
        if (found is None) is not (right == []) or (found and found.measure not in right):
            wrong.append((one.raw, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("raw", "measure"),
    [
        ("Minstens 4 vergaderingen per jaar van de stuurgroep", "m.meetings"),
        ("Huisbezoek inbraakpreventie: minstens 50 per jaar", "m.visits_on_time"),
        ("Deux campagnes par an sur le vol de vélo", "m.prevention_actions"),
        ("Nombre de suivi de consommateurs : 25/an", None),
        ("", None),
    ],
)
def test_other_words_are_understood_too(raw: str, measure: str | None) -> None:
    found = proposed(a_result(raw))
    assert (found.measure if found else None) == measure


def test_a_proposal_counts_for_nothing_until_it_is_taken(officer: Visitor) -> None:
    address = read_in(officer)
    with unit_of_work(read_only=True) as session:
        assert whole(session, address).measures_of == {}
    assert "proposed" in officer.get(f"{address}/feeds").text
    one = result(address, "p4.s2.o1.r1")
    officer.post(f"{address}/feeds/{one.id}/take")
    with unit_of_work(read_only=True) as session:
        fed = whole(session, address).measures_of[one.id]
    assert [(row.measure, row.filters) for row in fed] == [("m.meetings", {"level": "local"})]


def test_the_officer_chooses_another_measure_and_what_it_is_cut_by(officer: Visitor) -> None:
    address = read_in(officer)
    one = result(address, "p4.s2.o1.r1")
    path = f"{address}/feeds/{one.id}"
    assert officer.get(path).status_code == 200
    wrong = officer.post(path, measure="m.active_partnerships", **{"filter.level": "local"})
    assert (wrong.status_code, "cannot be cut by this" in wrong.text) == (422, True)
    assert officer.post(path, measure="m.none").status_code == 422
    officer.post(path, measure="m.meetings", **{"filter.body": "Comité"})
    with unit_of_work(read_only=True) as session:
        fed = whole(session, address).measures_of[one.id]
    assert [(row.measure, row.filters) for row in fed] == [("m.meetings", {"body": "Comité"})]
    officer.post(path, measure="")
    with unit_of_work(read_only=True) as session:
        assert one.id not in whole(session, address).measures_of
