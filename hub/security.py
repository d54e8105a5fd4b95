"""Secrets in, safe values out: tokens, their hashes, keyed digests. No domain, no database."""

import base64
import hashlib
import hmac
import secrets

from hub.config import settings


def new_token() -> str:
    """An unguessable token of 256 bits, safe in a URL and a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token. Plain SHA-256 does: the token itself cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(purpose: str, value: str, length: int = 32) -> str:
    """A digest only this installation can make, separate for each purpose."""
    key = hashlib.sha256(f"{purpose}\0{settings().secret_key}".encode()).digest()
    digest = hmac.new(key, value.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")[:length]


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
