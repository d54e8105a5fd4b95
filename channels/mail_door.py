"""The door mail comes in by: it takes what is addressed to us, one recipient at a time.

A mail server stands in front of it and tries again for days, so "later" loses nothing. What is not
ours is refused before a word of it is read: this door relays nothing and answers nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 1024 * 1024
# Longer than RFC 5321 allows, as some programs write a paragraph, or its HTML, as one line.
LONGEST_LINE = 256 * 1024
# A command, or a whole mail, must come within this time.
SECONDS = 60.0
MOST_CONNECTIONS = 50

# Recipient, return path and content; whether it is kept for good. Must not raise.
Take = Callable[[str, str, bytes], Awaitable[bool]]

_TAKEN = "250 2.0.0 OK"
_LATER = "451 4.3.0 Cannot keep it now, try again later"


class MailDoor:
    """What the door answers; aiosmtpd's handler."""

    def __init__(self, is_ours: Callable[[str], bool], take: Take) -> None:
        self._is_ours = is_ours
        self._take = take

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take an address of ours and no other."""
        if not self._is_ours(address):
            return "550 5.1.1 No such address here"
        if envelope.rcpt_tos:
            # Each address is one delivery's. LMTP would want an answer for each, too.
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Say yes only to what is kept."""
        content = envelope.original_content or b""
        kept = await self._take(envelope.rcpt_tos[0], envelope.mail_from or "", content)
        return _TAKEN if kept else _LATER

    async def handle_exception(self, _error: Exception) -> str:
        """Nothing that goes wrong here is the sender's fault, or a reason to give up."""
        return _LATER


class _TurnedAway(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
        transport.close()


async def open_door(
    host: str, port: int, protocol: Literal["smtp", "lmtp"], name: str, door: MailDoor
) -> asyncio.Server:
    """Listen. ``name`` is what the door calls itself. Raises ``OSError`` if the port is taken."""
    loop = asyncio.get_running_loop()
    server: type[SMTP] = LMTP if protocol == "lmtp" else SMTP
    open_ones: set[SMTP] = set()

    class Connection(server):  # type: ignore[misc, valid-type]  # one of two, by setting
        line_length_limit = LONGEST_LINE

        def connection_lost(self, error: Exception | None) -> None:
            open_ones.discard(self)
            super().connection_lost(error)

    def connection() -> Any:
        if len(open_ones) >= MOST_CONNECTIONS:
            return _TurnedAway()
        made = Connection(
            door,
            hostname=name,
            ident="PLP Hub",
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            timeout=SECONDS,
            loop=loop,
        )
        open_ones.add(made)
        return made

    return await loop.create_server(connection, host, port)
