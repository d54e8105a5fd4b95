"""What a mail server's answers mean: enhanced status codes (RFC 3463, 7372, 7505), reply codes."""

import re

from channels.carrier_error import CarrierError, alarm
from channels.contract import Meaning

_RETRY, _POINT = Meaning.RETRY, Meaning.STOP_POINT
_SENDER, _FAULT = Meaning.STOP_SENDER, Meaning.FAULT

ENHANCED: dict[str, CarrierError] = {
    "4.2.2": CarrierError(_RETRY, "The mailbox is full for now."),
    "4.4.7": CarrierError(_FAULT, "The mail server gave up after trying for a long time."),
    "4.7.1": CarrierError(_RETRY, "The mail server asks us to come back later."),
    "5.1.1": CarrierError(_POINT, "There is no mailbox with this address."),
    "5.1.2": CarrierError(_POINT, "The part of the address after the @ does not exist."),
    "5.1.3": CarrierError(_POINT, "This is not a mail address."),
    "5.1.6": CarrierError(_POINT, "The mailbox has moved and left no new address."),
    "5.1.8": alarm(_SENDER, "The mail server does not accept our sender address."),
    "5.1.10": CarrierError(_POINT, "The part of the address after the @ takes no mail."),
    "5.2.1": CarrierError(_POINT, "The mailbox is closed."),
    "5.2.2": CarrierError(_FAULT, "The mailbox is full."),
    "5.2.3": CarrierError(_FAULT, "The mail is too large for this mailbox."),
    "5.3.4": alarm(_FAULT, "The mail is too large for the mail server."),
    "5.4.1": CarrierError(_POINT, "No mail server answers for this address."),
    "5.4.4": CarrierError(_POINT, "No mail server answers for this address."),
    "5.4.6": CarrierError(_FAULT, "The member's mail is forwarded in a circle."),
    "5.4.7": CarrierError(_FAULT, "The mail server gave up after trying for a long time."),
    "5.7.0": CarrierError(_FAULT, "The mail server's rules do not let this mail through."),
    "5.7.1": CarrierError(_FAULT, "The mail server's rules do not let this mail through."),
    "5.7.8": alarm(_SENDER, "The mail server does not accept our credentials."),
    "5.7.23": alarm(_FAULT, "The mail server does not believe that this mail is from us."),
    "5.7.25": alarm(_FAULT, "The mail server does not believe that this mail is from us."),
    "5.7.26": alarm(_FAULT, "The mail server does not believe that this mail is from us."),
}

# The middle number alone, for details that are not above (RFC 3463, section 3).
_BY_SUBJECT: dict[str, CarrierError] = {
    "5.1": CarrierError(_POINT, "The mail server does not know this address."),
    "5.2": CarrierError(_FAULT, "The mailbox takes no mail."),
    "5.7": CarrierError(_FAULT, "The mail server's rules do not let this mail through."),
}

_LATER = CarrierError(_RETRY, "The mail server cannot take the mail now.")
_NEVER = CarrierError(_FAULT, "The mail server does not take this mail.")
_LOG_IN = alarm(_SENDER, "The mail server does not accept our credentials.")

REPLIES: dict[str, CarrierError] = {
    "421": CarrierError(_RETRY, "The mail server is closing for a moment."),
    "450": CarrierError(_RETRY, "The mailbox is busy for a moment."),
    "451": CarrierError(_RETRY, "The mail server asks us to come back later."),
    "452": CarrierError(_RETRY, "The mailbox or the mail server is full for now."),
    "454": CarrierError(_RETRY, "The mail server cannot check our credentials now."),
    "530": _LOG_IN,
    "534": _LOG_IN,
    "535": _LOG_IN,
    "538": _LOG_IN,
    "550": CarrierError(_POINT, "The mail server does not take mail for this address."),
    "551": CarrierError(_POINT, "The mail server does not know this address."),
    "552": CarrierError(_FAULT, "The mailbox is full."),
    "553": CarrierError(_POINT, "This is not a mail address."),
    "554": _NEVER,
}

_ENHANCED_CODE = re.compile(r"([45])\.(\d{1,3})\.\d{1,3}")
_REPLY_CODE = re.compile(r"[45]\d\d")


def smtp_error(code: str) -> CarrierError | None:
    """The line for an enhanced status code or a reply code; None for text that is neither."""
    enhanced = _ENHANCED_CODE.fullmatch(code)
    if enhanced:
        subject = f"{enhanced[1]}.{enhanced[2]}"
        return ENHANCED.get(code) or _BY_SUBJECT.get(subject) or _by_class(code)
    if _REPLY_CODE.fullmatch(code):
        return REPLIES.get(code) or _by_class(code)
    return None


def code_in(reply_code: int, text: str) -> str:
    """The most telling code of an answer: the enhanced one that its text begins with, if any."""
    first = text.lstrip().partition(" ")[0]
    return first if _ENHANCED_CODE.fullmatch(first) else str(reply_code)


def _by_class(code: str) -> CarrierError:
    return _LATER if code.startswith("4") else _NEVER
