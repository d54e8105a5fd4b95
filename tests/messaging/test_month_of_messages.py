"""The calendar: what is planned, what waits, what was sent; quiet days; two on one day."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub import clock
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, COORDINATOR = "officer@demo.example", "coordinator@demo.example"
# A Wednesday noon in Belgium; 21 July of that year is a Tuesday.
NOON = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(NOON)


def released(name: str, leaves_at: datetime | None = None, slug: str = "haut-valdor") -> str:
    http = in_process.api(OFFICER).http
    words = {"subject": name, "short": name, "long": name}
    draft = http.post(
        "/cold-messages",
        json={
            "client_request_id": name,
            "kind": "prevention",
            "topic": "theft",
            "partnerships": [slug],
            "texts": dict.fromkeys(("fr", "nl", "de"), words),
            "leaves_at": leaves_at and leaves_at.isoformat(),
        },
    )
    assert draft.status_code == 201, draft.text
    message = str(draft.json()["id"])
    assert http.post(f"/cold-messages/{message}/release").status_code == 202
    return message


def days(templates: Templates, month: str = "2026-07") -> dict[str, str]:
    """The words of each day of the calendar, by the name of the day."""
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    shown = officer.get(f"/cold?month={month}").text
    cells = re.findall(r"<td[^>]*>(.*?)</td>", shown, re.DOTALL)
    plain = (" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in cells)
    return {" ".join(one.split()[1:4]): one for one in plain if one}


def relay(**how: Any) -> None:
    http = in_process.api(COORDINATOR).http
    (one,) = [one for one in http.get("/relays").json() if one["state"] == "waiting"]
    answer = http.post(f"/relays/{one['id']}/relay", json=how)
    assert answer.status_code == 202, answer.text


def test_a_message_moves_from_planned_to_asked_to_sent(templates: Templates) -> None:
    moment = NOON + timedelta(days=1)
    released("Jalousien", moment)
    assert "Jalousien planned, 12:00 · " in days(templates)["Thursday 2 July"]
    at(moment)
    timetable.release_what_is_due()
    assert "with the coordinator" in days(templates)["Thursday 2 July"]
    at(moment + timedelta(days=1))
    relay(relay_at=(moment + timedelta(days=2)).isoformat())
    assert "moment chosen by the coordinator" in days(templates)["Saturday 4 July"]
    assert "Jalousien" not in days(templates)["Thursday 2 July"]


def test_what_left_stands_on_its_day(templates: Templates) -> None:
    released("Jalousien")
    relay()
    assert "Jalousien sent, 12:00" in days(templates)["Wednesday 1 July"]


def test_holidays_have_their_name_and_closed_days_say_so(templates: Templates) -> None:
    shown = days(templates)
    assert "National Day" in shown["Tuesday 21 July"]
    assert "nothing leaves" in shown["Tuesday 21 July"]
    assert "nothing leaves" in shown["Sunday 5 July"]
    assert "nothing leaves" not in shown["Monday 6 July"]
    agree_on("valdor-gare", messages_on_sundays=True)
    assert re.search(r"\d plans? lets? nothing leave", days(templates)["Sunday 5 July"])


def test_two_messages_on_one_day_for_the_same_people_are_pointed_out(templates: Templates) -> None:
    morning, evening = NOON + timedelta(days=1), NOON + timedelta(days=1, hours=4)
    first = released("Jalousien", morning)
    released("Fahrräder", evening, "valdor-gare")
    assert "More than one" not in days(templates)["Thursday 2 July"]
    released("Ferien", evening)
    shown = days(templates)["Thursday 2 July"]
    assert "More than one message for:" in shown
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    page = officer.get(f"/cold/{first}").text
    assert "On the same day" in page
    assert "Ferien" in page
    assert "Fahrräder" not in page


def test_a_day_that_quiet_hours_move_is_the_day_that_counts(templates: Templates) -> None:
    # Saturday evening waits for Monday morning, where another one is planned.
    released("Jalousien", datetime(2026, 7, 4, 19, 0, tzinfo=UTC))
    released("Ferien", datetime(2026, 7, 6, 10, 0, tzinfo=UTC))
    shown = days(templates)
    assert "More than one message for:" in shown["Monday 6 July"]
    assert "More than one" not in shown["Saturday 4 July"]


def test_another_month_is_empty(templates: Templates) -> None:
    released("Jalousien")
    assert all("sent" not in one for one in days(templates, "2026-08").values())
