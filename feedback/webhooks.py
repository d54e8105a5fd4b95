"""Where the carrier hands in a member's text."""

import asyncio
import re

from fastapi import APIRouter, Depends, Response

from channels import twiml
from feedback.inbox import IncomingText, receive, receive_together
from feedback.models import InboundChannel
from hub.errors import BadInput, FieldProblem
from hub.together import Together
from messaging.carrier_door import SIGNED_BY_CARRIER, SignedForm

# Stands before the number where a member answers by WhatsApp.
_WHATSAPP = "whatsapp:"

# An alert is answered by many at once; the log and the disk are asked once for all of them.
_texts = Together[IncomingText, str | None]("texts", receive_together, receive)

router = APIRouter(dependencies=[Depends(SIGNED_BY_CARRIER)], include_in_schema=False)


@router.post("/webhooks/twilio/sms/inbound")
async def take_text(form: SignedForm) -> Response:
    """Store a member's text and answer it; the commit comes before the answer.

    Always XML: a plain "OK" would be sent to the citizen as a paid text.
    """
    # PostgreSQL stores no NUL, and no telephone types one.
    said = {name: value.replace("\0", "") for name, value in form.items()}
    message_id = said.get("MessageSid") or said.get("SmsSid")
    if not message_id:
        raise BadInput(FieldProblem("MessageSid", "The message has no id."))
    incoming = IncomingText(
        carrier_id=message_id,
        sender=said.get("From", "").removeprefix(_WHATSAPP),
        channel=InboundChannel.WHATSAPP
        if said.get("From", "").startswith(_WHATSAPP)
        else InboundChannel.SMS,
        body=said.get("Body", ""),
        pictures=_pictures(said.get("NumMedia", "")),
        # The carrier's own opt-out has answered already; a second answer would be one too many.
        opt_out_answered=bool(said.get("OptOutType")),
    )
    answer = await asyncio.wrap_future(_texts.ask(incoming))
    return Response(twiml.sms_reply(answer), media_type="text/xml")


def _pictures(said: str) -> int:
    """A number as the carrier writes it; at most the ten that a message can hold."""
    return min(int(said), 10) if re.fullmatch("[0-9]{1,3}", said) else 0
