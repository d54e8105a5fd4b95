"""Somebody calls the hub and speaks: the police listen to it, once it is here and nowhere else."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from channels import twilio_recordings
from channels.signature import sign
from channels.simulator.recordings import spoken
from feedback import old_voicemail, own_voicemail, voicemail_fetching
from feedback.models import InboundMessage, Voicemail, VoicemailCall, VoicemailStatus
from hub import clock, config
from hub.audit import Decision
from hub.config import settings
from hub.db import unit_of_work
from partnerships.models import ContactPoint
from tests import in_process
from tests.citizens import problems, text_from, words
from tests.conftest import Templates
from tests.running_hub import Visitor
from workers import jobs

pytestmark = pytest.mark.usefixtures("demo_zone")

STRANGER = "+32470998877"
FIRST = "RE" + "1" * 32


class CarrierShelf:
    """The recordings that lie at the carrier's, and who asked for them."""

    def __init__(self) -> None:
        self.sounds: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.status = 200


@pytest.fixture
def shelf(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CarrierShelf]:
    kept = CarrierShelf()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(kept.sounds.get(self._name()))

        def do_DELETE(self) -> None:
            self._answer(kept.sounds.pop(self._name(), None), is_gone=True)

        def _name(self) -> str:
            return self.path.rpartition("/")[2].partition(".")[0]

        def _answer(self, found: bytes | None, *, is_gone: bool = False) -> None:
            kept.asked.append(f"{self.command} {self.headers.get('Authorization', '')[:5]}")
            status = kept.status if found is not None else 404
            content = b"" if is_gone or found is None else found
            self.send_response(204 if is_gone and status == 200 else status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except OSError:
                # It had read enough.
                return

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("HUB_TWILIO_API_URL", f"http://127.0.0.1:{server.server_port}")
    config.settings.cache_clear()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return somebody(templates, "mandated_officer")


def somebody(templates: Templates, role: str) -> Visitor:
    known = templates.accounts[role]
    return in_process.signed_in(known["email"], known["password"])


def carrier(path: str, **form: str) -> httpx.Response:
    path = f"/webhooks/twilio/voice/{path}"
    signature = sign(settings().base_url + path, list(form.items()), settings().twilio_auth_token)
    return in_process.client(**{"X-Twilio-Signature": signature}).post(path, data=form)


def call(sender: str = STRANGER, call_id: str = "CA1") -> httpx.Response:
    return carrier("inbound", CallSid=call_id, From=sender, Direction="inbound")


def stored(recording: str = FIRST, seconds: str = "12", call_id: str = "CA1") -> httpx.Response:
    return carrier(
        "stored",
        CallSid=call_id,
        RecordingSid=recording,
        RecordingUrl="http://127.0.0.1:1/somewhere-else",
        RecordingStatus="completed",
        RecordingDuration=seconds,
    )


def hung_up(sender: str = STRANGER, recording: str = FIRST) -> httpx.Response:
    return carrier(
        "spoken",
        CallSid="CA1",
        From=sender,
        Direction="inbound",
        RecordingSid=recording,
        RecordingDuration="12",
        Digits="hangup",
    )


def recordings() -> list[Voicemail]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Voicemail)))


def messages() -> list[InboundMessage]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(InboundMessage)))


def fetch() -> Voicemail:
    """What a worker does at the bell."""
    [one] = recordings()
    jobs.fetch_voicemail(str(one.id))
    return recordings()[0]


def a_member() -> str:
    with unit_of_work(read_only=True) as session:
        found = select(ContactPoint.value).where(ContactPoint.kind == "mobile")
        number = session.exec(found).first()
        assert number
        return number


def test_a_stranger_hears_101_in_every_language_and_may_speak_for_a_minute() -> None:
    heard = call().text
    assert heard.count("101") == 3
    assert 'maxLength="60"' in heard
    assert "<Record" in heard
    for place in ("spoken", "stored"):
        assert f"{settings().base_url}/webhooks/twilio/voice/{place}" in heard


