"""An SMTP server whose mailboxes can be looked into."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.simulator.faults import MAIL_FAULTS
from channels.simulator.ledger import Ledger
from channels.simulator.records import now

KEPT_PER_MAILBOX = 50
MAILBOXES_KEPT = 50_000


@dataclass(slots=True)
class Letter:
    """An e-mail as it came in; it is taken apart only when somebody looks."""

    sender: str
    content: bytes
    at: datetime = field(default_factory=now)

    def as_json(self) -> dict[str, object]:
        """The letter as the control API shows it."""
        message = self.parsed()
        return {
            "subject": str(message["Subject"] or ""),
            "from": str(message["From"] or ""),
            "text": part(message, "plain"),
            "html": part(message, "html"),
            "headers": [[name, str(value)] for name, value in message.items()],
            "at": self.at.isoformat(),
            "message_id": str(message["Message-ID"] or "").strip(),
        }

    def parsed(self) -> EmailMessage:
        """The letter taken apart."""
        return message_from_bytes(self.content, policy=default)


class Mailboxes:
    """The newest letters of each address, oldest first; also aiosmtpd's handler."""

    def __init__(self, ledger: Ledger) -> None:
        self._letters: dict[str, list[Letter]] = {}
        self._ledger = ledger
        # Told of each letter that was kept, with its address.
        self.on_letter: Callable[[str, Letter], None] = _nobody

    def addresses(self) -> list[str]:
        """The addresses that have letters, newest first."""
        return list(reversed(self._letters))

    def of(self, address: str) -> list[Letter]:
        """The letters of one address, oldest first."""
        return self._letters.get(address.lower(), [])

    def clear(self) -> None:
        """Forget everything."""
        self._letters.clear()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take the recipient, or play its fault."""
        refusal = _fault("RCPT", address)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the letter, or play its fault."""
        answers = [_fault("DATA", address) for address in envelope.rcpt_tos]
        refusal = next((answer for answer in answers if answer), None)
        if refusal is not None:
            return refusal
        content = envelope.original_content or b""
        for address in envelope.rcpt_tos:
            letter = Letter((envelope.mail_from or "").strip("<>"), content)
            self._keep(address.lower(), letter)
            self.on_letter(address.lower(), letter)
        if "" in answers and server.transport is not None:
            server.transport.close()
        return "250 2.0.0 OK"

    def _keep(self, address: str, letter: Letter) -> None:
        letters = self._letters.pop(address, [])
        if len(self._letters) >= MAILBOXES_KEPT:
            del self._letters[next(iter(self._letters))]
        self._letters[address] = [*letters, letter][-KEPT_PER_MAILBOX:]
        message = letter.parsed()
        message_id = str(message["Message-ID"] or "").strip()
        self._ledger.add("mail", address, message_id, part(message, "plain").strip())


def part(message: EmailMessage, kind: str) -> str:
    """The text of one kind, with plain line ends; empty if there is none."""
    found = message.get_body(preferencelist=(kind,))
    return str(found.get_content()).replace("\r\n", "\n") if found is not None else ""


def _nobody(_address: str, _letter: Letter) -> None:
    """Nobody wants to know."""


def _fault(command: str, address: str) -> str | None:
    when, answer = MAIL_FAULTS.get(address.partition("@")[0].lower(), ("", ""))
    return answer if when == command else None
