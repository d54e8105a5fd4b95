"""What a broadcast really cost: counted from what was handed over, at the prices of its release."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from channels.contract import Accepted, Meaning, Refused, Result
from hub import clock, config
from hub.db import unit_of_work
from messaging import claims, fan_out, outcomes, receipts, sweep
from messaging.claims import Claimed
from messaging.models import Broadcast, BroadcastCost, Delivery
from messaging.receipts import Receipt
from partnerships.models import Channel
from tests import in_process
from tests.running_hub import THE_LINE, Api
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

DISPATCHER = "dispatcher@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
PRICES = {"SMS_SEGMENT": "0.08", "CALL": "0.25", "MAIL": "0.0004", "WHATSAPP": "0.05"}
# In French and German one SMS part; in Dutch two, for its letters.
WORDS = {
    "fr": {"subject": "Alerte", "short": f"Camionnette blanche. {THE_LINE['fr']}"},
    "nl": {
        "subject": "Alarm",
        "short": "Geëvacueerd: " + "witte bestelwagen " * 3 + THE_LINE["nl"],
    },
    "de": {"subject": "Alarm", "short": f"Weisser Lieferwagen. {THE_LINE['de']}"},
}


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def set_prices(monkeypatch: pytest.MonkeyPatch, prices: dict[str, str]) -> None:
    for name, price in prices.items():
        monkeypatch.setenv(f"HUB_{name}_PRICE", price)
    config.settings.cache_clear()


@pytest.fixture
def api(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> Api:
    set_prices(monkeypatch, PRICES)
    at(NOON)
    return in_process.api(DISPATCHER)


def alert(api: Api, **changes: Any) -> str:
    wanted = {"incident_id": api.incident()["id"], "texts": WORDS, **changes}
    sent = api.send("haut-valdor", **wanted)
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(sent))
    return sent


def held(sent: str) -> list[Claimed]:
    """What a worker takes now."""
    with unit_of_work() as session:
        found = session.get_one(Broadcast, UUID(sent))
        return [
            one
            for chunk in fan_out.chunks_to_send(session, found.id)
            for channel in Channel
            for one in claims.claim(session, found, chunk, channel, 1000)
        ]


def answer(taken: Sequence[Claimed], result: Result | None = None) -> None:
    ends = clock.now() + timedelta(hours=1)
    with unit_of_work() as session:
        outcomes.record(
            session,
            [outcomes.outcome_of(one, result or Accepted(f"ID{one.id}"), ends) for one in taken],
        )


def tell(taken: Sequence[Claimed], status: str) -> None:
    at_once = clock.now()
    with unit_of_work() as session:
        receipts.fold(
            session,
            [Receipt(one.id, one.channel, status, f"ID{one.id}", "", at_once) for one in taken],
        )


def cost(api: Api, sent: str) -> dict[str, Any]:
    timetable.count_costs()
    answered = api.http.get(f"/broadcasts/{sent}/cost")
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found


def by(channel: Channel, taken: Sequence[Claimed]) -> list[Claimed]:
    return [one for one in taken if one.channel is channel]


def parts(taken: Sequence[Claimed]) -> int:
    return sum(2 if one.language == "nl" else 1 for one in by(Channel.SMS, taken))


def units(found: dict[str, Any]) -> dict[str, int]:
    return {one["channel"]: one["units"] for one in found["channels"] if one["units"]}


def test_before_anything_leaves_it_is_promised_and_nothing_is_spent(api: Api) -> None:
    sent = alert(api)
    found = cost(api, sent)
    assert found["spent"] == 0
    assert found["estimated"] == found["promised"] > 0


def test_it_is_what_was_handed_over_by_language_and_channel(api: Api) -> None:
    sent = alert(api)
    taken = held(sent)
    answer(taken)
    found = cost(api, sent)
    assert units(found)["sms"] == parts(taken)
    assert found["spent"] == pytest.approx(found["estimated"])
    assert found["promised"] == 0


def test_the_parts_that_the_carrier_counted_come_first(api: Api) -> None:
    sent = alert(api)
    texts = by(Channel.SMS, taken := held(sent))
    answer(texts, Accepted("SM", 3))
    answer([one for one in taken if one not in texts])
    assert units(cost(api, sent))["sms"] == 3 * len(texts)


def test_a_carrier_that_has_not_counted_yet_says_nothing_about_the_parts(api: Api) -> None:
    sent = alert(api)
    taken = held(sent)
    answer(taken, Accepted("SM", 0))
    assert units(cost(api, sent))["sms"] == parts(taken)


def test_what_was_refused_costs_nothing(api: Api) -> None:
    sent = alert(api)
    first, *others = held(sent)
    answer([first], Refused(Meaning.STOP_POINT, "21211"))
    answer(others)
    assert units(cost(api, sent)).get("sms", 0) == parts(others)


def test_a_call_that_nobody_took_costs_nothing_and_one_to_a_machine_does(api: Api) -> None:
    sent = alert(api)
    answer(taken := held(sent))
    vain, machine, heard, *others = by(Channel.VOICE, taken)
    assert units(cost(api, sent))["voice"] == 3 + len(others)
    tell([vain], "busy")
    tell([machine], receipts.MACHINE_ANSWERED)
    tell([heard], "completed")
    at(NOON + timedelta(minutes=1))
    assert units(cost(api, sent))["voice"] == 2 + len(others)


def test_a_repeat_is_paid_twice(api: Api) -> None:
    sent = alert(api)
    taken = held(sent)
    answer(taken)
    once = cost(api, sent)["spent"]
    texts = by(Channel.SMS, taken)
    with unit_of_work() as session:
        again = session.get_one(Delivery, texts[0].id)
        again.is_repeat = True
        session.add(again)
    at(NOON + timedelta(minutes=1))
    more = cost(api, sent)["spent"] - once
    assert more == pytest.approx(parts(texts[:1]) * 0.08)


def test_a_price_that_changes_later_changes_no_past(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = alert(api)
    set_prices(monkeypatch, dict.fromkeys(PRICES, "9"))
    answer(held(before))
    after = alert(api)
    answer(held(after))
    assert cost(api, before)["spent"] == pytest.approx(cost(api, before)["estimated"])
    assert cost(api, after)["spent"] > 20 * cost(api, before)["spent"]


def test_without_prices_there_are_units_and_no_money(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_prices(monkeypatch, dict.fromkeys(PRICES, "0"))
    sent = alert(api)
    answer(held(sent))
    found = cost(api, sent)
    assert (found["estimated"], found["spent"]) == (None, None)
    assert units(found)["sms"] > 0


def test_an_incident_adds_up_the_alert_what_followed_and_feedback(api: Api) -> None:
    sent = alert(api)
    answer(taken := held(sent))
    tell(taken, "delivered")
    followed = api.http.post(
        f"/broadcasts/{sent}/follow-ups",
        json={"step": "update", "client_request_id": "u", "texts": WORDS},
    ).json()["id"]
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(followed))
    answer(held(followed))
    incident = api.broadcast(sent)["incident_id"]
    both = [cost(api, one)["spent"] for one in (sent, followed)]
    found = api.http.get(f"/incidents/{incident}/cost").json()
    assert found["broadcasts"] == 2
    assert found["spent"] == pytest.approx(sum(both))
    assert min(both) > 0


def test_it_is_counted_again_for_late_receipts_and_is_final_in_the_end(api: Api) -> None:
    sent = alert(api)
    answer(taken := held(sent))
    assert cost(api, sent)["is_final"] is False
    tell(by(Channel.SMS, taken), "delivered")
    tell(by(Channel.VOICE, taken), receipts.KEY_PRESSED)
    at(NOON + timedelta(hours=2))
    with unit_of_work() as session:
        sweep.sweep(session)
    assert api.broadcast(sent)["status"] == "finished"
    assert cost(api, sent)["is_final"] is False
    at(NOON + timedelta(days=5))
    assert cost(api, sent)["is_final"] is True
    timetable.count_costs()
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(BroadcastCost.count_again_at)).one() is None


def test_nothing_is_counted_more_often_than_it_changes(api: Api) -> None:
    sent = alert(api)
    cost(api, sent)
    counted = cost(api, sent)["counted_at"]
    at(NOON + timedelta(seconds=10))
    assert cost(api, sent)["counted_at"] == counted
    at(NOON + timedelta(seconds=21))
    assert cost(api, sent)["counted_at"] > counted


def test_two_timetables_count_it_once(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    once = cost(api, sent)
    at(NOON + timedelta(seconds=30))
    assert cost(api, sent)["spent"] == once["spent"]
    assert cost(api, sent)["estimated"] == once["estimated"]


def test_who_may_not_see_a_broadcast_sees_no_cost_of_it(api: Api) -> None:
    sent = alert(api)
    coordinator = in_process.api("coordinator@demo.example").http
    assert coordinator.get(f"/broadcasts/{sent}/cost").status_code == 403
