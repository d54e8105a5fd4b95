"""The addresses and links in a mail that carry its delivery, made here and recognised here.

A signature stands in each, so what comes in by one of them belongs to that delivery, whatever the
sender writes about himself. Each has a purpose of its own: whoever sees one can make no other.
"""

from dataclasses import dataclass
from enum import StrEnum

from hub.config import settings
from hub.security import (
    read_local_part,
    read_reference,
    signed_local_part,
    signed_reference,
)

_MESSAGE_ID = "message-id"
_SEEN = "seen"


class Door(StrEnum):
    """What an address of the inbound domain is for: the word before its plus sign."""

    REPLY = "reply"
    BOUNCE = "bounce"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class InboundAddress:
    """An address that mail came to; without a delivery when its signature is not ours."""

    door: Door
    delivery_id: int | None


def inbound_address(door: Door, delivery_id: int) -> str:
    """The address of one delivery at the inbound domain; empty when no domain is configured."""
    domain = settings().mail_inbound_domain
    return f"{door}+{signed_local_part(_purpose(door), delivery_id)}@{domain}" if domain else ""


def read_inbound_address(address: str) -> InboundAddress | None:
    """What the address is for; ``None`` when it is none of ours, and not to be taken in."""
    local, _, domain = address.strip().lower().rpartition("@")
    word, plus, token = local.partition("+")
    if not plus or word not in list(Door) or domain != settings().mail_inbound_domain:
        return None
    door = Door(word)
    return InboundAddress(door, read_local_part(_purpose(door), token))


def _purpose(door: Door) -> str:
    return f"mail-{door}"


def unsubscribe_url(delivery_id: int) -> str:
    """Where a member stops the kind of message this delivery is of, without signing in."""
    token = signed_local_part(_purpose(Door.UNSUBSCRIBE), delivery_id)
    return f"{settings().base_url}/unsubscribe/{token}"


def read_unsubscribe_token(token: str) -> int | None:
    """The delivery whose link this is; ``None`` for a link we did not make."""
    return read_local_part(_purpose(Door.UNSUBSCRIBE), token)


def seen_url(delivery_id: int) -> str:
    """Where whoever got this delivery tells the police what he saw, without signing in."""
    return f"{settings().base_url}/seen/{signed_reference(_SEEN, delivery_id)}"


def read_seen_reference(reference: str) -> int | None:
    """The delivery whose page this is; ``None`` for an address we did not make."""
    found = read_reference(_SEEN, reference)
    return int(found) if found and found.isascii() and found.isdecimal() else None


def message_id(delivery_id: int) -> str:
    """Stable and unguessable, so that a repeat is recognised and a reply can be joined to it."""
    return message_id_of(signed_reference(_MESSAGE_ID, delivery_id))


def message_id_of(left: str) -> str:
    """A Message-ID of ours with this left side."""
    host = settings().base_url.split("://", 1)[1].partition("/")[0].partition(":")[0]
    return f"<{left}@{host}>"


def read_message_id(message_id: str) -> int | None:
    """The delivery a Message-ID was made for; ``None`` if it is not ours."""
    left = message_id.strip("<> \t").partition("@")[0]
    reference = read_reference(_MESSAGE_ID, left)
    return int(reference) if reference and reference.isdecimal() else None
