"""Whoever waits for a row does not hold the log of decisions, for which everybody else waits."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col, select

from hub import audit, clock, config
from hub.db import unit_of_work
from messaging import sweep
from messaging.models import (
    Broadcast,
    BroadcastStatus,
    Budget,
    ColdMessage,
)
from tests import in_process
from tests.running_hub import Api
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, COORDINATOR = "officer@demo.example", "coordinator@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
PRICES = ("SMS_SEGMENT", "CALL", "MAIL", "WHATSAPP")


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _on_postgresql(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with unit_of_work(read_only=True) as session:
        if session.get_bind().dialect.name == "sqlite":
            pytest.skip("SQLite has one writer at a time, whatever he writes")
    for name in PRICES:
        monkeypatch.setenv(f"HUB_{name}_PRICE", "0.01")
    config.settings.cache_clear()
    at(NOON)
    yield
    config.settings.cache_clear()


@contextmanager
def while_somebody_holds(rows: Any, does: Callable[[], object]) -> Iterator[Session]:
    """Hold these rows until somebody who ``does`` this waits for them."""
    doing = threading.Thread(target=does)
    with unit_of_work() as session:
        assert session.exec(rows.with_for_update()).all()
        doing.start()
        _until_one_waits(session)
        yield session
    doing.join(timeout=20)
    assert not doing.is_alive()


def _until_one_waits(session: Session) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _look in range(200):
        if session.connection().execute(waiting).scalar_one():
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits for these rows")


def write_in_the_log(session: Session) -> None:
    """At once, or it ends in an error: who waits for our rows must not hold it."""
    session.connection().execute(text("SET LOCAL lock_timeout = '2s'"))
    audit.record(session, "test.wrote", ("test", "1"), by=None)


def planned(parts: int) -> str:
    http = in_process.api(OFFICER).http
    series = http.post("/cold-series", json={"title": "Jours sombres"}).json()["id"]
    words = {"subject": "Tip", "short": "Tip", "long": "Tip"}
    for number in range(parts):
        wanted = {
            "client_request_id": f"part-{number}",
            "kind": "prevention",
            "topic": "dark_days",
            "partnerships": ["haut-valdor"],
            "texts": dict.fromkeys(("fr", "nl", "de"), words),
            "series": series,
            "leaves_at": (NOON + timedelta(days=1, hours=number)).isoformat(),
        }
        assert http.post("/cold-messages", json=wanted).status_code == 201
    assert http.post(f"/cold-series/{series}/release").status_code == 202
    return str(series)


def test_a_whole_series_is_passed_on_with_the_budgets_in_hand() -> None:
    budget = {"year": 2026, "euros": 1000}
    in_process.api(OFFICER).http.put("/budgets/zone/zone-valdor", json=budget)
    planned(2)
    at(NOON + timedelta(days=1, hours=2))
    timetable.release_what_is_due()
    coordinator = in_process.api(COORDINATOR).http
    relay = coordinator.get("/relays").json()[0]["id"]
    answers = []

    def pass_on() -> None:
        whole = {"whole_series": True}
        answers.append(coordinator.post(f"/relays/{relay}/relay", json=whole).status_code)

    with while_somebody_holds(select(Budget), pass_on) as session:
        write_in_the_log(session)
    assert answers == [202]


def test_the_second_part_is_taken_hold_of_before_the_first_is_put_on_record() -> None:
    series = planned(2)
    officer = in_process.api(OFFICER).http
    answers = []

    def stop() -> None:
        answers.append(officer.post(f"/cold-series/{series}/stop").status_code)

    last = select(ColdMessage).where(ColdMessage.client_request_id == "part-1")
    with while_somebody_holds(last, stop) as session:
        write_in_the_log(session)
    assert answers == [200]


def test_what_nobody_approved_is_put_on_record_after_every_other_row_of_the_sweep() -> None:
    api: Api = in_process.api("dispatcher@demo.example")
    forgotten = api.draft("haut-valdor", incident_id=api.incident()["id"]).json()["id"]
    sent = api.send("haut-valdor", incident_id=api.incident(place="ailleurs")["id"])
    with unit_of_work() as session:
        waits = update(Broadcast).where(col(Broadcast.id) == forgotten)
        session.exec(waits.values(status=BroadcastStatus.AWAITING_APPROVAL, expires_at=NOON))
        released = update(Broadcast).where(col(Broadcast.id) == sent)
        session.exec(released.values(status=BroadcastStatus.SENDING))
    at(NOON + timedelta(minutes=1))

    def do_sweep() -> None:
        with unit_of_work() as session:
            sweep.sweep(session)

    with while_somebody_holds(select(Broadcast).where(Broadcast.id == sent), do_sweep) as session:
        write_in_the_log(session)
    with unit_of_work(read_only=True) as session:
        ended = session.get_one(Broadcast, forgotten)
        assert ended.status is BroadcastStatus.NOT_APPROVED
