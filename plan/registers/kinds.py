"""The registers there are, and what is written in each. The order is that of the tiles."""

from dataclasses import dataclass

from sqlmodel import SQLModel

from hub import clock
from hub.errors import NotFound
from hub.i18n import mark
from partnerships.days import today
from plan.models import (
    Campaign,
    CampaignDay,
    Certificate,
    CommunicationTool,
    HouseholdCount,
    Meeting,
    Obligation,
    PreventionVisit,
    ServiceDayChange,
    ServiceDays,
    Shift,
    StaffMember,
    StreetContacts,
    ToolVersion,
)
from plan.registers.columns import (
    CONTACT_CODES,
    MEETING_LEVEL,
    MEETING_STATUS,
    OBLIGATION,
    REQUESTER,
    SHIFT_KIND,
    Column,
    Kind,
    Source,
)


@dataclass(frozen=True, slots=True)
class Register:
    """``key`` are the columns of which two rows may not be the same: the second puts the first
    right. One of the whole town is not kept by a single service."""

    kind: str
    title: str
    what: str
    model: type[SQLModel]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    is_of_town: bool = False

    def column(self, name: str) -> Column:
        return next(one for one in self.columns if one.name == name)


def _today() -> str:
    return today().isoformat()


def _month() -> str:
    return today().isoformat()[:7]


def _now() -> str:
    return clock.in_brussels(clock.now()).strftime("%Y-%m-%dT%H:%M")


def _held() -> str:
    return "held"


def _local() -> str:
    return "local"


def _one() -> str:
    return "1"


def _yes() -> str:
    return "yes"


_SERVICE = Column(
    "service_id", mark("Service"), Kind.CHOICE, needed=False, source=Source.SERVICE, is_more=True
)
_OWN_SERVICE = Column("service_id", mark("Service"), Kind.CHOICE, source=Source.SERVICE)
_PHENOMENON = Column(
    "phenomenon",
    mark("Phenomenon"),
    Kind.CHOICE,
    needed=False,
    source=Source.PHENOMENON,
    is_more=True,
)
_QUARTER = Column("quarter", mark("Neighbourhood"), needed=False, is_suggested=True, is_zone=True)
_TARGET = Column(
    "is_target_quarter", mark("A target neighbourhood of the plan"), Kind.TICK, needed=False
)
_STAFF = Column("staff_member_id", mark("Who"), Kind.CHOICE, source=Source.WORKER)

