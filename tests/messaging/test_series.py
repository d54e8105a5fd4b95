"""Six tips, one a week: written together, passed on once or part by part, stopped together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from hub import clock, config
from hub.db import unit_of_work
from messaging import fan_out
from messaging.models import (
    Broadcast,
    BroadcastStatus,
    ColdMessage,
    Delivery,
    DeliveryState,
    Relay,
)
from partnerships.models import Notice
from tests import in_process
from tests.conftest import Templates
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, COORDINATOR = "officer@demo.example", "coordinator@demo.example"
PREVENTION = "prevention@demo.example"
# A Wednesday noon in Belgium.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(NOON)


def officer() -> httpx.Client:
    return in_process.api(OFFICER).http


def series_of(count: int) -> str:
    """A series of so many parts for Haut-Valdor, one a week from tomorrow; its id."""
    http = officer()
    begun = http.post("/cold-series", json={"title": "Jours sombres"})
    assert begun.status_code == 201, begun.text
    series = str(begun.json()["id"])
    for number in range(1, count + 1):
        written = part(series, number)
        assert written.status_code == 201, written.text
    return series


def part(series: str, number: int, **changes: Any) -> httpx.Response:
    words = {
        "subject": f"Tip {number}",
        "short": f"Tip {number} short",
        "long": f"Tip {number} long",
    }
    wanted = {
        "client_request_id": f"part-{number}",
        "kind": "prevention",
        "topic": "dark_days",
        "partnerships": ["haut-valdor"],
        "texts": dict.fromkeys(("fr", "nl", "de"), words),
        "series": series,
        "leaves_at": (leaves(number)).isoformat(),
        **changes,
    }
    return officer().post("/cold-messages", json=wanted)


def leaves(number: int) -> datetime:
    return NOON + timedelta(days=1) + WEEK * (number - 1)


def planned(count: int = 3) -> str:
    series = series_of(count)
    answer = officer().post(f"/cold-series/{series}/release")
    assert answer.status_code == 202, answer.text
    assert {one["status"] for one in answer.json()["parts"]} == {"scheduled"}
    return series


def come_to(number: int) -> None:
    """The moment of a part comes."""
    at(leaves(number))
    timetable.release_what_is_due()


def waiting() -> list[str]:
    http = in_process.api(COORDINATOR).http
    return [
        f"/relays/{one['id']}" for one in http.get("/relays").json() if one["state"] == "waiting"
    ]


def sent() -> int:
    with unit_of_work(read_only=True) as session:
        return len(session.exec(select(Broadcast)).all())


def asked_by_mail() -> int:
    with unit_of_work(read_only=True) as session:
        return len(session.exec(select(Notice).where(Notice.kind == "relay_asked")).all())


def pass_on(relay: str, **how: Any) -> None:
    answer = in_process.api(COORDINATOR).http.post(f"{relay}/relay", json=how)
    assert answer.status_code == 202, answer.text


def test_the_parts_are_shown_together_in_the_order_of_their_moments() -> None:
    series = planned()
    shown = officer().get(f"/cold-series/{series}").json()
    moments = [datetime.fromisoformat(one["leaves_at"]) for one in shown["parts"]]
    assert moments == [leaves(number) for number in (1, 2, 3)]
    assert shown["title"] == "Jours sombres"


def test_a_part_needs_a_moment_and_a_series_of_its_own_writer() -> None:
    series = series_of(0)
    answer = part(series, 1, leaves_at=None)
    assert {one["field"] for one in answer.json()["errors"]} == {"leaves_at"}
    other = in_process.api(PREVENTION).http.post("/cold-series", json={"title": "Other"})
    refused = part(other.json()["id"], 2)
    assert {one["field"] for one in refused.json()["errors"]} == {"series"}
    for number in range(1, 13):
        assert part(series, number).status_code == 201
    assert part(series, 13).status_code == 422


def test_a_series_without_a_name_or_a_part_is_not_planned() -> None:
    http = officer()
    assert http.post("/cold-series", json={"title": "  "}).status_code == 422
    assert http.post(f"/cold-series/{series_of(0)}/release").status_code == 409


def test_the_coordinator_passes_it_on_part_by_part() -> None:
    planned()
    for number in (1, 2):
        come_to(number)
        (relay,) = waiting()
        pass_on(relay)
        assert sent() == number
    assert asked_by_mail() == 2


def test_the_coordinator_passes_the_whole_series_on_once() -> None:
    planned()
    come_to(1)
    (relay,) = waiting()
    pass_on(relay, whole_series=True)
    come_to(2)
    assert waiting() == []
    assert sent() == 2
    assert asked_by_mail() == 1
    with unit_of_work(read_only=True) as session:
        by = {one.decided_by for one in session.exec(select(Relay)) if one.decided_at}
    assert len(by) == 1


def test_what_waits_already_leaves_with_the_whole_series() -> None:
    planned()
    come_to(1)
    come_to(2)
    assert len(waiting()) == 2
    pass_on(waiting()[0], whole_series=True)
    assert waiting() == []
    assert sent() == 2


def test_stopping_the_series_stops_what_has_not_left() -> None:
    series = planned()
    come_to(1)
    (relay,) = waiting()
    pass_on(relay, whole_series=True)
    come_to(2)
    stopped = officer().post(f"/cold-series/{series}/stop").json()
    assert [one["status"] for one in stopped["parts"]] == ["released", "released", "withdrawn"]
    come_to(3)
    assert sent() == 2
    assert part(series, 4).status_code == 422
    assert officer().post(f"/cold-series/{series}/release").status_code == 409


def test_stopping_the_series_stops_what_was_let_go_and_waits_for_the_morning() -> None:
    series = planned(2)
    # An hour before midnight by a Belgian clock: members sleep.
    night = leaves(1).replace(hour=21)
    at(night)
    timetable.release_what_is_due()
    (relay,) = waiting()
    pass_on(relay)
    with unit_of_work() as session:
        released = session.exec(select(Broadcast)).one()
        fan_out.fan_out(session, released.id)
    officer().post(f"/cold-series/{series}/stop")
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Broadcast, released.id).status is BroadcastStatus.CANCELLED
        rows = session.exec(select(Delivery)).all()
        assert {one.state for one in rows} <= {DeliveryState.CANCELLED, DeliveryState.SKIPPED}
        assert DeliveryState.CANCELLED in {one.state for one in rows}


def test_stopping_the_series_leaves_what_has_reached_somebody() -> None:
    series = planned(2)
    come_to(1)
    (relay,) = waiting()
    pass_on(relay)
    with unit_of_work() as session:
        released = session.exec(select(Broadcast)).one()
        fan_out.fan_out(session, released.id)
        session.flush()
        first = session.exec(select(Delivery).where(Delivery.state == DeliveryState.QUEUED)).first()
        assert first
        first.state = DeliveryState.DELIVERED
        session.add(first)
    officer().post(f"/cold-series/{series}/stop")
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Broadcast, released.id).status is BroadcastStatus.SENDING


def test_of_a_whole_series_all_parts_leave_or_none(
    templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_prices(price: str) -> None:
        for name in ("SMS_SEGMENT", "CALL", "MAIL", "WHATSAPP"):
            monkeypatch.setenv(f"HUB_{name}_PRICE", price)
        config.settings.cache_clear()

    set_prices("1")
    planned(2)
    come_to(1)
    come_to(2)
    first, second = waiting()
    # Dearer than they were planned: there is enough for one part, and not for two.
    set_prices("1.5")
    budget = "/budgets/partnership/haut-valdor"
    planned_for = officer().get(budget, params={"year": 2026}).json()["promised"]
    set_to = officer().put(budget, json={"year": 2026, "euros": int(planned_for * 1.375)})
    assert set_to.status_code == 200, set_to.text
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    page = f"/relay/{first.removeprefix('/relays/')}"
    answer = coordinator.post(page, when="series", languages=["fr", "nl", "de"])
    assert answer.status_code == 422, answer.text
    assert "Of the budget of" in answer.text
    assert sent() == 0
    assert waiting() == [first, second]
    assert in_process.api(COORDINATOR).http.post(f"{first}/relay", json={}).status_code == 202
    assert sent() == 1


def test_a_stopped_part_no_longer_waits_for_its_coordinator() -> None:
    series = planned()
    come_to(1)
    assert len(waiting()) == 1
    officer().post(f"/cold-series/{series}/stop")
    assert waiting() == []


def test_nobody_else_plans_or_stops_it() -> None:
    series = planned()
    http = in_process.api(COORDINATOR).http
    assert http.post(f"/cold-series/{series}/stop").status_code in (403, 404)
    come_to(1)
    assert http.get(f"/cold-series/{series}").status_code == 200


def test_a_series_is_written_planned_and_passed_on_by_the_pages(templates: Templates) -> None:
    police = in_process.signed_in(**templates.accounts["mandated_officer"])
    police.get("/cold/series")
    begun = police.post("/cold/series", title="Jours sombres")
    here = begun.headers["location"]
    for number in (1, 2):
        form = police.get(f"/cold/new?kind=prevention&series={here.rpartition('/')[2]}").text
        if number == 2:
            assert 'value="2026-06-11T12:00"' in form
            assert 'value="haut-valdor" checked' in form
        answer = police.post(
            "/cold",
            kind="prevention",
            series=here.rpartition("/")[2],
            topic="dark_days",
            partnerships="haut-valdor",
            languages=["fr", "nl", "de"],
            leaves_at=f"2026-06-{4 + 7 * (number - 1):02d}T12:00",
            **{
                f"{code}.{name}": f"Tip {number} {name}"
                for code in ("fr", "nl", "de")
                for name in ("subject", "short", "long")
            },
        )
        assert answer.status_code == 303, answer.text
    shown = police.get(here).text
    assert "1. Tip 1 subject" in shown
    assert "Plan 2 parts" in shown
    assert police.post(f"{here}/release").status_code == 303
    come_to(1)
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    with unit_of_work(read_only=True) as session:
        first = session.exec(
            select(Relay).join(ColdMessage).order_by(ColdMessage.leaves_at)  # type: ignore[arg-type]  # a column
        ).first()
        assert first
        relay = f"/relay/{first.id}"
    asked = coordinator.get(relay).text
    assert "What follows in this series" in asked
    assert "Tip 2 long" in asked
    assert coordinator.post(relay, when="series").status_code == 303
    assert "You passed the whole series on" in coordinator.get(relay).text
    assert coordinator.post(f"{relay}/each-again").status_code == 303
    come_to(2)
    assert len(waiting()) == 1
