"""Receipts early, late, doubled, in another order, forged, replayed, and a hundred thousand."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from benchmarks.bare_client import BarePool
from benchmarks.drill.ground import Ground
from benchmarks.drill.lines import network
from benchmarks.drill.scenario import scenario
from benchmarks.receipt_posts import receipt
from channels.signature import sign
from hub.security import signed_reference
from messaging.rendering import DELIVERY_TOKEN
from tests.running_hub import ACCOUNT_SID, AUTH_TOKEN

MAGIC = "+324700000"
_NUMBER = "+32471000000"
_ODD_ONES = ("35", "36", "37", "31", "32", "33", "34", "42", "43", "44", "45")


@scenario("18", "20", quick=("postgresql",))
def receipts_early_late_doubled_and_reversed(ground: Ground) -> None:
    """Before the carrier's own answer, seconds late, twice, the last one first."""
    ground.members(*(f"{MAGIC}{one}" for one in _ODD_ONES))
    ground.hub.carrier.set(latency_ms=50)
    ground.postman.longest_delay, ground.postman.doubles = 6.0, 0.5
    ground.alert()
    ground.all_final()


@scenario("18")
def receipts_before_every_answer(ground: Ground) -> None:
    """The carrier's answers are three seconds late, the receipts are not."""
    ground.carrier_line.answer_latency = 3.0
    ground.alert()
    ground.under_way(0.9)
    ground.carrier_line.mend()
    ground.all_final()


@scenario("19")
def fifty_times_the_same_receipt_at_once(ground: Ground) -> None:
    """One event, one effect."""
    ground.alert()
    ground.all_final()
    row = ground.rows(
        "SELECT id, carrier_id FROM delivery WHERE state = 'delivered' AND channel = 'sms' LIMIT 1"
    )[0]
    with ThreadPoolExecutor(25) as posters:
        answers = list(posters.map(lambda _: _post(ground, row.id, row.carrier_id), range(50)))
    assert set(answers) == {204}, f"answered {set(answers)}"
    time.sleep(2)
    events = ground.rows("SELECT state FROM delivery_event WHERE delivery_id = :id", id=row.id)
    most = max(Counter(one.state for one in events).values())
    assert most <= 2, f"{most} events of one kind"


@scenario("21")
def receipts_forged_and_replayed(ground: Ground) -> None:
    """403 for what is not signed as it should be; a true one that comes again changes nothing."""
    ground.alert()
    ground.all_final()
    before = ground.rows("SELECT id, state, changed_at FROM delivery ORDER BY id")
    row = ground.rows(
        "SELECT id, carrier_id FROM delivery WHERE state = 'delivered' AND channel = 'sms' LIMIT 1"
    )[0]
    path = _path(row.id)
    form = {"MessageSid": row.carrier_id, "MessageStatus": "undelivered", "ErrorCode": "30003"}
    base = ground.hub.environment["HUB_BASE_URL"]
    good = sign(base + path, list(form.items()), AUTH_TOKEN)
    elsewhere = sign(f"https://elsewhere.example{path}", list(form.items()), AUTH_TOKEN)
    for signature in ("", "AAAA", elsewhere, sign(base + path, list(form.items()), "guessed")):
        answer = httpx.post(
            ground.hub.url + path, data=form, headers={"X-Twilio-Signature": signature}
        )
        assert answer.status_code == 403, f"a forged receipt was answered {answer.status_code}"
    changed = {**form, "MessageStatus": "failed"}
    answer = httpx.post(ground.hub.url + path, data=changed, headers={"X-Twilio-Signature": good})
    assert answer.status_code == 403, "a changed receipt was taken"
    for _time in range(3):
        assert _post(ground, row.id, row.carrier_id, "sent") == 204
    time.sleep(2)
    assert ground.rows("SELECT id, state, changed_at FROM delivery ORDER BY id") == before


@scenario("30")
def a_burst_of_receipts(ground: Ground) -> None:
    """100,000 as fast as they can be posted: all are taken, none is lost, each counts once."""
    most = 5_000 if ground.is_quick else 100_000
    ground.hub.carrier.set(receipts="off")
    ground.alert()
    ground.until(lambda: len(ground.accepted()) >= 300, "all messages left")
    ground.until(lambda: "sending" not in ground.states(), "all answers are written down")
    rows = ground.rows(
        "SELECT id, carrier_id FROM delivery WHERE channel = 'sms' AND state = 'accepted'"
    )
    copies = max(1, most // (2 * len(rows)))
    base = ground.hub.environment["HUB_BASE_URL"]
    posts = [
        receipt(base + _path(row.id), ACCOUNT_SID, AUTH_TOKEN, row.carrier_id, status, _NUMBER)
        for row in rows
        for status in ("sent", "delivered")
        for _copy in range(copies)
    ]
    random.shuffle(posts)
    seconds, statuses = _post_all(ground, posts)
    assert set(statuses) == {204}, f"answered {dict(statuses)}"
    drained = time.monotonic()
    delivered = "SELECT count(*) FROM delivery WHERE channel = 'sms' AND state = 'delivered'"
    ground.until(lambda: ground.rows(delivered)[0][0] >= len(rows), "the burst is drained", 180)
    drained = time.monotonic() - drained
    ground.remarks.append(
        f"{len(posts)} taken at {len(posts) / seconds:.0f}/s, drained {drained:.0f} s later"
    )
    ground.hub.carrier.set(receipts="on")
    ground.as_if_passed(20)
    ground.all_final(120)


def _post_all(ground: Ground, posts: Sequence[bytes]) -> tuple[float, Counter[int]]:
    statuses: Counter[int] = Counter()
    with network() as net:

        async def run() -> float:
            pool = BarePool("127.0.0.1", ground.hub.port, 32, count)
            for one in posts:
                pool.waiting.append(one)
            started = time.monotonic()
            await pool.open()
            await pool.drained()
            pool.close()
            return time.monotonic() - started

        def count(_request: bytes, status: int, _seconds: float) -> None:
            statuses[status] += 1

        return net.run(run(), 600), statuses


def _path(delivery_id: int) -> str:
    return f"/webhooks/twilio/sms/status/{signed_reference(DELIVERY_TOKEN, delivery_id)}"


def _post(ground: Ground, delivery_id: int, sid: str, status: str = "delivered") -> int:
    path = _path(delivery_id)
    form = {"MessageSid": sid, "MessageStatus": status}
    url = ground.hub.environment["HUB_BASE_URL"] + path
    headers = {"X-Twilio-Signature": sign(url, list(form.items()), AUTH_TOKEN)}
    return httpx.post(ground.hub.url + path, data=form, headers=headers, timeout=20).status_code
