"""An incident belongs to one police zone: whoever works in two says which."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hub import clock
from hub.access import Role
from hub.db import unit_of_work
from messaging.models import Incident
from partnerships import accounts
from partnerships.models import Organisation, OrganisationKind
from tests import in_process
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")

DISPATCHER = "dispatcher@demo.example"
FACTS = {"phenomenon": "cambriolage", "place": "rue Haute", "facts_at": "2026-06-03T11:00"}


@pytest.fixture(autouse=True)
def _in_june(demo_zone: str) -> None:
    clock.set_source(lambda: datetime(2026, 6, 3, 10, 0, tzinfo=UTC))


@pytest.fixture
def _works_in_two(_in_june: None) -> None:
    with unit_of_work() as session:
        # Before the other in the alphabet: the first one is not meant.
        other = Organisation(kind=OrganisationKind.POLICE_ZONE, slug="zone-a", name="Zone A")
        session.add(other)
        session.flush()
        account = accounts.by_email(session, DISPATCHER)
        assert account
        accounts.appoint(session, account, Role.DISPATCHER, other.id)


def zone_of(incident_id: str) -> str:
    with unit_of_work(read_only=True) as session:
        incident = session.get_one(Incident, UUID(incident_id))
        return session.get_one(Organisation, incident.police_zone_id).slug


def opened(**facts: Any) -> Any:
    return in_process.api(DISPATCHER).http.post("/incidents", json={**FACTS, **facts})


def test_who_works_in_one_police_zone_need_not_name_it() -> None:
    assert zone_of(opened().json()["id"]) == "zone-valdor"
    assert zone_of(opened(police_zone="zone-valdor").json()["id"]) == "zone-valdor"
    assert opened(police_zone="zone-elsewhere").status_code == 422


@pytest.mark.usefixtures("_works_in_two")
def test_who_works_in_two_police_zones_names_one() -> None:
    refused = opened()
    assert refused.status_code == 422
    assert "police_zone" in refused.text
    assert opened(police_zone="zone-elsewhere").status_code == 422
    for slug in ("zone-valdor", "zone-a"):
        assert zone_of(opened(police_zone=slug).json()["id"]) == slug


@pytest.mark.usefixtures("_works_in_two")
def test_the_page_asks_which_police_zone(templates: Templates) -> None:
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    assert 'name="police_zone"' in page.get("/incidents/new").text
    refused = page.post("/incidents", **FACTS)
    assert refused.status_code == 422
    assert "Choose one of your police zones." in refused.text
    assert "rue Haute" in refused.text
    to_the_alert = page.post("/incidents", **FACTS, police_zone="zone-valdor").headers["location"]
    assert zone_of(to_the_alert.split("/")[2]) == "zone-valdor"


def test_the_page_asks_nobody_who_works_in_one(templates: Templates) -> None:
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    assert "police_zone" not in page.get("/incidents/new").text
    assert page.post("/incidents", **FACTS).status_code == 303
