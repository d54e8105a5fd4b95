"""Measures of what services write down: what counts, when, and when there is no value."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, SQLModel, select

from feedback.models import ReportService
from hub.clock import BRUSSELS
from hub.db import unit_of_work
from partnerships.models import Account, Organisation, Partnership
from plan.measures.asked import Asked
from plan.measures.catalogue import MEASURES, Unit
from plan.measures.figure import Figure, Figures
from plan.measures.period import Period, whole_weeks
from plan.models import (
    Campaign,
    CampaignDay,
    Certificate,
    CommunicationTool,
    ContextCount,
    CountSource,
    Meeting,
    MeetingAttendance,
    MeetingStatus,
    Obligation,
    ObligationKind,
    PreventionVisit,
    RequesterKind,
    ServiceDayChange,
    ServiceDays,
    Shift,
    ShiftKind,
    StaffMember,
    ToolVersion,
)

pytestmark = pytest.mark.usefixtures("demo_zone")

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
AFTERWARDS = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)
# Put in by ``keep``: whose it is and who wrote it down.
OF_TOWN: dict[str, Any] = {"municipality_id": UUID(int=0)}
BY: dict[str, Any] = {"entered_by": UUID(int=0)}
MINE = {**OF_TOWN, **BY}


def town(session: Session) -> UUID:
    return session.exec(select(Organisation.id).where(Organisation.slug == "valdor")).one()


def somebody(session: Session) -> UUID:
    return session.exec(select(Account.id)).first() or UUID(int=0)


def keep(*rows: SQLModel) -> None:
    with unit_of_work() as session:
        for row in rows:
            owned = {"municipality_id": town, "entered_by": somebody}
            for name in owned.keys() & type(row).model_fields.keys():
                setattr(row, name, owned[name](session))
            session.add(row)
            session.flush()


def guards() -> UUID:
    """A service of the town."""
    service = ReportService(name="Gardiens de la Paix", municipality_id=UUID(int=0))
    keep(service)
    return service.id


def taken(code: str, period: Period = YEAR, as_of: datetime = AFTERWARDS, **filters: Any) -> Figure:
    with unit_of_work(read_only=True) as session:
        chosen = {name: str(value) for name, value in filters.items()}
        assert set(chosen) <= MEASURES[code].filters
        asked = Asked(town(session), period, as_of, filters=chosen)
        return MEASURES[code].take(session, asked)


def spread(code: str, period: Period, **filters: Any) -> Figures:
    """The town and each of its zones."""
    with unit_of_work(read_only=True) as session:
        chosen = {name: str(value) for name, value in filters.items()}
        take_all = MEASURES[code].take_all
        assert take_all
        return take_all(session, Asked(town(session), period, AFTERWARDS, filters=chosen))


def value(code: str, *asked: Any, **filters: Any) -> float | None:
    return taken(code, *asked, **filters).value


def meeting(day: date, status: MeetingStatus = MeetingStatus.HELD, **said: Any) -> Meeting:
    return Meeting(**MINE, body="conseil zonal", day=day, status=status, **said)


def test_only_meetings_that_were_held_in_the_period_count() -> None:
    keep(
        meeting(date(2026, 1, 1)),
        meeting(date(2026, 12, 31), phenomenon="cambriolage"),
        meeting(date(2025, 12, 31)),
        meeting(date(2026, 6, 1), MeetingStatus.PLANNED),
        meeting(date(2026, 6, 2), taken_back_at=AFTERWARDS),
    )
    assert value("m.meetings") == 2
    assert value("m.meetings", phenomenon="cambriolage") == 1
    assert value("m.meetings", body="CSIL") == 0
    assert value("m.meetings", YEAR, datetime(2026, 6, 1, tzinfo=UTC)) == 1


def test_an_organisation_counts_once_however_often_it_came() -> None:
    first, second = meeting(date(2026, 3, 1)), meeting(date(2026, 4, 1))
    keep(first, second)
    for one, names in ((first, ("Police", "CPAS")), (second, ("Police",))):
        keep(*(MeetingAttendance(meeting_id=one.id, organisation=name) for name in names))
    assert value("m.meeting_partners") == 2
    assert value("m.meetings", organisation="CPAS") == 1


def shift(service: UUID, began: datetime, hours: float, **said: Any) -> Shift:
    kind = said.pop("kind", ShiftKind.PRESENCE)
    ended = began + timedelta(hours=hours)
    return Shift(**MINE, service_id=service, kind=kind, began_at=began, ended_at=ended, **said)


def test_presence_is_hours_of_people_for_each_day_on_which_the_service_works() -> None:
    service = guards()
    # Tuesday 3 March 2026; the week has five days of service, and one was a day off.
    keep(
        ServiceDays(service_id=service, from_day=date(2026, 1, 1), weekdays=[0, 1, 2, 3, 4]),
        ServiceDayChange(service_id=service, day=date(2026, 3, 6), is_service_day=False),
        shift(service, datetime(2026, 3, 3, 9, 0, tzinfo=BRUSSELS), 6, people=2),
        shift(service, datetime(2026, 3, 4, 9, 0, tzinfo=BRUSSELS), 8, kind=ShiftKind.TRAINING),
    )
    week = Period(date(2026, 3, 2), date(2026, 3, 8))
    figure = taken("m.presence_hours", week, service=service)
    assert (figure.numerator, figure.denominator, figure.value) == (12, 4, 3)
    assert value("m.presence_hours", week, service=service, per="week") == 12


def test_presence_counts_for_the_zone_whose_name_stands_beside_it() -> None:
    service = guards()
    with unit_of_work(read_only=True) as session:
        here = select(Partnership.id, Partnership.name).where(
            Partnership.municipality_id == town(session)
        )
        (first, name), (second, _other), *_ = session.exec(here.order_by(Partnership.slug))
    tuesday = datetime(2026, 3, 3, 9, 0, tzinfo=BRUSSELS)
    keep(
        ServiceDays(service_id=service, from_day=date(2026, 1, 1), weekdays=[0, 1, 2, 3, 4]),
        shift(service, tuesday, 4, quarter=f" {name.upper()}"),
        shift(service, tuesday, 2, quarter="Gare", people=2),
        shift(service, tuesday, 1),
    )
    week = Period(date(2026, 3, 2), date(2026, 3, 8))
    by_zone = spread("m.presence_hours", week, service=service)
    assert {zone: one.numerator for zone, one in by_zone.items()} == {None: 9, first: 4}
    assert by_zone[first].value == 4 / 5
    # Of the other zone nothing is known: that is no nought.
    assert MEASURES["m.presence_hours"].none.value is None, second


def test_outings_count_for_their_zone_too() -> None:
    service = guards()
    with unit_of_work(read_only=True) as session:
        here = select(Partnership).where(Partnership.municipality_id == town(session))
        zone = session.exec(here.order_by(Partnership.slug)).first()
        assert zone
    tuesday = datetime(2026, 3, 3, 20, 0, tzinfo=BRUSSELS)
    keep(
        shift(service, tuesday, 2, kind=ShiftKind.OUTREACH, quarter=zone.name),
        shift(service, tuesday + timedelta(days=1), 2, kind=ShiftKind.OUTREACH),
    )
    week = Period(date(2026, 3, 2), date(2026, 3, 8))
    found = spread("m.presence_outings", week)
    assert {place: one.value for place, one in found.items()} == {None: 2, zone.id: 1}


def test_a_shift_over_midnight_is_cut_where_the_period_ends() -> None:
    service = guards()
    night = datetime(2026, 3, 2, 22, 0, tzinfo=BRUSSELS)
    keep(
        ServiceDays(service_id=service, from_day=date(2026, 1, 1), weekdays=list(range(7))),
        shift(service, night, 5),
    )
    monday = Period(date(2026, 3, 2), date(2026, 3, 2))
    assert value("m.presence_hours", monday, service=service) == 2


def test_the_night_the_clock_goes_back_has_an_hour_more() -> None:
    service = guards()
    began = datetime(2026, 10, 25, 0, 0, tzinfo=BRUSSELS)
    keep(
        ServiceDays(service_id=service, from_day=date(2026, 1, 1), weekdays=list(range(7))),
        Shift(
            **MINE,
            service_id=service,
            kind=ShiftKind.PRESENCE,
            began_at=began,
            ended_at=datetime(2026, 10, 26, 0, 0, tzinfo=BRUSSELS),
        ),
    )
    sunday = Period(date(2026, 10, 25), date(2026, 10, 25))
    assert value("m.presence_hours", sunday, service=service) == 25


def test_without_a_calendar_there_is_no_value_for_a_day() -> None:
    service = guards()
    keep(shift(service, datetime(2026, 3, 3, 9, 0, tzinfo=BRUSSELS), 6))
    figure = taken("m.presence_hours", service=service)
    assert figure.value is None
    assert figure.reason


def test_outings_count_for_each_whole_week() -> None:
    service = guards()
    begun = datetime(2026, 3, 3, 20, 0, tzinfo=BRUSSELS)
    outings = (begun + timedelta(days=days) for days in (0, 1, 2, 7))
    keep(*(shift(service, at, 2, kind=ShiftKind.OUTREACH) for at in outings))
    fortnight = Period(date(2026, 3, 2), date(2026, 3, 15))
    assert value("m.presence_outings", fortnight) == 2
    assert value("m.presence_outings", Period(date(2026, 3, 3), date(2026, 3, 8))) is None


def visit(requester: RequesterKind, asked_on: date, visited: date | None, **said: Any) -> Any:
    return PreventionVisit(
        **MINE, requester=requester, requested_on=asked_on, visited_on=visited, **said
    )


def test_a_visit_is_in_time_by_the_offence_of_a_victim_and_the_request_of_others() -> None:
    may = date(2026, 5, 1)
    keep(
        visit(RequesterKind.RESIDENT, may, may + timedelta(days=14)),
        visit(RequesterKind.RESIDENT, may, may + timedelta(days=15)),
        visit(
            RequesterKind.VICTIM, may, may + timedelta(days=10), offence_on=may - timedelta(days=9)
        ),
        visit(RequesterKind.VICTIM, may, may + timedelta(days=5), offence_on=may),
    )
    assert value("m.visits_on_time") == 2
    assert value("m.visits_on_time", requester="victim") == 1


def test_only_those_whose_two_weeks_are_over_are_judged() -> None:
    keep(
        visit(RequesterKind.VICTIM, date(2026, 5, 1), date(2026, 5, 4)),
        visit(RequesterKind.VICTIM, date(2026, 5, 2), None),
        visit(RequesterKind.VICTIM, date(2026, 5, 25), None),
    )
    june = datetime(2026, 6, 1, tzinfo=UTC)
    figure = taken("m.visits_on_time_share", YEAR, june, requester="victim")
    assert (figure.numerator, figure.denominator) == (1, 2)
    none_over = taken("m.visits_on_time_share", YEAR, datetime(2026, 5, 5, tzinfo=UTC))
    assert none_over.value is None
    assert none_over.reason != taken("m.visits_on_time_share", requester="trader").reason


def test_whoever_left_or_whose_certificate_ended_is_not_trained_staff() -> None:
    service = guards()

    def staff(**said: Any) -> StaffMember:
        began = said.pop("started_on", date(2025, 1, 1))
        return StaffMember(
            **OF_TOWN, service_id=service, name="x", role="guard", started_on=began, **said
        )

    trained, lapsed, gone, new = (
        staff(),
        staff(),
        staff(left_on=date(2026, 6, 1)),
        staff(started_on=date(2026, 12, 20)),
    )
    keep(trained, lapsed, gone, new)
    for one, until in ((trained, None), (lapsed, date(2026, 1, 31)), (gone, None)):
        keep(
            Certificate(
                **BY,
                staff_member_id=one.id,
                course="basic",
                obtained_on=date(2025, 5, 1),
                expires_on=until,
            )
        )
    assert taken("m.trained_share", role="guard", course="basic").denominator == 3
    figure = taken("m.trained_share", role="guard", course="basic", grace=30)
    assert (figure.numerator, figure.denominator, figure.value) == (1, 2, 50)


def test_an_action_counts_once_whatever_number_of_days_it_has() -> None:
    many = Campaign(**MINE, title="Sac-jacking", phenomenon="vol-par-ruse", topics=["sac-jacking"])
    other = Campaign(**MINE, title="Letters", is_action=False)
    keep(many, other)
    keep(
        *(CampaignDay(campaign_id=many.id, day=date(2026, month, 1)) for month in (2, 3, 9)),
        CampaignDay(campaign_id=other.id, day=date(2026, 2, 1)),
    )
    assert value("m.prevention_actions") == 1
    assert value("m.prevention_actions", topic="sac-jacking") == 1
    assert value("m.prevention_actions", topic="sac") == 0
    quarters = (
        Period(date(2026, 1, 1), date(2026, 3, 31)),
        Period(date(2026, 4, 1), date(2026, 6, 30)),
    )
    assert [value("m.prevention_actions", one) for one in quarters] == [1, 0]


def owed(due: date, sent: date | None = None) -> Obligation:
    return Obligation(**MINE, kind=ObligationKind.DASHBOARD, title="x", due_on=due, sent_on=sent)


def test_what_is_due_later_is_no_case_yet() -> None:
    keep(
        owed(date(2026, 3, 1), date(2026, 3, 1)),
        owed(date(2026, 3, 1), date(2026, 3, 2)),
        owed(date(2026, 4, 1)),
        owed(date(2026, 12, 1)),
    )
    figure = taken("m.obligations_on_time", YEAR, datetime(2026, 6, 1, tzinfo=UTC))
    assert (figure.numerator, figure.denominator) == (1, 3)


def test_a_tool_exists_from_its_first_version_until_it_is_withdrawn() -> None:
    leaflet, poster = (
        CommunicationTool(**MINE, name="a"),
        CommunicationTool(**MINE, name="b", withdrawn_on=date(2026, 2, 1)),
    )
    keep(leaflet, poster)
    for tool, day in (
        (leaflet, date(2025, 1, 1)),
        (leaflet, date(2026, 5, 1)),
        (poster, date(2025, 1, 1)),
    ):
        keep(ToolVersion(**BY, tool_id=tool.id, published_on=day))
    assert value("m.comm_tools") == 1
    assert value("m.comm_tools_updated") == 1
    assert value("m.comm_tools", Period(date(2026, 1, 1), date(2026, 1, 31))) == 2


def test_the_newest_count_of_a_week_holds_and_nobody_counting_is_not_nought() -> None:
    assert value("c.offence_count", phenomenon="cambriolage") is None
    with unit_of_work() as session:
        zone = session.exec(
            select(Organisation.part_of_id).where(Organisation.slug == "valdor")
        ).one()
    assert zone
    for edition, count in ((1, 5), (2, 4)):
        keep(
            ContextCount(
                **BY,
                police_zone_id=zone,
                phenomenon="cambriolage",
                iso_year=2026,
                iso_week=10,
                count=count,
                edition=edition,
                source=CountSource.TYPED,
            )
        )
    assert value("c.offence_count", phenomenon="cambriolage") == 4


# Numbers that somebody writes down: without one, nobody has counted, which is not nought.
WRITTEN_DOWN = ("c.", "m.street_counts")


@pytest.mark.parametrize("code", sorted(MEASURES))
def test_every_measure_answers_for_a_town_in_which_nothing_happened(code: str) -> None:
    figure = taken(code, Period(date(2020, 1, 1), date(2020, 12, 31)))
    is_counted = MEASURES[code].unit in (Unit.COUNT, Unit.PER_WEEK)
    assert figure.value == (0 if is_counted and not code.startswith(WRITTEN_DOWN) else None)
    if figure.value is None:
        assert figure.reason


def test_whole_weeks_begin_on_mondays() -> None:
    assert whole_weeks(Period(date(2026, 3, 2), date(2026, 3, 8))) == 1
    assert whole_weeks(Period(date(2026, 3, 3), date(2026, 3, 15))) == 1
    assert whole_weeks(Period(date(2026, 3, 3), date(2026, 3, 8))) == 0
