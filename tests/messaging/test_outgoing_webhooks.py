"""Other systems are called when something happens to an alert: signed, once, tried for a day."""

import asyncio
import base64
import contextlib
import hmac
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from hub import clock
from hub.db import unit_of_work
from messaging import fan_out, old_traffic, outside, sweep, webhook_calls
from messaging.models import Broadcast, CallState, Webhook, WebhookCall
from partnerships.models import Notice
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import THE_LINE, Api, eventually
from workers import announcing

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
LANGUAGES = ("fr", "nl", "de")
OFFICER, DISPATCHER = "officer@demo.example", "dispatcher@demo.example"


@dataclass
class Receiver:
    """Another system: keeps what it was told, and answers as it is told to."""

    url: str
    answers: list[int] = field(default_factory=list)
    # Calls wait for it before they are answered.
    let_go: threading.Event = field(default_factory=threading.Event)
    wait_seconds: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def told(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    one = Receiver("")
    one.let_go.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            one.let_go.wait()
            status = one.answers.pop(0) if one.answers else 204
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", one.url + "/elsewhere")
            if one.wait_seconds:
                self.send_header("Retry-After", str(one.wait_seconds))
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            """Nothing: tests have their own words."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield one
    one.let_go.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def nearby(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses of this machine are allowed."""
    monkeypatch.setenv("HUB_OUTGOING_PRIVATE_ADDRESSES", "true")
    at(0)


def at(seconds: float) -> None:
    moment = NOON + timedelta(seconds=seconds)
    clock.set_source(lambda: moment)


def add(url: str) -> dict[str, Any]:
    made = in_process.api(OFFICER).http.post("/webhooks", json={"url": url})
    assert made.status_code == 201, made.text
    hook: dict[str, Any] = made.json()
    return hook


def work() -> int:
    """What the timetable and the workers do: note what happened, make the calls that are due."""
    announcing.tell_other_systems()
    return asyncio.run(webhook_calls.call_due())


def calls() -> list[WebhookCall]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(WebhookCall).order_by(col(WebhookCall.id))))


def alert(api: Api, **changes: Any) -> str:
    sent = api.send("haut-valdor", incident_id=api.incident()["id"], **changes)
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(sent))
    return sent


def words(subject: str) -> dict[str, Any]:
    return {
        language: {
            "subject": subject,
            "short": f"{subject} {THE_LINE[language]}",
            "long": f"{subject} {THE_LINE[language]}",
        }
        for language in LANGUAGES
    }


def follow_up(api: Api, sent: str, step: str) -> None:
    wanted = {"step": step, "client_request_id": step, "texts": words(step)}
    given = api.http.post(f"/broadcasts/{sent}/follow-ups", json=wanted)
    assert given.status_code == 201, given.text


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As standardwebhooks.com tells a receiver to check it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split()


@pytest.mark.usefixtures("nearby")
def test_an_alert_is_told_once_signed_and_without_personal_data(receiver: Receiver) -> None:
    hook = add(receiver.url)
    sent = alert(in_process.api(DISPATCHER), is_drill=True)
    assert (work(), work()) == (1, 0)
    ((headers, body),) = receiver.got
    assert is_signed(headers, body, hook["secret"])
    assert not is_signed(headers, body + b" ", hook["secret"])
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    told = json.loads(body)
    assert told["type"] == "alert.released"
    assert told["timestamp"] == "2026-06-03T10:00:00+00:00"
    assert told["data"]["broadcast_id"] == sent
    assert told["data"]["partnerships"] == ["haut-valdor"]
    assert told["data"]["is_drill"] is True
    assert told["data"]["cap_status"] == "Test", "this hub is on trial"
    words = body.decode().lower()
    for personal in ("rue haute", "restez", "+324", "demo.example", "dominique"):
        assert personal not in words


@pytest.mark.usefixtures("nearby")
def test_every_step_of_an_alert_is_told_in_its_order(receiver: Receiver) -> None:
    add(receiver.url)
    api = in_process.api(DISPATCHER)
    sent = alert(api)
    work()
    for number, step in enumerate(("update", "all_clear"), start=1):
        at(number)
        follow_up(api, sent, step)
        work()
    at(3)
    assert (
        api.http.post(f"/broadcasts/{sent}/feedback", json={"texts": words("end")}).status_code
        == 201
    )
    work()
    assert receiver.told() == [
        "alert.released",
        "update.released",
        "all_clear.released",
        "feedback.released",
    ]


