"""Measures about members: decided and read by the officer alone, and what they do."""

import re
from datetime import UTC, date, datetime
from html import unescape

import httpx
import pytest
from sqlmodel import col, select

from hub import clock
from hub.audit import Decision
from hub.db import unit_of_work
from hub.security import blind_index
from partnerships import measures
from partnerships.member_lines import shown_members
from partnerships.member_states import MemberState
from partnerships.models import (
    ContactKind,
    ContactPoint,
    Membership,
    MembershipMeasure,
    Partnership,
    Person,
)
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MEMBERS = "/partnerships/haut-valdor/members"
MOBILE = "+32470001000"
TALK = {"kind": "talk", "decided_on": "2026-06-01", "reason": "Followed a car."}


def tell(moment: datetime) -> None:
    """Let every clock show this moment."""
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _a_day_in_june(demo_zone: str) -> None:
    tell(NOW)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["mandated_officer"])


@pytest.fixture
def coordinator(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["coordinator"])


def membership() -> Membership:
    """That of a member with a mobile and a mail address."""
    with unit_of_work(read_only=True) as session:
        return session.exec(
            select(Membership)
            .join(Partnership)
            .join(ContactPoint, col(ContactPoint.person_id) == col(Membership.person_id))
            .where(
                Partnership.slug == "haut-valdor", ContactPoint.value_index == blind_index(MOBILE)
            )
        ).one()


def decide(visitor: Visitor, **changes: str) -> httpx.Response:
    return visitor.post(f"{MEMBERS}/{membership().id}/measures", **{**TALK, **changes})


def problem(page: httpx.Response, field: str) -> str:
    assert page.status_code == 422
    found = re.search(rf'id="problem-{re.escape(field)}">([^<]+)<', page.text)
    assert found, f"nothing is said beside {field}"
    return unescape(found[1])


def newest() -> MembershipMeasure:
    with unit_of_work(read_only=True) as session:
        return measures.of_membership(session, membership().id)[0]


def person() -> Person:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Person, membership().person_id)


def test_a_measure_is_recorded_with_its_day_and_reason(officer: Visitor) -> None:
    assert decide(officer).status_code == 303
    page = officer.get(f"{MEMBERS}/{membership().id}/measures").text
    assert "Followed a car." in page
    assert "decided on 1 Jun 2026 by Olivia Officier" in page
    assert person().name in officer.get("/partnerships/haut-valdor/measures").text


def test_every_wrong_field_is_named_and_what_was_typed_is_kept(officer: Visitor) -> None:
    page = decide(officer, kind="suspension", reason=" ", decided_on="2026-06-02")
    assert problem(page, "reason") == "A measure needs a reason in writing."
    assert problem(page, "until") == "Give the last day of the suspension."
    assert problem(page, "decided_on") == "This day is still to come."
    page = decide(officer, kind="shouting", decided_on="yesterday")
    assert problem(page, "kind") == "Choose a measure."
    assert "Followed a car." in page.text


@pytest.mark.parametrize("role", ["coordinator", "dispatcher", "administrator"])
def test_nobody_else_reads_or_decides(officer: Visitor, templates: Templates, role: str) -> None:
    decide(officer, reason="Known to the officer alone.")
    visitor = in_process.signed_in(**templates.accounts[role])
    assert decide(visitor).status_code == 403
    for path in (f"{MEMBERS}/{membership().id}/measures", "/partnerships/haut-valdor/measures"):
        assert visitor.get(path).status_code == 403


def test_a_coordinator_sees_that_somebody_is_suspended_and_never_why(
    officer: Visitor, coordinator: Visitor
) -> None:
    decide(officer, kind="suspension", until="2026-06-10", reason="Known to the officer alone.")
    page = coordinator.get(f"{MEMBERS}/{membership().id}").text
    assert "suspended until 10 Jun 2026" in page
    assert "Known to the officer" not in page
    assert "/measures" not in page


def test_a_suspension_lasts_until_its_last_day_has_passed(officer: Visitor) -> None:
    decide(officer, kind="suspension", until="2026-06-10")
    shown = {}
    # Midnight is Belgian: two hours before that of Greenwich in June.
    for hour, minute in ((21, 59), (22, 1)):
        moment = datetime(2026, 6, 10, hour, minute, tzinfo=UTC)
        tell(moment)
        with unit_of_work(read_only=True) as session:
            line = shown_members(session, [membership().id], moment)[0]
        shown[hour] = MemberState.SUSPENDED in line.states
    assert shown == {21: True, 22: False}


