"""Where the carrier hands in a member's text."""

from fastapi import APIRouter, Depends, Response

from channels import twiml
from feedback.inbox import IncomingText, receive
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from messaging.carrier_door import SIGNED_BY_CARRIER, SignedForm

router = APIRouter(dependencies=[Depends(SIGNED_BY_CARRIER)], include_in_schema=False)


@router.post("/webhooks/twilio/sms/inbound")
def take_text(form: SignedForm, session: DbSession) -> Response:
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
        sender=said.get("From", ""),
        body=said.get("Body", ""),
        # The carrier's own opt-out has answered already; a second answer would be one too many.
        opt_out_answered=bool(said.get("OptOutType")),
    )
    return Response(twiml.sms_reply(receive(session, incoming)), media_type="text/xml")