@pytest.mark.usefixtures("nearby")
def test_the_end_of_the_sending_and_its_being_stopped_are_told(receiver: Receiver) -> None:
    add(receiver.url)
    api = in_process.api(DISPATCHER)
    stopped, passed = alert(api), alert(api)
    assert api.http.post(f"/broadcasts/{stopped}/cancel").status_code == 200
    at(4000)  # its time has passed
    with unit_of_work() as session:
        sweep.sweep(session)
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Broadcast, UUID(passed)).finished_at is not None
    while work():
        pass
    ends = {
        json.loads(body)["data"]["broadcast_id"]: json.loads(body)["type"]
        for _headers, body in receiver.got
    }
    assert sorted(receiver.told())[:2] == ["alert.cancelled", "alert.finished"]
    assert set(ends) == {stopped, passed}


@pytest.mark.usefixtures("nearby")
def test_a_call_that_is_not_taken_is_tried_again_with_the_same_id_and_words(
    receiver: Receiver,
) -> None:
    add(receiver.url)
    alert(in_process.api(DISPATCHER))
    receiver.answers = [500, 503, 200]
    assert work() == 0
    assert work() == 0, "it waits before it tries again"
    (waiting,) = calls()
    assert (waiting.state, waiting.answer_status, waiting.attempts) == (CallState.QUEUED, 500, 1)
    at(10)
    assert work() == 0
    at(60)
    assert work() == 1
    ids = {headers["webhook-id"] for headers, _body in receiver.got}
    assert (len(receiver.got), len(ids)) == (3, 1)
    assert len({body for _headers, body in receiver.got}) == 1
    (done,) = calls()
    assert (done.state, done.attempts) == (CallState.DELIVERED, 3)


