"""WhatsApp messages through the real channel to the simulated carrier."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from channels.contract import Accepted, Found, Meaning, Refused, Result, Unclear, WhatsApp
from channels.simulator.client import SimulatorClient
from channels.twilio_errors import receipt_meaning
from channels.twilio_http import TwilioAccount
from channels.whatsapp import WhatsAppChannel
from tests.channels.conftest import Hub

Soon = Callable[[Callable[[], bool]], None]
MEMBER, TEMPLATE = "+32475123456", "HX" + "a" * 32
TEXT = "PLP INFO\n\nFermez   vos fenêtres."


def message(hub: Hub, to: str = MEMBER) -> WhatsApp:
    return WhatsApp(to, TEXT, f"{hub.base}/whatsapp/token")


def send(account: TwilioAccount, wanted: WhatsApp, template: str = TEMPLATE) -> Result:
    async def once() -> Result:
        channel = WhatsAppChannel(account, template)
        try:
            return await channel.send(wanted)
        finally:
            await channel.close()

    return asyncio.run(once())


def test_a_message_arrives_by_its_template_and_is_read(
    account: TwilioAccount, carrier: SimulatorClient, hub: Hub, soon: Soon
) -> None:
    sent = send(account, message(hub))
    assert isinstance(sent, Accepted)
    soon(lambda: hub.statuses(sent.carrier_id) == ["sent", "delivered", "read"])
    assert all(hub.genuine)
    assert hub.received[0]["To"] == f"whatsapp:{MEMBER}"
    [entry] = carrier.phone(MEMBER)["entries"]
    assert (entry["kind"], entry["text"]) == ("whatsapp", "PLP INFO Fermez vos fenêtres.")


def test_a_number_without_whatsapp_is_told_by_receipt(
    account: TwilioAccount, hub: Hub, soon: Soon
) -> None:
    sent = send(account, message(hub, "+32470000038"))
    assert isinstance(sent, Accepted)
    soon(lambda: hub.statuses(sent.carrier_id) == ["sent", "undelivered"])
    assert hub.received[-1]["ErrorCode"] == "63024"
    assert receipt_meaning(63024) is Meaning.STOP_POINT


def test_a_messaging_service_may_be_the_sender(account: TwilioAccount, hub: Hub) -> None:
    service = replace(account, sender="MG" + "a" * 32)
    assert isinstance(send(service, message(hub)), Accepted)


def test_without_a_template_there_is_no_channel(account: TwilioAccount) -> None:
    with pytest.raises(ValueError, match="HX"):
        WhatsAppChannel(account, "")


def test_a_lost_message_is_found_among_the_whatsapp_messages_only(
    account: TwilioAccount, hub: Hub
) -> None:
    wanted = message(hub, "+32470000024")

    async def lose_and_look() -> tuple[Result, Found | None, Found | None]:
        channel = WhatsAppChannel(account, TEMPLATE)
        result = await channel.send(wanted)
        found = await channel.find(wanted, datetime.now(UTC))
        other = await channel.find(replace(wanted, body="Autre"), datetime.now(UTC))
        await channel.close()
        return result, found, other

    result, found, other = asyncio.run(lose_and_look())
    assert isinstance(result, Unclear)
    assert found is not None
    assert other is None


@pytest.mark.parametrize("body", ["", " \n "])
def test_an_empty_text_is_refused(account: TwilioAccount, hub: Hub, body: str) -> None:
    refused = send(account, replace(message(hub), body=body))
    assert refused == Refused(Meaning.FAULT, "21656")
