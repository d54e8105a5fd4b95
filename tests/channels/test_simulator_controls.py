"""What a person at the simulator's page can do and see."""

import asyncio
from collections.abc import Callable

import pytest

from channels import twiml
from channels.contract import Accepted, Meaning, Sms
from channels.simulator import SimulatorSettings, serve
from channels.simulator.callback_rules import rules_of
from channels.simulator.client import SimulatorClient, SimulatorUnreachable
from channels.simulator.server import Simulator
from channels.sms import SmsChannel
from channels.twilio_errors import known_error, meaning_of, receipt_meaning
from channels.twilio_http import TwilioAccount
from tests.channels.conftest import SENDER, SID, TOKEN, Hub

Soon = Callable[[Callable[[], bool]], None]
MEMBER = "+32475123456"


def test_a_member_texts_and_reads_the_answer(carrier: SimulatorClient, hub: Hub) -> None:
    hub.answer = twiml.sms_reply("Merci & à bientôt")
    done = carrier.reply(MEMBER, "OUI")
    assert (done["status"], done["replies"]) == (200, ["Merci & à bientôt"])
    [form] = hub.received
    assert (form["From"], form["To"], form["Body"]) == (MEMBER, SENDER, "OUI")
    assert form["FromCity"] == ""
    assert hub.genuine == [True]
    entries = carrier.phone(MEMBER)["entries"]
    assert [(e["direction"], e["text"]) for e in entries] == [
        ("out", "OUI"),
        ("in", "Merci & à bientôt"),
    ]


def test_the_carrier_can_repeat_a_text(carrier: SimulatorClient, hub: Hub) -> None:
    first = carrier.reply(MEMBER, "STOP")
    carrier.reply(MEMBER, "STOP", message_sid=first["message_sid"])
    assert len({form["MessageSid"] for form in hub.received}) == 1
    assert len(carrier.phone(MEMBER)["entries"]) == 1


def test_a_phone_keeps_its_newest_fifty_entries(carrier: SimulatorClient, hub: Hub) -> None:
    for n in range(55):
        carrier.reply(MEMBER, str(n))
    entries = carrier.phone(MEMBER)["entries"]
    assert [entry["text"] for entry in entries] == [str(n) for n in range(5, 55)]


def test_receipts_can_be_switched_off_while_the_list_still_tells(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    carrier.set(receipts="off")

    async def once() -> object:
        channel = SmsChannel(account)
        result = await channel.send(Sms(MEMBER, "Hello", f"{hub.base}/r", 60))
        await channel.close()
        return result

    assert isinstance(asyncio.run(once()), Accepted)
    soon(lambda: carrier.phone(MEMBER)["entries"][0]["status"] == "delivered")
    assert hub.received == []


def test_a_reset_forgets_everything(carrier: SimulatorClient, hub: Hub) -> None:
    carrier.reply(MEMBER, "Hello")
    carrier.reset()
    assert carrier.phones() == []
    assert carrier.health() == {"ok": True, "messages": 0, "calls": 0}


def test_a_wrong_order_is_refused(carrier: SimulatorClient) -> None:
    for order in ({"answering": "never"}, {"latency_ms": -1}):
        with pytest.raises(LookupError):
            carrier.set(**order)
    with pytest.raises(LookupError):
        carrier.answer("CA" + "0" * 32)


def test_a_simulator_that_is_gone_is_reported(carrier: SimulatorClient) -> None:
    with pytest.raises(SimulatorUnreachable):
        SimulatorClient("http://127.0.0.1:1").health()
    assert "+32470000012" in carrier.faults()["numbers"]


def test_it_runs_until_it_is_told_to_stop() -> None:
    async def start_and_stop() -> tuple[int, int]:
        stop, ports = asyncio.Event(), []

        def ready(simulator: Simulator) -> None:
            ports.append((simulator.port, simulator.smtp_port))
            stop.set()

        settings = SimulatorSettings("127.0.0.1", 0, 0, SID, TOKEN, "http://h/in", SENDER)
        await serve(settings, stop, ready)
        return ports[0]

    assert all(asyncio.run(start_and_stop()))


def test_the_fragment_says_how_stubborn_a_callback_is() -> None:
    rules = rules_of("https://h/x?y=1#rc=9&rp=5xx,rt&ct=100&tt=nonsense")
    assert (rules.url, rules.retries, rules.connect, rules.total) == ("https://h/x?y=1", 5, 0.1, 15)
    assert rules.again(500, True, 1)
    assert not rules.again(404, True, 1)
    assert not rules.again(None, False, 1)
    ordinary = rules_of("https://h/x")
    assert ordinary.again(None, False, 1)
    assert not ordinary.again(500, True, 1)
    assert not ordinary.again(None, False, 2)


def test_codes_nobody_knows_are_survived() -> None:
    assert meaning_of(99999, 400) is Meaning.FAULT
    assert meaning_of(None, 502) is None
    assert meaning_of(20500, 500) is None
    assert meaning_of(None, 429) is Meaning.SLOW_DOWN
    assert meaning_of(None, 301) is Meaning.STOP_SENDER
    assert receipt_meaning(99999) is Meaning.RETRY
    assert receipt_meaning(None) is Meaning.RETRY
    assert receipt_meaning(21610) is Meaning.OPTED_OUT
    assert known_error(99999) is None
    spam = known_error(30007)
    assert spam is not None
    assert spam.alarm