REGISTERS = (
    Register(
        "shifts",
        mark("Shifts and presence"),
        mark("Who was there, where, and from when to when. No telephone is followed."),
        Shift,
        (
            Column("kind", mark("What"), Kind.CHOICE, choices=SHIFT_KIND),
            Column("began_at", mark("From"), Kind.MOMENT, first=_now),
            Column("ended_at", mark("Until"), Kind.MOMENT, needed=False),
            _QUARTER,
            _TARGET,
            Column(
                "worker_id", mark("Who"), Kind.CHOICE, needed=False, source=Source.WORKER
            ),
            Column("people", mark("People"), Kind.WHOLE, least=1, most=100, first=_one),
            _OWN_SERVICE,
        ),
    ),
    Register(
        "meetings",
        mark("Meetings"),
        mark("Which body met, and who came."),
        Meeting,
        (
            Column("body", mark("Which meeting"), is_suggested=True),
            Column("day", mark("Day"), Kind.DAY, first=_today, may_be_ahead=True),
            Column("status", mark("Status"), Kind.CHOICE, choices=MEETING_STATUS, first=_held),
            Column(
                "present",
                mark("Organisations present"),
                Kind.PRESENT,
                needed=False,
                is_beside=True,
            ),
            Column("level", mark("Level"), Kind.CHOICE, choices=MEETING_LEVEL, first=_local),
            _PHENOMENON,
            _SERVICE,
            Column("note", mark("Note"), Kind.NOTE, needed=False, is_more=True),
        ),
    ),
    Register(
        "contacts",
        mark("Contacts of street workers"),
        mark("Counts of a month, and no names."),
        StreetContacts,
        (
            _STAFF,
            Column("month", mark("Month"), Kind.MONTH, first=_month),
            _QUARTER,
            Column("code", mark("What was counted"), Kind.CHOICE, choices=CONTACT_CODES),
            Column("count", mark("How many"), Kind.WHOLE),
        ),
        key=("staff_member_id", "quarter", "month", "code"),
    ),
    Register(
        "visits",
        mark("Prevention visits"),
        mark("Asked for and made. Whose home it was is not kept."),
        PreventionVisit,
        (
            Column("requester", mark("Who asked"), Kind.CHOICE, choices=REQUESTER),
            Column("requested_on", mark("Asked on"), Kind.DAY, first=_today),
            Column("offence_on", mark("Offence on (of a victim)"), Kind.DAY, needed=False),
            Column("visited_on", mark("Visited on"), Kind.DAY, needed=False),
            _PHENOMENON,
            _SERVICE,
        ),
    ),
    Register(
        "campaigns",
        mark("Actions and campaigns"),
        mark("What was done, for whom, and since when."),
        Campaign,
        (
            Column("title", mark("Title"), is_suggested=True),
            Column(
                "first_day",
                mark("First day"),
                Kind.DAY,
                first=_today,
                is_beside=True,
                may_be_ahead=True,
            ),
            Column("target_group", mark("For whom"), needed=False, is_suggested=True),
            Column(
                "is_action",
                mark("Counts as an action (not only messages)"),
                Kind.TICK,
                needed=False,
                first=_yes,
            ),
            Column("topics", mark("Topics"), Kind.WORDS, needed=False, is_more=True),
            _PHENOMENON,
            Column(
                "cold_series_id",
                mark("Series of prevention messages"),
                Kind.CHOICE,
                needed=False,
                source=Source.SERIES,
                is_more=True,
            ),
            _SERVICE,
        ),
    ),
    Register(
        "campaign-days",
        mark("Days of actions"),
        mark("Each further day on which an action was held, and where."),
        CampaignDay,
        (
            Column("campaign_id", mark("Action"), Kind.CHOICE, source=Source.CAMPAIGN),
            Column("day", mark("Day"), Kind.DAY, first=_today, may_be_ahead=True),
            _QUARTER,
            _TARGET,
            Column("people", mark("People reached"), Kind.WHOLE, needed=False, most=1_000_000),
        ),
        key=("campaign_id", "day", "quarter"),
    ),
    Register(
        "certificates",
        mark("Trainings and certificates"),
        mark("Who followed which course, and until when it holds."),
        Certificate,
        (
            _STAFF,
            Column("course", mark("Course"), is_suggested=True),
            Column("obtained_on", mark("Obtained on"), Kind.DAY, first=_today),
            Column(
                "expires_on", mark("Holds until"), Kind.DAY, needed=False, may_be_ahead=True
            ),
        ),
        key=("staff_member_id", "course", "obtained_on"),
    ),
    Register(
        "tools",
        mark("Communication tools"),
        mark("Leaflets, pages, posters, and since when there are."),
        CommunicationTool,
        (
            Column("name", mark("Name")),
            Column("published_on", mark("Published on"), Kind.DAY, first=_today, is_beside=True),
            Column("kind", mark("Leaflet, page, poster…"), needed=False, is_suggested=True),
            Column("withdrawn_on", mark("Withdrawn on"), Kind.DAY, needed=False, is_more=True),
            _PHENOMENON,
            _SERVICE,
        ),
    ),
    Register(
        "tool-versions",
        mark("Versions of tools"),
        mark("Publish a new version of a leaflet or a page."),
        ToolVersion,
        (
            Column("tool_id", mark("Tool"), Kind.CHOICE, source=Source.TOOL),
            Column("published_on", mark("Published on"), Kind.DAY, first=_today),
            Column("address", mark("Where it can be found"), needed=False),
        ),
        key=("tool_id", "published_on"),
    ),
    Register(
        "obligations",
        mark("What is owed to the ministry"),
        mark("By which day, and when it was sent. You get a mail before."),
        Obligation,
        (
            Column("kind", mark("What"), Kind.CHOICE, choices=OBLIGATION),
            Column("title", mark("Title")),
            Column("due_on", mark("Due on"), Kind.DAY, may_be_ahead=True),
            Column("asked_on", mark("Asked on"), Kind.DAY, needed=False),
            Column("sent_on", mark("Sent on"), Kind.DAY, needed=False),
        ),
        is_of_town=True,
    ),
    Register(
        "staff",
        mark("Staff"),
        mark("Who works for which service. An account lets somebody write for it."),
        StaffMember,
        (
            Column("name", mark("Name")),
            _OWN_SERVICE,
            Column("role", mark("Role"), is_suggested=True),
            Column("started_on", mark("Began on"), Kind.DAY, first=_today, may_be_ahead=True),
            Column("left_on", mark("Left on"), Kind.DAY, needed=False, may_be_ahead=True),
            Column(
                "account_id", mark("Account"), Kind.CHOICE, needed=False, source=Source.ACCOUNT
            ),
        ),
        is_of_town=True,
    ),
    Register(
        "households",
        mark("Households"),
        mark("How many households the zone of a partnership has."),
        HouseholdCount,
        (
            Column("partnership_id", mark("Partnership"), Kind.CHOICE, source=Source.PARTNERSHIP),
            Column("day", mark("Day"), Kind.DAY, first=_today),
            Column("households", mark("Households"), Kind.WHOLE, least=1, most=1_000_000),
            Column("source", mark("Source"), needed=False, is_suggested=True),
        ),
        key=("partnership_id", "day"),
        is_of_town=True,
    ),
    Register(
        "service-days",
        mark("Days of service"),
        mark("On which weekdays a service works, from a day on."),
        ServiceDays,
        (
            _OWN_SERVICE,
            Column("from_day", mark("First day"), Kind.DAY, first=_today, may_be_ahead=True),
            Column("weekdays", mark("Weekdays"), Kind.WEEKDAYS),
            Column("on_holidays", mark("Works on holidays too"), Kind.TICK, needed=False),
        ),
        key=("service_id", "from_day"),
        is_of_town=True,
    ),
    Register(
        "service-day-changes",
        mark("Single days of service"),
        mark("A day on which a service works, or does not, other than usual."),
        ServiceDayChange,
        (
            _OWN_SERVICE,
            Column("day", mark("Day"), Kind.DAY, first=_today, may_be_ahead=True),
            Column("is_service_day", mark("The service works on this day"), Kind.TICK,
                   needed=False),
        ),
        key=("service_id", "day"),
        is_of_town=True,
    ),
)  # fmt: skip
_BY_KIND = {one.kind: one for one in REGISTERS}


def register_of(kind: str) -> Register:
    """The register of this name. Raises ``NotFound``."""
    if kind not in _BY_KIND:
        raise NotFound
    return _BY_KIND[kind]
