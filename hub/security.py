"""Secrets in, safe values out: tokens, their hashes, keyed digests. No domain, no database."""

import base64
import hashlib
import hmac
import re
import secrets
from functools import lru_cache

from hub.config import settings


def new_token() -> str:
    """An unguessable token of 256 bits, safe in a URL and a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token. Plain SHA-256 does: the token itself cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache(maxsize=32)
def _keyed(purpose: str, secret: str) -> hmac.HMAC:
    # Kept, and copied for each: every message carries a signed address of its own, and what makes
    # one in a single call lets go of the interpreter each time.
    key = hashlib.sha256(f"{purpose}\0{secret}".encode()).digest()
    return hmac.new(key, digestmod="sha256")


def _digest(purpose: str, value: str) -> bytes:
    made = _keyed(purpose, settings().secret_key).copy()
    made.update(value.encode())
    return made.digest()


def keyed_digest(purpose: str, value: str, length: int = 32) -> str:
    """A digest only this installation can make, separate for each purpose."""
    return base64.urlsafe_b64encode(_digest(purpose, value)).decode().rstrip("=")[:length]


def blind_index(value: str) -> str:
    """Finds an encrypted phone number or address without decrypting any.

    Keyed, because the space of phone numbers is small enough to try them all.
    """
    return keyed_digest("blind-index", value)


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def signed_reference(purpose: str, reference: str | int) -> str:
    """A reference that can be handed out and recognised without storing anything."""
    return f"{reference}.{keyed_digest(purpose, str(reference), 22)}"


def read_reference(purpose: str, signed: str) -> str | None:
    """The reference inside, or ``None`` if this installation did not hand it out."""
    reference, _, _digest = signed.partition(".")
    return reference if same(signed, signed_reference(purpose, reference)) else None


def signed_local_part(purpose: str, reference: int) -> str:
    """Like ``signed_reference`` for a mail address: servers fold its case, so it has none.

    At most 46 characters, which leaves 18 of the 64 of a local part for a word before it.
    """
    digest = base64.b32encode(_digest(purpose, str(reference))).decode()
    return f"{reference}.{digest.lower()[:26]}"


def read_local_part(purpose: str, signed: str) -> int | None:
    """The reference inside, however its letters were folded; ``None`` if it is not ours."""
    found = re.fullmatch(r"([1-9][0-9]{0,18})\.[a-z2-7]{26}", signed.lower())
    if found is None:
        return None
    reference = int(found[1])
    return reference if same(found[0], signed_local_part(purpose, reference)) else None