def test_a_member_hears_it_in_his_language_alone() -> None:
    heard = call(a_member()).text
    assert heard.count("101") == 1
    assert "<Record" in heard


def test_what_a_member_says_is_heard_by_the_police_and_lies_no_more_at_the_carriers(
    shelf: CarrierShelf, officer: Visitor
) -> None:
    shelf.sounds[FIRST] = spoken(3)
    call(a_member())
    assert stored().status_code == 204
    page = officer.get("/inbox")
    assert "Voice message, 12 seconds" in words(page)
    assert "The sound is on its way." in words(page)
    kept = fetch()
    assert (kept.status, kept.seconds, kept.next_try_at) == (VoicemailStatus.KEPT, 3, None)
    assert kept.sealed
    assert b"RIFF" not in kept.sealed
    assert shelf.sounds == {}
    assert shelf.asked == ["GET Basic", "DELETE Basic"]
    page = officer.get("/inbox")
    assert "Voice message, 3 seconds" in words(page)
    [address] = re.findall(r'<audio[^>]* src="([^"]+)"', page.text)
    sound = officer.get(address)
    assert sound.content == spoken(3)
    assert sound.headers["content-type"] == "audio/wav"
    assert sound.headers["cache-control"] == "no-store"
    [message] = messages()
    assert (message.channel, message.meaning, message.person_id is not None) == (
        "voice",
        "other",
        True,
    )
    with unit_of_work(read_only=True) as session:
        heard = select(Decision).where(Decision.action == "voicemail.listen")
        [entry] = session.exec(heard)
    assert entry.subject_id == str(message.id)


def test_nobody_else_listens(shelf: CarrierShelf, templates: Templates) -> None:
    shelf.sounds[FIRST] = spoken(1)
    call()
    stored()
    fetch()
    [message] = messages()
    address = f"/inbox/{message.id}/voice"
    assert somebody(templates, "coordinator").get(address).status_code in (403, 404)
    assert in_process.client().get(address).status_code in (303, 401, 403)


def test_however_often_it_is_told_of_it_is_one_message(shelf: CarrierShelf) -> None:
    call()
    for _ in (1, 2):
        assert stored().status_code == 204
        assert hung_up().status_code == 200
    assert len(messages()) == len(recordings()) == 1


def test_a_recording_told_of_before_its_call_becomes_its_callers(shelf: CarrierShelf) -> None:
    number = a_member()
    assert stored().status_code == 204
    assert messages()[0].person_id is None
    assert "Thank you" in hung_up(number).text or "101" in hung_up(number).text
    [message] = messages()
    assert message.sender == number
    assert message.person_id


def test_where_nothing_was_said_there_is_no_message_and_nothing_is_left(
    shelf: CarrierShelf,
) -> None:
    shelf.sounds[FIRST] = spoken(1)
    call()
    stored(seconds="0")
    assert messages() == []
    assert fetch().status is VoicemailStatus.EMPTY
    assert shelf.asked == ["DELETE Basic"]
    assert shelf.sounds == {}


@pytest.mark.parametrize(
    "sound", [b"<html>not a sound</html>", b"\0" * (voicemail_fetching.MOST_BYTES + 1)]
)
def test_what_is_no_sound_or_too_large_is_not_taken_and_the_police_see_so(
    sound: bytes, shelf: CarrierShelf, officer: Visitor
) -> None:
    shelf.sounds[FIRST] = sound
    call()
    stored()
    refused = fetch()
    assert (refused.status, refused.sealed) == (VoicemailStatus.REFUSED, None)
    assert shelf.sounds, "nobody has heard it: it stays at the carrier's"
    page = officer.get("/inbox")
    assert "The sound could not be fetched." in words(page)
    assert officer.get(f"/inbox/{messages()[0].id}/voice").status_code == 404


