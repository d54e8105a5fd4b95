"""Every code a delivery may carry, in one place: the carriers' and our own words for no answer."""

from collections.abc import Iterator
from http import HTTPStatus

from channels.carrier_error import CarrierError, alarm
from channels.contract import Meaning
from channels.smtp_errors import ENHANCED, REPLIES, smtp_error
from channels.twilio_errors import RECEIPTS, REFUSALS, known_error

# What the channels say when it was not the carrier who spoke.
_OURS: dict[str, CarrierError] = {
    "connect": CarrierError(Meaning.RETRY, "The carrier could not be reached."),
    "tls": CarrierError(Meaning.RETRY, "The secured connection to the carrier failed."),
    "certificate": alarm(
        Meaning.STOP_SENDER, "The carrier's certificate does not prove that it is the carrier."
    ),
    "unsupported": alarm(
        Meaning.STOP_SENDER, "The mail server does not offer the security that our settings demand."
    ),
    # Ambiguous, so it has no meaning of its own in Twilio's table (ERR/20500).
    "20500": RECEIPTS[30500],
    "address": CarrierError(Meaning.STOP_POINT, "This is not a mail address."),
    "message": alarm(Meaning.FAULT, "The message could not be written as a mail."),
    "envelope_sender": alarm(Meaning.FAULT, "The message could not be written as a mail."),
}

# Twilio's answers that came without a code of its own; mail servers do not use these numbers.
_OF_HTTP: dict[str, CarrierError] = {
    str(HTTPStatus.UNAUTHORIZED.value): REFUSALS[20003],
    str(HTTPStatus.FORBIDDEN.value): REFUSALS[20003],
    str(HTTPStatus.NOT_FOUND.value): REFUSALS[20404],
    str(HTTPStatus.METHOD_NOT_ALLOWED.value): REFUSALS[20004],
    str(HTTPStatus.TOO_MANY_REQUESTS.value): REFUSALS[20429],
}


def explained(code: str) -> CarrierError | None:
    """The line for a code as it stands in a delivery; None for a code in no table."""
    if code in _OURS:
        return _OURS[code]
    if code.isdecimal() and len(code) > len("550"):
        return known_error(int(code))
    return _OF_HTTP.get(code) or smtp_error(code)


def _alarms() -> Iterator[str]:
    twilio = {str(code): one for code, one in (REFUSALS | RECEIPTS).items()}
    for table in (twilio, ENHANCED, REPLIES, _OURS, _OF_HTTP):
        yield from (code for code, one in table.items() if one.alarm)


# The codes that a person must be told of at once, as they stand in a delivery.
ALARMS = frozenset(_alarms())
