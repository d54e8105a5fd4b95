"""The dashboard of a plan: what it shows, to whom, and with how many questions."""

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlmodel import select

from hub.access import Role
from hub.db import engine, unit_of_work
from plan.colour_rule import Reason
from plan.dashboard import board, changes, drawings
from plan.dashboard.board import Board, Shown
from plan.measures.period import Period
from plan.models import Colour, Comparator, EntryState, EntryStatus, Plan, PlanStatus, ResultKind
from plan.standing import spans, standings
from tests.conftest import Templates
from tests.plan.dashboard_plan import (
    EARLY_SUMMER,
    LATE_SUMMER,
    RESIDENTS,
    SPRING,
    SUMMER,
    TRADERS,
    YEAR,
    by_zone,
    decided,
    measured,
    result,
    signed_in,
    typed,
)
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("summer")


def visitor(templates: Templates, role: Role = Role.PREVENTION_OFFICER) -> Visitor:
    return signed_in(templates, role)


def words(html: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def board_of(plan_id: UUID, key: str = "") -> Board:
    with unit_of_work(read_only=True) as session:
        plan = session.get_one(Plan, plan_id)
        span = spans.chosen(plan, key, SUMMER.date())
        return board.of_plan(session, plan, span, SUMMER)


def shown(found: Board, code: str) -> Shown:
    return next(one for one in found.shown if any(r.result.code == code for r in one.results))


def test_every_indicator_has_a_place_and_a_colour(plan_id: UUID) -> None:
    found = board_of(plan_id)
    assert found.span.key == "2026"
    assert len(found.shown) == 75
    assert found.distribution.total == 75
    # Nothing was counted yet: grey, never red, and never nought.
    assert found.distribution.counts[Colour.GREY] == 75


def test_the_page_tells_figure_target_due_line_and_reason(
    plan_id: UUID, templates: Templates
) -> None:
    measured(plan_id, TRADERS, YEAR, 22)
    page = visitor(templates).get(f"/plans/{plan_id}/dashboard")
    assert page.status_code == 200
    told = words(page.text)
    assert "22 / 50" in told
    # 227 of 365 days are over.
    assert "due by now 31" in told
    assert "Compared with what is due by now." in told
    assert "1 orange" in told
    assert "74 grey" in told
    assert "The motivation is missing." in told


def test_the_officers_colour_stands_before_the_suggested_one(plan_id: UUID) -> None:
    measured(plan_id, TRADERS, YEAR, 60)
    assert shown(board_of(plan_id), TRADERS).colour is Colour.GREEN
    decided(plan_id, TRADERS, Colour.ORANGE)
    one = shown(board_of(plan_id), TRADERS)
    assert (one.colour, one.suggested) == (Colour.ORANGE, Colour.GREEN)
    assert one.wants_motivation
    decided(plan_id, TRADERS, Colour.ORANGE, "Counted twice in May.")
    assert not shown(board_of(plan_id), TRADERS).wants_motivation


def test_what_is_typed_for_quarters_is_added_up_for_the_year(plan_id: UUID) -> None:
    typed(plan_id, TRADERS, SPRING, 10)
    typed(plan_id, TRADERS, EARLY_SUMMER, 15)
    assert shown(board_of(plan_id), TRADERS).results[0].reached.value == 25
    typed(plan_id, TRADERS, YEAR, 30)
    assert shown(board_of(plan_id), TRADERS).results[0].reached.value == 30
    measured(plan_id, TRADERS, YEAR, 28)
    assert shown(board_of(plan_id), TRADERS).results[0].reached.value == 28


def test_a_draft_is_nobody_elses(plan_id: UUID) -> None:
    typed(plan_id, TRADERS, YEAR, 30, EntryStatus.DRAFT)
    assert not shown(board_of(plan_id), TRADERS).results[0].reached.is_known
    typed(plan_id, TRADERS, YEAR, 31, EntryStatus.SUBMITTED)
    assert shown(board_of(plan_id), TRADERS).results[0].reached.provisional


def test_a_yes_is_green_and_a_no_waits_until_the_end(plan_id: UUID) -> None:
    found = board_of(plan_id)
    existing = next(
        r.result.code for s in found.shown for r in s.results if "exist" in r.result.kind
    )
    typed(plan_id, existing, YEAR, state=EntryState.IN_PROGRESS)
    one = shown(board_of(plan_id), existing)
    mine = next(each for each in one.results if each.result.code == existing)
    assert mine.verdict.colour is Colour.ORANGE


def test_the_trend_has_each_quarter_with_its_share_of_the_target(plan_id: UUID) -> None:
    measured(plan_id, TRADERS, SPRING, 20)
    measured(plan_id, TRADERS, EARLY_SUMMER, 6)
    found = board_of(plan_id)
    drawn = drawings.trend(found, shown(found, TRADERS))
    assert drawn
    assert [one.judged.reached.value for one in drawn.points] == [20, 6, None, None]
    assert [one.judged.wanted for one in drawn.points] == [12.5] * 4
    assert drawn.points[0].due_height
    assert drawn.points[0].height == pytest.approx(drawn.points[0].due_height * 1.6, rel=0.01)
    assert drawn.points[2].height is None


@pytest.mark.parametrize(
    ("counted", "colour"),
    [((20,), Colour.GREY), ((20, 12), Colour.GREEN), ((12, 20), Colour.RED)],
)
def test_what_is_to_fall_is_compared_from_quarter_to_quarter(
    plan_id: UUID, counted: tuple[float, ...], colour: Colour
) -> None:
    with unit_of_work() as session:
        one = result(session, plan_id, TRADERS)
        one.comparator, one.evaluate_as, one.target = Comparator.DECREASE, None, 10
        session.add(one)
    for days, value in zip((SPRING, EARLY_SUMMER), counted, strict=False):
        measured(plan_id, TRADERS, days, value)
    # The quarter that goes on is not judged yet.
    measured(plan_id, TRADERS, LATE_SUMMER, 40)
    assert shown(board_of(plan_id), TRADERS).suggested is colour


def test_two_quarters_are_compared_in_words(plan_id: UUID, templates: Templates) -> None:
    measured(plan_id, TRADERS, SPRING, 6)
    measured(plan_id, TRADERS, EARLY_SUMMER, 20)
    measured(plan_id, RESIDENTS, SPRING, 80)
    measured(plan_id, RESIDENTS, EARLY_SUMMER, 12)
    # What was counted of the quarter that goes on is no fall.
    measured(plan_id, TRADERS, LATE_SUMMER, 1)
    compared = changes.compared(board_of(plan_id))
    assert compared
    assert (compared.earlier.key, compared.later.key) == ("2026-1", "2026-2")
    assert [one.difference for one in compared.rose] == [14]
    assert [one.difference for one in compared.fell] == [-68]
    told = words(visitor(templates).get(f"/plans/{plan_id}/dashboard").text)
    assert "Quarter 2 of 2026 compared with Quarter 1 of 2026" in told
    assert "from 6 to 20" in told
    asked_for = visitor(templates).get(f"/plans/{plan_id}/dashboard?period=2026-3")
    assert "Quarter 3 of 2026 compared with Quarter 2 of 2026" in words(asked_for.text)


def test_filters_cut_to_what_is_asked_for(plan_id: UUID, templates: Templates) -> None:
    measured(plan_id, TRADERS, YEAR, 5)
    officer = visitor(templates)
    red = words(officer.get(f"/plans/{plan_id}/dashboard?colour=red").text)
    assert "1 indicator" in red
    missing = words(officer.get(f"/plans/{plan_id}/dashboard?unexplained=1").text)
    assert "1 indicator" in missing
    mine = words(officer.get(f"/plans/{plan_id}/dashboard?mine=1").text)
    assert "Nothing in this plan is what you asked for." in mine
    quarter = officer.get(f"/plans/{plan_id}/dashboard?period=2026-1")
    assert "Quarter 1 of 2026" in words(quarter.text)


@pytest.mark.parametrize(
    "nonsense", ["period=9999", "phenomenon=x", "service=x", "colour=%F0%9F%98%80", "result=x"]
)
def test_nonsense_in_the_address_is_no_error(
    plan_id: UUID, templates: Templates, nonsense: str
) -> None:
    measured(plan_id, TRADERS, YEAR, 5)
    by_zone(plan_id, TRADERS, YEAR, [3])
    assert visitor(templates).get(f"/plans/{plan_id}/dashboard?{nonsense}").status_code == 200


def test_a_plan_out_of_reach_is_not_there(plan_id: UUID, templates: Templates) -> None:
    assert visitor(templates).get(f"/plans/{uuid4()}/dashboard").status_code == 404
    assert visitor(templates, Role.MAYOR).get(f"/plans/{plan_id}/dashboard").status_code == 200
    assert (
        visitor(templates, Role.COORDINATOR).get(f"/plans/{plan_id}/dashboard").status_code == 403
    )


def test_the_map_by_zone_has_a_table_with_every_zone(plan_id: UUID, templates: Templates) -> None:
    measured(plan_id, TRADERS, YEAR, 43)
    names = by_zone(plan_id, TRADERS, YEAR, [40, 3])
    page = visitor(templates).get(f"/plans/{plan_id}/dashboard").text
    assert 'class="pd-map"' in page
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td class="number">([^<]+)<', page))
    assert rows[names[0]] == "40"
    # Who keeps the plan sees small numbers too.
    assert rows[names[1]] == "3"


def test_the_file_for_a_spreadsheet_has_the_figures_shown(
    plan_id: UUID, templates: Templates
) -> None:
    measured(plan_id, TRADERS, YEAR, 22)
    answer = visitor(templates).get(f"/plans/{plan_id}/dashboard.csv?colour=orange")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [one["Result code"] for one in rows if one["Reached"]] == [TRADERS]
    mine = next(one for one in rows if one["Result code"] == TRADERS)
    assert (mine["Reached"], mine["Target for these days"], mine["Due by now"]) == (
        "22",
        "50",
        "31",
    )
    assert mine["Colour of the indicator"] == "orange"


def test_as_many_questions_are_asked_with_figures_as_without(plan_id: UUID) -> None:
    def asked() -> int:
        statements: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(engine(), "before_cursor_execute", note)
        found = board_of(plan_id)
        changes.compared(found)
        for one in found.shown:
            drawings.trend(found, one)
        event.remove(engine(), "before_cursor_execute", note)
        return len(statements)

    empty = asked()
    for code in (TRADERS, RESIDENTS):
        for days in (YEAR, SPRING, EARLY_SUMMER, LATE_SUMMER):
            measured(plan_id, code, days, 9)
    decided(plan_id, TRADERS, Colour.RED)
    assert asked() == empty
    assert empty < 15


def test_the_first_page_has_the_newest_plan_in_one_drawing(
    plan_id: UUID, templates: Templates
) -> None:
    for role in (Role.PREVENTION_OFFICER, Role.MAYOR):
        page = visitor(templates, role).get("/").text
        assert "To the dashboard" in words(page)
    assert "/dashboard" not in visitor(templates, Role.DISPATCHER).get("/").text


def test_two_years_together_are_not_green_where_one_that_has_ended_was_not(plan_id: UUID) -> None:
    later = datetime(2027, 6, 15, 10, 0, tzinfo=UTC)
    both = (date(2026, 1, 1), date(2027, 12, 31))
    measured(plan_id, TRADERS, both, 110)

    def of_the_plan() -> Shown:
        with unit_of_work(read_only=True) as session:
            plan = session.get_one(Plan, plan_id)
            found = board.of_plan(session, plan, spans.whole(plan), later)
        return shown(found, TRADERS)

    assert of_the_plan().colour is Colour.GREEN
    measured(plan_id, TRADERS, YEAR, 40)
    one = of_the_plan()
    assert one.colour is Colour.ORANGE
    assert one.results[0].verdict.reason is Reason.A_YEAR_WAS_NOT_GREEN


def test_the_same_is_told_wherever_a_plan_is_shown(plan_id: UUID) -> None:
    measured(plan_id, TRADERS, YEAR, 22)
    with unit_of_work(read_only=True) as session:
        plan = session.get_one(Plan, plan_id)
        told = standings.of_plan(session, plan, Period(*YEAR), SUMMER)
    found = board_of(plan_id)
    assert {one.indicator.id: one.colour for one in found.shown} == {
        indicator: one.colour for indicator, one in told.items()
    }
    traders = next(
        result for one in told.values() for result in one.results if result.result.code == TRADERS
    )
    assert (traders.value, traders.is_draft) == (22, False)


def test_the_months_of_a_delay_are_no_percentage(plan_id: UUID) -> None:
    # "Dans le mois suivant la demande": every case within its month, not one percent of them.
    code = "coord.s1.o1.r3"
    typed(plan_id, code, YEAR, 40)
    one = shown(board_of(plan_id), code)
    mine = next(each for each in one.results if each.result.code == code)
    assert mine.result.kind is ResultKind.DELAY
    assert (mine.wanted, mine.verdict.colour) == (100, Colour.RED)


def test_the_menu_leads_to_the_newest_plan_in_force(plan_id: UUID, templates: Templates) -> None:
    officer = visitor(templates)
    leads_to = officer.get("/plan").headers["Location"]
    assert re.fullmatch(r"/plans/[0-9a-f-]{36}/dashboard", leads_to)
    assert officer.get(leads_to).status_code == 200
    close_every_plan()
    assert officer.get("/plan").headers["Location"] == "/plans"


def close_every_plan() -> None:
    with unit_of_work() as session:
        for plan in session.exec(select(Plan)):
            plan.status = PlanStatus.CLOSED
