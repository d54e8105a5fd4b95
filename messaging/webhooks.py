"""Where the carrier tells what became of a text or a call, and which key was pressed."""

from fastapi import APIRouter, Depends, Request, Response
from redis.exceptions import RedisError
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from channels import twiml
from hub import clock, log
from hub.db import DbSession, unit_of_work
from hub.errors import NotFound
from hub.i18n import translate
from hub.metrics import receipts_taken
from hub.security import read_reference
from messaging import receipt_stream
from messaging.carrier_door import SIGNED_BY_CARRIER, SignedForm, read_signed_form
from messaging.models import Delivery
from messaging.receipts import KEY_PRESSED, Receipt, fold
from messaging.rendering import DELIVERY_TOKEN
from partnerships import contact
from partnerships.models import Channel

_log = log.get(__name__)

CONFIRM_KEY, STOP_KEY = "1", "9"


def delivery_of(token: str) -> int:
    """The delivery a token was made for. Raises ``NotFound`` for any other token."""
    reference = read_reference(DELIVERY_TOKEN, token)
    if reference is None:
        raise NotFound
    return int(reference)


async def take_sms_status(request: Request) -> Response:
    """Keep one receipt of a text and answer at once; 2xx only when it is kept."""
    return await _take(request, Channel.SMS, "MessageStatus", "MessageSid")


async def take_voice_status(request: Request) -> Response:
    """Keep one receipt of a call and answer at once; 2xx only when it is kept."""
    return await _take(request, Channel.VOICE, "CallStatus", "CallSid")


async def _take(request: Request, channel: Channel, status: str, carrier_id: str) -> Response:
    form = await read_signed_form(request)
    await _keep(
        Receipt(
            delivery_id=delivery_of(request.path_params["token"]),
            channel=channel,
            status=form.get(status, ""),
            carrier_id=form.get(carrier_id, ""),
            code=form.get("ErrorCode", ""),
            at=clock.now(),
        )
    )
    return Response(status_code=204)


async def _keep(receipt: Receipt) -> None:
    try:
        await receipt_stream.append(receipt)
    except RedisError as error:
        # Slower by far, but a receipt is not lost because Redis is away.
        _log.warning("receipt_stream_away", cause=type(error).__name__)
        await run_in_threadpool(_fold_now, receipt)
    receipts_taken.inc()


def _fold_now(receipt: Receipt) -> None:
    with unit_of_work() as session:
        fold(session, [receipt])


for _endpoint in (take_sms_status, take_voice_status):
    _endpoint.access_rule = SIGNED_BY_CARRIER  # type: ignore[attr-defined]  # read by rule_of

# Plain routes: at thousands of receipts a second the framework's own machinery is the cost.
routes = [
    Route("/webhooks/twilio/sms/status/{token}", take_sms_status, methods=["POST"]),
    Route("/webhooks/twilio/voice/status/{token}", take_voice_status, methods=["POST"]),
]

router = APIRouter(dependencies=[Depends(SIGNED_BY_CARRIER)], include_in_schema=False)


@router.post("/webhooks/twilio/voice/keys/{token}")
def take_key(token: str, form: SignedForm, session: DbSession) -> Response:
    """A key pressed during a call: 1 confirms, 9 closes calls to this number."""
    delivery = session.get(Delivery, delivery_of(token))
    if delivery is None:
        raise NotFound
    key = form.get("Digits", "")
    if key == CONFIRM_KEY:
        fold(session, [_confirmation(delivery, form.get("CallSid", ""))])
        answer = translate(delivery.language, "Thank you. You have confirmed the message. Goodbye.")
    elif key == STOP_KEY and delivery.contact_point_id is not None:
        contact.stop(session, delivery.contact_point_id, Channel.VOICE, "key_9")
        answer = translate(delivery.language, "You will get no more calls on this number. Goodbye.")
    else:
        answer = translate(delivery.language, "Goodbye.")
    return Response(twiml.goodbye(answer, delivery.language), media_type="text/xml")


def _confirmation(delivery: Delivery, call_id: str) -> Receipt:
    return Receipt(delivery.id or 0, Channel.VOICE, KEY_PRESSED, call_id, "", clock.now())
