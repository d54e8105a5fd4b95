"""When the carrier is down, slow, full or refuses us: what leaves, by which way, and what waits."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from channels.simulator.client import SimulatorUnreachable
from hub.embedded_redis import EmbeddedRedis
from tests.conftest import Templates, copy_of
from tests.redis_server import redis_server
from tests.running_hub import ACCOUNT_SID, AUTH_TOKEN, RunningHub, eventually

# On one database: what carriers do is the same on both, and each of these starts a hub of its own.
pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("templates", ["sqlite"], indirect=True),
]

ORDINARY = 40
IMPATIENT = {
    "HUB_LEASE_SECONDS": "2",
    "HUB_RECEIPT_GRACE_SECONDS": "1",
    "HUB_RECEIPT_OVERDUE_SECONDS": "2",
    "HUB_SMS_CONCURRENCY": "10",
}


@pytest.fixture
def own_redis() -> Iterator[EmbeddedRedis]:
    with redis_server() as server:
        yield server


@pytest.fixture
def second_carrier(tmp_path: Path) -> Iterator[RunningHub]:
    """Another carrier, with a ledger of its own."""
    (tmp_path / "second").mkdir()
    carrier = RunningHub(tmp_path / "second", f"sqlite:///{tmp_path}/none.sqlite3", "")
    carrier.start("simulator")
    eventually(lambda: _answers(carrier), "the second carrier answers")
    yield carrier
    carrier.stop()


def _answers(carrier: RunningHub) -> bool:
    try:
        return bool(carrier.carrier.health())
    except SimulatorUnreachable:
        return False


@pytest.fixture
def own_hub(
    templates: Templates,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    own_redis: EmbeddedRedis,
    second_carrier: RunningHub,
) -> Iterator[RunningHub]:
    url = copy_of(templates.with_demo, templates.kind, tmp_path, request)
    wanted = getattr(request, "param", {})
    if wanted.get("second"):
        wanted = {
            "HUB_SECOND_TWILIO_API_URL": f"http://127.0.0.1:{second_carrier.carrier_port}",
            "HUB_SECOND_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "HUB_SECOND_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "HUB_SECOND_TWILIO_SENDER": "+32460000002",
        }
    settings = {**IMPATIENT, **wanted}
    running = RunningHub(tmp_path, url, own_redis.url, settings, accounts=templates.accounts)
    running.start_all("worker urgent")
    yield running
    running.stop()


def texts(hub: RunningHub) -> Counter[str]:
    """How often each number was texted, by the carrier's own log."""
    return Counter(one["to"] for one in hub.carrier.accepted() if one["kind"] == "sms")


def alert_to_new_members(hub: RunningHub, people: int = ORDINARY) -> tuple[str, set[str]]:
    numbers = hub.import_members(people, "haut-valdor")
    api = hub.api()
    return api.send("haut-valdor", incident_id=api.incident()["id"]), set(numbers)


@pytest.mark.parametrize("own_hub", [{"second": True}], indirect=True)
def test_a_carrier_that_is_down_is_replaced_by_the_second_one(
    own_hub: RunningHub, second_carrier: RunningHub
) -> None:
    own_hub.carrier.set(outage="503")
    alert, numbers = alert_to_new_members(own_hub)

    eventually(lambda: numbers <= set(texts(second_carrier)), "the second carrier has them all")
    assert not texts(own_hub)
    assert max(texts(second_carrier).values()) == 1
    eventually(lambda: own_hub.api().counts(alert).get("delivered", 0) > 30, "receipts came")


@pytest.mark.parametrize("own_hub", [{"second": True}], indirect=True)
def test_what_the_first_carrier_may_have_is_never_given_to_the_second(
    own_hub: RunningHub, second_carrier: RunningHub
) -> None:
    own_hub.carrier.set(percent_lost=50, receipts_late_seconds=2)
    _alert, numbers = alert_to_new_members(own_hub)

    eventually(lambda: numbers <= set(texts(own_hub)) | set(texts(second_carrier)), "all have it")
    twice = set(texts(own_hub)) & set(texts(second_carrier))
    assert twice == set()
    assert max((texts(own_hub) + texts(second_carrier)).values()) == 1


