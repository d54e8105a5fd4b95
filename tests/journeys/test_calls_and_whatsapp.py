"""A hub that listens for answering machines, and whose zone lets what may wait go by WhatsApp."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from hub import clock
from hub.db import unit_of_work
from hub.embedded_redis import EmbeddedRedis
from hub.languages import Language
from messaging import broadcasts
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastText,
    Step,
)
from partnerships import accounts, contact
from partnerships.models import (
    Channel,
    CommunicationPlan,
    ContactKind,
    ContactStop,
    PlanChannel,
    PlanRule,
)
from tests.conftest import empty_queue, forget_settings, use_database
from tests.running_hub import WORDS, RunningHub, eventually

pytestmark = pytest.mark.journey

MACHINE, PERSON = "+32470000054", "+3242000004"
OPTIONS = {
    "HUB_VOICE_MACHINE_DETECTION": "true",
    "HUB_WHATSAPP_SENDER": "+32460000009",
    "HUB_WHATSAPP_CONTENT_SID": "HX" + "a" * 32,
}


@pytest.fixture(scope="module")
def listening_hub(
    tmp_path_factory: pytest.TempPathFactory, redis: EmbeddedRedis
) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("listening-hub")
    database, queue = f"sqlite:///{folder}/hub.sqlite3", empty_queue(redis, 12)
    running = RunningHub(folder, database, queue, settings=OPTIONS)
    running.prepare()
    running.start_all()
    yield running
    running.stop()


def import_one_with_a_machine(hub: RunningHub) -> None:
    register = hub.folder / "machine.csv"
    register.write_text(f"name,language,mobile\nAbsent,fr,{MACHINE}\n", "utf-8")
    hub.command("members", "import", str(register), "--partnership", "haut-valdor")
    with unit_of_work() as session:
        # The carrier's magic number is a mobile; this one is called, as a land line is.
        [point] = contact.points_with_value(session, MACHINE)
        point.kind = ContactKind.LANDLINE
        session.add(point)


def call_of(hub: RunningHub, number: str, *states: str) -> dict[str, Any]:
    calls = [one for one in hub.carrier.phone(number)["entries"] if one["kind"] == "call"]
    return calls[-1] if calls and calls[-1]["status"] in states else {}


def test_a_machine_hears_the_message_once_and_never_counts_as_reached(
    its_database: RunningHub,
) -> None:
    hub = its_database
    import_one_with_a_machine(hub)
    api = hub.api()
    alert = api.send("haut-valdor")
    call = eventually(lambda: call_of(hub, MACHINE, "completed"), "the machine took the call")
    assert call["call"]["heard"].splitlines() == [WORDS["fr"]["short"]]
    assert not call["call"]["waiting_for_digit"]

    def of_machine() -> list[dict[str, Any]]:
        return [one for one in api.deliveries(alert) if one["reason"] == "machine"]

    [kept] = eventually(of_machine, "the receipt is folded in")
    assert (kept["channel"], kept["state"]) == ("voice", "undelivered")
    page = hub.signed_in("dispatcher")
    page.get("/language/en?back=/")
    assert "an answering machine took the call" in page.get(f"/broadcasts/{alert}").text


def test_a_person_hears_it_twice_and_confirms_by_key(listening_hub: RunningHub) -> None:
    hub = listening_hub
    # What the other tests left ringing.
    hub.carrier.reset()
    alert = hub.api().send("haut-valdor")
    call = eventually(lambda: call_of(hub, PERSON, "ringing"), "the telephone rings")
    heard = hub.carrier.answer(call["sid"])["call"]["heard"].splitlines()
    # Élise speaks French or German; the prompt is in the language of the words.
    assert heard[0] == heard[1]
    assert heard[0] in {words["short"] for words in WORDS.values()}
    assert hub.carrier.press(call["sid"], "1")["hub_status"] == 200

    def confirmed() -> bool:
        rows = hub.api().deliveries(alert)
        return any(one["channel"] == "voice" and one["state"] == "delivered" for one in rows)

    eventually(confirmed, "the key is folded in")


def test_what_a_call_says_is_told_only_to_the_carrier(listening_hub: RunningHub) -> None:
    hub = listening_hub
    address = "/webhooks/twilio/voice/words/1.AAAAAAAAAAAAAAAAAAAAAA"
    assert httpx.post(hub.url + address, data={"AnsweredBy": "human"}).status_code == 403
    assert hub.webhook(address, {"AnsweredBy": "human"}).status_code == 404


@pytest.fixture
def its_database(
    listening_hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningHub]:
    use_database(listening_hub.database_url, listening_hub.folder, monkeypatch)
    monkeypatch.setenv("HUB_REDIS_URL", listening_hub.redis_url)
    yield listening_hub
    forget_settings()


def send_prevention_advice() -> str:
    """Written straight into the rows: its page comes with the coordinators' flow."""
    with unit_of_work() as session:
        plan = session.exec(select(CommunicationPlan)).first()
        assert plan is not None
        whatsapp = PlanChannel(
            communication_plan_id=plan.id,
            kind=BroadcastKind.PREVENTION,
            channel=Channel.WHATSAPP,
            position=0,
        )
        # On a Sunday, or at night, it would wait for the morning.
        rule = session.get_one(PlanRule, (plan.id, BroadcastKind.PREVENTION))
        rule.keeps_quiet_hours = False
        rule.needs_relay = False
        session.add_all([whatsapp, rule])
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account is not None
        assert plan.partnership_id is not None
        advice = Broadcast(
            client_request_id="advice",
            kind=BroadcastKind.PREVENTION,
            step=Step.FIRST,
            author_id=account.id,
            expires_at=clock.now() + timedelta(hours=1),
        )
        session.add(advice)
        session.flush()
        session.add(
            BroadcastPartnership(
                broadcast_id=advice.id,
                partnership_id=plan.partnership_id,
                communication_plan_id=plan.id,
            )
        )
        for language, words in WORDS.items():
            session.add(BroadcastText(broadcast_id=advice.id, language=Language(language), **words))
        session.flush()
        assert broadcasts.send(session, accounts.actor_for(session, account), advice)
        return str(advice.id)


def test_advice_goes_by_whatsapp_and_a_stop_there_closes_the_number(
    its_database: RunningHub,
) -> None:
    hub = its_database
    hub.command("zone", "set", "zone-valdor", "--whatsapp")
    advice = send_prevention_advice()
    api = hub.api()

    def read() -> list[dict[str, Any]]:
        rows = api.deliveries(advice)
        return [one for one in rows if one["channel"] == "whatsapp" and one["state"] == "delivered"]

    eventually(lambda: len(read()) > 5, "the receipts of WhatsApp are folded in")
    taken = [one for one in hub.carrier.accepted() if one["kind"] == "whatsapp"]
    assert len({one["to"] for one in taken}) == len(taken)

    member = next(one["to"] for one in taken)
    inbound = {"MessageSid": "SM" + "d" * 32, "From": f"whatsapp:{member}", "Body": "STOP"}
    assert hub.webhook("/webhooks/twilio/sms/inbound", inbound).status_code == 200
    with unit_of_work(read_only=True) as session:
        [point] = contact.points_with_value(session, member)
        closed = select(ContactStop.channel).where(ContactStop.contact_point_id == point.id)
        assert set(session.exec(closed)) == {Channel.SMS, Channel.VOICE, Channel.WHATSAPP}
