"""Texts through the real SmsChannel to the real simulator, over HTTP."""

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from channels.contract import (
    Accepted,
    CarrierUnreachable,
    Found,
    Meaning,
    Patience,
    Refused,
    Result,
    Sms,
    Unclear,
)
from channels.simulator.client import SimulatorClient
from channels.sms import SmsChannel
from channels.twilio_http import TwilioAccount, read_retry_after
from tests.channels.conftest import Hub

Soon = Callable[[Callable[[], bool]], None]
MEMBER = "+32475123456"


def text(to: str, hub: Hub | None = None, body: str = "Gas leak, keep windows shut") -> Sms:
    base = hub.base if hub else "http://127.0.0.1:9"
    return Sms(to, body, f"{base}/receipts/token", valid_for=3600)


def send(account: TwilioAccount, *messages: Sms) -> list[Result]:
    async def all_of_them() -> list[Result]:
        channel = SmsChannel(account)
        try:
            return [await channel.send(message) for message in messages]
        finally:
            await channel.close()

    return asyncio.run(all_of_them())


def find(account: TwilioAccount, message: Sms, since: datetime) -> Found | None:
    async def look() -> Found | None:
        channel = SmsChannel(account)
        try:
            return await channel.find(message, since)
        finally:
            await channel.close()

    return asyncio.run(look())


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


def test_a_text_reaches_the_phone_and_its_receipts_come_back_signed(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    [sent] = send(account, text(MEMBER, hub))
    assert isinstance(sent, Accepted)
    assert sent.segments == 1
    soon(lambda: hub.statuses(sent.carrier_id) == ["sent", "delivered"])
    assert hub.genuine == [True, True]
    [entry] = carrier.phone(MEMBER)["entries"]
    assert (entry["direction"], entry["text"]) == ("in", "Gas leak, keep windows shut")
    assert entry["status"] == "delivered"


def test_a_text_leaves_as_it_was_measured_and_is_found_again(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub
) -> None:
    began = datetime.now(UTC)
    decomposed = text(MEMBER, hub, "e\u0301" * 160)
    [sent] = send(account, decomposed)
    assert isinstance(sent, Accepted)
    assert sent.segments == 1
    [entry] = carrier.phone(MEMBER)["entries"]
    assert entry["text"] == "é" * 160
    found = find(account, decomposed, began)
    assert found is not None
    assert found.carrier_id == sent.carrier_id


def test_a_messaging_service_counts_segments_later_and_reports_queued(
    account: TwilioAccount, hub: Hub, soon: Soon
) -> None:
    [sent] = send(replace(account, sender="MG" + "a" * 32), text(MEMBER, hub))
    assert isinstance(sent, Accepted)
    assert sent.segments is None
    soon(lambda: hub.statuses(sent.carrier_id) == ["queued", "sent", "delivered"])


@pytest.mark.parametrize(
    ("last_digits", "meaning", "code"),
    [
        ("11", Meaning.STOP_POINT, "21211"),
        ("12", Meaning.OPTED_OUT, "21610"),
        ("13", Meaning.STOP_POINT, "21614"),
        ("14", Meaning.FAULT, "21408"),
        ("18", Meaning.SLOW_DOWN, "21611"),
        ("22", Meaning.RETRY, "20503"),
    ],
)
def test_a_refusal_says_what_it_asks_of_the_sender(
    account: TwilioAccount, carrier: SimulatorClient, last_digits: str, meaning: str, code: str
) -> None:
    [refused] = send(account, text("+324700000" + last_digits))
    assert isinstance(refused, Refused)
    assert (refused.meaning, refused.code) == (Meaning(meaning), code)
    # An answer of 5xx is about the carrier, not about this number.
    assert refused.whole_carrier is (code == "20503")
    assert carrier.accepted() == []


def test_a_carrier_that_asks_for_patience_says_for_how_long(account: TwilioAccount) -> None:
    assert send(account, text("+32470000015")) == [Refused(Meaning.SLOW_DOWN, "20429", 2.0)]


def test_a_busy_carrier_takes_the_third_try(account: TwilioAccount) -> None:
    results = send(account, *[text("+32470000016")] * 3)
    assert [type(result) for result in results] == [Refused, Refused, Accepted]


@pytest.mark.parametrize("last_digits", ["24", "25", "26"])
def test_an_accepted_text_whose_answer_is_lost_is_unclear_and_can_be_found(
    account: TwilioAccount, carrier: SimulatorClient, last_digits: str
) -> None:
    message = text("+324700000" + last_digits)
    before = datetime.now(UTC)
    [result] = send(account, message)
    assert isinstance(result, Unclear)
    [line] = carrier.accepted()
    found = find(account, message, before)
    assert found is not None
    assert found.carrier_id == line["sid"]


def test_an_error_500_is_unclear_and_nothing_is_repeated(
    account: TwilioAccount, carrier: SimulatorClient
) -> None:
    message = text("+32470000021")
    assert send(account, message) == [Unclear("20500")]
    assert find(account, message, datetime.now(UTC)) is None
    assert carrier.accepted() == []


def test_a_carrier_that_never_answers_is_given_up_after_ten_seconds(
    account: TwilioAccount,
) -> None:
    began = time.monotonic()
    hasty = replace(account, patience=Patience(total=0.3))
    [result] = send(hasty, text("+32470000023"))
    assert isinstance(result, Unclear)
    assert time.monotonic() - began < 2


def test_a_carrier_that_is_not_there_got_nothing(account: TwilioAccount) -> None:
    nowhere = replace(account, api_url=f"http://127.0.0.1:{free_port()}")
    assert send(nowhere, text(MEMBER)) == [Refused(Meaning.RETRY, "connect", whole_carrier=True)]
    with pytest.raises(CarrierUnreachable) as raised:
        find(nowhere, text(MEMBER), datetime.now(UTC))
    assert MEMBER not in str(raised.value)


def test_a_carrier_without_a_name_or_with_a_wrong_certificate_got_nothing(
    account: TwilioAccount,
) -> None:
    for url in ("http://nowhere.invalid", account.api_url.replace("http:", "https:")):
        assert send(replace(account, api_url=url), text(MEMBER)) == [
            Refused(Meaning.RETRY, "connect", whole_carrier=True)
        ]


def test_wrong_credentials_stop_the_sender(account: TwilioAccount) -> None:
    stranger = replace(account, auth_token="wrong")
    assert send(stranger, text(MEMBER)) == [Refused(Meaning.STOP_SENDER, "20003")]
    with pytest.raises(CarrierUnreachable):
        find(stranger, text(MEMBER), datetime.now(UTC))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (text(""), "21604"),
        (text("0475123456"), "21211"),
        (text(MEMBER, body=""), "21602"),
        (text(MEMBER, body="x" * 1601), "21617"),
        (Sms(MEMBER, "Hello", "http://my_host/x", 60), "21609"),
        (Sms(MEMBER, "Hello", "http://host/x", 40_000), "30013"),
    ],
)
def test_the_simulator_checks_what_the_carrier_checks(
    account: TwilioAccount, message: Sms, code: str
) -> None:
    [refused] = send(account, message)
    assert isinstance(refused, Refused)
    assert refused.code == code


