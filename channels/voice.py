"""How a voice call leaves: Twilio's Calls resource."""

from datetime import datetime
from typing import Any

from channels.contract import Accepted, Call, Found, Refused, Result, Unclear
from channels.sms import NEWEST, RECEIPT_RETRIES
from channels.twilio_http import TwilioAccount, open_client
from channels.twilio_outcome import answer, made_after, outcome

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
        return Accepted(created.sid) if created.sid else Unclear("unreadable answer")

    async def find(self, message: Call, since: datetime) -> Found | None:
        """The newest call to the same number made after `since`, if the carrier has it.

        Raises CarrierUnreachable.
        """
        listed = await answer(
            self._calls.list_async(
                to=message.to,
                limit=NEWEST,
                page_size=NEWEST,
            )
        )
        for one in listed:
            if one.to == message.to and made_after(one.date_created, since):
                return Found(one.sid, str(one.status), None)
        return None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.http_client.close()

    def _create(self, message: Call) -> Any:
        return self._calls.create_async(
            to=message.to,
            from_=self._sender,
            twiml=message.twiml,
            timeout=message.ring_seconds,
            status_callback=message.status_callback + RECEIPT_RETRIES,
            status_callback_method="POST",
            status_callback_event=EVENTS,
        )
