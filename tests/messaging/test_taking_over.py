"""Nothing leaves in the name of somebody who has no say any more: others are asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from hub import audit, clock
from hub.db import unit_of_work
from messaging.models import Broadcast, ColdMessage
from partnerships import accounts
from partnerships.models import Appointment, Notice
from tests import in_process
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, COORDINATOR = "officer@demo.example", "coordinator@demo.example"
PREVENTION = "prevention@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
TOMORROW = NOON + timedelta(days=1)
WORDS = {
    language: {"subject": f"Subject {language}", "short": f"Short {language}", "long": "Long"}
    for language in ("fr", "nl", "de")
}


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(NOON)


def released(by: str = PREVENTION, **changes: Any) -> str:
    wanted = {
        "client_request_id": "one",
        "kind": "prevention",
        "topic": "theft",
        "partnerships": ["haut-valdor"],
        "texts": WORDS,
        **changes,
    }
    http = in_process.api(by).http
    written = http.post("/cold-messages", json=wanted)
    assert written.status_code == 201, written.text
    message = f"/cold-messages/{written.json()['id']}"
    assert http.post(f"{message}/release").status_code == 202
    return message


def close_account(email: str) -> None:
    with unit_of_work() as session:
        account = accounts.by_email(session, email)
        assert account
        account.disabled_at = clock.now()
        session.add(account)


def end_office(email: str) -> None:
    with unit_of_work() as session:
        account = accounts.by_email(session, email)
        assert account
        its_own = update(Appointment).where(col(Appointment.account_id) == account.id)
        session.exec(its_own.values(ends_at=clock.now()))


def left() -> int:
    with unit_of_work(read_only=True) as session:
        return len(session.exec(select(Broadcast)).all())


def told(kind: str) -> set[str]:
    with unit_of_work(read_only=True) as session:
        return {one.to for one in session.exec(select(Notice).where(Notice.kind == kind))}


def reasons(action: str) -> list[Any]:
    with unit_of_work(read_only=True) as session:
        found = select(audit.Decision).where(audit.Decision.action == action)
        return [one.facts.get("reason") for one in session.exec(found)]


def the_relay() -> str:
    (one,) = in_process.api(OFFICER).http.get("/relays").json()
    return f"/relays/{one['id']}"


@pytest.mark.parametrize(
    ("leave", "reason"), [(close_account, "account_disabled"), (end_office, "office_ended")]
)
def test_what_somebody_planned_who_has_left_waits_for_an_officer(leave: Any, reason: str) -> None:
    message = released(leaves_at=TOMORROW.isoformat())
    at(TOMORROW - timedelta(hours=1))
    leave(PREVENTION)
    at(TOMORROW)
    for _round in range(2):
        timetable.release_what_is_due()
    officer = in_process.api(OFFICER).http
    assert officer.get(message).json()["status"] == "draft"
    assert told("relay_asked") == set()
    assert OFFICER in told("cold_left_behind")
    assert reasons("cold.wait_for_somebody") == [reason]
    # He takes over, and it leaves at once: its moment has come.
    assert officer.post(f"{message}/release").status_code == 202
    assert officer.get(message).json()["status"] == "released"
    assert told("relay_asked") == {COORDINATOR}


def test_what_an_officer_planned_for_another_leaves_in_the_name_of_its_writer() -> None:
    message = released(leaves_at=TOMORROW.isoformat())
    with unit_of_work() as session:
        officer = accounts.by_email(session, OFFICER)
        writer = accounts.by_email(session, PREVENTION)
        assert officer
        assert writer
        session.exec(update(ColdMessage).values(released_by=officer.id))
    close_account(OFFICER)
    at(TOMORROW)
    timetable.release_what_is_due()
    assert in_process.api(PREVENTION).http.get(message).json()["status"] == "released"


@pytest.mark.parametrize(
    ("leave", "reason"), [(close_account, "account_disabled"), (end_office, "office_ended")]
)
def test_what_a_coordinator_planned_who_has_left_is_asked_for_anew(leave: Any, reason: str) -> None:
    released()
    coordinator = in_process.api(COORDINATOR).http
    (asked,) = coordinator.get("/relays").json()
    relay = f"/relays/{asked['id']}"
    later = {
        "relay_at": TOMORROW.isoformat(),
        "own": {"fr": {"introduction": "Chers voisins."}},
    }
    assert coordinator.post(f"{relay}/relay", json=later).json()["state"] == "scheduled"
    leave(COORDINATOR)
    at(TOMORROW)
    for _round in range(2):
        timetable.release_what_is_due()
    assert left() == 0
    assert reasons("relay.ask") == [None, reason]
    # Nobody else passes on there: it has come to the officer, with the words that were added.
    assert OFFICER in told("relay_asked")
    officer = in_process.api(OFFICER).http
    again = officer.get(the_relay()).json()
    assert (again["state"], again["is_mine"]) == ("waiting", True)
    assert "Chers voisins." in again["texts"]["fr"]["long"]
    assert officer.post(f"{the_relay()}/relay", json={}).status_code == 202
    assert left() == 1