@pytest.mark.usefixtures("nearby")
def test_after_a_day_it_is_given_up_in_sight_of_whoever_looks(templates: Templates) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        hook = add(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        alert(in_process.api(DISPATCHER))
        seconds, tries = 0.0, 0
        while calls()[:1] == [] or calls()[0].state is CallState.QUEUED:
            at(seconds)
            work()
            tries += 1
            seconds += 3600
        assert tries < 30
    (given_up,) = calls()
    assert (given_up.state, given_up.reason) == (CallState.FAILED, "no_connection")
    assert given_up.attempts > 5
    clock.set_source(lambda: NOON + timedelta(seconds=seconds))
    page = in_process.signed_in(**templates.accounts["mandated_officer"]).get(
        f"/outgoing-webhooks/{hook['id']}"
    )
    assert "Given up" in page.text
    assert "No connection" in page.text


def mails() -> list[Notice]:
    with unit_of_work(read_only=True) as session:
        kept = select(Notice).where(Notice.kind == "webhook_failing").order_by(col(Notice.id))
        return list(session.exec(kept))


@pytest.mark.usefixtures("nearby")
def test_whoever_answers_gone_is_switched_off_and_its_keeper_told(receiver: Receiver) -> None:
    hook = add(receiver.url)
    api = in_process.api(DISPATCHER)
    alert(api)
    receiver.answers = [410]
    work()
    (mail,) = mails()
    assert mail.to == OFFICER
    assert "127.0.0.1" in mail.subject
    assert receiver.url not in mail.body
    at(60)
    alert(api)
    work()
    assert len(receiver.got) == 1
    assert calls()[0].reason == "gone"
    officer = in_process.api(OFFICER)
    (listed,) = officer.http.get("/webhooks").json()
    assert listed["disabled_at"] == "2026-06-03T10:00:00Z"
    # Switched on again, it hears of what it missed within the day.
    for _twice in range(2):
        assert officer.http.post(f"/webhooks/{hook['id']}/on").json()["disabled_at"] is None
    assert work() == 1
    assert receiver.told() == ["alert.released", "alert.released"]


@pytest.mark.usefixtures("nearby")
def test_a_receiver_that_fails_for_days_is_told_of_and_then_switched_off(
    receiver: Receiver, templates: Templates
) -> None:
    hook = add(receiver.url)
    api = in_process.api(DISPATCHER)
    receiver.answers = [500] * 100
    hours = 0
    for _alert in range(5):
        alert(api)
        for _hour in range(25):
            work()
            hours += 1
            at(hours * 3600)
        work()
        if hours == 25:
            assert "ne prend pas nos appels" in mails()[0].subject
    first, last = mails()
    assert first.body != last.body
    assert "n'est plus appelé" in last.subject
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    assert "Switched off" in officer.get("/outgoing-webhooks").text
    assert "Switched off since" in officer.get(f"/outgoing-webhooks/{hook['id']}").text
    assert officer.post(f"/outgoing-webhooks/{hook['id']}/on").is_redirect
    receiver.answers = []
    alert(api)
    assert work() > 0
    assert "Takes no calls" not in officer.get("/outgoing-webhooks").text


@pytest.mark.usefixtures("nearby")
def test_one_call_that_is_taken_ends_the_failing(receiver: Receiver) -> None:
    add(receiver.url)
    alert(in_process.api(DISPATCHER))
    receiver.answers = [500]
    work()
    officer = in_process.api(OFFICER)
    assert officer.http.get("/webhooks").json()[0]["failing_since"] is not None
    at(60)
    assert work() == 1
    assert officer.http.get("/webhooks").json()[0]["failing_since"] is None
    assert mails() == []


@pytest.mark.usefixtures("nearby")
def test_a_receiver_that_asks_for_time_gets_it(receiver: Receiver) -> None:
    add(receiver.url)
    alert(in_process.api(DISPATCHER))
    receiver.answers, receiver.wait_seconds = [503], 900
    work()
    at(890)
    assert work() == 0
    at(901)
    assert work() == 1


@pytest.mark.usefixtures("nearby")
def test_one_that_does_not_answer_keeps_no_other_waiting(receiver: Receiver) -> None:
    with receiving() as quick:
        add(receiver.url)
        add(quick.url)
        alert(in_process.api(DISPATCHER))
        receiver.let_go.clear()
        round_of_calls = threading.Thread(target=work)
        round_of_calls.start()
        try:
            eventually(lambda: receiver.got and quick.got, "both are called")
        finally:
            receiver.let_go.set()
            round_of_calls.join()
    assert [one.state for one in calls()] == [CallState.DELIVERED] * 2


@pytest.mark.usefixtures("nearby")
def test_events_come_in_their_order_and_wait_behind_one_that_is_not_taken(
    receiver: Receiver,
) -> None:
    add(receiver.url)
    api = in_process.api(DISPATCHER)
    sent = alert(api)
    at(1)
    follow_up(api, sent, "update")
    receiver.answers = [500]
    assert work() == 0
    assert receiver.told() == ["alert.released"]
    at(40)
    assert work() == 2
    assert receiver.told()[1:] == ["alert.released", "update.released"]


@pytest.mark.usefixtures("nearby")
def test_a_new_secret_signs_beside_the_old_one_for_a_day(receiver: Receiver) -> None:
    old = add(receiver.url)
    officer = in_process.api(OFFICER)
    new = officer.http.post(f"/webhooks/{old['id']}/secret").json()
    for seconds, holds in ((0, True), (24 * 3600 + 1, False)):
        at(seconds)
        assert officer.http.post(f"/webhooks/{old['id']}/test").status_code == 202
        work()
        headers, body = receiver.got[-1]
        assert is_signed(headers, body, new["secret"])
        assert is_signed(headers, body, old["secret"]) is holds
    with unit_of_work() as session:
        old_traffic.forget_old(session)
        assert session.get_one(Webhook, UUID(old["id"])).previous_secret == ""


@pytest.mark.usefixtures("nearby")
def test_calls_are_kept_for_a_month_and_a_removed_address_with_them(receiver: Receiver) -> None:
    hook = add(receiver.url)
    alert(in_process.api(DISPATCHER))
    work()
    officer = in_process.api(OFFICER)
    assert officer.http.delete(f"/webhooks/{hook['id']}").status_code == 204
    for days, kept in ((29, 1), (31, 0)):
        at(days * 86_400)
        with unit_of_work() as session:
            old_traffic.forget_old(session)
        assert len(calls()) == kept
        with unit_of_work(read_only=True) as session:
            assert len(session.exec(select(Webhook)).all()) == kept


@pytest.mark.usefixtures("nearby")
def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    add(receiver.url)
    alert(in_process.api(DISPATCHER))
    receiver.answers = [307]
    work()
    assert len(receiver.got) == 1
    assert calls()[0].state is CallState.QUEUED


@pytest.mark.usefixtures("nearby")
def test_two_workers_make_one_call_and_a_dead_one_loses_none(receiver: Receiver) -> None:
    add(receiver.url)
    alert(in_process.api(DISPATCHER))
    announcing.tell_other_systems()
    announcing.tell_other_systems()
    (one,) = calls()
    with unit_of_work() as session:
        assert webhook_calls._claim(session, one.id) is not None
    # That worker died with it in its hands.
    assert work() == 0
    at(31)
    assert work() == 1
    assert len(receiver.got) == 1


@pytest.mark.usefixtures("nearby")
def test_what_was_before_an_address_is_none_of_its_business(receiver: Receiver) -> None:
    alert(in_process.api(DISPATCHER))
    at(10)
    add(receiver.url)
    work()
    assert receiver.got == []


@pytest.mark.usefixtures("nearby")
def test_a_removed_address_is_called_no_more(receiver: Receiver) -> None:
    hook = add(receiver.url)
    alert(in_process.api(DISPATCHER))
    announcing.tell_other_systems()
    officer = in_process.api(OFFICER)
    assert officer.http.delete(f"/webhooks/{hook['id']}").status_code == 204
    work()
    assert receiver.got == []
    assert [one.reason for one in calls()] == ["removed"]
    assert officer.http.get("/webhooks").json() == []
    assert officer.http.get(f"/webhooks/{hook['id']}/calls").status_code == 404


@pytest.mark.usefixtures("nearby")
def test_a_page_shows_the_secret_once_and_sends_a_test(
    receiver: Receiver, templates: Templates
) -> None:
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    made = officer.post("/outgoing-webhooks", url=receiver.url)
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.text)
    assert secret
    hook = in_process.api(OFFICER).http.get("/webhooks").json()[0]["id"]
    assert officer.post(f"/outgoing-webhooks/{hook}/test").is_redirect
    work()
    ((headers, body),) = receiver.got
    assert json.loads(body)["type"] == "test"
    assert is_signed(headers, body, secret[0])
    page = officer.get(f"/outgoing-webhooks/{hook}").text
    assert "whsec_" not in page
    assert "HTTP 204" in page
    renewed = re.search(
        r"whsec_[A-Za-z0-9+/=]+", officer.post(f"/outgoing-webhooks/{hook}/secret").text
    )
    assert renewed
    assert renewed[0] != secret[0]
    again = officer.post("/outgoing-webhooks", url=receiver.url)
    assert again.status_code == 422
    assert "This address is in the list already." in again.text


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/hook",
        "ftp://receiver.example",
        "receiver.example",
        "https://",
        "https://user:secret@receiver.example",
        "https://127.0.0.1/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://localhost/",
        "https://hub.localhost./",
        "https://10.0.0.8/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[fec0::1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://receiver.example:99999/",
        "https://rece iver.example/",
        "https://receiver.example/" + "x" * 500,
    ],
)
def test_an_address_that_leads_inside_or_nowhere_is_refused(url: str) -> None:
    at(0)
    refused = in_process.api(OFFICER).http.post("/webhooks", json={"url": url})
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["url"]


def test_a_name_that_resolves_into_our_network_is_not_called(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    port = int(receiver.url.rpartition(":")[2])
    real = socket.getaddrinfo

    def resolves_inside(host: str, *rest: Any, **more: Any) -> Any:
        # What whoever owns a name can make it say, after it was added.
        return real("127.0.0.1" if host == "receiver.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolves_inside)
    with pytest.raises(outside.OutsideError) as refused:
        asyncio.run(outside.post(f"https://receiver.example:{port}/", b"{}", {}))
    assert refused.value.reason == "private_address"
    assert receiver.got == []


def test_only_those_who_keep_a_zone_keep_its_webhooks(templates: Templates) -> None:
    at(0)
    wanted = {"url": "https://receiver.example/hook"}
    for stranger in (DISPATCHER, "coordinator@demo.example", "prevention@demo.example"):
        assert in_process.api(stranger).http.post("/webhooks", json=wanted).status_code == 403
    made = in_process.api("administrator@demo.example").http.post("/webhooks", json=wanted)
    assert made.status_code == 201
    assert in_process.api(OFFICER).http.get("/webhooks").json()[0]["zone"] == "zone-valdor"
    assert "secret" not in in_process.api(OFFICER).http.get("/webhooks").json()[0]
