"""How a WhatsApp message leaves: Twilio's Messages resource, by a template that was approved."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from channels.contract import Accepted, Found, Refused, Result, Unclear, WhatsApp
from channels.sms import NEWEST, RECEIPT_RETRIES
from channels.twilio_http import TwilioAccount, open_client
from channels.twilio_outcome import (
    answer,
    as_code,
    found_by_id,
    made_after,
    oldest_first,
    outcome,
    unreadable,
)

PREFIX = "whatsapp:"


class WhatsAppChannel:
    """Sends messages that nobody asked for: WhatsApp takes those only as an approved template.

    The text goes in as variable 1 of the template `content_sid` (HX...). The account's sender is a
    number that WhatsApp knows, or a Messaging Service that has one.
    """

    def __init__(self, account: TwilioAccount, content_sid: str) -> None:
        if not content_sid.startswith("HX"):
            raise ValueError("a WhatsApp template's id starts with HX")
        service = account.sender.startswith("MG")
        sender = account.sender if service else PREFIX + account.sender
        self._sender = {"messaging_service_sid" if service else "from_": sender}
        self._content_sid = content_sid
        self._client = open_client(account)
        self._messages: Any = self._client.messages

    async def send(self, message: WhatsApp) -> Result:
        """Hand over one message. Repeats nothing by itself."""
        created = await outcome(self._create(message))
        if isinstance(created, Refused | Unclear):
            return created
        return Accepted(created.sid) if created.sid else unreadable()

    async def find(
        self, message: WhatsApp, since: datetime, known: Collection[str] = ()
    ) -> Found | None:
        """The oldest message to the same number made after `since` whose text holds this one's.

        The carrier shows the whole template, filled in. Raises CarrierUnreachable.
        """
        to, text = PREFIX + message.to, one_paragraph(message.body)
        listed = await answer(self._messages.list_async(to=to, limit=NEWEST, page_size=NEWEST))
        for one in oldest_first(listed, known):
            same = one.to == to and text in (one.body or "")
            if same and made_after(one.date_created, since):
                return Found(one.sid, str(one.status), as_code(one.error_code))
        return None

    async def look_up(self, carrier_id: str) -> Found | None:
        """What became of one message; None if the carrier knows no such id."""
        return await found_by_id(self._client.messages(carrier_id).fetch_async())

    async def close(self) -> None:
        """Close the connections."""
        await self._client.http_client.close()

    def _create(self, message: WhatsApp) -> Any:
        return self._messages.create_async(
            to=PREFIX + message.to,
            content_sid=self._content_sid,
            content_variables=json.dumps({"1": one_paragraph(message.body)}),
            status_callback=message.status_callback + RECEIPT_RETRIES,
            attempt=message.attempt,
            **self._sender,
        )


def one_paragraph(text: str) -> str:
    """A template's variable may hold no line break, tab or run of blanks (error 21656)."""
    return " ".join(text.split())
