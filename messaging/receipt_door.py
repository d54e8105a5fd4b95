"""The short way in for receipts: nine of ten requests of a busy hour, and all alike.

Routing, dependencies and the like cost a request several times what its receipt does. So what is
plainly a genuine receipt is kept at the door; everything else, refusals too, goes the ordinary way
to ``messaging.webhooks``, which alone decides on it.
"""

from redis.exceptions import RedisError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.errors import NotFound
from hub.metrics import receipts_taken
from messaging import receipt_stream
from messaging.carrier_door import signed_parameters
from messaging.receipts import Receipt
from messaging.webhooks import receipt_in
from partnerships.models import Channel

_PREFIX, _MIDDLE = "/webhooks/twilio/", "/status/"
_CHANNELS = {channel.value: channel for channel in (Channel.SMS, Channel.VOICE, Channel.WHATSAPP)}
_LARGEST_BODY = 64 * 1024


class ReceiptDoor:
    """ASGI middleware, the outermost: what it answers needs none of the others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address(scope)
        if address is None:
            await self._app(scope, receive, send)
            return
        read = await _read(receive)
        receipt = _genuine(scope, *address, _body(read))
        if receipt is not None and await _kept(receipt):
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, _replayed(read, receive), send)


def _address(scope: Scope) -> tuple[Channel, str] | None:
    """The channel and the token of an address where receipts are posted."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path: str = scope["path"]
    if not path.startswith(_PREFIX):
        return None
    name, _middle, token = path[len(_PREFIX) :].partition(_MIDDLE)
    channel = _CHANNELS.get(name)
    return (channel, token) if channel and token else None


async def _read(receive: Receive) -> list[Message]:
    """The request's body as it came, up to the largest that is ever taken."""
    messages: list[Message] = []
    size = 0
    while size <= _LARGEST_BODY:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return messages


def _body(messages: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in messages)


def _genuine(scope: Scope, channel: Channel, token: str, body: bytes) -> Receipt | None:
    if len(body) > _LARGEST_BODY:
        return None
    signature = dict(scope["headers"]).get(b"x-twilio-signature", b"").decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    form = signed_parameters(scope["path"], query, body, signature)
    if form is None:
        return None
    try:
        return receipt_in(channel, token, form)
    except NotFound:
        return None


async def _kept(receipt: Receipt) -> bool:
    try:
        await receipt_stream.append(receipt)
    except RedisError:
        return False
    receipts_taken.inc()
    return True


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    """The same request again, for those who read it after us."""
    waiting = iter(messages)

    async def again() -> Message:
        return next(waiting, None) or await receive()

    return again