@pytest.mark.parametrize("status", [404, 500, 302])
def test_a_carrier_that_does_not_hand_it_out_is_asked_again_later(
    status: int, shelf: CarrierShelf
) -> None:
    at = clock.now()
    clock.set_source(lambda: at)
    shelf.sounds[FIRST], shelf.status = spoken(2), status
    call()
    stored()
    first = fetch()
    assert first.status is VoicemailStatus.WAITING
    assert first.next_try_at
    wait = first.next_try_at - at
    second = fetch()
    assert second.next_try_at
    assert second.next_try_at - at > wait
    shelf.status = 200
    assert fetch().status is VoicemailStatus.KEPT


def test_the_sweep_rings_for_what_was_left(shelf: CarrierShelf) -> None:
    call()
    stored()
    later = clock.now() + timedelta(minutes=2)
    clock.set_source(lambda: later)
    with unit_of_work() as session:
        voicemail_fetching.due(session)
        assert [one.job for one in session.info["bells"]] == ["workers.jobs.fetch_voicemail"]


def test_nothing_is_stored_without_the_carriers_signature_or_a_true_id() -> None:
    path = "/webhooks/twilio/voice/stored"
    forged = in_process.client(**{"X-Twilio-Signature": "wrong"})
    assert forged.post(path, data={"RecordingSid": FIRST}).status_code == 403
    for wrong in ("", "RE../../Messages", "RE1\0", "MM" + "1" * 32):
        assert stored(recording=wrong).status_code == 422
    assert recordings() == []


def test_a_duration_nobody_can_speak_is_no_more_than_a_minute() -> None:
    call()
    stored(seconds="9" * 5000)
    assert recordings()[0].seconds == 60


def test_whoever_rings_on_and_on_is_told_to_call_101_only() -> None:
    for number in range(10):
        assert "<Record" in call(call_id=f"CA{number}").text
    heard = call(call_id="CA10").text
    assert "<Record" not in heard
    assert heard.count("101") == 3


def test_the_sound_is_dropped_when_its_time_is_over(shelf: CarrierShelf, officer: Visitor) -> None:
    shelf.sounds[FIRST] = spoken(1)
    call()
    stored()
    fetch()
    later = clock.now() + timedelta(days=settings().voicemail_kept_days + 1)
    clock.set_source(lambda: later)
    with unit_of_work() as session:
        old_voicemail.forget_old(session)
    clock.set_source(None)
    [left] = recordings()
    assert (left.status, left.sealed) == (VoicemailStatus.DROPPED, None)
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(VoicemailCall)).all() == []
    assert "its time is over" in words(officer.get("/inbox"))


def test_a_member_reads_that_he_spoke_and_forgotten_no_call_is_his(shelf: CarrierShelf) -> None:
    number = a_member()
    shelf.sounds[FIRST] = spoken(1)
    call(number)
    stored()
    fetch()
    [message] = messages()
    assert message.person_id
    assert recordings()[0].sealed is not None
    with unit_of_work() as session:
        point = session.get_one(ContactPoint, message.contact_point_id)
        point.vouched_at = clock.now()
        session.add(point)
        session.flush()
        assert own_voicemail.SPOKEN.show_of_way
        [row] = own_voicemail.SPOKEN.show_of_way(session, UUID(str(point.id)))
        assert row["seconds"] == 1
        own_voicemail.SPOKEN.forget(session, message.person_id)
        assert session.exec(select(VoicemailCall).where(col(VoicemailCall.id) == "CA1")).all() == []
    # A voice tells who speaks.
    assert (recordings()[0].status, recordings()[0].sealed) == (VoicemailStatus.DROPPED, None)


def heard_message(shelf: CarrierShelf, number: str = STRANGER, seconds: int = 2) -> InboundMessage:
    """A voice message of this caller whose sound is here."""
    shelf.sounds[FIRST] = spoken(seconds)
    call(number)
    stored(seconds=str(seconds))
    fetch()
    return messages()[0]


