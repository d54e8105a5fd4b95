"""Calls through the real VoiceChannel; a person at the simulator answers them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from channels import twiml
from channels.contract import Accepted, Call, Found, Meaning, Refused, Result, Unclear
from channels.simulator.client import SimulatorClient
from channels.twilio_http import TwilioAccount
from channels.voice import VoiceChannel
from tests.channels.conftest import Hub

Soon = Callable[[Callable[[], bool]], None]
MEMBER = "+32475123456"


def alert(hub: Hub, to: str = MEMBER, ring_seconds: int = 30) -> Call:
    document = twiml.alert_call("Fuite de gaz", "Appuyez sur 1", "fr", f"{hub.base}/key?t=1")
    return Call(to, document, f"{hub.base}/calls/token", ring_seconds)


def read(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - written a line before


def ring(account: TwilioAccount, call: Call) -> Result:
    async def once() -> Result:
        channel = VoiceChannel(account)
        try:
            return await channel.send(call)
        finally:
            await channel.close()

    return asyncio.run(once())


def sid_of(result: Result) -> str:
    assert isinstance(result, Accepted)
    return result.carrier_id


def test_a_member_answers_and_presses_one(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    hub.answer = twiml.goodbye("Merci", "fr")
    sid = sid_of(ring(account, alert(hub)))
    assert carrier.phone(MEMBER)["entries"][0]["call"]["state"] == "ringing"
    heard = carrier.answer(sid)["call"]
    assert heard["heard"].splitlines() == ["Fuite de gaz", "Fuite de gaz", "Appuyez sur 1"]
    assert (heard["language"], heard["waiting_for_digit"]) == ("fr-BE", True)
    pressed = carrier.press(sid, "1")
    assert pressed["hub_status"] == 200
    assert pressed["call"]["heard"].endswith("Merci")
    soon(lambda: "completed" in hub.statuses(sid))
    assert [form["Digits"] for form in hub.received if "Digits" in form] == ["1"]
    assert all(hub.genuine)


def test_the_events_of_a_call_are_numbered(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    sid = sid_of(ring(account, alert(hub)))
    carrier.answer(sid)
    carrier.hang_up(sid)
    soon(lambda: len(hub.received) == 4)
    events = sorted(hub.received, key=lambda form: int(form["SequenceNumber"]))
    statuses = [form["CallStatus"] for form in events]
    assert statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert events[-1]["CallDuration"] == "0"


@pytest.mark.parametrize(
    ("last_digits", "end"), [("51", "busy"), ("52", "no-answer"), ("53", "failed")]
)
def test_a_call_that_nobody_takes_says_why(
    account: TwilioAccount, hub: Hub, soon: Soon, last_digits: str, end: str
) -> None:
    sid = sid_of(ring(account, alert(hub, "+324700000" + last_digits)))
    soon(lambda: end in hub.statuses(sid))


def test_a_phone_rings_only_so_long(account: TwilioAccount, hub: Hub, soon: Soon) -> None:
    sid = sid_of(ring(account, alert(hub, ring_seconds=1)))
    soon(lambda: "no-answer" in hub.statuses(sid))


def test_a_machine_answers_but_presses_nothing(
    account: TwilioAccount, hub: Hub, soon: Soon
) -> None:
    sid = sid_of(ring(account, alert(hub, "+32470000054")))
    soon(lambda: "completed" in hub.statuses(sid))
    assert [form["Digits"] for form in hub.received if "Digits" in form] == [""]


def test_everybody_can_be_made_to_press_one(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    carrier.set_answering(MEMBER, "press_1")
    sid = sid_of(ring(account, alert(hub)))
    soon(lambda: "completed" in hub.statuses(sid))
    assert "1" in [form.get("Digits") for form in hub.received]


def test_a_call_that_is_over_cannot_be_answered(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    sid = sid_of(ring(account, alert(hub)))
    carrier.hang_up(sid)
    with pytest.raises(LookupError):
        carrier.answer(sid)


def test_a_call_whose_answer_is_lost_can_be_found(account: TwilioAccount, hub: Hub) -> None:
    call = alert(hub, "+32470000024")

    async def lose_and_look() -> tuple[Result, Found | None, Found | None]:
        channel = VoiceChannel(account)
        result = await channel.send(call)
        found = await channel.find(call, datetime.now(UTC))
        other = await channel.find(replace(call, to=MEMBER), datetime.now(UTC))
        await channel.close()
        return result, found, other

    result, found, other = asyncio.run(lose_and_look())
    assert isinstance(result, Unclear)
    assert found is not None
    assert other is None


def test_a_country_that_may_not_be_called_is_refused(account: TwilioAccount, hub: Hub) -> None:
    result = ring(account, alert(hub, "+32470000014"))
    assert result == Refused(Meaning.FAULT, "21215")


def listening(hub: Hub, to: str) -> Call:
    return Call(to, "", f"{hub.base}/calls/token", ask_at=f"{hub.base}/words?t=1")


@pytest.mark.parametrize(
    ("number", "who"), [("+32470000054", "machine_start"), ("+32470000055", "human")]
)
def test_a_carrier_that_listens_first_says_who_answered(
    account: TwilioAccount, hub: Hub, soon: Soon, number: str, who: str
) -> None:
    hub.answer = twiml.machine_call("Fuite de gaz", "fr")
    sid = sid_of(ring(account, listening(hub, number)))
    soon(lambda: "completed" in hub.statuses(sid))
    [asked] = [form for form in hub.received if "CallbackSource" not in form]
    assert asked["AnsweredBy"] == who
    [ended] = [form for form in hub.received if form.get("CallStatus") == "completed"]
    assert ended["AnsweredBy"] == who
    assert all(hub.genuine)


def test_a_person_hears_what_the_hub_answers_when_he_picks_up(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    hub.answer = alert(hub).twiml
    sid = sid_of(ring(account, listening(hub, MEMBER)))
    heard = carrier.answer(sid)["call"]
    assert heard["heard"].splitlines() == ["Fuite de gaz", "Fuite de gaz", "Appuyez sur 1"]
    assert heard["waiting_for_digit"]


def test_without_listening_nobody_is_told_who_answered(
    account: TwilioAccount, hub: Hub, soon: Soon
) -> None:
    sid = sid_of(ring(account, alert(hub, "+32470000054")))
    soon(lambda: "completed" in hub.statuses(sid))
    assert all("AnsweredBy" not in form for form in hub.received)


def test_a_messaging_service_cannot_call(account: TwilioAccount) -> None:
    with pytest.raises(ValueError, match="number"):
        VoiceChannel(replace(account, sender="MG" + "a" * 32))


def test_names_and_signs_are_escaped() -> None:
    document = twiml.alert_call("Tom & Jerry <3\x07", "1?", "nl", "https://hub.example/k?a=1&b=2")
    assert "Tom &amp; Jerry &lt;3</Say>" in document
    assert "a=1&amp;b=2" in document
    assert 'language="nl-BE"' in document
    assert 'voice="Polly.Lisa-Neural"' in document
    assert 'actionOnEmptyResult="true"' in document
    assert '<Say language="nl-BE" loop="2"' in document


@pytest.mark.parametrize(
    ("language", "region", "voice"),
    [
        ("fr", "fr-BE", "Polly.Isabelle-Neural"),
        ("nl", "nl-BE", "Polly.Lisa-Neural"),
        ("de", "de-DE", "Polly.Vicki-Neural"),
        ("en", "en-GB", "Polly.Amy-Neural"),
    ],
)
def test_each_language_has_a_voice_that_speaks_it(language: str, region: str, voice: str) -> None:
    said = read(twiml.alert_call("Alerte", "1?", language, "https://h/k")).iter("Say")
    assert {(one.get("language"), one.get("voice")) for one in said} == {(region, voice)}


def test_a_recording_is_played_twice_before_the_keys_are_told() -> None:
    sound = twiml.Recording("https://hub.example/sound?a=1&b=2")
    [gather] = read(twiml.alert_call(sound, "1?", "fr", "https://h/k"))
    play, prompt = gather
    assert (play.tag, play.text, play.get("loop")) == ("Play", sound.url, "2")
    assert (prompt.tag, prompt.text) == ("Say", "1?")


def test_a_machine_hears_the_message_once_and_has_no_key_to_press() -> None:
    for message in ("Fuite de gaz", twiml.Recording("https://hub.example/sound")):
        document = read(twiml.machine_call(message, "fr"))
        assert [one.tag for one in document] in (["Say", "Hangup"], ["Play", "Hangup"])
        assert document[0].get("loop", "1") == "1"


def test_ten_parts_of_sms_fit_into_one_call() -> None:
    assert twiml.alert_call("é" * 1530, "Appuyez sur 1", "fr", "https://hub.example/" + "k" * 100)


@pytest.mark.parametrize(
    ("text", "language", "action"),
    [("x" * 4000, "fr", "https://h/k"), ("x", "es", "https://h/k"), ("x", "fr", "/key")],
)
def test_a_call_that_cannot_work_is_not_built(text: str, language: str, action: str) -> None:
    with pytest.raises(ValueError, match=r"long|voice|absolute"):
        twiml.alert_call(text, "1?", language, action)


def test_silence_costs_nothing() -> None:
    assert twiml.sms_reply(None).endswith("<Response />")
    assert "<Message>A &amp; B</Message>" in twiml.sms_reply("A & B")
