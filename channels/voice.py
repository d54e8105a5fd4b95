"""How a voice call leaves: Twilio's Calls resource."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from channels.contract import Accepted, Call, Found, Refused, Result, Unclear
from channels.sms import NEWEST, RECEIPT_RETRIES
from channels.twilio_http import TwilioAccount, open_client
from channels.twilio_outcome import (
    answer,
    found_by_id,
    made_after,
    oldest_first,
    outcome,
    unreadable,
)

EVENTS = ["initiated", "ringing", "answered", "completed"]


class VoiceChannel:
    """Starts calls. The sender must be a number: a Messaging Service cannot call."""

    def __init__(self, account: TwilioAccount) -> None:
        if not account.sender.startswith("+"):
            raise ValueError("the voice sender must be a number in international form")
        self._sender = account.sender
        self._client = open_client(account)
        self._calls: Any = self._client.calls

    async def send(self, message: Call) -> Result:
        """Hand over one call. Repeats nothing by itself."""
        created = await outcome(self._create(message))
        if isinstance(created, Refused | Unclear):
            return created
        return Accepted(created.sid) if created.sid else unreadable()

    async def find(
        self, message: Call, since: datetime, known: Collection[str] = ()
    ) -> Found | None:
        """The oldest call to the same number made after `since` that is not `known`, if any.

        Raises CarrierUnreachable.
        """
        listed = await answer(
            self._calls.list_async(
                to=message.to,
                limit=NEWEST,
                page_size=NEWEST,
            )
        )
        for one in oldest_first(listed, known):
            if one.to == message.to and made_after(one.date_created, since):
                return Found(one.sid, str(one.status), None)
        return None

    async def look_up(self, carrier_id: str) -> Found | None:
        """What became of one call; None if the carrier knows no such id."""
        return await found_by_id(self._client.calls(carrier_id).fetch_async())

    async def close(self) -> None:
        """Close the connections."""
        await self._client.http_client.close()

    def _create(self, message: Call) -> Any:
        return self._calls.create_async(
            to=message.to,
            from_=self._sender,
            **_words(message),
            timeout=message.ring_seconds,
            status_callback=message.status_callback + RECEIPT_RETRIES,
            status_callback_method="POST",
            status_callback_event=EVENTS,
        )


def _words(message: Call) -> dict[str, str]:
    if not message.ask_at:
        return {"twiml": message.twiml}
    # The address is asked again if it fails: without an answer the member hears a fault.
    return {
        "url": message.ask_at + RECEIPT_RETRIES,
        "method": "POST",
        "machine_detection": "Enable",
    }
