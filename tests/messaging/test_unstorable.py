"""Years, numbers and characters that no database keeps are refused in words, at every door."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hub import clock
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import THE_LINE, WORDS, Api, Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
DIGITS = "9" * 5000


@pytest.fixture
def api(demo_zone: str) -> Api:
    clock.set_source(lambda: NOON)
    return in_process.api("dispatcher@demo.example")


@pytest.fixture
def officer(api: Api, templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["mandated_officer"])


def fields(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["field"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("year", ["0001", "9999"])
@pytest.mark.parametrize("zone", ["", "Z", "+14:00", "-12:00"])
def test_a_year_at_the_end_of_the_calendar_is_refused_beside_its_field(
    api: Api, year: str, zone: str
) -> None:
    moment = f"{year}-01-01T00:00:00{zone}"
    assert fields(api.draft("haut-valdor", expires_at=moment)) == {"expires_at"}
    facts = {"phenomenon": "cambriolage", "place": "rue", "facts_at": moment}
    assert fields(api.http.post("/incidents", json=facts)) == {"facts_at"}
    reported = {**facts, "facts_at": "2026-06-03T09:00:00Z", "reported_at": moment}
    assert fields(api.http.post("/incidents", json=reported)) == {"reported_at"}


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_far_year_typed_on_a_page_is_told_beside_its_field(officer: Visitor, typed: str) -> None:
    facts = {"phenomenon": "cambriolage", "place": "rue Haute", "facts_at": typed}
    answer = officer.post("/incidents", **facts)
    assert answer.status_code == 422, answer.text
    assert "Give a year from 1000 to 9000." in answer.text
    assert "rue Haute" in answer.text


def test_nul_in_a_body_is_refused_by_its_field(api: Api) -> None:
    texts = {**WORDS, "fr": {**WORDS["fr"], "long": f"Long\0. {THE_LINE['fr']}"}}
    assert fields(api.draft("haut-valdor", texts=texts)) == {"texts.fr.long"}
    assert fields(api.draft("haut-valdor", "a\0b")) == {"partnerships.1"}
    assert fields(api.draft("haut-valdor", client_request_id="\0")) == {"client_request_id"}
    # What only looks like one is a text like any other.
    facts = {"place": r"rue \u0000 Haute", "phenomenon": "cambriolage"}
    written = {**facts, "facts_at": "2026-06-03T09:00:00Z"}
    answer = api.http.post("/incidents", json=written)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(("place", "status"), [("rue 😀", 201), ("rue \ud83d", 422)])
def test_half_of_a_character_is_none(api: Api, place: str, status: int) -> None:
    facts = {"place": place, "phenomenon": "cambriolage", "facts_at": "2026-06-03T09:00:00Z"}
    headers = {"Content-Type": "application/json"}
    # Written out, as a machine may: the two halves of the first belong together.
    answer = api.http.post("/incidents", content=json.dumps(facts), headers=headers)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert fields(answer) == {"place"}


def test_nul_in_an_address_is_an_address_of_nothing(api: Api, officer: Visitor) -> None:
    public = in_process.client()
    for path in ("/cap/public/%00", "/cap/zones/%00/feed", "/join/%00"):
        assert public.get(path).status_code == 404, path
    assert api.http.get("/partnerships/%00/communication-plans").status_code == 404
    assert officer.get("/budgets/zone/%00").status_code == 404
    assert fields(api.http.get("/budgets", params={"year": "2026\0"})) == {"year"}


def test_nul_in_a_form_is_left_out(officer: Visitor) -> None:
    answer = officer.post("/cold", kind="prevention", topic="theft", partnerships="haut-\0valdor")
    assert answer.status_code == 422
    assert "There is no partnership called" not in answer.text


def test_a_number_of_thousands_of_digits_is_refused_in_words(api: Api, officer: Visitor) -> None:
    facts: dict[str, Any] = {"phenomenon": "cambriolage", "place": "rue", "points": "50.64,5.57"}
    seen = officer.post("/alerts/preview", metres=DIGITS, **facts)
    assert seen.status_code in (200, 422), seen.text
    budget = "/budgets/zone/zone-valdor"
    answer = officer.post(budget, year="2026", amount=DIGITS)
    assert answer.status_code == 422
    assert "At most" in answer.text
    for path in (f"{budget}?year={DIGITS}", f"/budgets?year={DIGITS}", "/cold?month=9999-12"):
        assert officer.get(path).status_code == 200, path
    assert officer.get("/cold?month=0001-01").status_code == 200
    # Too large for its column: no field of its own refuses it.
    template = "/templates/zone-valdor/urgent_alert/any"
    assert officer.get(f"{template}?version={10**30}").status_code == 422
    assert officer.get(f"{template}?version={DIGITS}").status_code == 422