def test_a_carrier_that_says_slow_down_gets_everything_later_and_once(own_hub: RunningHub) -> None:
    own_hub.carrier.set(rate_per_second=20)
    alert, numbers = alert_to_new_members(own_hub, 100)

    eventually(lambda: numbers <= set(texts(own_hub)), "everybody got it in the end")
    assert max(texts(own_hub).values()) == 1
    assert "failed" not in own_hub.api().counts(alert)


def test_an_outage_of_the_only_carrier_loses_nothing(own_hub: RunningHub) -> None:
    own_hub.carrier.set(outage="503")
    alert, numbers = alert_to_new_members(own_hub)
    eventually(
        lambda: any(one["carrier_code"] for one in own_hub.api().deliveries(alert)),
        "the carrier has refused some",
    )
    own_hub.carrier.set(outage="off")

    eventually(lambda: numbers <= set(texts(own_hub)), "all left once it was back")
    assert max(texts(own_hub).values()) == 1


@pytest.mark.parametrize("own_hub", [{"HUB_SMS_SEGMENTS_PER_SECOND": "20"}], indirect=True)
def test_a_sender_keeps_its_pace(own_hub: RunningHub) -> None:
    alert, numbers = alert_to_new_members(own_hub, 60)
    eventually(lambda: numbers <= set(texts(own_hub)), "all have left")

    sent = sorted(
        one["handed_over_at"]
        for one in own_hub.api().deliveries(alert)
        if one["channel"] == "sms" and one["handed_over_at"]
    )
    # A bucket of one second, then twenty a second: the rest takes more than a second and a half.
    first, last = sent[0], sent[-1]
    assert _seconds(last) - _seconds(first) > 1.5


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def test_receipts_that_never_come_are_asked_for(own_hub: RunningHub) -> None:
    own_hub.carrier.set(receipts_percent=0)
    alert, _numbers = alert_to_new_members(own_hub)
    eventually(
        lambda: own_hub.api().counts(alert).get("delivered", 0) >= ORDINARY,
        "the carrier told when it was asked",
    )


def test_a_worker_told_to_stop_hands_back_what_it_has_not_begun(own_hub: RunningHub) -> None:
    own_hub.carrier.set(latency_ms=500)
    alert, numbers = alert_to_new_members(own_hub, 100)
    eventually(lambda: len(texts(own_hub)) >= 10, "the sending is under way")

    worker = own_hub.processes.pop("worker urgent")
    worker.terminate()
    assert worker.wait(15) == 0
    counts = own_hub.api().counts(alert)
    assert counts.get("sending", 0) == 0
    assert counts.get("unknown", 0) == 0
    assert counts["queued"] > 50

    own_hub.carrier.set(latency_ms=0)
    own_hub.start("worker urgent")
    eventually(lambda: numbers <= set(texts(own_hub)), "the next worker sent the rest")
    assert max(texts(own_hub).values()) == 1
    assert not [one for one in own_hub.api().deliveries(alert) if one["is_repeat"]]


def test_an_alert_is_stopped_in_the_middle(own_hub: RunningHub) -> None:
    own_hub.carrier.set(latency_ms=300)
    alert, numbers = alert_to_new_members(own_hub, 200)
    eventually(lambda: len(texts(own_hub)) >= 10, "the sending is under way")

    api = own_hub.api()
    assert api.http.post(f"/broadcasts/{alert}/cancel").json()["status"] == "cancelled"
    assert api.http.post(f"/broadcasts/{alert}/cancel").status_code == 200
    eventually(
        lambda: not {"queued", "sending", "unknown"} & set(api.counts(alert)),
        "nothing is under way any more",
    )
    stopped = api.counts(alert)["cancelled"]
    assert stopped > 100
    assert len(set(texts(own_hub)) & numbers) <= len(numbers) - stopped + 40
    state = api.broadcast(alert)
    assert sum(state["counts"].values()) == state["audience"]


@pytest.mark.parametrize("own_hub", [{"HUB_TWILIO_SENDER": "MG" + "a" * 32}], indirect=True)
def test_who_can_only_be_called_is_not_left_waiting_where_no_call_can_be_made(
    own_hub: RunningHub,
) -> None:
    api = own_hub.api()
    alert = api.send("haut-valdor", incident_id=api.incident()["id"])

    def refused() -> set[str]:
        calls = [one for one in api.deliveries(alert) if one["channel"] == "voice"]
        return {one["carrier_code"] for one in calls if one["state"] == "failed"}

    assert eventually(refused, "the calls are refused") == {"no_carrier"}
