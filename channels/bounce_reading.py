"""Reading what a mail server writes when it could not deliver: RFC 3464, and the older shapes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message

# Of a recipient's block: the fields that say how it ended.
_FIELD = re.compile(r"^(action|status|diagnostic-code)\s*:\s*(.*)$", re.IGNORECASE)
# RFC 3463 has subjects 0 to 7. That keeps most dates out: a Belgian writes 5.12.26.
_ENHANCED = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?!\.?\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ \-])")
# What follows is a copy of the mail that did not arrive: its words are ours, not the server's.
_COPY_BEGINS = re.compile(
    r"^-{2,}.*(copy of the message|original message|undelivered message).*$"
    r"|^content-type: message/rfc822",
    re.IGNORECASE | re.MULTILINE,
)
_GIVEN_UP = re.compile(
    r"permanent(ly)? (error|fail)|i've given up|(could|was) not be(en)? delivered"
    r"|(delivery|message|recipient)s? (\w+ ){0,3}(failed|rejected|refused|returned)"
    r"|undeliver(able|ed)|user unknown|unknown user|no such user|mailbox (unavailable|not found)"
    r"|n'a pas pu être (remis|distribué)|kon niet (worden )?(afgeleverd|bezorgd)"
    r"|konnte nicht zugestellt",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"delayed|still trying|will (continue|keep|be retried)|warning only|not yet delivered",
    re.IGNORECASE,
)
# A mailbox that is not there, and a domain that takes no mail: RFC 3463 and 7505.
_NOBODY_THERE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_UNSPECIFIED = {True: "5.0.0", False: "4.0.0"}


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that did not arrive, or not yet. ``code`` is an enhanced status code (RFC 3463)."""

    code: str
    is_permanent: bool

    @property
    def address_is_dead(self) -> bool:
        """Whether no mail will ever arrive there."""
        return self.is_permanent and self.code in _NOBODY_THERE


def has_report(message: Message) -> bool:
    """Whether there is a delivery report (RFC 3464) in it."""
    return next(_reports(message), None) is not None


def read_report(message: Message) -> Bounce | None:
    """What the delivery report says; ``None`` when it reports nothing but success."""
    report = next(_reports(message), None)
    return _worst(_recipients(_lines(report))) if report is not None else None


def _reports(message: Message) -> Iterator[Message]:
    kinds = ("message/delivery-status", "message/global-delivery-status")
    return (part for part in message.walk() if part.get_content_type() in kinds)


def read_prose(text: str) -> Bounce | None:
    """What a notice in words says, for servers that send no report; ``None`` when it says nothing.

    Only for mail that comes from a server: a person may well write "550".
    """
    said = text[: begins.start()] if (begins := _COPY_BEGINS.search(text)) else text
    code = _enhanced(said) or _of_reply_code(said) or ""
    if _STILL_TRYING.search(said) and not code.startswith("5"):
        return Bounce(code or _UNSPECIFIED[False], is_permanent=False)
    if _GIVEN_UP.search(said):
        return Bounce(code or _UNSPECIFIED[True], is_permanent=True)
    return None


def _lines(part: Message) -> Iterator[str]:
    """The report's lines. The library reads its blocks as messages; some servers encode it."""
    for block in part.walk():
        if block is not part:
            yield from (f"{name}: {value}" for name, value in block.items())
        inner = block.get_payload(decode=True)
        if isinstance(inner, bytes):
            yield from inner.decode("utf-8", "replace").splitlines()
        yield ""


def _recipients(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        found = _FIELD.match(line)
        if found:
            last = found[1].lower()
            fields[last] = found[2]
        elif line[:1] in (" ", "\t") and last:
            fields[last] += " " + line.strip()
        elif not line.strip():
            if fields:
                yield fields
            fields, last = {}, ""
        else:
            last = ""
    if fields:
        yield fields


def _worst(recipients: Iterable[dict[str, str]]) -> Bounce | None:
    told = [found for fields in recipients if (found := _bounce(fields))]
    return next((one for one in told if one.is_permanent), told[0] if told else None)


def _bounce(fields: dict[str, str]) -> Bounce | None:
    action = fields.get("action", "").strip().lower()
    code = _code(fields)
    is_permanent = action == "failed" or (not action and code.startswith("5"))
    if action == "delayed":
        return Bounce(code or _UNSPECIFIED[False], is_permanent=False)
    if not is_permanent:
        return None
    # Postfix says "failed" with a 4.x.x once its queue time is over: nobody tries again.
    return Bounce(code or _UNSPECIFIED[True], is_permanent=True)


def _code(fields: dict[str, str]) -> str:
    status = _enhanced(fields.get("status", ""))
    diagnostic = fields.get("diagnostic-code", "")
    if status and not status.endswith(".0.0"):
        return status
    return _enhanced(diagnostic) or status or _of_reply_code(diagnostic) or ""


def _enhanced(text: str) -> str | None:
    found = _ENHANCED.search(text)
    return ".".join(str(int(part)) for part in found.groups()) if found else None


def _of_reply_code(text: str) -> str | None:
    """A code without its enhanced form: 550 is most often an unknown user, but need not be."""
    found = _REPLY_CODE.search(text)
    return f"{found[1]}.0.0" if found else None
