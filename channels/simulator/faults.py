"""Magic numbers and addresses: whom to write to, to see each fault.

All numbers are +32470 0000xx, a range of our own choosing; the table says what the last two
digits do. Any other number works.
"""

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "+324700000"


class Answer(StrEnum):
    """What the API's answer looks like."""

    NORMAL = "normal"
    HANG = "hang"  # no answer at all, nothing accepted
    RESET = "reset"  # the connection is reset, nothing accepted
    LOST = "lost"  # accepted, then the line goes dead
    BROKEN = "broken"  # accepted, with half a body
    ERROR = "error"  # accepted, yet answered with a 500


@dataclass(frozen=True, slots=True)
class Step:
    """One receipt, `wait` seconds after the one before; a hidden one changes the list only."""

    status: str
    code: int | None = None
    wait: float = 0.0
    posted: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a message. `refusals` bounds how often it is refused; None is always."""

    does: str
    code: int | None = None
    http: int = 400
    retry_after: int | None = None
    refusals: int | None = None
    answer: Answer = Answer.NORMAL
    steps: tuple[Step, ...] | None = None
    early: bool = False


SENT, DELIVERED = Step("sent"), Step("delivered")
ORDINARY = (SENT, DELIVERED)


def _lost_on_the_way(does: str, status: str, code: int) -> Fault:
    return Fault(does, steps=(SENT, Step(status, code)))


SMS_FAULTS: dict[str, Fault] = {
    "11": Fault("refused: the number does not exist", 21211),
    "12": Fault("refused: opted out", 21610),
    "13": Fault("refused: not a mobile number", 21614),
    "14": Fault("refused: country not allowed", 21408),
    "15": Fault("429 with Retry-After: 2, always", 20429, 429, retry_after=2),
    "16": Fault("429 with Retry-After: 1 twice, then accepted", 20429, 429, 1, refusals=2),
    "17": Fault("503 twice, then accepted", 20503, 503, refusals=2),
    "18": Fault("refused: carrier's queue is full", 21611),
    "21": Fault("500, nothing accepted", 20500, 500),
    "22": Fault("503, nothing accepted", 20503, 503),
    "23": Fault("no answer, nothing accepted", answer=Answer.HANG),
    "24": Fault("accepted, the answer is lost", answer=Answer.LOST),
    "25": Fault("accepted, half an answer", answer=Answer.BROKEN),
    "26": Fault("accepted, answered with a 500", answer=Answer.ERROR),
    "27": Fault("connection reset, nothing accepted", answer=Answer.RESET),
    "31": _lost_on_the_way("undelivered: phone off", "undelivered", 30003),
    "32": _lost_on_the_way("undelivered: unknown number", "undelivered", 30005),
    "33": _lost_on_the_way("undelivered: land line", "undelivered", 30006),
    "34": _lost_on_the_way("undelivered: taken for spam", "undelivered", 30007),
    "35": Fault("failed: opted out, reported later", steps=(Step("failed", 21610),)),
    "36": Fault("failed: too late", steps=(Step("failed", 30036),)),
    "37": Fault("undelivered: no reason", steps=(SENT, Step("undelivered", 30008))),
    "41": Fault("receipts never", steps=(Step("sent", posted=False),)),
    "42": Fault("receipts doubled", steps=(SENT, SENT, DELIVERED, DELIVERED)),
    "43": Fault("receipts 5 s late", steps=(Step("sent", wait=5.0), DELIVERED)),
    "44": Fault("receipts in the wrong order", steps=(DELIVERED, SENT)),
    "45": Fault("receipts before the API's answer", early=True),
    "46": Fault("delivered, but no receipt", steps=(Step("delivered", posted=False),)),
}

# The same by chance, for any number: Knobs.chances names them.
CHANCE_FAULTS: dict[str, Fault] = {
    "500": SMS_FAULTS["21"],
    "503": SMS_FAULTS["22"],
    "hang": SMS_FAULTS["23"],
    "reset": SMS_FAULTS["27"],
    "accepted_500": SMS_FAULTS["26"],
    "lost": SMS_FAULTS["24"],
    "broken": SMS_FAULTS["25"],
}

# The HTTP status that goes with a code; most are 400.
_HTTP_OF_CODE = {20003: 401, 20404: 404, 20004: 405, 20429: 429, 20500: 500, 20503: 503}


def refusal_with(code: int) -> Fault:
    """The fault of being refused with any code of Twilio's."""
    return Fault("refused with the code of the settings", code, _HTTP_OF_CODE.get(code, 400))


CALL_FAULTS: dict[str, Fault] = {
    digits: fault
    for digits, fault in SMS_FAULTS.items()
    if digits in {"11", "15", "16", "17", "21", "22", "23", "24", "25", "26", "27"}
} | {"14": Fault("refused: country not allowed", 21215)}

# How a call ends that nobody has to answer by hand: last two digits -> behaviour.
CALL_ENDS: dict[str, str] = {
    "51": "busy",
    "52": "no-answer",
    "53": "failed",
    "54": "machine",  # answered, no key pressed
    "55": "press_1",
}

# Local part of an address -> the SMTP answer and the command that gets it. "lost" takes the
# mail and lets the line go dead.
MAIL_FAULTS: dict[str, tuple[str, str]] = {
    "nobody": ("RCPT", "550 5.1.1 No such user"),
    "later": ("RCPT", "451 4.7.1 Greylisted, try again later"),
    "full": ("RCPT", "452 4.2.2 Mailbox full"),
    "closing": ("RCPT", "421 4.3.2 Closing"),
    "relay": ("RCPT", "550 5.7.1 Relaying denied"),
    "spam": ("DATA", "554 5.7.1 Content refused"),
    "busy": ("DATA", "450 4.3.0 Try again later"),
    "lost": ("DATA", ""),
}


# Local part of an address -> what comes back to the hub after its mail was taken.
MAIL_RETURNS: dict[str, str] = {
    "bounce": "taken, then returned: 5.1.1 no such user",
    "bounce-full": "taken, then returned: 5.2.2 mailbox full",
    "bounce-later": "taken, then a notice that it is delayed: 4.4.1",
    "autoreply": "taken, then answered: out of office",
}


def last_digits(number: str) -> str:
    """The two digits that choose a fault; empty for an ordinary number."""
    return number[-2:] if len(number) == 12 and number.startswith(PREFIX) else ""