def test_only_the_same_number_and_body_since_then_counts_as_found(
    account: TwilioAccount, hub: Hub
) -> None:
    message = text(MEMBER, hub)
    [sent] = send(account, message)
    assert isinstance(sent, Accepted)
    moment = datetime.now(UTC)
    found = find(account, message, moment)
    assert found is not None
    assert found.carrier_id == sent.carrier_id
    assert find(account, replace(message, body="Another text"), moment) is None
    assert find(account, replace(message, to="+32475999999"), moment) is None
    assert find(account, message, moment + timedelta(minutes=3)) is None


@pytest.mark.parametrize(
    ("last_digits", "statuses"),
    [
        ("31", ["sent", "undelivered"]),
        ("35", ["failed"]),
        ("42", ["sent", "sent", "delivered", "delivered"]),
        ("44", ["delivered", "sent"]),
        ("45", ["sent", "delivered"]),
    ],
)
def test_receipts_come_as_the_magic_number_says(
    account: TwilioAccount, hub: Hub, soon: Soon, last_digits: str, statuses: list[str]
) -> None:
    [sent] = send(account, text("+324700000" + last_digits, hub))
    assert isinstance(sent, Accepted)
    soon(lambda: hub.statuses(sent.carrier_id) == statuses)


def test_a_delivery_that_fails_carries_its_code_to_hub_and_list(
    account: TwilioAccount, hub: Hub, soon: Soon
) -> None:
    message = text("+32470000032", hub)
    began = datetime.now(UTC)
    send(account, message)
    soon(lambda: len(hub.received) == 2)
    assert hub.received[-1]["ErrorCode"] == "30005"
    found = find(account, message, began)
    assert found is not None
    assert (found.status, found.code) == ("undelivered", 30005)


def test_a_receipt_that_meets_an_error_is_posted_again(
    account: TwilioAccount, hub: Hub, soon: Soon
) -> None:
    hub.status = 500
    [sent] = send(account, text(MEMBER, hub))
    assert isinstance(sent, Accepted)
    soon(lambda: len(hub.received) >= 3)
    hub.status = 200
    soon(lambda: {"sent", "delivered"} <= set(hub.statuses(sent.carrier_id)[2:]))


def test_one_channel_sends_many_texts_at_once(
    account: TwilioAccount, carrier: SimulatorClient
) -> None:
    carrier.set(receipts="off", latency_ms=20)

    async def burst() -> list[Result]:
        channel = SmsChannel(account)
        sends = (channel.send(text(f"+3247{n:07}")) for n in range(1_000_000, 1_000_300))
        results = await asyncio.gather(*sends)
        await channel.close()
        return results

    began = time.monotonic()
    assert all(isinstance(result, Accepted) for result in asyncio.run(burst()))
    assert time.monotonic() - began < 3  # one after the other would take six seconds
    assert len({line["sid"] for line in carrier.accepted()}) == 300


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert read_retry_after("7") == 7.0
    assert read_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert read_retry_after("soon") is None
    assert read_retry_after(None) is None


def test_an_account_never_shows_its_token(account: TwilioAccount) -> None:
    assert account.auth_token not in repr(account)
    with pytest.raises(ValueError, match="http"):
        replace(account, api_url="127.0.0.1:8025")
