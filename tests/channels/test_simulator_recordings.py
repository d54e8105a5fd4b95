"""Somebody calls the hub in the simulator and speaks: what the hub hears of it, and may fetch."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from channels import twilio_recordings, twiml
from channels.simulator.client import SimulatorClient
from channels.simulator.recordings import spoken
from channels.sound import read_sound
from channels.twilio_http import TwilioAccount
from tests.channels.conftest import SENDER, TOKEN, Hub

Soon = Callable[[Callable[[], bool]], None]
MEMBER = "+32475123456"


def ring(carrier: SimulatorClient, hub: Hub) -> str:
    """A call in which the tone was heard; its id."""
    stored = f"{hub.base}/stored#rc=5&rp=all"
    hub.answer = twiml.voicemail({"fr": "Parlez. Urgent? 101."}, f"{hub.base}/spoken", stored)
    entry = carrier.call_hub(MEMBER)
    assert entry["call"]["heard"] == "Parlez. Urgent? 101."
    assert entry["call"]["waiting_for_voice"]
    hub.answer = twiml.goodbye("Merci.", "fr")
    return str(entry["sid"])


def told(hub: Hub, status: str) -> list[dict[str, str]]:
    return [form for form in hub.received if form.get("RecordingStatus") == status]


def test_the_hub_is_asked_what_comes_next_and_told_that_it_can_be_fetched(
    carrier: SimulatorClient, hub: Hub, account: TwilioAccount, soon: Soon
) -> None:
    sid = ring(carrier, hub)
    done = carrier.speak(sid, 2)
    assert (done["hub_status"], done["call"]["state"]) == (200, "completed")
    soon(lambda: bool(told(hub, "completed")))
    assert all(hub.genuine)
    called, asked, stored = hub.received
    assert (called["From"], called["To"], called["Direction"]) == (MEMBER, SENDER, "inbound")
    assert (asked["RecordingDuration"], asked["Digits"]) == ("2", "#")
    assert stored["CallSid"] == sid
    assert "From" not in stored
    recording = stored["RecordingSid"]
    content = asyncio.run(twilio_recordings.fetch(account, recording, 100_000))
    assert content == spoken(2)
    sound = read_sound(content)
    assert sound
    assert sound.seconds == 2
    asyncio.run(twilio_recordings.delete(account, recording))
    # Gone is gone; to delete it once more is no fault.
    asyncio.run(twilio_recordings.delete(account, recording))
    with pytest.raises(twilio_recordings.NotYet):
        asyncio.run(twilio_recordings.fetch(account, recording, 100_000))


def test_nobody_but_the_account_fetches_or_deletes_a_recording(
    carrier: SimulatorClient, hub: Hub, account: TwilioAccount, soon: Soon
) -> None:
    carrier.speak(ring(carrier, hub), 1)
    soon(lambda: bool(told(hub, "completed")))
    recording = told(hub, "completed")[0]["RecordingSid"]
    path = f"{account.api_url}/2010-04-01/Accounts/{account.account_sid}/Recordings/{recording}"
    for auth in (None, (account.account_sid, TOKEN + "x")):
        assert httpx.get(f"{path}.wav", auth=auth).status_code == 401
        assert httpx.delete(f"{path}.json", auth=auth).status_code == 401
    assert asyncio.run(twilio_recordings.fetch(account, recording, 100_000)) == spoken(1)


def test_of_silence_nothing_is_kept_and_the_hub_is_told_so(
    carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    done = carrier.speak(ring(carrier, hub), 0)
    assert done["call"]["state"] == "completed"
    soon(lambda: bool(told(hub, "absent")))
    [absent] = told(hub, "absent")
    assert (absent["RecordingDuration"], absent["ErrorCode"]) == ("0", "16102")
    assert len(hub.received) == 2, "nobody is asked what comes next"


def test_a_hub_that_fails_is_told_of_a_recording_again(
    carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    sid = ring(carrier, hub)
    hub.status = 500
    carrier.speak(sid, 1)
    soon(lambda: len(told(hub, "completed")) > 1)
    hub.status = 200
    first, again, *_others = told(hub, "completed")
    assert first == again


def test_nobody_speaks_before_the_tone_or_twice(carrier: SimulatorClient, hub: Hub) -> None:
    sid = ring(carrier, hub)
    carrier.speak(sid, 1)
    with pytest.raises(LookupError):
        carrier.speak(sid, 1)
