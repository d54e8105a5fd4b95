"""What Twilio's error codes mean for the sender (Twilio docs, ERR/<code>)."""

from channels.carrier_error import CarrierError, alarm
from channels.contract import Meaning

_RETRY, _SLOW, _POINT = Meaning.RETRY, Meaning.SLOW_DOWN, Meaning.STOP_POINT
_OUT, _SENDER, _FAULT = Meaning.OPTED_OUT, Meaning.STOP_SENDER, Meaning.FAULT

# Codes in the answer to a request.
REFUSALS: dict[int, CarrierError] = {
    20003: alarm(_SENDER, "The carrier does not accept our credentials."),
    20004: alarm(_SENDER, "The carrier's address is set up wrongly."),
    20005: alarm(_SENDER, "The carrier has suspended our account."),
    20404: alarm(_SENDER, "The carrier does not know this account."),
    20429: CarrierError(_SLOW, "The carrier asks us to slow down."),
    20503: CarrierError(_RETRY, "The carrier is out of service for a moment."),
    21205: alarm(_SENDER, "The carrier cannot call our web address back."),
    21609: alarm(_SENDER, "The carrier cannot call our web address back."),
    21211: CarrierError(_POINT, "This number does not exist."),
    21214: CarrierError(_POINT, "This number cannot be called."),
    21210: alarm(_SENDER, "Our sender number is not ours in the carrier's books."),
    21212: alarm(_SENDER, "Our sender number is not valid."),
    21603: alarm(_SENDER, "Our sender number is missing."),
    21606: alarm(_SENDER, "Our sender number cannot send messages."),
    # One foreign number must neither stop an alert nor be written off for ever: an operator can
    # allow its country in the console, so only this delivery is lost.
    21408: alarm(_FAULT, "Messages to this country are not allowed."),
    21215: alarm(_FAULT, "Calls to this country are not allowed."),
    21602: alarm(_FAULT, "The message has no text."),
    21604: alarm(_FAULT, "The message has no recipient."),
    21617: alarm(_FAULT, "The message is too long."),
    21608: alarm(_SENDER, "The trial account may only reach verified numbers."),
    21219: alarm(_SENDER, "The trial account may only reach verified numbers."),
    21610: CarrierError(_OUT, "This member asked the carrier for no more messages."),
    21611: CarrierError(_SLOW, "The carrier's queue is full."),
    21612: CarrierError(_POINT, "Our sender cannot reach this number."),
    21614: CarrierError(_POINT, "This is not a mobile number."),
    21216: CarrierError(_POINT, "The carrier does not call this number."),
    13225: CarrierError(_POINT, "The carrier does not call this number."),
    21220: CarrierError(_FAULT, "The call is already over."),
    21701: alarm(_SENDER, "The messaging service does not exist."),
    21703: alarm(_SENDER, "The messaging service has no suitable sender."),
    21704: alarm(_SENDER, "The messaging service has no sender."),
    21705: alarm(_SENDER, "The messaging service is not valid."),
    21655: alarm(_SENDER, "The WhatsApp template does not exist."),
    21656: alarm(_FAULT, "The WhatsApp template does not take this text."),
    21658: alarm(_FAULT, "The message is too long."),
    21910: alarm(_SENDER, "Our sender number cannot send WhatsApp messages."),
    63007: alarm(_SENDER, "Our sender number cannot send WhatsApp messages."),
}

# Codes that arrive later, in a status callback or a look-up.
RECEIPTS: dict[int, CarrierError] = {
    30001: CarrierError(_SLOW, "The carrier's queue is full."),
    30002: alarm(_SENDER, "The carrier has suspended our account."),
    30003: CarrierError(_RETRY, "The phone is off or out of range."),
    30004: CarrierError(_POINT, "The network or the member blocks our messages."),
    # One such receipt may be a network's mistake: the caller writes a number off after two alerts.
    30005: CarrierError(_POINT, "This number is unknown or no longer in use."),
    30006: CarrierError(_POINT, "This is a land line or cannot receive texts."),
    30007: alarm(_FAULT, "The network took the message for spam."),
    30008: CarrierError(_RETRY, "The network gave no reason."),
    30010: alarm(_FAULT, "The message costs more than allowed."),
    30011: alarm(_FAULT, "The network does not take pictures."),
    30012: alarm(_FAULT, "The message was given too little time."),
    30013: alarm(_FAULT, "The message was given too much time."),
    30017: CarrierError(_RETRY, "The network is congested."),
    30024: alarm(_SENDER, "The network does not know our sender number."),
    30036: CarrierError(_FAULT, "The message came too late and was withdrawn."),
    30410: CarrierError(_RETRY, "The network did not answer in time."),
    30450: alarm(_FAULT, "The carrier suspects abuse of this number."),
    30500: CarrierError(_RETRY, "The carrier had a fault of its own."),
    63001: alarm(_SENDER, "WhatsApp does not accept our credentials."),
    63003: CarrierError(_POINT, "This number has no WhatsApp."),
    63005: alarm(_FAULT, "WhatsApp does not take this message."),
    63010: CarrierError(_RETRY, "WhatsApp had a fault of its own."),
    63012: CarrierError(_RETRY, "WhatsApp had a fault of its own."),
    63013: alarm(_FAULT, "WhatsApp does not take this message."),
    63016: alarm(_FAULT, "WhatsApp takes only an approved template, and this was none."),
    63018: CarrierError(_SLOW, "WhatsApp asks us to slow down."),
    63020: alarm(_SENDER, "Our WhatsApp account is not in order."),
    63021: alarm(_FAULT, "WhatsApp does not take this message."),
    63024: CarrierError(_POINT, "This number has no WhatsApp."),
    63027: alarm(_FAULT, "The WhatsApp template does not exist in this language."),
    63028: alarm(_FAULT, "The WhatsApp template does not take this text."),
    63029: alarm(_FAULT, "The WhatsApp template does not take this text."),
    63030: alarm(_FAULT, "WhatsApp does not take this message."),
    63033: CarrierError(_POINT, "The network or the member blocks our messages."),
    63038: alarm(_SLOW, "We have sent as much by WhatsApp today as we may."),
    63032: CarrierError(_FAULT, "WhatsApp does not bring our messages to this member."),
    63049: CarrierError(_FAULT, "WhatsApp does not bring our messages to this member."),
}

_BY_STATUS: dict[int, Meaning] = {
    401: _SENDER,
    403: _SENDER,
    404: _SENDER,
    405: _SENDER,
    429: _SLOW,
}


def known_error(code: int | None) -> CarrierError | None:
    """The table's line for a code from an answer or a receipt; None for a code not in it."""
    if code is None:
        return None
    return REFUSALS.get(code) or RECEIPTS.get(code)


def meaning_of(code: int | None, http_status: int) -> Meaning | None:
    """What an error answer means; None if the message may have been sent all the same.

    20500 and every unknown 5xx are ambiguous: "POST requests are not idempotent" (ERR/20500).
    """
    known = known_error(code)
    if known is not None:
        return known.meaning
    if http_status in _BY_STATUS:
        return _BY_STATUS[http_status]
    if http_status >= 500 or http_status == 408 or http_status < 300:
        return None
    # A redirect means that the base URL is wrong, and it will be wrong for everybody.
    return Meaning.STOP_SENDER if http_status < 400 else Meaning.FAULT


def receipt_meaning(code: int | None) -> Meaning:
    """What an `undelivered` or `failed` receipt means. Codes we do not know count as transient."""
    known = RECEIPTS.get(code or 0) or REFUSALS.get(code or 0)
    return known.meaning if known else Meaning.RETRY
