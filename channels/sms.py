"""How a text message leaves: Twilio's Messages resource."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from channels.contract import Accepted, Found, Refused, Result, Sms, Unclear
from channels.sms_length import as_sent
from channels.twilio_http import TwilioAccount, open_client
from channels.twilio_outcome import (
    answer,
    as_code,
    as_count,
    found_by_id,
    made_after,
    oldest_first,
    outcome,
    unreadable,
)

# Twilio's default repeats a callback only after a failed connection: without this fragment a
# restart of the web process would lose receipts for good.
RECEIPT_RETRIES = "#rc=5&rp=all"
NEWEST = 200


class SmsChannel:
    """Sends texts; keeps its connections warm for the loop that first uses it."""

    def __init__(self, account: TwilioAccount) -> None:
        service = account.sender.startswith("MG")
        self._sender = {"MessagingServiceSid" if service else "From": account.sender}
        self._client = open_client(account)
        self._messages: Any = self._client.messages
        self._address = f"{account.api_url}/2010-04-01/Accounts/{account.account_sid}/Messages.json"

    async def send(self, message: Sms) -> Result:
        """Hand over one text. Repeats nothing by itself."""
        created = await outcome(self._client.http_client.create(self._address, self._form(message)))
        if isinstance(created, Refused | Unclear):
            return created
        if not isinstance(created, dict) or not created.get("sid"):
            return unreadable()
        return Accepted(str(created["sid"]), as_count(created.get("num_segments")))

    async def find(
        self, message: Sms, since: datetime, known: Collection[str] = ()
    ) -> Found | None:
        """The oldest text with the same number and body made after `since`, if the carrier has it.

        Raises CarrierUnreachable.
        """
        listed = await answer(
            self._messages.list_async(
                to=message.to,
                limit=NEWEST,
                page_size=NEWEST,
            )
        )
        body = as_sent(message.body)
        for one in oldest_first(listed, known):
            same = one.to == message.to and one.body == body
            if same and made_after(one.date_created, since):
                return Found(one.sid, str(one.status), as_code(one.error_code))
        return None

    async def look_up(self, carrier_id: str) -> Found | None:
        """What became of one text; None if the carrier knows no such id."""
        return await found_by_id(self._client.messages(carrier_id).fetch_async())

    async def close(self) -> None:
        """Close the connections."""
        await self._client.http_client.close()

    def _form(self, message: Sms) -> dict[str, Any]:
        return {
            "To": message.to,
            "Body": as_sent(message.body),
            "ValidityPeriod": message.valid_for,
            "Attempt": message.attempt,
            **_receipts(message),
            **self._sender,
        }


def _receipts(message: Sms) -> dict[str, str]:
    """Where receipts go; nowhere when nobody waits for one."""
    door = message.status_callback
    return {"StatusCallback": door + RECEIPT_RETRIES} if door else {}