def times_heard() -> int:
    with unit_of_work(read_only=True) as session:
        return len(
            session.exec(select(Decision).where(Decision.action == "voicemail.listen")).all()
        )


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, -1),
        ("bytes=0-1", 0, 1),
        ("bytes=100-199", 100, 199),
        ("bytes=-100", -100, -1),
        ("bytes=5-99999999999999999999999", 5, -1),
        ("BYTES = 3-3 ", 3, 3),
    ],
)
def test_a_browser_may_ask_for_a_part_of_the_sound(
    asked: str, first: int, last: int, shelf: CarrierShelf, officer: Visitor
) -> None:
    message = heard_message(shelf)
    whole = spoken(2)
    first, last = first % len(whole), last % len(whole)
    part = officer.http.get(f"/inbox/{message.id}/voice", headers={"Range": asked})
    assert part.status_code == 206
    assert part.content == whole[first : last + 1]
    assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
    assert part.headers["content-type"] == "audio/wav"
    assert part.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=32044-"])
def test_a_part_that_is_not_there_is_said_to_be_none(
    asked: str, shelf: CarrierShelf, officer: Visitor
) -> None:
    message = heard_message(shelf)
    none = officer.http.get(f"/inbox/{message.id}/voice", headers={"Range": asked})
    assert (none.status_code, none.content) == (416, b"")
    assert none.headers["content-range"] == f"bytes */{len(spoken(2))}"


@pytest.mark.parametrize(
    "asked", ["", "bytes=", "bytes=-", "bytes=9-3", "seconds=0-1", "bytes=0-1,5-6", "bytes=a-b"]
)
def test_what_is_no_single_part_is_answered_with_the_whole(
    asked: str, shelf: CarrierShelf, officer: Visitor
) -> None:
    message = heard_message(shelf)
    path = f"/inbox/{message.id}/voice"
    for headers in ({"Range": asked}, {"Range": "bytes=0-1", "If-Range": '"x"'}):
        whole = officer.http.get(path, headers=headers)
        assert (whole.status_code, whole.content) == (200, spoken(2))
        assert whole.headers["accept-ranges"] == "bytes"


def test_one_listening_in_parts_is_on_record_once_and_another_officers_again(
    shelf: CarrierShelf, officer: Visitor, templates: Templates
) -> None:
    at = clock.now()
    clock.set_source(lambda: at)
    path = f"/inbox/{heard_message(shelf).id}/voice"
    assert "Nobody has listened to it yet." in words(officer.get("/inbox"))
    for asked in ("bytes=0-1", "bytes=0-", "bytes=9000-"):
        officer.http.get(path, headers={"Range": asked})
    assert times_heard() == 1
    assert "Last listened to:" in words(officer.get("/inbox"))
    somebody(templates, "dispatcher").get(path)
    assert times_heard() == 2
    clock.set_source(lambda: at + timedelta(minutes=11))
    somebody(templates, "dispatcher").get(path)
    assert times_heard() == 3


def test_a_recording_that_was_silent_or_lost_is_no_longer_waited_for(
    shelf: CarrierShelf, officer: Visitor
) -> None:
    call()
    hung_up()
    assert "The sound is on its way." in words(officer.get("/inbox"))
    carrier("stored", CallSid="CA1", RecordingSid=FIRST, RecordingStatus="absent")
    assert recordings()[0].status is VoicemailStatus.EMPTY
    assert "too short or silent" in words(officer.get("/inbox"))
    call(call_id="CA2")
    second = "RE" + "2" * 32
    for _ in (1, 2):
        carrier(
            "stored",
            CallSid="CA2",
            RecordingSid=second,
            RecordingStatus="failed",
            RecordingDuration="7",
        )
    lost = [one for one in recordings() if one.recording_id == second]
    assert [one.status for one in lost] == [VoicemailStatus.MISSING]
    assert "The sound could not be fetched." in words(officer.get("/inbox"))


