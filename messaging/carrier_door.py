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
    body = await request.body()
    parameters = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    url = settings().base_url + request.url.path
    if request.url.query:
        url += f"?{request.url.query}"
    signature = request.headers.get("X-Twilio-Signature")
    if not verify(url, parameters, signature, settings().webhook_tokens):
        webhooks_refused.inc()
        _log.warning("webhook_refused", has_signature=signature is not None)
        raise NotAllowed
    return dict(parameters)


SignedForm = Annotated[Mapping[str, str], Depends(read_signed_form)]
