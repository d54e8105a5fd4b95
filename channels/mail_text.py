"""What an e-mail looks like on the wire (RFC 5322, RFC 3834)."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache

from channels.contract import Mail

_LINE_BREAKS = re.compile(r"[\r\n\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9.\-\[\]:]+")  # printable ASCII, one @
_OURS = frozenset({"from", "to", "subject", "date", "message-id", "auto-submitted"})


def compose(mail: Mail, sender: str) -> bytes:
    """The message as bytes. The Date is now; the Message-ID is the one given.

    Extra headers may not replace our own: such a one is left out.
    """
    own = (
        ("To", mail.to),
        ("Date", formatdate(usegmt=True)),
        ("Message-ID", bracketed(mail.message_id)),
    )
    extra = [(one_line(name), one_line(value)) for name, value in mail.headers]
    extra = [(name, value) for name, value in extra if name.lower() not in _OURS]
    # Left to itself the library writes a long address as an encoded word, which no program reads.
    plain = [(name, value) for name, value in (*own, *extra) if value.isascii()]
    encoded = [(name, value) for name, value in (*own, *extra) if not value.isascii()]
    lines = "".join(f"{name}: {value}\r\n" for name, value in plain)
    return (
        lines.encode("ascii", "replace")
        + _header_lines(*encoded)
        + _common_lines(sender, one_line(mail.subject), one_line(mail.auto_submitted))
        + _content(_sound(mail.text), _sound(mail.html))
    )


def _header_lines(*headers: tuple[str, str]) -> bytes:
    message = EmailMessage(policy=SMTP)
    for name, value in headers:
        message[name] = value
    return message.as_bytes().removesuffix(b"\r\n")


# An alert is the same for everybody but for the address on it: written once, not for each person.
@lru_cache(maxsize=64)
def _common_lines(sender: str, subject: str, auto_submitted: str) -> bytes:
    name, address = parseaddr(one_line(sender))
    return _header_lines(
        ("From", formataddr((name, address))),
        ("Subject", subject),
        ("Auto-Submitted", auto_submitted),
    )


@lru_cache(maxsize=64)
def _content(text: str, html: str) -> bytes:
    """The content with its own headers before it."""
    message = EmailMessage(policy=SMTP)
    # Quoted-printable goes through every server; the default here could be 8bit, which a server
    # without 8BITMIME may refuse or mangle.
    message.set_content(text, cte="quoted-printable")
    if html:
        message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def one_line(text: str) -> str:
    """`text` without line breaks: a name with one in it would stop the batch, or add headers."""
    return _LINE_BREAKS.sub(" ", text.encode("utf-8", "replace").decode()).strip()


def bracketed(message_id: str) -> str:
    """`message_id` in its angle brackets."""
    return f"<{one_line(message_id).strip('<>')}>"


def is_address(text: str) -> bool:
    """Whether SMTP can carry this address without the SMTPUTF8 extension."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None and "<" not in text


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