def test_absent_is_believed_whatever_length_it_says() -> None:
    call()
    carrier(
        "stored",
        CallSid="CA1",
        RecordingSid=FIRST,
        RecordingStatus="absent",
        RecordingDuration="-1",
        ErrorCode="16102",
    )
    assert messages() == []
    assert recordings()[0].status is VoicemailStatus.EMPTY


def test_what_the_carrier_does_not_delete_is_asked_to_be_deleted_again(
    shelf: CarrierShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = clock.now()
    clock.set_source(lambda: at)

    async def refuses(*_asked: object) -> None:
        raise twilio_recordings.NotYet("HTTP 500")

    with monkeypatch.context() as broken:
        broken.setattr(twilio_recordings, "delete", refuses)
        kept = heard_message(shelf)
    [row] = recordings()
    assert kept.id == row.message_id
    assert (row.status, row.deleted_there_at) == (VoicemailStatus.KEPT, None)
    assert row.next_try_at
    assert row.next_try_at > at
    assert shelf.sounds
    assert fetch().deleted_there_at == at
    assert shelf.sounds == {}
    assert shelf.asked == ["GET Basic", "DELETE Basic"], "it was not fetched a second time"


def test_the_carrier_is_told_to_try_again_and_to_write_nothing_down_itself() -> None:
    heard = call().text
    assert "/webhooks/twilio/voice/stored#rc=5&amp;rp=all" in heard
    assert 'recordingStatusCallbackEvent="completed absent"' in heard
    assert "transcribe" not in heard


def test_what_was_said_is_written_down_and_then_read_like_any_message(
    shelf: CarrierShelf, officer: Visitor, templates: Templates
) -> None:
    message = heard_message(shelf, a_member())
    path = f"/inbox/{message.id}/words"
    page = officer.get(path)
    assert f'src="/inbox/{message.id}/voice"' in page.text
    nothing = officer.post(path, words=" \0 ")
    assert nothing.status_code == 422
    assert list(problems(nothing)) == ["words", "meaning"]
    officer.get(path)
    officer.post(path, words="Quand est la réunion ?", meaning="question")
    shown = officer.get("/inbox")
    assert "Written down by the police: Quand est la réunion ?" in words(shown)
    assert "Correct what was said" in words(shown)
    officer.get(f"/inbox/{message.id}/pass-on")
    officer.post(f"/inbox/{message.id}/pass-on", partnership="haut-valdor")
    coordinator = somebody(templates, "coordinator")
    assert "Quand est la réunion ?" in words(coordinator.get("/questions"))
    # From now on the coordinator reads it: nothing is put under his eyes any more.
    assert officer.get(path).status_code == 409
    assert coordinator.get(path).status_code in (403, 404)


def test_only_a_voice_message_within_reach_is_written_down(
    shelf: CarrierShelf, officer: Visitor
) -> None:
    text_from(STRANGER, "vu une voiture", "SM1")
    [written] = messages()
    assert officer.get(f"/inbox/{written.id}/words").status_code == 404
    assert officer.get(f"/inbox/{UUID(int=1)}/words").status_code == 404


def test_a_sighting_is_made_of_what_was_said_and_its_maker_hears_it_beside_the_form(
    shelf: CarrierShelf, officer: Visitor
) -> None:
    message = heard_message(shelf)
    said = "Une camionnette blanche 1-ABC-234 vers la gare"
    officer.get(f"/inbox/{message.id}/words")
    officer.post(f"/inbox/{message.id}/words", words=said, meaning="sighting")
    page = officer.get(f"/replies/{message.id}/sighting")
    assert f'src="/inbox/{message.id}/voice"' in page.text
    assert said in words(page)
    assert "1-ABC-234" in page.text.partition('name="plate"')[2][:200]
