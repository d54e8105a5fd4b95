"""Where the carrier tells what became of a text or a call."""

from collections.abc import Mapping

from fastapi import Request, Response
from redis.exceptions import RedisError
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from hub import clock, log
from hub.db import unit_of_work
from hub.errors import NotFound
from hub.metrics import receipts_taken
from hub.security import read_reference
from messaging import receipt_stream
from messaging.carrier_door import SIGNED_BY_CARRIER, read_signed_form
from messaging.receipts import MACHINE_ANSWERED, Receipt, fold
from messaging.rendering import DELIVERY_TOKEN
from partnerships.models import Channel

_log = log.get(__name__)


def delivery_of(token: str) -> int:
    """The delivery a token was made for. Raises ``NotFound`` for any other token."""
    reference = read_reference(DELIVERY_TOKEN, token)
    if reference is None:
        raise NotFound
    return int(reference)


async def take_sms_status(request: Request) -> Response:
    """Keep one receipt of a text and answer at once; 2xx only when it is kept."""
    return await _take(request, Channel.SMS)


async def take_whatsapp_status(request: Request) -> Response:
    """The same for a WhatsApp message."""
    return await _take(request, Channel.WHATSAPP)


async def take_voice_status(request: Request) -> Response:
    """The same for a call."""
    return await _take(request, Channel.VOICE)


async def _take(request: Request, channel: Channel) -> Response:
    form = await read_signed_form(request)
    await _keep(receipt_in(channel, request.path_params["token"], form))
    return Response(status_code=204)


def receipt_in(channel: Channel, token: str, form: Mapping[str, str]) -> Receipt:
    """What a signed form says of the delivery ``token`` was made for.

    Raises ``NotFound`` for any other token.
    """
    is_call = channel is Channel.VOICE
    status = form.get("CallStatus" if is_call else "MessageStatus", "")
    return Receipt(
        delivery_id=delivery_of(token),
        channel=channel,
        status=MACHINE_ANSWERED if status == "completed" and is_machine(form) else status,
        carrier_id=form.get("CallSid" if is_call else "MessageSid", ""),
        code=form.get("ErrorCode", ""),
        at=clock.now(),
    )


def is_machine(form: Mapping[str, str]) -> bool:
    """Whether the carrier, where it was told to listen, says that no person answered."""
    return form.get("AnsweredBy", "").startswith(("machine", "fax"))


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


for _endpoint in (take_sms_status, take_voice_status, take_whatsapp_status):
    _endpoint.access_rule = SIGNED_BY_CARRIER  # type: ignore[attr-defined]  # read by rule_of

# Plain routes: at thousands of receipts a second the framework's own machinery is the cost.
routes = [
    Route("/webhooks/twilio/sms/status/{token}", take_sms_status, methods=["POST"]),
    Route("/webhooks/twilio/voice/status/{token}", take_voice_status, methods=["POST"]),
    Route("/webhooks/twilio/whatsapp/status/{token}", take_whatsapp_status, methods=["POST"]),
]
