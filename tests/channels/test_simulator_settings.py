"""What the simulator can be told to do: to the carrier's answers, its receipts and its members."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from channels.contract import Accepted, Meaning, Refused, Result, Sms, Unclear
from channels.simulator import Simulator, SimulatorSettings
from channels.simulator.chance import belongs
from channels.simulator.client import SettingsRefused, SimulatorClient, SimulatorUnreachable
from channels.simulator.knobs import Knobs
from channels.simulator.rate_limit import RateLimit
from channels.sms import SmsChannel
from channels.twilio_http import TwilioAccount
from tests.channels.conftest import SENDER, SID, TOKEN, Hub, Loop

Soon = Callable[[Callable[[], bool]], None]
MEMBERS = [f"+3247512{n:04}" for n in range(40)]
MEMBER = MEMBERS[0]


def texts(account: TwilioAccount, hub: Hub, *numbers: str, callback: bool = True) -> list[Result]:
    """Send "Hello" to each, one after the other."""

    async def each() -> list[Result]:
        channel = SmsChannel(account)
        door = f"{hub.base}/r" if callback else ""
        sent = [await channel.send(Sms(number, "Hello", door, 60)) for number in numbers]
        await channel.close()
        return sent

    return asyncio.run(each())


def kinds(results: list[Result]) -> set[str]:
    return {one.code if isinstance(one, Refused) else type(one).__name__ for one in results}


def test_without_settings_nothing_goes_wrong(carrier: SimulatorClient) -> None:
    assert carrier.settings() == {
        name: {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value
        for name, value in Knobs().model_dump(mode="json").items()
    }
    assert Knobs().chances == tuple((name, 0.0) for name, _share in Knobs().chances)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"percent_500": 100}, Unclear("20500")),
        ({"percent_503": 100}, Refused(Meaning.RETRY, "20503")),
        ({"percent_accepted_500": 100}, Unclear("20500")),
        ({"percent_reset": 100}, None),
        ({"percent_lost": 100}, None),
        ({"percent_broken": 100}, None),
    ],
)
def test_each_kind_of_answer_can_be_had_for_any_number(
    account: TwilioAccount,
    carrier: SimulatorClient,
    hub: Hub,
    fault: dict[str, int],
    seen: Result | None,
) -> None:
    carrier.set(**fault)
    [result] = texts(account, hub, MEMBER)
    assert isinstance(result, Unclear) if seen is None else same_answer(result, seen)
    kept = len(carrier.accepted())
    assert kept == (0 if {"percent_500", "percent_503", "percent_reset"} & fault.keys() else 1)


def same_answer(result: Result, wanted: Result) -> bool:
    if isinstance(result, Refused) and isinstance(wanted, Refused):
        return (result.meaning, result.code) == (wanted.meaning, wanted.code)
    return isinstance(result, Unclear) and isinstance(wanted, Unclear)


def test_chance_strikes_alike_for_the_same_seed(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    carrier.set(seed=7, percent_503=50, percent_500=10)
    first = [type(one).__name__ for one in texts(account, hub, *MEMBERS)]
    carrier.set(seed=7)
    assert [type(one).__name__ for one in texts(account, hub, *MEMBERS)] == first
    assert set(first) == {"Accepted", "Refused", "Unclear"}
    assert carrier.counts()["503"] == 2 * first.count("Refused")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (20003, Meaning.STOP_SENDER),
        (20429, Meaning.SLOW_DOWN),
        (21610, Meaning.OPTED_OUT),
        (29999, Meaning.FAULT),
    ],
)
def test_any_code_of_the_carriers_can_be_had(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, code: int, meaning: Meaning
) -> None:
    carrier.set(percent_refused=100, refused_code=code)
    assert texts(account, hub, MEMBER) == [Refused(meaning, str(code))]
    assert carrier.accepted() == []


def test_any_code_can_be_reported_later(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    carrier.set(percent_undelivered=100, undelivered_code=30410)
    seen = statuses_after(lambda: texts(account, hub, MEMBER), hub, soon, 2)
    assert seen == ["sent", "undelivered"]
    assert hub.received[-1]["ErrorCode"] == "30410"
    assert carrier.counts()["undelivered"] == 1


def test_a_magic_number_keeps_its_own_fault(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    carrier.set(percent_500=100)
    assert kinds(texts(account, hub, "+32470000012")) == {"21610"}


def test_beyond_the_rate_the_answer_is_429(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    carrier.set(rate_per_second=1)
    results = texts(account, hub, *MEMBERS[:5])
    refused = [one for one in results if isinstance(one, Refused)]
    assert isinstance(results[0], Accepted)
    assert {(one.meaning, one.code, one.retry_after) for one in refused} == {
        (Meaning.SLOW_DOWN, "20429", 1.0)
    }
    assert carrier.counts()["rate_limited"] == len(refused)
    carrier.set(retry_after="off")
    silent = [one for one in texts(account, hub, *MEMBERS[:5]) if isinstance(one, Refused)]
    assert {one.retry_after for one in silent} == {None}


def test_the_rate_is_so_many_a_second_and_a_second_in_store() -> None:
    at = [100.0]
    limit = RateLimit(lambda: at[0])
    assert [limit.takes_one_more(4) for _ in range(5)] == [True, True, True, True, False]
    at[0] += 0.25
    assert [limit.takes_one_more(4) for _ in range(2)] == [True, False]
    at[0] += 60
    assert sum(limit.takes_one_more(4) for _ in range(10)) == 4
    assert limit.takes_one_more(0)


def test_an_outage_answers_503_to_everything_but_the_controls(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    carrier.set(outage="503")
    assert kinds(texts(account, hub, MEMBER)) == {"20503"}
    assert carrier.accepted() == []
    carrier.set(outage="off")
    assert kinds(texts(account, hub, MEMBER)) == {"Accepted"}


def test_in_an_outage_the_port_can_be_closed_for_a_while(loop: Loop, hub: Hub, soon: Soon) -> None:
    with another_carrier(loop, hub) as carrier:
        carrier.set(outage="refuse", outage_seconds=0.3)
        soon(lambda: not answers(carrier))
        soon(lambda: answers(carrier))
        assert carrier.settings()["outage"] == "off"


@contextmanager
def another_carrier(loop: Loop, hub: Hub, knobs: Knobs | None = None) -> Iterator[SimulatorClient]:
    settings = SimulatorSettings(
        "127.0.0.1", 0, 0, SID, TOKEN, hub.base + "/inbound", SENDER, knobs=knobs or Knobs()
    )
    simulator = Simulator(settings)
    loop.do(simulator.start())
    try:
        yield SimulatorClient(f"http://127.0.0.1:{simulator.port}")
    finally:
        loop.do(simulator.stop())


def answers(carrier: SimulatorClient) -> bool:
    try:
        return bool(carrier.health())
    except SimulatorUnreachable:
        return False


def test_the_lists_can_lag_behind(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    texts(account, hub, MEMBER)
    assert found(account) is not None
    carrier.set(list_lag_seconds=3600)
    assert found(account) is None


def found(account: TwilioAccount) -> object:
    async def look() -> object:
        channel = SmsChannel(account)
        since = datetime.now(UTC) - timedelta(minutes=1)
        seen = await channel.find(Sms(MEMBER, "Hello", "", 60), since)
        await channel.close()
        return seen

    return asyncio.run(look())


def statuses_after(act: Callable[[], list[Result]], hub: Hub, soon: Soon, count: int) -> list[str]:
    [result] = act()
    assert isinstance(result, Accepted)
    soon(lambda: len(hub.received) >= count)
    return hub.statuses(result.carrier_id)


def test_receipts_can_come_twice_and_backwards(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    carrier.set(receipts_doubled="on", receipts_order="reversed")
    seen = statuses_after(lambda: texts(account, hub, MEMBER), hub, soon, 4)
    assert seen == ["delivered", "delivered", "sent", "sent"]
    assert carrier.phone(MEMBER)["entries"][0]["status"] == "delivered"


def test_receipts_can_come_before_the_answer(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    carrier.set(receipts_early="on")
    texts(account, hub, MEMBER)
    assert [form["MessageStatus"] for form in hub.received] == ["sent", "delivered"]


def test_receipts_can_be_late_and_a_reset_withdraws_them(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    carrier.set(receipts_late_seconds=0.3)
    texts(account, hub, MEMBER)
    assert hub.received == []
    carrier.reset()
    texts(account, hub, MEMBERS[1])
    soon(lambda: len(hub.received) == 2)
    time.sleep(0.4)
    assert {form["To"] for form in hub.received} == {MEMBERS[1]}


def test_a_share_of_the_receipts_is_lost_though_the_list_knows(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    carrier.set(receipts_percent=0)
    texts(account, hub, MEMBER)
    soon(lambda: carrier.phone(MEMBER)["entries"][0]["status"] == "delivered")
    assert hub.received == []
    assert carrier.counts()["receipts_lost"] == 2


@pytest.mark.parametrize("how", ["unsigned", "wrong_token"])
def test_a_forged_receipt_comes_beside_each_genuine_one(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon, how: str
) -> None:
    carrier.set(receipts_forged=how)
    seen = statuses_after(lambda: texts(account, hub, MEMBER), hub, soon, 4)
    assert seen == ["sent", "undelivered", "delivered", "undelivered"]
    assert hub.genuine == [True, False, True, False]


def test_every_member_can_text_back(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    carrier.set(reply_text="OK", receipts="off")
    texts(account, hub, *MEMBERS[:3])
    soon(lambda: len(hub.received) == 3)
    assert {(form["From"], form["Body"]) for form in hub.received} == {
        (number, "OK") for number in MEMBERS[:3]
    }


def test_a_share_of_the_members_is_always_the_same_people(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    carrier.set(reply_text="OK", reply_percent=50, receipts="off")
    texts(account, hub, *MEMBERS, *MEMBERS)
    chosen = [number for number in MEMBERS if belongs(0, number, 50)]
    assert 10 < len(chosen) < 30
    soon(lambda: len(hub.received) == 2 * len(chosen))
    assert {form["From"] for form in hub.received} == set(chosen)


def test_a_script_says_who_texts_what_and_when(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    script = f"{MEMBER}; 0.2; Saw a white van; number plate 1-ABC\n\n{MEMBER};0;OK"
    carrier.set(script=script, receipts="off")
    texts(account, hub, *MEMBERS[:2])
    soon(lambda: len(hub.received) == 2)
    assert [form["Body"] for form in hub.received] == ["OK", "Saw a white van; number plate 1-ABC"]


@pytest.mark.parametrize(
    "order",
    [
        {"latency_ms": -1},
        {"answering": "never"},
        {"percent_lost": 60, "percent_500": 41},
        {"percent_500": "many"},
        {"percent_500": float("nan")},
        {"script": f"{MEMBER}; soon; OK"},
        {"script": "0475123456; 1; OK"},
        {"script": f"{MEMBER}; 1"},
        {"latency": 5},
    ],
)
def test_a_wrong_order_changes_nothing_and_names_what_is_wrong(
    carrier: SimulatorClient, order: dict[str, object]
) -> None:
    before = carrier.settings()
    with pytest.raises(SettingsRefused) as refused:
        carrier.set(receipts="off", **order)
    named = refused.value.problems[0][0]
    assert named in order or named == ""
    assert MEMBER not in str(refused.value)
    assert carrier.settings() == before


def test_a_reset_goes_back_to_the_settings_of_the_start(loop: Loop, hub: Hub) -> None:
    with another_carrier(loop, hub, Knobs(latency_ms=5, reply_text="OK")) as carrier:
        carrier.set(latency_ms=9, reply_text="")
        carrier.reset()
        shown = carrier.settings()
        assert (shown["latency_ms"], shown["reply_text"]) == (5, "OK")


def test_only_a_share_of_the_phones_is_answered(carrier: SimulatorClient) -> None:
    settings = carrier.set(answering="press_1", answering_percent=50)
    assert (settings["answering"], settings["answering_percent"]) == ("press_1", 50)
