"""How a call to another system is signed: Standard Webhooks (standardwebhooks.com), version 1.

A receiver needs no code of ours to check it: libraries for that specification do.
"""

import base64
import hmac
import secrets
from collections.abc import Iterable
from uuid import UUID

_PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """A secret of 256 bits, written as the receivers' libraries want it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers(signing: Iterable[str], call_id: UUID, at: int, body: bytes) -> dict[str, str]:
    """What goes with a body: signed with each secret, as a receiver has one of them. ``at`` is the
    moment of this try, in seconds since 1970.

    The id is the same in every try: a receiver that got it before has nothing more to do.
    """
    name = f"msg_{call_id.hex}"
    signed = f"{name}.{at}.".encode() + body
    return {
        "Content-Type": "application/json",
        "User-Agent": "plp-hub",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in signing),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
