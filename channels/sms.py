"""How a text message leaves: Twilio's Messages resource."""

from datetime import datetime
from typing import Any

from channels.contract import Accepted, Found, Refused, Result, Sms, Unclear
from channels.twilio_http import TwilioAccount, open_client
from channels.twilio_outcome import answer, as_code, as_count, made_after, outcome

# Twilio's default repeats a callback only after a failed connection: without this fragment a
# restart of the web process would lose receipts for good.
RECEIPT_RETRIES = "#rc=5&rp=all"
NEWEST = 200


class SmsChannel:
    """Sends texts; keeps its connections warm for the loop that first uses it."""

    def __init__(self, account: TwilioAccount) -> None:
        service = account.sender.startswith("MG")
        self._sender = {"messaging_service_sid" if service else "from_": account.sender}
        self._client = open_client(account)
        self._messages: Any = self._client.messages

    async def send(self, message: Sms) -> Result:
        """Hand over one text. Repeats nothing by itself."""
        created = await outcome(self._create(message))
        if isinstance(created, Refused | Unclear):
            return created
        if not created.sid:
            return Unclear("unreadable answer")
        return Accepted(created.sid, as_count(created.num_segments))

    async def find(self, message: Sms, since: datetime) -> Found | None:
        """The newest text with the same number and body made after `since`, if the carrier has it.

        Raises CarrierUnreachable.
        """
        listed = await answer(
            self._messages.list_async(
                to=message.to,
                limit=NEWEST,
                page_size=NEWEST,
            )
        )
        for one in listed:
            same = one.to == message.to and one.body == message.body
            if same and made_after(one.date_created, since):
                return Found(one.sid, str(one.status), as_code(one.error_code))
        return None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.http_client.close()

    def _create(self, message: Sms) -> Any:
        return self._messages.create_async(
            to=message.to,
            body=message.body,
            status_callback=message.status_callback + RECEIPT_RETRIES,
            validity_period=message.valid_for,
            attempt=message.attempt,
            **self._sender,
        )
