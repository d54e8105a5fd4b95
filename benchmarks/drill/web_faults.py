"""The web process killed, receipts that never come, malformed, huge and endless requests."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from benchmarks.drill.ground import Ground
from benchmarks.drill.scenario import scenario
from channels.signature import sign
from tests.running_hub import AUTH_TOKEN

INBOUND = "/webhooks/twilio/sms/inbound"
_BODIES = (
    "",
    "\x00",
    "x" * 1600,
    "‮gnirts",
    "😀" * 400,
    "Voilà un œuf à 4 €",
    "<script>alert(1)</script>",
    "x" * 5000,
    "STOP\x00",
    "%00%ff{0}{{7*7}}",
)


@scenario("3", quick=("sqlite",))
def web_killed_while_alerts_are_posted(ground: Ground) -> None:
    """A client asks again with the same key: one alert for each key, none gone."""
    with ThreadPoolExecutor(6) as clients:
        asked = []
        for number in range(6):
            asked.append(clients.submit(ground.alert_as_a_client, f"key-{number}"))
            time.sleep(0.1)
            if number % 2:
                ground.kill("web")
                ground.start("web")
        for one in asked:
            one.result(90)
    keys = ground.rows("SELECT client_request_id, count(*) FROM broadcast GROUP BY 1")
    assert sorted(row[0] for row in keys) == [f"key-{number}" for number in range(6)]
    assert all(row[1] == 1 for row in keys), "one key made two alerts"
    assert len(set(ground.acknowledged)) == 6, "an alert was never acknowledged"
    ground.all_final(120)


@scenario("4")
def web_killed_while_receipts_come_in(ground: Ground) -> None:
    """What was not taken is asked for: the carrier is polled for whatever has no last word."""
    ground.hub.carrier.set(latency_ms=20)
    ground.alert()
    ground.another_few()
    ground.kill("web")
    # Longer than the carrier repeats himself, so that these receipts are gone for good.
    time.sleep(12)
    ground.start("web")
    ground.until(lambda: not _is_leaving(ground), "all messages left", 60)
    ground.as_if_passed(20)
    ground.all_final(120)


@scenario("23")
def receipts_never_come(ground: Ground) -> None:
    """The carrier is asked for what is overdue, and his answer is the last word."""
    ground.hub.carrier.set(receipts="off")
    ground.alert()
    ground.until(lambda: len(ground.accepted()) >= 300, "all messages left")
    ground.until(lambda: not _is_leaving(ground), "all answers are written down")
    ground.as_if_passed(20)
    ground.all_final(120)


@scenario("22")
def malformed_messages_come_in(ground: Ground) -> None:
    """Stored once or refused, never a 500, and nothing of it is code on a page."""
    for number, body in enumerate(_BODIES):
        form = {"MessageSid": f"SM{number:032x}", "From": "+32471000001", "Body": body}
        for _twice in range(2):
            answer = _post(ground, form)
            assert answer < 500, f"body {number} was answered {answer}"
    for form in ({}, {"MessageSid": "SM1"}, {"From": "nobody", "Body": "x", "MessageSid": "SM2"}):
        assert _post(ground, form) < 500, f"{sorted(form)} broke it"
    inbox = ground.hub.signed_in("dispatcher").get("/inbox")
    assert inbox.status_code == 200
    assert "<script>alert" not in inbox.text
    assert (
        _post(ground, {"MessageSid": "SM" + "e" * 32, "From": "+32471000001", "Body": "START"})
        < 300
    )
    ground.alert()
    ground.all_final()


@scenario("28")
def huge_bodies(ground: Ground) -> None:
    """413, whether the length is told or not; nobody else notices."""
    url = ground.hub.url + INBOUND
    told = httpx.post(url, content=b"x" * 100_000, timeout=20)
    chunked = httpx.post(url, content=(b"x" * 10_000 for _piece in range(10)), timeout=20)
    assert (told.status_code, chunked.status_code) == (413, 413)
    ground.alert()
    ground.all_final()


@scenario("29")
def three_hundred_connections_that_trickle(ground: Ground) -> None:
    """Sockets that send a byte now and then: pages and alerts are served all the same."""
    sockets = [socket.create_connection(("127.0.0.1", ground.hub.port)) for _one in range(300)]
    try:
        for one in sockets:
            one.sendall(b"POST /webhooks/twilio/sms/inbound HTTP/1.1\r\nHost: x\r\nX-A: ")
        for _round in range(5):
            for one in sockets:
                one.sendall(b"b")
            started = time.monotonic()
            assert ground.api.http.get("/partnerships").status_code == 200
            waited = time.monotonic() - started
            time.sleep(1)
        ground.remarks.append(f"a request beside 300 open ones took {waited:.2f} s")
        ground.alert()
        ground.all_final()
    finally:
        for one in sockets:
            one.close()


def _is_leaving(ground: Ground) -> bool:
    return bool({"queued", "sending", "unknown"} & set(ground.states()))


def _post(ground: Ground, form: dict[str, str]) -> int:
    url = ground.hub.environment["HUB_BASE_URL"] + INBOUND
    headers = {"X-Twilio-Signature": sign(url, list(form.items()), AUTH_TOKEN)}
    return httpx.post(ground.hub.url + INBOUND, data=form, headers=headers, timeout=20).status_code
