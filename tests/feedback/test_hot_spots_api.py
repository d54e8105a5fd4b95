"""Hot spots and recap lists by the JSON door."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import select

from feedback.models import HotSpot, HotSpotAction, Report, ReportSource
from hub import clock
from hub.access import Role
from hub.db import unit_of_work
from partnerships import accounts
from partnerships.models import Organisation
from tests import in_process

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
STATION = {"latitude": 50.6350, "longitude": 5.5750}
WANTED = {
    **STATION,
    "town": "valdor",
    "name": "Place de la Gare",
    "radius": 150,
    "category": "dumping",
    "why": "Bags every Monday.",
}


@pytest.fixture(autouse=True)
def _noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)
    # Every story begins without the hot spot of the demo.
    with unit_of_work() as session:
        session.execute(delete(HotSpotAction))
        session.execute(delete(HotSpot))


def door(who: str = "officer") -> Any:
    return in_process.api(f"{who}@demo.example").http


def mayor() -> Any:
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        made = accounts.create(
            session, email="mayor@demo.example", name="A mayor", password="four words here now"
        )
        accounts.appoint(session, made, Role.MAYOR, town.id)
    return door("mayor")


def reported(count: int, **more: Any) -> None:
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        for number in range(count):
            facts = {"category": "dumping", "words": "Bags.", "source": ReportSource.POST}
            session.add(
                Report(
                    municipality_id=town.id,
                    number=number + 1,
                    received_at=NOON - timedelta(days=2),
                    **{**facts, **STATION, **more},
                )
            )


def test_a_hot_spot_is_opened_followed_and_closed() -> None:
    officer = door()
    made = officer.post("/hot-spots", json=WANTED)
    assert made.status_code == 201, made.text
    path = f"/hot-spots/{made.json()['id']}"
    there = {
        "kind": "presence",
        "began_at": "2026-06-03T08:00:00Z",
        "ended_at": "2026-06-03T09:30:00Z",
        "people": 2,
    }
    followed = officer.post(f"{path}/log", json=there).json()
    assert followed["weeks"][-1]["hours_of_presence"] == 3
    refused = officer.post(f"{path}/log", json={**there, "ended_at": "2026-06-03T07:00:00Z"})
    assert refused.status_code == 422
    line = followed["log"][0]["id"]
    assert officer.delete(f"{path}/log/{line}").status_code == 204
    assert officer.get(path).json()["weeks"][-1]["hours_of_presence"] == 0
    closed = officer.post(f"{path}/close", json={"reason": "It is solved."}).json()
    assert closed["closed_at"] is not None
    assert officer.post(f"{path}/close", json={"reason": "It is solved."}).status_code == 409
    assert officer.get("/hot-spots").json()["items"] == []
    assert len(officer.get("/hot-spots?closed=true").json()["items"]) == 1


def test_a_proposal_is_listed_accepted_and_declined() -> None:
    officer = door()
    reported(6)
    (place,) = officer.get("/hot-spots/proposals").json()["items"]
    assert (place["reports"], place["reports_before"], len(place["stands_on"])) == (6, 0, 6)
    names = ("category", "latitude", "longitude", "metres", "days", "threshold")
    same = {"town": "valdor", **{name: place[name] for name in names}}
    refused = officer.post("/hot-spots/proposals/decline", json={**same, "reason": ""})
    assert refused.status_code == 422
    made = officer.post("/hot-spots/proposals/accept", json={**same, "name": "The corner"})
    assert made.json()["origin"] == "proposed"
    assert officer.get("/hot-spots/proposals").json()["items"] == []
    declined = {**same, "reason": "A fair that is over."}
    assert officer.post("/hot-spots/proposals/decline", json=declined).status_code == 204


def test_a_mayor_gets_figures_alone() -> None:
    officer = door()
    reported(3)
    path = f"/hot-spots/{officer.post('/hot-spots', json=WANTED).json()['id']}"
    note = {"kind": "note", "began_at": "2026-06-03T08:00:00Z", "words": "Names of people."}
    officer.post(f"{path}/log", json=note)
    seen = mayor().get(path)
    assert seen.json()["reports_last_28_days"] == 3
    assert seen.json()["log"] == []
    assert "Names of people." not in seen.text


def test_a_recap_is_asked_for_and_a_coordinator_gets_none() -> None:
    reported(3)
    wish = {"town": "valdor", "since": "2026-01-01", "until": "2026-06-03"}
    found = door().post("/recap", json=wish).json()
    assert found["total"] == 3
    assert found["by_category"]["dumping"][-1] == 3
    assert len(found["items"]) == 3
    assert door("coordinator").post("/recap", json=wish).status_code == 403
    assert door("coordinator").get("/hot-spots").status_code == 403
    assert door().post("/recap", json={**wish, "until": "9999-12-31"}).status_code == 422
    assert door().post("/recap", json={**wish, "town": "elsewhere"}).status_code == 404
