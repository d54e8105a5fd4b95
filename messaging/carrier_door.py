"""The door a carrier knocks on: the form it posts is taken only with its own signature under it."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from channels.signature import verify
from hub import log
from hub.access import OpenRule
from hub.config import settings
from hub.errors import NotAllowed
from hub.metrics import webhooks_refused

_log = log.get(__name__)

SIGNED_BY_CARRIER = OpenRule("The carrier's signature is checked over every parameter.")


async def read_signed_form(request: Request) -> Mapping[str, str]:
    """The posted parameters, if the carrier signed them for this very address.

    The address is the configured public one: what a request says of its own host is no proof.
    Raises ``NotAllowed`` (403) for a missing or wrong signature; nothing has been stored then.
    """
    signature = request.headers.get("X-Twilio-Signature")
    body = await request.body()
    parameters = signed_parameters(request.url.path, request.url.query, body, signature)
    if parameters is None:
        webhooks_refused.inc()
        _log.warning("webhook_refused", has_signature=signature is not None)
        raise NotAllowed
    return parameters


def signed_parameters(
    path: str, query: str, body: bytes, signature: str | None
) -> dict[str, str] | None:
    """The parameters in a form's body; ``None`` unless the carrier signed them for this address."""
    parameters = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    url = settings().base_url + path + (f"?{query}" if query else "")
    genuine = verify(url, parameters, signature, settings().webhook_tokens)
    return dict(parameters) if genuine else None


SignedForm = Annotated[Mapping[str, str], Depends(read_signed_form)]
