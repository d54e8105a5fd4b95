"""What must hold when a process dies: nothing lost, nothing doubled, nothing left open."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from hub.embedded_redis import EmbeddedRedis
from tests.conftest import Templates, copy_of
from tests.redis_server import redis_server
from tests.running_hub import RunningHub, eventually

pytestmark = pytest.mark.journey

FINAL = {"delivered", "undelivered", "failed", "expired", "cancelled", "skipped", "no_receipt"}
# A dead worker is noticed in two seconds instead of ten; the rules are the same.
IMPATIENT = {
    "HUB_LEASE_SECONDS": "2",
    "HUB_RECEIPT_GRACE_SECONDS": "1",
    "HUB_SMS_CONCURRENCY": "20",
}


@pytest.fixture
def own_redis() -> Iterator[EmbeddedRedis]:
    with redis_server() as server:
        yield server


@pytest.fixture
def own_hub(
    templates: Templates, request: pytest.FixtureRequest, tmp_path: Path, own_redis: EmbeddedRedis
) -> Iterator[RunningHub]:
    """A hub of the test's own, so that it may be killed."""
    url = copy_of(templates.with_demo, templates.kind, tmp_path, request)
    running = RunningHub(tmp_path, url, own_redis.url, IMPATIENT, accounts=templates.accounts)
    running.start_all("worker urgent")
    yield running
    running.stop()


def accepted_by_number(hub: RunningHub) -> Counter[str]:
    return Counter(one["to"] for one in hub.carrier.accepted() if one["kind"] == "sms")


def test_a_worker_killed_in_mid_dispatch_loses_and_doubles_nothing(own_hub: RunningHub) -> None:
    numbers = own_hub.import_members(300, "haut-valdor")
    own_hub.carrier.set(latency_ms=150, answering="press_1")
    api = own_hub.api()
    alert = api.send("haut-valdor", incident_id=api.incident()["id"])
    eventually(lambda: len(accepted_by_number(own_hub)) > 60, "the sending is under way")

    own_hub.kill("worker urgent")
    states = api.counts(alert)
    assert states.get("sending", 0) > 0, "the worker died with messages in its hands"
    own_hub.start("worker urgent")

    eventually(
        lambda: api.broadcast(alert)["status"] == "finished", "every delivery is final", seconds=90
    )
    accepted = accepted_by_number(own_hub)
    assert {number for number in numbers if accepted[number] == 0} == set()
    assert {number: accepted[number] for number in numbers if accepted[number] > 1} == {}
    state = api.broadcast(alert)
    assert sum(state["counts"].values()) == state["audience"]
    texts = [one for one in api.deliveries(alert) if one["channel"] == "sms"]
    assert {one["state"] for one in texts} <= FINAL


def test_without_redis_an_alert_is_stored_and_leaves(
    own_hub: RunningHub, own_redis: EmbeddedRedis
) -> None:
    api = own_hub.api()
    assert own_redis.process is not None
    own_redis.process.kill()
    own_redis.process.wait()

    assert own_hub.signed_in("dispatcher").get("/").status_code == 200
    assert own_hub.visitor().get("/readyz").json()["redis"] == "away"
    alert = api.send("valdor-gare", incident_id=api.incident()["id"])
    # Receipts come in without Redis too.
    eventually(lambda: api.counts(alert).get("delivered", 0) > 10, "the alert left and arrived")

    own_redis.start()
    again = api.send("haut-valdor", incident_id=api.incident()["id"])
    eventually(lambda: api.counts(again).get("delivered", 0) > 10, "the next one leaves as well")


def test_a_flushed_redis_loses_nothing(own_hub: RunningHub, own_redis: EmbeddedRedis) -> None:
    own_hub.kill("worker urgent")
    api = own_hub.api()
    alert = api.send("valdor-gare", incident_id=api.incident()["id"])

    with Redis.from_url(own_redis.url) as client:
        client.flushall()
    own_hub.start("worker urgent")
    eventually(lambda: api.counts(alert).get("delivered", 0) > 10, "the sweep rings again")
