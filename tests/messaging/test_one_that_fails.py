"""One item that fails is told loudly, with its id; the rest of its round is done all the same."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from hub import clock
from hub.db import unit_of_work
from messaging import (
    cold_schedule,
    cost_counting,
    escalation,
    fan_out,
    overdue_feedback,
    receipts,
    relay_reminders,
    unmatched,
)
from messaging.models import (
    Broadcast,
    ColdMessage,
    Delivery,
    DeliveryState,
    Relay,
    UnmatchedReceipt,
)
from messaging.receipts import Receipt
from partnerships import forgetting
from tests import in_process
from workers import receipt_drain, timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER = "officer@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
Breaks = Callable[[ModuleType, str], list[UUID]]


def at(moment: timedelta) -> None:
    clock.set_source(lambda: NOON + moment)


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(timedelta())


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Breaks:
    """Let a function fail for the first item it is given; the items that went well."""

    def let(room: ModuleType, name: str) -> list[UUID]:
        real, done, seen = getattr(room, name), list[UUID](), list[UUID]()

        def sometimes(session: Session, item: UUID) -> Any:
            seen.append(item)
            if item == seen[0]:
                raise RuntimeError("of this one")
            done.append(item)
            return real(session, item)

        monkeypatch.setattr(room, name, sometimes)
        return done

    return let


def planned(count: int) -> None:
    http = in_process.api(OFFICER).http
    words = {"subject": "Tip", "short": "Tip", "long": "Tip"}
    for number in range(count):
        wanted = {
            "client_request_id": f"one-{number}",
            "kind": "prevention",
            "topic": "theft",
            "partnerships": ["haut-valdor"],
            "texts": dict.fromkeys(("fr", "nl", "de"), words),
            "leaves_at": (NOON + timedelta(hours=1)).isoformat(),
        }
        written = http.post("/cold-messages", json=wanted).json()["id"]
        assert http.post(f"/cold-messages/{written}/release").status_code == 202


def alerts(count: int) -> None:
    api = in_process.api("dispatcher@demo.example")
    for number in range(count):
        api.send("haut-valdor", incident_id=api.incident(place=f"rue {number}")["id"])


def failures(task: Callable[[], None]) -> list[str]:
    with capture_logs() as told:
        task()
    errors = [one for one in told if one["log_level"] == "error"]
    for one in errors:
        assert any(name.endswith(("_id", "room")) for name in one), one
    return [one["event"] for one in errors]


def test_of_two_planned_messages_one_fails(breaks: Breaks) -> None:
    planned(2)
    at(timedelta(hours=1))
    done = breaks(cold_schedule, "release")
    assert failures(timetable.release_what_is_due) == ["cold_release_failed"]
    with unit_of_work(read_only=True) as session:
        messages = session.exec(select(ColdMessage)).all()
    assert [one.id for one in messages if one.status == "released"] == done


def test_of_two_silent_coordinators_one_fails(breaks: Breaks) -> None:
    planned(2)
    at(timedelta(hours=1))
    timetable.release_what_is_due()
    at(timedelta(days=8))
    done = breaks(relay_reminders, "look_at")
    assert failures(timetable.remind_of_relays) == ["relay_reminder_failed"]
    with unit_of_work(read_only=True) as session:
        relays = session.exec(select(Relay)).all()
    assert [one.id for one in relays if one.overdue_at] == done


def test_of_two_that_owe_feedback_one_fails(breaks: Breaks) -> None:
    alerts(2)
    at(timedelta(days=4))
    done = breaks(overdue_feedback, "remind_of")
    assert failures(timetable.remind_of_feedback) == ["feedback_reminder_failed"]
    assert len(done) == 1


def test_of_two_alerts_one_cannot_escalate(breaks: Breaks, monkeypatch: pytest.MonkeyPatch) -> None:
    alerts(2)
    both = [UUID(int=1), UUID(int=2)]
    monkeypatch.setattr(escalation, "in_need", lambda _session: both)
    done = breaks(escalation, "escalate")
    assert failures(timetable.escalate) == ["escalation_failed"]
    assert done == [UUID(int=2)]


def test_of_two_broadcasts_one_cannot_be_counted(breaks: Breaks) -> None:
    alerts(2)
    at(timedelta(minutes=5))
    done = breaks(cost_counting, "count")
    assert failures(timetable.count_costs) == ["cost_not_counted"]
    assert len(done) == 1


class Stubborn:
    """``receipts.fold``, but for one delivery whose receipt cannot be folded."""

    def __init__(self, patch: pytest.MonkeyPatch, room: ModuleType, delivery_id: int) -> None:
        self.fold = receipts.fold
        self.delivery_id = delivery_id
        patch.setattr(room, "fold", self)

    def __call__(self, session: Session, some: Sequence[Receipt]) -> None:
        self.fold(session, some)
        if self.delivery_id in [one.delivery_id for one in some]:
            raise RuntimeError("of this one")


def sent() -> list[int]:
    """The deliveries of an alert, in the order of their numbers."""
    alerts(1)
    with unit_of_work() as session:
        released = session.exec(select(Broadcast.id)).one()
        fan_out.fan_out(session, released)
        texts = select(Delivery.id).where(Delivery.state == DeliveryState.QUEUED)
        found = [one or 0 for one in session.exec(texts.order_by(col(Delivery.id)))]
    assert len(found) >= 3
    return found[:3]


def arrived(delivery_id: int) -> Receipt:
    return Receipt(delivery_id, "sms", "delivered", f"SM{delivery_id}", "", NOON)


def delivered() -> list[int]:
    with unit_of_work(read_only=True) as session:
        its = select(Delivery.id).where(Delivery.state == DeliveryState.DELIVERED)
        return [one or 0 for one in session.exec(its.order_by(col(Delivery.id)))]


def test_of_three_receipts_one_cannot_be_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    first, bad, last = sent()
    Stubborn(monkeypatch, receipt_drain, bad)
    told = failures(lambda: receipt_drain._fold([arrived(one) for one in (first, bad, last)]))
    assert told == ["receipt_dropped"]
    assert delivered() == [first, last]


def test_of_three_receipts_that_came_too_early_one_cannot_be_folded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, bad, last = sent()
    with unit_of_work() as session:
        session.add_all(
            UnmatchedReceipt(**asdict(arrived(one))) for one in (first, bad, last, last + 1000)
        )
    Stubborn(monkeypatch, unmatched, bad)
    assert failures(timetable.fold_matched_receipts) == ["receipt_not_folded"]
    assert delivered() == [first, last]
    with unit_of_work(read_only=True) as session:
        left = session.exec(select(UnmatchedReceipt.delivery_id)).all()
    assert sorted(left) == [bad, last + 1000]


def test_what_one_room_cannot_forget_the_next_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_session: Session) -> None:
        raise RuntimeError("of this one")

    monkeypatch.setattr(forgetting, "forget_old", fail)
    assert failures(timetable.forget_old) == ["not_forgotten"]


def test_a_database_that_is_away_ends_the_round(
    breaks: Breaks, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(2)
    at(timedelta(hours=1))

    def away(_session: Session, _item: UUID) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(cold_schedule, "release", away)
    with pytest.raises(OperationalError):
        timetable.release_what_is_due()