def test_lifting_one_suspension_leaves_the_other(officer: Visitor) -> None:
    decide(officer, kind="suspension", until="2026-06-05")
    decide(officer, kind="suspension", until="2026-06-10", decided_on="2026-05-30")
    longer = next(one for one in _all() if one.until == date(2026, 6, 10))
    officer.post(f"{MEMBERS}/{membership().id}/measures/{longer.id}/lift")
    assert membership().suspended_until == datetime(2026, 6, 5, 22, 0, tzinfo=UTC)
    for one in _all():
        officer.post(f"{MEMBERS}/{membership().id}/measures/{one.id}/lift")
    assert membership().suspended_until is None


def _all() -> list[MembershipMeasure]:
    with unit_of_work(read_only=True) as session:
        return measures.of_membership(session, membership().id)


def test_an_exclusion_ends_the_membership_and_nobody_takes_him_back_in_silence(
    officer: Visitor, coordinator: Visitor
) -> None:
    decide(officer, kind="exclusion")
    left = membership().left_at
    assert left == NOW
    again = {"name": "Under Another Name", "ways.0": MOBILE, "language": "fr", "purposes": []}
    page = coordinator.post(f"{MEMBERS}/new", **again)
    assert "The police decide" in problem(page, "ways.0")
    with unit_of_work(read_only=True) as session:
        assert measures.is_excluded(session, membership().partnership_id, [MOBILE])
        assert not measures.is_excluded(session, membership().partnership_id, ["", "+32471990001"])
    officer.post(f"{MEMBERS}/{membership().id}/measures/{newest().id}/lift")
    assert membership().left_at == left, "lifting it makes nobody a member again"
    back = {**again, "name": person().name}
    assert coordinator.post(f"{MEMBERS}/new", **back).status_code == 303
    assert membership().left_at is None


def test_the_land_line_of_an_excluded_person_is_still_his_familys(
    officer: Visitor, coordinator: Visitor
) -> None:
    address = (
        coordinator.post(
            f"{MEMBERS}/new", **{"name": "Bert Barred", "ways.0": "04 200 09 99", "language": "fr"}
        )
        .headers["location"]
        .partition("?")[0]
    )
    officer.post(f"{address}/measures", **{**TALK, "kind": "exclusion"})
    family = {"name": "Fien Family", "ways.0": "04 200 09 99", "language": "fr"}
    assert coordinator.post(f"{MEMBERS}/new", **family).status_code == 303
    himself = {**family, "name": "bert BARRED"}
    assert "The police decide" in problem(coordinator.post(f"{MEMBERS}/new", **himself), "ways.0")


def test_a_suspension_outlives_leaving_and_coming_back(
    officer: Visitor, coordinator: Visitor
) -> None:
    decide(officer, kind="suspension", until="2026-06-10")
    page = f"{MEMBERS}/{membership().id}"
    coordinator.post(f"{page}/end")
    back = {"name": person().name, "ways.0": MOBILE, "language": "fr"}
    assert coordinator.post(f"{MEMBERS}/new", **back).status_code == 303
    assert membership().left_at is None
    assert membership().suspended_until == datetime(2026, 6, 10, 22, 0, tzinfo=UTC)


def test_a_coordinator_may_appeal_for_three_weeks(officer: Visitor) -> None:
    with unit_of_work() as session:
        point = session.exec(
            select(ContactPoint).where(
                ContactPoint.person_id == membership().person_id,
                ContactPoint.kind == ContactKind.EMAIL,
            )
        ).one()
        point.value = "coordinator@demo.example"
        point.value_index = blind_index(point.value)
        session.add(point)
    decide(officer, kind="reprimand")
    page = f"{MEMBERS}/{membership().id}/measures"
    assert "A coordinator may appeal until 22 Jun 2026." in officer.get(page).text
    for day in ("2026-05-31", "2026-06-23", "tomorrow"):
        refused = officer.post(f"{page}/{newest().id}/appeal", appealed_on=day)
        assert refused.status_code == 422
    officer.post(f"{page}/{newest().id}/appeal", appealed_on="2026-06-01")
    assert newest().appealed_on == date(2026, 6, 1)


def test_an_ordinary_member_has_no_appeal(officer: Visitor) -> None:
    decide(officer, kind="reprimand")
    assert "appeal" not in officer.get(f"{MEMBERS}/{membership().id}/measures").text


def test_the_log_knows_the_decision_and_not_its_reason(officer: Visitor) -> None:
    decide(officer, kind="reprimand", reason="Known to the officer alone.")
    with unit_of_work(read_only=True) as session:
        decided = session.exec(select(Decision).where(Decision.action == "measure.decide")).one()
    assert decided.facts == {"membership_id": str(membership().id), "kind": "reprimand"}
