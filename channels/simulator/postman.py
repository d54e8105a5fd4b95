"""Mail from members to the hub: what they answer by hand, what their servers send by themselves."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from email.utils import formatdate, make_msgid
from smtplib import LMTP, SMTP, SMTPException, SMTPResponseException

from channels.simulator.mailboxes import Letter, Mailboxes

_SECONDS = 10
_DOMAIN = "simulator.example"


@dataclass(frozen=True, slots=True)
class Handed:
    """How the hub's mail door took a mail; no status when it gave no answer."""

    status: int | None
    text: str


class Postman:
    """Carries mail to the hub's door, if there is one."""

    def __init__(self, door: tuple[str, int, str] | None, mailboxes: Mailboxes) -> None:
        self._door = door
        self._mailboxes = mailboxes
        self._under_way: set[asyncio.Task[None]] = set()
        mailboxes.on_letter = self._returned

    async def reply(self, address: str, body: str, subject: str | None = None) -> Handed:
        """Answer the newest letter of a mailbox, as its owner would.

        Raises LookupError when there is no letter, or it names no address to answer to.
        """
        letters = self._mailboxes.of(address)
        to = _first_address(letters[-1], "Reply-To") if letters else ""
        if not to:
            raise LookupError("nothing to answer")
        answer = _answer(letters[-1], address, to, body, subject)
        return await self._hand_over(address, to, answer)

    def _returned(self, address: str, letter: Letter) -> None:
        write = _RETURNS.get(address.partition("@")[0])
        if write is None or not letter.sender:
            return
        task = asyncio.ensure_future(self._send_back(letter.sender, write(address, letter)))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send_back(self, to: str, content: bytes) -> None:
        await self._hand_over("", to, content)

    async def _hand_over(self, sender: str, to: str, content: bytes) -> Handed:
        if self._door is None:
            return Handed(None, "no door")
        return await asyncio.to_thread(_speak, self._door, sender, to, content)


def _speak(door: tuple[str, int, str], sender: str, to: str, content: bytes) -> Handed:
    host, port, protocol = door
    kind = LMTP if protocol == "lmtp" else SMTP
    try:
        line = kind(host, port, local_hostname=_DOMAIN, timeout=_SECONDS)
        with line:
            line.ehlo_or_helo_if_needed()
            return _dialogue(line, sender, to, content)
    except SMTPResponseException as error:
        return Handed(error.smtp_code, "")
    except (OSError, SMTPException):
        return Handed(None, "no answer")


def _dialogue(line: SMTP, sender: str, to: str, content: bytes) -> Handed:
    status, text = line.mail(sender)
    if status < 400:
        status, text = line.rcpt(to)
    if status < 400:
        status, text = line.data(content)
    return Handed(status, text.decode("utf-8", "replace"))


def _first_address(letter: Letter, header: str) -> str:
    return str(letter.parsed()[header] or "").strip().strip("<>")


def _begun(sender: str, to: str, subject: str) -> EmailMessage:
    message = EmailMessage(policy=MAIL)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=_DOMAIN)
    return message


def _answer(letter: Letter, address: str, to: str, body: str, subject: str | None) -> bytes:
    original = letter.parsed()
    about = str(original["Subject"] or "")
    message = _begun(address, to, f"Re: {about}" if subject is None else subject)
    message["In-Reply-To"] = str(original["Message-ID"] or "").strip()
    quoted = "\n".join(f"> {line}" for line in str(letter.as_json()["text"]).splitlines())
    message.set_content(f"{body}\n\nOn {original['Date']}, {original['From']} wrote:\n\n{quoted}\n")
    return message.as_bytes()


def _report(address: str, letter: Letter, action: str, status: str, said: str) -> bytes:
    """A delivery report after RFC 3464, with the headers of the mail it is about."""
    begun = (
        f"From: MAILER-DAEMON@{_DOMAIN}\r\nTo: {letter.sender}\r\nSubject: Delivery report\r\n"
        f"Date: {formatdate(usegmt=True)}\r\nMessage-ID: {make_msgid(domain=_DOMAIN)}\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report;"
        ' report-type=delivery-status; boundary="report"\r\n\r\n'
    )
    words = f"This is the mail system. About {address}: {said}\r\n"
    fields = (
        f"Reporting-MTA: dns; {_DOMAIN}\r\n\r\nFinal-Recipient: rfc822; {address}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {said}\r\n"
    )
    headers = letter.content.split(b"\r\n\r\n", 1)[0].decode("ascii", "replace")
    parts = (
        ("text/plain", words),
        ("message/delivery-status", fields),
        ("text/rfc822-headers", f"{headers}\r\n"),
    )
    body = "".join(f"--report\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
    return f"{begun}{body}--report--\r\n".encode("ascii", "replace")


def _no_such_user(address: str, letter: Letter) -> bytes:
    return _report(address, letter, "failed", "5.1.1", "550 5.1.1 User unknown")


def _full(address: str, letter: Letter) -> bytes:
    return _report(address, letter, "failed", "5.2.2", "552 5.2.2 Mailbox full")


def _delayed(address: str, letter: Letter) -> bytes:
    return _report(address, letter, "delayed", "4.4.1", "Connection timed out")


def _absent(address: str, letter: Letter) -> bytes:
    message = _begun(address, letter.sender, "Out of office")
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("I am away until Monday.\n")
    return message.as_bytes()


_RETURNS: dict[str, Callable[[str, Letter], bytes]] = {
    "bounce": _no_such_user,
    "bounce-full": _full,
    "bounce-later": _delayed,
    "autoreply": _absent,
}
