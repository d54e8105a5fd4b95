"""One column of a register: on the page a field, in a file a column, at the API a key."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hub.i18n import mark


class Kind(StrEnum):
    TEXT = "text"
    NOTE = "note"
    WHOLE = "whole"
    DAY = "day"
    MONTH = "month"
    MOMENT = "moment"
    TICK = "tick"
    # Of a fixed set of words, or of what the town has (``Column.source``).
    CHOICE = "choice"
    # Several words, with commas between them.
    WORDS = "words"
    WEEKDAYS = "weekdays"
    # Organisations with their numbers of people: "CPAS: 2; Police: 1".
    PRESENT = "present"


class Source(StrEnum):
    """What there is to choose from, where it is not fixed."""

    SERVICE = "service"
    WORKER = "worker"
    ACCOUNT = "account"
    PHENOMENON = "phenomenon"
    CAMPAIGN = "campaign"
    TOOL = "tool"
    PARTNERSHIP = "partnership"
    SERIES = "series"


def _nothing() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is the model's. ``first`` gives what a new form has in it."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    needed: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    source: Source | None = None
    least: int = 0
    most: int = 10_000
    # Words of earlier entries are offered.
    is_suggested: bool = False
    # So are the names of the zones: what is written under one counts for its zone, too.
    is_zone: bool = False
    first: Callable[[], str] = _nothing
    # Its own table: see ``plan.registers.beside``.
    is_beside: bool = False
    # A day that is still to come may be given.
    may_be_ahead: bool = False
    # On the page it stands under "More": a phone shows what is needed first.
    is_more: bool = False


MEETING_STATUS = (
    ("held", mark("Held")),
    ("planned", mark("Planned")),
    ("cancelled", mark("Cancelled")),
)
MEETING_LEVEL = (
    ("local", mark("Local")),
    ("zonal", mark("Police zone")),
    ("regional", mark("Regional")),
)
SHIFT_KIND = (
    ("presence", mark("Presence in the street")),
    ("outreach", mark("Outing of street work")),
    ("training", mark("Training")),
    ("leave", mark("Leave")),
    ("office", mark("Office")),
)
REQUESTER = (
    ("victim", mark("Victim")),
    ("resident", mark("Resident")),
    ("trader", mark("Trader")),
    ("profession", mark("Liberal profession")),
)
CONTACT_CODES = (
    ("contacts", mark("Contacts in the street")),
    ("new_persons", mark("New persons")),
    ("trust_relations", mark("Relations of trust")),
    ("referrals", mark("Referrals to a service")),
)
OBLIGATION = (
    ("activity_report", mark("Activity report")),
    ("financial_report", mark("Financial report")),
    ("information_request", mark("Request for information")),
    ("dashboard", mark("Dashboard")),
    ("interim_report", mark("Interim report")),
)
WEEKDAYS = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)
