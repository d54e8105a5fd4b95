"""A launch decision completed afterwards: what was on record stays, the rest stands below it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub import clock
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Api, Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

DISPATCHER, OFFICER = "dispatcher@demo.example", "officer@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def at(moment: timedelta) -> None:
    clock.set_source(lambda: NOON + moment)


@pytest.fixture
def api(demo_zone: str) -> Api:
    at(timedelta())
    return in_process.api(DISPATCHER)


@pytest.fixture
def dispatcher(api: Api, templates: Templates) -> Visitor:
    account = templates.accounts["dispatcher"]
    return in_process.signed_in(account["email"], account["password"])


@pytest.fixture
def incident(api: Api) -> str:
    """One whose alert left in a hurry, without a word on why."""
    incident_id: str = api.incident()["id"]
    api.send("haut-valdor", incident_id=incident_id)
    return incident_id


def decision(api: Api, incident_id: str) -> dict[str, Any]:
    (found,) = api.http.get(f"/incidents/{incident_id}").json()["decisions"]
    assert isinstance(found, dict)
    return found


def add(api: Api, incident_id: str, **said: Any) -> httpx.Response:
    path = f"/incidents/{incident_id}/decisions/{decision(api, incident_id)['id']}/additions"
    return api.http.post(path, json=said)


def fields(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["field"] for one in answer.json()["errors"]}


def test_what_was_not_said_is_added_and_what_was_said_stays(api: Api, incident: str) -> None:
    before = decision(api, incident)
    at(timedelta(minutes=20))
    officer = in_process.api(OFFICER)
    first = add(officer, incident, reason="in_the_act", asked_by="Patrol 12", ticks=["threat"])
    assert first.status_code == 201, first.text
    at(timedelta(minutes=30))
    add(api, incident, words="Seen by two neighbours.", ticks=["threat", "prosecutor_asked"])
    after = decision(api, incident)
    assert {**after, "additions": []} == before
    told = [(one["reason"], one["asked_by"], one["ticks"]) for one in after["additions"]]
    assert told == [("in_the_act", "Patrol 12", ["threat"]), (None, "", ["prosecutor_asked"])]
    assert after["additions"][0]["added_at"] == "2026-06-03T10:20:00Z"
    assert len({one["added_by"] for one in after["additions"]}) == 2
    timeline = api.http.get(f"/incidents/{incident}").json()["timeline"]
    kinds = [one["kind"] for one in timeline if one["kind"] in ("decision", "addition")]
    assert kinds == ["decision", "addition", "addition"]


def test_the_page_shows_what_is_on_record_and_takes_the_rest(
    api: Api, dispatcher: Visitor, incident: str
) -> None:
    add(api, incident, ticks=["threat"])
    shown = dispatcher.get(f"/incidents/{incident}").text
    path = f"/incidents/{incident}/decisions/{decision(api, incident)['id']}/add"
    assert f'href="{path}"' in shown
    form = dispatcher.get(path).text
    assert 'value="threat" checked disabled' in form
    assert 'id="reason"' in form
    refused = dispatcher.post(path)
    assert refused.status_code == 422
    assert "There is nothing new in it." in refused.text
    taken = dispatcher.post(path, reason_for="series", asked_by="Patrol 9", words="Third one.")
    assert taken.headers["location"] == f"/incidents/{incident}"
    shown = dispatcher.get(f"/incidents/{incident}").text
    assert "Added to the decision of 3 Jun 2026 12:00" in shown
    assert ": One of a series" in shown
    assert "Asked for by Patrol 9" in shown
    # One reason was given: it is not asked for again.
    assert 'id="reason"' not in dispatcher.get(path).text


def test_every_wrong_field_is_named_and_nothing_is_stored(api: Api, incident: str) -> None:
    assert fields(add(api, incident)) == {"words"}
    wrong = {"reason": "too_old", "words": "x" * 501, "asked_by": "x" * 121}
    assert fields(add(api, incident, **wrong)) == {"reason", "words", "asked_by"}
    assert fields(add(api, incident, reason="other")) == {"words"}
    assert fields(add(api, incident, tell_reporter=True)) == {"tell_reporter"}
    assert decision(api, incident)["additions"] == []
    add(api, incident, reason="calamity")
    assert fields(add(api, incident, reason="series")) == {"reason"}
    add(api, incident, ticks=["threat"])
    assert fields(add(in_process.api(OFFICER), incident, ticks=["threat"])) == {"words"}


def test_a_reason_that_was_given_is_not_contradicted(api: Api) -> None:
    incident = api.incident()["id"]
    no = {"launched": False, "reason": "too_old"}
    api.http.post(f"/incidents/{incident}/decisions", json=no)
    assert fields(add(api, incident, reason="in_the_act")) == {"reason"}
    assert add(api, incident, asked_by="Patrol 12").status_code == 201


def test_a_double_click_adds_once(api: Api, incident: str) -> None:
    said = {"reason": "in_the_act", "asked_by": "Patrol 12", "ticks": ["threat"]}
    start = threading.Barrier(3)

    def press(_click: int) -> int:
        start.wait()
        return add(api, incident, **said).status_code

    with ThreadPoolExecutor(3) as together:
        assert list(together.map(press, range(3))) == [201, 201, 201]
    assert len(decision(api, incident)["additions"]) == 1


def test_what_has_not_left_is_decided_anew(api: Api) -> None:
    incident = api.incident()["id"]
    yes = {"launched": True, "reason": "in_the_act"}
    api.http.post(f"/incidents/{incident}/decisions", json=yes)
    refused = add(api, incident, asked_by="Patrol 12")
    assert refused.status_code == 409
    assert decision(api, incident)["additions"] == []


def test_a_decision_is_completed_in_its_own_incident_only(api: Api, incident: str) -> None:
    other = api.incident()["id"]
    path = f"/incidents/{other}/decisions/{decision(api, incident)['id']}"
    assert api.http.post(f"{path}/additions", json={"words": "Mine."}).status_code == 404


def test_it_is_completed_after_the_incident_has_closed(api: Api, incident: str) -> None:
    api.http.post(f"/incidents/{incident}/close", json={"reason": "Nothing came of it."})
    assert add(api, incident, ticks=["prosecutor_asked"]).status_code == 201
