"""The officer's colours: what is suggested, why, and what he decides."""

import re
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import col, select

from hub.access import Role
from hub.config import settings
from hub.db import unit_of_work
from plan.models import Colour, Evaluation, ResultIndicator
from tests.conftest import Templates
from tests.plan.dashboard_plan import (
    RESIDENTS,
    TRADERS,
    YEAR,
    measured,
    result,
    signed_in,
)
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("summer")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def address(plan_id: UUID, code: str) -> str:
    """The page of the first indicator that shows this result."""
    with unit_of_work(read_only=True) as session:
        its = ResultIndicator.result_id == result(session, plan_id, code).id
        indicator = session.exec(select(ResultIndicator.indicator_id).where(its)).first()
    return f"/plans/{plan_id}/colours/{indicator}"


def decide(visitor: Visitor, path: str, colour: str, motivation: str = "") -> httpx.Response:
    page = visitor.get(f"{path}?span=2026").text
    found = re.search(r'name="seen" value="([^"]*)"', page)
    seen = found[1] if found else ""
    return visitor.post(path, span="2026", colour=colour, motivation=motivation, seen=seen)


def decisions() -> list[Evaluation]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Evaluation).order_by(col(Evaluation.decided_at))))


def test_the_page_writes_out_the_figures_that_are_compared(plan_id: UUID, officer: Visitor) -> None:
    measured(plan_id, TRADERS, YEAR, 22)
    told = words(officer.get(f"{address(plan_id, TRADERS)}?span=2026").text)
    assert "orange Compared with what is due by now." in told
    for said in ("Target for these days 50", "Due by now 31", "Reached 22", "no known end 0"):
        assert said in told
    assert "Of what was due 71 %" in told


def test_the_suggested_green_needs_no_words(plan_id: UUID, officer: Visitor) -> None:
    measured(plan_id, TRADERS, YEAR, 60)
    assert decide(officer, address(plan_id, TRADERS), "green").status_code < 400
    kept = decisions()[0]
    assert (kept.suggested, kept.final, kept.motivation) == (Colour.GREEN, Colour.GREEN, "")
    assert kept.decided_by
    # What the rule compared that day stays with the decision.
    compared = kept.inputs["results"][0]
    assert (compared["code"], compared["value"], compared["wanted"]) == (TRADERS, 60, 50)
    assert kept.inputs["reason"] == "target_reached"


@pytest.mark.parametrize(
    ("value", "colour"), [(22, "orange"), (5, "red"), (60, "grey"), (5, "green")]
)
def test_another_colour_and_orange_and_red_want_a_motivation(
    plan_id: UUID, officer: Visitor, value: float, colour: str
) -> None:
    measured(plan_id, TRADERS, YEAR, value)
    path = address(plan_id, TRADERS)
    refused = decide(officer, path, colour, " \n ")
    assert refused.status_code == 422
    assert 'id="problem-motivation"' in refused.text
    assert re.search(f'value="{colour}" checked', refused.text)
    assert decisions() == []
    assert decide(officer, path, colour, "The list of May is not in yet.").status_code < 400
    told = words(officer.get(f"{path}?span=2026").text)
    assert "The list of May is not in yet." in told
    assert [one.final for one in decisions()] == [Colour(colour)]


def test_decisions_are_only_added_and_the_newest_stands(plan_id: UUID, officer: Visitor) -> None:
    measured(plan_id, TRADERS, YEAR, 60)
    path = address(plan_id, TRADERS)
    decide(officer, path, "green")
    decide(officer, path, "orange", "Two lists were the same.")
    assert len(decisions()) == 2
    told = words(officer.get(f"/plans/{plan_id}/colours?span=2026").text)
    assert "Decided: ▲ orange Suggested: ● green" in told
    # Another year is not decided by it.
    other = words(officer.get(f"/plans/{plan_id}/colours?span=2027").text)
    assert "Decided:" not in other


def test_no_colour_and_no_such_colour_are_refused(plan_id: UUID, officer: Visitor) -> None:
    path = address(plan_id, TRADERS)
    for colour in ("", "mauve", "🙂"):
        refused = decide(officer, path, colour, "Why not?")
        assert 'id="problem-colour"' in refused.text
    assert decide(officer, path, "red", "x" * 4001).status_code == 422
    assert decisions() == []


def test_whoever_decides_second_is_told_so(plan_id: UUID, officer: Visitor) -> None:
    measured(plan_id, TRADERS, YEAR, 60)
    path = address(plan_id, TRADERS)
    decide(officer, path, "green")
    late = officer.post(path, span="2026", colour="red", motivation="I saw none.", seen="")
    assert late.status_code == 409
    assert "I saw none." in late.text
    assert len(decisions()) == 1


def test_all_green_suggestions_are_accepted_together(plan_id: UUID, officer: Visitor) -> None:
    measured(plan_id, TRADERS, YEAR, 60)
    measured(plan_id, RESIDENTS, YEAR, 5)
    page = f"/plans/{plan_id}/colours"
    undecided = words(officer.get(f"{page}?span=2026&show=undecided").text)
    assert "Not decided (75)" in undecided
    assert "Accept the 1 green suggestion" in undecided
    officer.post(page, span="2026")
    assert [one.final for one in decisions()] == [Colour.GREEN]
    assert "Not decided (74)" in words(officer.get(f"{page}?span=2026").text)
    # Asked twice, nothing is decided twice.
    officer.post(page, span="2026")
    assert len(decisions()) == 1


def test_the_mayor_reads_and_does_not_decide(plan_id: UUID, templates: Templates) -> None:
    measured(plan_id, TRADERS, YEAR, 22)
    mayor, path = signed_in(templates, Role.MAYOR), address(plan_id, TRADERS)
    page = mayor.get(f"{path}?span=2026")
    assert page.status_code == 200
    assert 'name="motivation"' not in page.text
    assert mayor.post(path, span="2026", colour="green").status_code == 403
    assert mayor.post(f"/plans/{plan_id}/colours", span="2026").status_code == 403
    assert signed_in(templates, Role.COORDINATOR).get(path).status_code == 403


def test_what_is_not_there_is_not_found(plan_id: UUID, officer: Visitor) -> None:
    assert officer.get(f"/plans/{uuid4()}/colours").status_code == 404
    missing = f"/plans/{plan_id}/colours/{uuid4()}"
    assert officer.get(missing).status_code == 404
    assert officer.post(missing, span="2026", colour="green").status_code == 404
    for nonsense in ("span=9999", "span=", "show=🙂"):
        assert officer.get(f"/plans/{plan_id}/colours?{nonsense}").status_code == 200


def test_a_hub_may_set_other_bounds_and_each_decision_keeps_those_of_its_day(
    plan_id: UUID, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(plan_id, TRADERS, YEAR, 22)
    page = f"{address(plan_id, TRADERS)}?span=2026"
    before = words(officer.get(page).text)
    assert "orange Compared with what is due by now." in before
    assert "Green from 90 % of what is due" in before
    milder = settings().model_copy(update={"colour_green_open": 0.7})
    monkeypatch.setattr("plan.standing.thresholds.settings", lambda: milder)
    after = words(officer.get(page).text)
    assert "green Compared with what is due by now." in after
    assert "Green from 70 % of what is due" in after
    decide(officer, address(plan_id, TRADERS), "green")
    assert decisions()[-1].inputs["thresholds"]["open_green"] == 0.7
