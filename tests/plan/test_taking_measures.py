"""Measuring a plan: nightly and on demand, again and again, and looking into what came of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships.models import Account, Organisation
from plan.measures import measuring, taking
from plan.measures.buckets import begun, named
from plan.measures.catalogue import MEASURES
from plan.measures.definitions import DEFINITIONS, of
from plan.measures.period import Period
from plan.models import (
    ExpectedResult,
    MeasureValue,
    Measuring,
    Meeting,
    NodeKind,
    Plan,
    PlanNode,
    PlanStatus,
    ResultKind,
    ResultMeasure,
)
from tests import in_process
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)


def a_plan(
    *feeds: tuple[str, dict[str, Any]], status: PlanStatus = PlanStatus.IN_FORCE
) -> tuple[Plan, list[UUID]]:
    """A plan of two years with a result for each feed."""
    with unit_of_work() as session:
        town = session.exec(select(Organisation.id).where(Organisation.slug == "valdor")).one()
        plan = Plan(
            municipality_id=town,
            title="Plan to measure",
            starts_on=date(2025, 1, 1),
            ends_on=date(2026, 12, 31),
            status=status,
        )
        session.add(plan)
        session.flush()
        node = PlanNode(plan_id=plan.id, kind=NodeKind.OPERATIONAL, label="Objective")
        session.add(node)
        session.flush()
        made = []
        for number, (measure, filters) in enumerate(feeds, start=1):
            result = ExpectedResult(
                node_id=node.id, raw=f"Result {number}", code=f"r{number}", kind=ResultKind.COUNT
            )
            session.add(result)
            session.flush()
            session.add(ResultMeasure(result_id=result.id, measure=measure, filters=filters))
            made.append(result.id)
        return plan, made


def held(day: date, body: str = "CSIL") -> None:
    with unit_of_work() as session:
        by = session.exec(select(Account.id)).first()
        town = session.exec(select(Organisation.id).where(Organisation.slug == "valdor")).one()
        assert by
        session.add(Meeting(municipality_id=town, body=body, day=day, entered_by=by))


def values(session: Session, result: UUID, area: str = "") -> Sequence[MeasureValue]:
    its = select(MeasureValue).where(MeasureValue.result_id == result, MeasureValue.area == area)
    return session.exec(its.order_by(col(MeasureValue.period_start))).all()


def taken(plan: Plan, *, by_zone: bool = False, as_of: datetime = NOW) -> int:
    with unit_of_work() as session:
        return taking.take(session, plan, begun(plan, as_of.date()), as_of, by_zone=by_zone)


def test_a_plan_is_measured_whole_by_year_and_by_quarter_as_far_as_they_have_begun() -> None:
    plan, _results = a_plan()
    periods = begun(plan, date(2026, 6, 15))
    assert periods[0] == Period(date(2025, 1, 1), date(2026, 12, 31))
    assert [one.first for one in periods[1:3]] == [date(2025, 1, 1), date(2026, 1, 1)]
    assert [one.last for one in periods[3:]] == [
        date(2025, 3, 31),
        date(2025, 6, 30),
        date(2025, 9, 30),
        date(2025, 12, 31),
        date(2026, 3, 31),
        date(2026, 6, 30),
    ]


def test_a_period_is_named_by_days_by_year_or_by_quarter() -> None:
    plan, _results = a_plan()
    assert named(plan, "2026") == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert named(plan, "2026-Q2") == Period(date(2026, 4, 1), date(2026, 6, 30))
    assert named(plan, "2025-07-01_2025-09-30") == Period(date(2025, 7, 1), date(2025, 9, 30))
    for nonsense in ("", "9999", "2026-Q5", "<script>", "\x00"):
        assert named(plan, nonsense) == Period(plan.starts_on, plan.ends_on)


def test_taking_again_replaces_a_figure_and_adds_none() -> None:
    plan, (result,) = a_plan(("m.meetings", {}))
    held(date(2026, 2, 1))
    first = taken(plan)
    held(date(2026, 3, 1))
    assert taken(plan) == first == 9
    with unit_of_work(read_only=True) as session:
        found = values(session, result)
        assert len(found) == 9
        whole = next(one for one in found if one.period_end == plan.ends_on)
        assert whole.value == 2
        assert whole.definition_version == MEASURES["m.meetings"].version
        assert whole.computed_at == NOW


def test_what_a_measure_is_narrowed_to_is_asked_and_what_it_does_not_know_gives_no_figure() -> None:
    plan, (of_body, of_nothing) = a_plan(
        ("m.meetings", {"body": "CSIL"}), ("m.meetings", {"colour": "blue"})
    )
    held(date(2026, 2, 1))
    held(date(2026, 2, 2), "conseil zonal")
    taken(plan)
    with unit_of_work(read_only=True) as session:
        assert {one.value for one in values(session, of_body)} == {0, 1}
        unknown = values(session, of_nothing)
    assert {one.value for one in unknown} == {None}
    assert all(one.reason for one in unknown)


def test_every_zone_of_the_map_has_its_figure_or_the_reason_why_not() -> None:
    plan, (members, meetings) = a_plan(("m.members_active", {}), ("m.meetings", {}))
    taken(plan, by_zone=True)
    with unit_of_work(read_only=True) as session:
        assert all(one.value is not None for one in values(session, members, "haut-valdor"))
        of_the_town_only = values(session, meetings, "haut-valdor")
    assert of_the_town_only
    assert all(one.value is None and one.reason for one in of_the_town_only)


def test_a_measure_that_fails_keeps_its_figure_and_stops_no_other() -> None:
    """A service that is none makes its measure fail."""
    plan, (good, bad) = a_plan(("m.meetings", {}), ("m.presence_hours", {"service": "nobody"}))
    with unit_of_work() as session:
        session.add(
            MeasureValue(
                result_id=bad,
                measure="m.presence_hours",
                definition_version=1,
                period_start=plan.starts_on,
                period_end=plan.ends_on,
                value=7,
            )
        )
    held(date(2026, 2, 1))
    taken(plan)
    with unit_of_work(read_only=True) as session:
        assert len(values(session, good)) == 9
        assert [one.value for one in values(session, bad)] == [7]


def test_a_measure_that_feeds_a_result_no_more_leaves_no_figure_behind() -> None:
    plan, (result,) = a_plan(("m.meetings", {}))
    taken(plan)
    with unit_of_work() as session:
        session.delete(session.get_one(ResultMeasure, (result, "m.meetings")))
    taken(plan)
    with unit_of_work(read_only=True) as session:
        assert not values(session, result)


def test_the_night_measures_each_plan_in_force_once() -> None:
    plan, (result,) = a_plan(("m.meetings", {}))
    draft, _results = a_plan(("m.meetings", {}), status=PlanStatus.DRAFT)
    clock.set_source(lambda: NOW)
    for _turn in range(2):
        with unit_of_work() as session:
            measuring.ask_for_the_night(session)
    with unit_of_work(read_only=True) as session:
        asked = session.exec(select(Measuring).where(Measuring.plan_id == plan.id)).all()
        assert not session.exec(select(Measuring).where(Measuring.plan_id == draft.id)).all()
    assert len(asked) == 1
    measuring.work(asked[0].id)
    with unit_of_work(read_only=True) as session:
        done = session.get_one(Measuring, asked[0].id)
        assert (done.measures, done.done, done.failed) == (1, 1, 0)
        assert done.finished_at == NOW
        assert values(session, result)


def test_before_two_at_night_nothing_is_asked_for() -> None:
    plan, _results = a_plan(("m.meetings", {}))
    # 01:30 in Brussels, in summer.
    clock.set_source(lambda: datetime(2026, 6, 14, 23, 30, tzinfo=UTC))
    with unit_of_work() as session:
        measuring.ask_for_the_night(session)
        assert not session.exec(select(Measuring).where(Measuring.plan_id == plan.id)).all()


def test_what_a_dead_worker_left_is_done_anew_and_what_one_has_in_hand_is_left_to_him() -> None:
    plan, _results = a_plan(("m.meetings", {}))
    clock.set_source(lambda: NOW)
    with unit_of_work() as session:
        in_hand = Measuring(plan_id=plan.id, lease_until=NOW + timedelta(minutes=1))
        session.add(in_hand)
    measuring.work(in_hand.id)
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Measuring, in_hand.id).finished_at is None
    clock.set_source(lambda: NOW + timedelta(minutes=2))
    measuring.work(in_hand.id)
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Measuring, in_hand.id).finished_at


def test_the_officer_measures_now_and_looks_into_the_figure(templates: Templates) -> None:
    plan, (result,) = a_plan(("m.meetings", {}))
    held(date(2026, 2, 1))
    clock.set_source(lambda: NOW)
    officer = in_process.signed_in(**templates.accounts["prevention_officer"])
    page = f"/plans/{plan.id}/measured/{result}"
    assert "Not measured yet" in officer.get(page).text
    officer.post(f"/plans/{plan.id}/measure", result=str(result), period="2026")
    assert "waits for its turn" in officer.get(f"/plans/{plan.id}/measuring").text
    with unit_of_work(read_only=True) as session:
        asked = session.exec(select(Measuring).where(Measuring.plan_id == plan.id)).one()
    measuring.work(asked.id)
    shown = officer.get(f"{page}?period=2026").text
    assert "Meetings of the register that were held in the period." in shown
    assert "<strong>1</strong>" in shown
    rows = officer.get(f"{page}/rows.csv?period=2026").text.splitlines()
    assert len(rows) == 2
    assert "2026-02-01" in rows[1]


def test_another_s_plan_is_not_there(templates: Templates) -> None:
    plan, (result,) = a_plan(("m.meetings", {}))
    for role in ("coordinator", "dispatcher"):
        visitor = in_process.signed_in(**templates.accounts[role])
        assert visitor.get(f"/plans/{plan.id}/measured/{result}").status_code in (403, 404)
    officer = in_process.signed_in(**templates.accounts["prevention_officer"])
    assert officer.get(f"/plans/{plan.id}/measured/{plan.id}").status_code == 404
    assert officer.get(f"/plans/{result}/measured/{result}").status_code == 404


def test_people_are_never_listed_one_by_one(templates: Templates) -> None:
    plan, (result,) = a_plan(("m.members_active", {}))
    taken(plan)
    officer = in_process.signed_in(**templates.accounts["prevention_officer"])
    page = f"/plans/{plan.id}/measured/{result}"
    assert "not shown one by one" in officer.get(page).text
    assert len(officer.get(f"{page}/rows.csv").text.splitlines()) == 1


def test_the_api_tells_what_was_taken(templates: Templates) -> None:
    plan, (result,) = a_plan(("m.meetings", {}))
    taken(plan)
    http = in_process.api(templates.accounts["prevention_officer"]["email"]).http
    found = http.get(f"/plans/{plan.id}/measures").json()
    assert {one["result_id"] for one in found["values"]} == {str(result)}
    assert len(found["values"]) == 9
    assert len(http.get("/measures").json()) == len(MEASURES)
    assert http.post(f"/plans/{plan.id}/measure").status_code == 202


@pytest.mark.parametrize("language", list(Language))
def test_every_measure_is_defined_in_every_language(language: Language) -> None:
    assert DEFINITIONS.keys() == MEASURES.keys()
    assert all(
        name and text and unit and version for _code, name, text, unit, version in of(language)
    )
