"""The measures by name, each with what it takes and how its rows become a figure.

A definition that changes gets a new version: figures say by which they were taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from hub.i18n import mark
from plan.measures import (
    context,
    kept_promises,
    members,
    messages,
    presence,
    registers,
    replies,
    reports,
    street_work,
)
from plan.measures.asked import Asked
from plan.measures.figure import (
    NO_CASE,
    NOT_ENTERED,
    NOT_WRITTEN_DOWN,
    NOT_YET,
    Figure,
    Figures,
    count,
    share,
)
from plan.measures.rows import RowsOf, Sums, spread
from plan.models import IndicatorClass

Take = Callable[[Session, Asked], Figure]
TakeAll = Callable[[Session, Asked], Figures]


class Mode(StrEnum):
    """Who does the counting."""

    AUTO = "auto"  # the hub, of what it does itself
    REGISTER = "register"  # the hub, of what a service wrote down


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    HOUR = "hour"
    HOUR_PER_DAY = "hour_per_day"
    PER_WEEK = "per_week"


_NO_CASE = Figure(None, reason=NO_CASE)
_NOT_NAMED = Figure(None, reason=NOT_WRITTEN_DOWN)


@dataclass(frozen=True, slots=True)
class Measure:
    """``rows`` are what the figure stands on, where it is counted from rows of one kind.

    ``take_all`` takes the whole town and each of its partnerships at once; a partnership that it
    leaves out has ``none``. What is not known by partnership is taken for the town alone.
    """

    code: str
    name: str
    mode: Mode
    indicator_class: IndicatorClass
    unit: Unit
    take: Take
    filters: frozenset[str] = frozenset()
    rows: RowsOf | None = None
    take_all: TakeAll | None = None
    none: Figure = _NO_CASE
    version: int = 1


def _of_town(take_all: TakeAll, none: Figure) -> Take:
    return lambda session, asked: take_all(session, asked).get(None, none)


def _by_rows(
    code: str,
    name: str,
    rows_of: RowsOf,
    *filters: str,
    mode: Mode = Mode.AUTO,
    indicator_class: IndicatorClass = IndicatorClass.ACTIVITY,
    version: int = 1,
) -> Measure:
    """Distinct subjects that count; those whose end nobody knows beside them."""

    def take_all(session: Session, asked: Asked) -> Figures:
        added = spread(session, rows_of(asked))
        return {place: count(one.counting, one.unknown) for place, one in added.items()}

    return Measure(
        code,
        name,
        mode,
        indicator_class,
        Unit.COUNT,
        _of_town(take_all, count(0)),
        frozenset(filters),
        rows_of,
        take_all if mode is Mode.AUTO and rows_of not in _OF_THE_TOWN else None,
        count(0),
        version,
    )


def _shared(
    code: str,
    name: str,
    rows_of: RowsOf,
    *filters: str,
    indicator_class: IndicatorClass,
    of_which: RowsOf | None = None,
    each_row: bool = False,
    version: int = 1,
) -> Measure:
    """The share of the subjects that count. Where there is none, but ``of_which`` has some, they
    are too young to be judged."""

    def take_all(session: Session, asked: Asked) -> Figures:
        added = spread(session, rows_of(asked), each_row=each_row)
        every = spread(session, of_which(asked)) if of_which and not added[None].cases else {}
        return {
            place: share(one.counting, one.cases, one.unknown, _otherwise(every.get(place)))
            for place, one in (dict.fromkeys(every, Sums()) | dict(added)).items()
        }

    return Measure(
        code,
        name,
        Mode.AUTO,
        indicator_class,
        Unit.PERCENT,
        _of_town(take_all, share(0, 0)),
        frozenset(filters),
        rows_of,
        take_all if rows_of not in _OF_THE_TOWN else None,
        share(0, 0),
        version,
    )


def _otherwise(every: Sums | None) -> str:
    return NOT_YET if every and every.cases else NO_CASE


# What does not say in which partnership it was.
_OF_THE_TOWN = (
    registers.prevention_actions,
    registers.communication_tools,
    registers.communication_tools_updated,
    reports.reports_registered,
    reports.reports_followed_up,
)
_A, _R, _C = IndicatorClass.ACTIVITY, IndicatorClass.RESULT, IndicatorClass.CONTEXT


_EVERY = (
    _by_rows(
        "m.alerts_sent",
        mark("Urgent alerts sent"),
        messages.alerts_sent,
        "phenomenon",
        "author_role",
    ),
    _shared(
        "m.alert_speed",
        mark("Alerts taken by a carrier within two minutes"),
        messages.alert_speed,
        "channel",
        indicator_class=_A,
        each_row=True,
    ),
    _by_rows(
        "m.prevention_messages",
        mark("Prevention messages sent"),
        messages.prevention_messages,
        "phenomenon",
        "topic",
    ),
    _by_rows(
        "m.mo_notices",
        mark("Notices of how thieves work"),
        messages.modus_operandi_notices,
        "phenomenon",
    ),
    _by_rows(
        "m.increase_warnings",
        mark("Warnings of a strong rise sent"),
        messages.increase_warnings,
        "phenomenon",
    ),
    _by_rows(
        "m.persons_informed",
        mark("People informed"),
        messages.persons_informed,
        "phenomenon",
        "topic",
        "member_kind",
    ),
    _shared(
        "m.reach",
        mark("Share of people reached"),
        messages.reach,
        "kind",
        "channel",
        indicator_class=_A,
    ),
    _by_rows(
        "m.prevention_actions",
        mark("Prevention actions"),
        registers.prevention_actions,
        "phenomenon",
        "topic",
        "target_group",
        "zone_set",
    ),
    _by_rows(
        "m.comm_tools",
        mark("Communication tools that exist"),
        registers.communication_tools,
        "phenomenon",
    ),
    _by_rows(
        "m.comm_tools_updated",
        mark("Communication tools brought up to date"),
        registers.communication_tools_updated,
        "phenomenon",
    ),
    _by_rows(
        "m.active_partnerships", mark("Active partnerships"), members.active_partnerships, "kind"
    ),
    _by_rows(
        "m.members_active",
        mark("Members"),
        members.members_active,
        "member_kind",
        indicator_class=_C,
    ),
    Measure(
        "m.household_coverage",
        mark("Share of households with a member"),
        Mode.AUTO,
        _C,
        Unit.PERCENT,
        _of_town(members.household_coverage, Figure(None, reason=NOT_ENTERED)),
        take_all=members.household_coverage,
        none=Figure(None, reason=NOT_ENTERED),
    ),
    _shared(
        "m.reply_rate",
        mark("Share of people who answered"),
        replies.reply_rate,
        "kind",
        "channel",
        indicator_class=_R,
        of_which=replies.asked_to_reply,
    ),
    _by_rows(
        "m.reports_registered",
        mark("Reports registered"),
        reports.reports_registered,
        "category",
        "status",
        indicator_class=_C,
    ),
    _shared(
        "m.reports_followed_up",
        mark("Share of reports answered in so many days"),
        reports.reports_followed_up,
        "category",
        "days",
        indicator_class=_R,
        of_which=reports.reports_registered,
    ),
    Measure(
        "m.time_to_first_feedback",
        mark("Hours to the first answer, in the middle"),
        Mode.AUTO,
        _R,
        Unit.HOUR,
        reports.time_to_first_feedback,
        frozenset({"category"}),
    ),
    Measure(
        "m.optout_rate",
        mark("Share of members who closed a way of theirs"),
        Mode.AUTO,
        _R,
        Unit.PERCENT,
        _of_town(members.optout_rate, share(0, 0)),
        frozenset({"channel"}),
        members.opted_out,
        members.optout_rate,
    ),
    _shared(
        "m.alerts_with_feedback_in_time",
        mark("Share of alerts whose outcome was told in time"),
        kept_promises.feedback_in_time,
        indicator_class=_R,
        of_which=kept_promises.alerts_owed_feedback,
    ),
    _by_rows(
        "m.meetings",
        mark("Meetings held"),
        registers.meetings,
        "body",
        "phenomenon",
        "level",
        "organisation",
        mode=Mode.REGISTER,
    ),
    Measure(
        "m.meeting_partners",
        mark("Organisations that took part"),
        Mode.REGISTER,
        _A,
        Unit.COUNT,
        registers.meeting_partners,
        frozenset({"body", "phenomenon", "level"}),
    ),
    Measure(
        "m.presence_hours",
        mark("Hours of presence"),
        Mode.REGISTER,
        _A,
        Unit.HOUR_PER_DAY,
        _of_town(presence.presence_hours, _NOT_NAMED),
        frozenset({"service", "zone_set", "quarter", "per"}),
        take_all=presence.presence_hours,
        none=_NOT_NAMED,
    ),
    Measure(
        "m.presence_outings",
        mark("Outings a week"),
        Mode.REGISTER,
        _A,
        Unit.PER_WEEK,
        _of_town(presence.presence_outings, _NOT_NAMED),
        frozenset({"service", "quarter"}),
        take_all=presence.presence_outings,
        none=_NOT_NAMED,
    ),
    _by_rows(
        "m.visits_on_time",
        mark("Visits within two weeks"),
        registers.visits_on_time,
        "requester",
        mode=Mode.REGISTER,
    ),
    Measure(
        "m.visits_on_time_share",
        mark("Share of those who asked that were visited in time"),
        Mode.REGISTER,
        _R,
        Unit.PERCENT,
        registers.visits_on_time_share,
        frozenset({"requester"}),
    ),
    Measure(
        "m.trained_share",
        mark("Share of the staff that is trained"),
        Mode.REGISTER,
        _A,
        Unit.PERCENT,
        registers.trained_share,
        frozenset({"role", "course", "grace"}),
    ),
    Measure(
        "m.obligations_on_time",
        mark("Share of what was due that was sent in time"),
        Mode.REGISTER,
        _A,
        Unit.PERCENT,
        registers.obligations_on_time,
        frozenset({"kind"}),
    ),
    Measure(
        "m.street_counts",
        mark("What street workers counted, together"),
        Mode.REGISTER,
        _A,
        Unit.COUNT,
        street_work.together,
        frozenset({"counted", "quarter"}),
    ),
    Measure(
        "m.street_counts_each",
        mark("The fewest that any street worker counted"),
        Mode.REGISTER,
        _A,
        Unit.COUNT,
        street_work.fewest,
        frozenset({"counted", "quarter"}),
    ),
    Measure(
        "c.offence_count",
        mark("Facts counted by the police"),
        Mode.REGISTER,
        _C,
        Unit.COUNT,
        context.offence_count,
        frozenset({"phenomenon", "area"}),
    ),
)
MEASURES = {one.code: one for one in _EVERY}
