"""What an e-mail looks like on the wire (RFC 5322, RFC 3834)."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, parseaddr

from channels.contract import Mail

_LINE_BREAKS = re.compile(r"[\r\n\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9.\-\[\]:]+")  # printable ASCII, one @
_OURS = frozenset({"from", "to", "subject", "date", "message-id", "auto-submitted"})


def compose(mail: Mail, sender: str) -> bytes:
    """The message as bytes. The Date is now; the Message-ID is the one given.

    Extra headers may not replace our own: such a one is left out.
    """
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(one_line(sender))
    message["From"] = formataddr((name, address))
    message["To"] = mail.to
    message["Subject"] = one_line(mail.subject)
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = bracketed(mail.message_id)
    message["Auto-Submitted"] = "auto-generated"
    for header, value in mail.headers:
        if header.lower() not in _OURS:
            message[one_line(header)] = one_line(value)
    _fill(message, mail)
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


def _fill(message: EmailMessage, mail: Mail) -> None:
    # Quoted-printable goes through every server; the default here could be 8bit, which a server
    # without 8BITMIME may refuse or mangle.
    message.set_content(_sound(mail.text), cte="quoted-printable")
    if mail.html:
        message.add_alternative(_sound(mail.html), subtype="html", cte="quoted-printable")


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
