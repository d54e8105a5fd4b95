"""Figures that are typed: by the page, in steps, within reach."""

import re
from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session, select

from feedback.models import ReportService
from hub import clock
from hub.access import Role
from hub.audit import Decision
from hub.db import unit_of_work
from partnerships import accounts
from plan.measures.period import Period
from plan.models import Entry, EntryStatus, Plan, PlanStatus, ResultKind, StaffMember
from plan.standing import values
from plan.standing.values import Reached
from tests.conftest import Templates
from tests.plan.dashboard_plan import (
    SUMMER,
    TRADERS,
    YEAR,
    first_code,
    measured,
    result,
    signed_in,
)
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("summer")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def id_of(plan_id: UUID, code: str) -> UUID:
    with unit_of_work(read_only=True) as session:
        return result(session, plan_id, code).id


def of_kind(plan_id: UUID, kind: ResultKind) -> UUID:
    """The result of the traders, as if it were of another kind."""
    with unit_of_work() as session:
        one = result(session, plan_id, TRADERS)
        one.kind = kind
        session.add(one)
        return one.id


def seen(visitor: Visitor, result_id: UUID, span: str = "2026") -> str:
    """The newest step, as the page's form carries it."""
    page = visitor.get(f"/figures/{result_id}?span={span}")
    assert page.status_code == 200
    found = re.search(r'name="seen" value="([^"]*)"', page.text)
    return found[1] if found else ""


def post(
    visitor: Visitor, result_id: UUID, step: str, span: str = "2026", **fields: str
) -> httpx.Response:
    if "seen" not in fields:
        fields["seen"] = seen(visitor, result_id, span)
    return visitor.post(f"/figures/{result_id}", step=step, span=span, **fields)


def steps(result_id: UUID) -> list[Entry]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Entry).where(Entry.result_id == result_id)))


def reached(plan_id: UUID, *, approved_only: bool = False) -> Reached:
    with unit_of_work(read_only=True) as session:
        found = values.of_plan(session, plan_id, SUMMER, approved_only=approved_only)
        return found.of(result(session, plan_id, TRADERS), Period(*YEAR))


def worker_of(templates: Templates, *codes: str, plan_id: UUID) -> Visitor:
    """Somebody of the street workers, whose service has these results."""
    visitor = signed_in(templates, Role.SERVICE_WORKER)
    with unit_of_work() as session:
        service = _service(session, plan_id)
        account = accounts.by_email(session, "service_worker@town.example")
        assert account
        session.add(
            StaffMember(
                municipality_id=service.municipality_id,
                service_id=service.id,
                name="A worker",
                role="street_worker",
                account_id=account.id,
                started_on=date(2026, 1, 1),
            )
        )
        for code in codes:
            one = result(session, plan_id, code)
            one.service_id = service.id
            session.add(one)
    return visitor


def _service(session: Session, plan_id: UUID) -> ReportService:
    plan = session.get_one(Plan, plan_id)
    service = ReportService(municipality_id=plan.municipality_id, name="Street workers of a test")
    session.add(service)
    session.flush()
    return service


def test_a_figure_goes_from_draft_to_approved(plan_id: UUID, officer: Visitor) -> None:
    traders = id_of(plan_id, TRADERS)
    post(officer, traders, "draft", value="22")
    assert not reached(plan_id).is_known
    post(officer, traders, "submit", value="23", note="Counted from the list of visits.")
    assert (reached(plan_id).value, reached(plan_id).provisional) == (23, True)
    assert not reached(plan_id, approved_only=True).is_known
    post(officer, traders, "approve")
    assert (reached(plan_id).value, reached(plan_id).provisional) == (23, False)
    told = words(officer.get(f"/figures/{traders}?span=2026").text)
    assert "Counted from the list of visits." in told
    # Nothing was changed or taken away: each step names the one before it.
    found = steps(traders)
    assert len(found) == 3
    assert {one.supersedes_id for one in found} == {None, *(one.id for one in found)} - {
        next(one.id for one in found if one.status is EntryStatus.APPROVED)
    }


def test_an_approved_figure_stands_until_its_correction_is_approved(
    plan_id: UUID, officer: Visitor
) -> None:
    traders = id_of(plan_id, TRADERS)
    post(officer, traders, "submit", value="23")
    post(officer, traders, "approve")
    post(officer, traders, "draft", value="40")
    assert reached(plan_id).value == 23
    post(officer, traders, "submit", value="41")
    assert reached(plan_id).value == 41
    assert reached(plan_id, approved_only=True).value == 23
    post(officer, traders, "send_back", reason="March is in it twice.")
    assert reached(plan_id).value == 23
    assert "March is in it twice." in words(officer.get(f"/figures/{traders}?span=2026").text)
    post(officer, traders, "submit", value="31")
    post(officer, traders, "approve")
    assert reached(plan_id, approved_only=True).value == 31


def test_sending_back_wants_a_reason(plan_id: UUID, officer: Visitor) -> None:
    traders = id_of(plan_id, TRADERS)
    post(officer, traders, "submit", value="23")
    refused = post(officer, traders, "send_back", reason="  ")
    assert refused.status_code == 422
    assert "Say in a few words what is wrong." in words(refused.text)
    assert len(steps(traders)) == 1


def test_whoever_comes_second_is_told_so_and_keeps_what_he_typed(
    plan_id: UUID, officer: Visitor
) -> None:
    traders = id_of(plan_id, TRADERS)
    before = seen(officer, traders)
    post(officer, traders, "submit", value="23")
    late = post(officer, traders, "submit", value="99", seen=before)
    assert late.status_code == 409
    assert "at the same time" in words(late.text)
    assert 'value="99"' in late.text
    assert len(steps(traders)) == 1
    assert post(officer, traders, "submit", value="24").status_code < 400


@pytest.mark.parametrize(
    ("typed", "kept"), [("12,5", 12.5), ("12.5", 12.5), ("1 250", 1250.0), ("0", 0.0)]
)
def test_numbers_are_typed_as_in_belgium(
    plan_id: UUID, officer: Visitor, typed: str, kept: float
) -> None:
    traders = id_of(plan_id, TRADERS)
    post(officer, traders, "submit", value=typed)
    assert [one.value for one in steps(traders)] == [kept]


@pytest.mark.parametrize(
    "typed",
    ["-1", "", "nan", "inf", "1e9", "1.250", "1000000001", "9" * 24, "twelve", "١٢", "🙂", "X"],
)
def test_what_is_no_number_is_refused_beside_its_field(
    plan_id: UUID, officer: Visitor, typed: str
) -> None:
    traders = id_of(plan_id, TRADERS)
    refused = post(officer, traders, "submit", value=typed, note="Kept <b>note</b>")
    assert refused.status_code == 422
    assert 'id="problem-value"' in refused.text
    assert "Kept &lt;b&gt;note&lt;/b&gt;" in refused.text
    assert steps(traders) == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"numerator": "5", "denominator": "4"}, "numerator"),
        ({"numerator": "5"}, "denominator"),
        ({"denominator": "5"}, "numerator"),
        ({}, "numerator"),
        ({"value": "101"}, "value"),
        ({"value": "50", "numerator": "1", "denominator": "2"}, "value"),
    ],
)
def test_a_share_is_a_part_of_a_whole(
    plan_id: UUID, officer: Visitor, fields: dict[str, str], named: str
) -> None:
    share = of_kind(plan_id, ResultKind.RATIO)
    refused = post(officer, share, "submit", **fields)
    assert refused.status_code == 422
    assert f'id="problem-{named}"' in refused.text


def test_no_case_is_no_share_and_not_nought(plan_id: UUID, officer: Visitor) -> None:
    share = of_kind(plan_id, ResultKind.RATIO)
    assert post(officer, share, "submit", numerator="0", denominator="0").status_code < 400
    assert reached(plan_id).value is None
    told = words(officer.get(f"/figures/{share}?span=2026").text)
    assert "There was no case, so there is no share." in told


def test_a_yes_or_a_no_is_chosen(plan_id: UUID, officer: Visitor) -> None:
    existing = of_kind(plan_id, ResultKind.YES_NO)
    refused = post(officer, existing, "submit", value="1")
    assert 'id="problem-state"' in refused.text
    post(officer, existing, "submit", state="in_progress")
    assert "In progress" in words(officer.get(f"/figures/{existing}?span=2026").text)


def test_days_to_come_and_plans_not_in_force_take_no_figure(
    plan_id: UUID, officer: Visitor
) -> None:
    traders = id_of(plan_id, TRADERS)
    early = post(officer, traders, "submit", "2027", value="3", seen="")
    assert early.status_code == 422
    assert "These days have not begun." in words(early.text)
    assert post(officer, traders, "submit", "1999", value="3", seen="").status_code == 422
    with unit_of_work() as session:
        session.get_one(Plan, plan_id).status = PlanStatus.CLOSED
    closed = post(officer, traders, "submit", value="3")
    assert closed.status_code == 409
    assert steps(traders) == []


def test_the_cockpit_tells_what_is_missing_and_what_the_hub_counts(
    plan_id: UUID, officer: Visitor
) -> None:
    measured(plan_id, TRADERS, YEAR, 22)
    page = words(officer.get(f"/figures?plan={plan_id}&span=2026").text)
    assert "Counted by the hub (1)" in page
    assert "Not filled in yet (80)" in page
    ended = words(officer.get(f"/figures?plan={plan_id}&span=2026-2").text)
    assert "Overdue (81)" in ended
    only = officer.get(f"/figures?plan={plan_id}&span=2026&want=measured").text
    assert only.count('href="/figures/') == 1


def test_what_ends_within_thirty_days_is_due_soon(plan_id: UUID, templates: Templates) -> None:
    clock.set_source(lambda: SUMMER.replace(month=12, day=5))
    december = signed_in(templates, Role.PREVENTION_OFFICER)
    page = words(december.get(f"/figures?plan={plan_id}&span=2026").text)
    assert "Due within 30 days (81)" in page


def test_a_worker_sees_and_types_what_is_his_services(plan_id: UUID, templates: Templates) -> None:
    worker = worker_of(templates, TRADERS, plan_id=plan_id)
    page = worker.get(f"/figures?plan={plan_id}&span=2026").text
    assert page.count('href="/figures/') == 1
    traders, other = id_of(plan_id, TRADERS), id_of(plan_id, first_code(plan_id, "p2"))
    assert post(worker, traders, "submit", value="7").status_code < 400
    assert worker.get(f"/figures/{other}?span=2026").status_code == 404
    assert post(worker, other, "submit", value="7", seen="").status_code == 404
    # What he sent in is for somebody else to approve.
    last = str(steps(traders)[-1].id)
    assert post(worker, traders, "approve", seen=last).status_code in (403, 404)
    assert [one.status for one in steps(traders)] == [EntryStatus.SUBMITTED]


def test_the_officer_gives_an_objective_to_a_service(
    plan_id: UUID, officer: Visitor, templates: Templates
) -> None:
    worker = worker_of(templates, plan_id=plan_id)
    assert worker.get(f"/figures?plan={plan_id}").text.count('href="/figures/') == 0
    with unit_of_work(read_only=True) as session:
        node = result(session, plan_id, TRADERS).node_id
        service = session.exec(
            select(ReportService.id).where(ReportService.name == "Street workers of a test")
        ).one()
    given = {"plan": str(plan_id), "node": str(node), "span": "2026"}
    officer.post("/figures/assign", service=str(service), **given)
    assert worker.get(f"/figures?plan={plan_id}").text.count('href="/figures/') >= 1
    assert officer.post("/figures/assign", service=str(uuid4()), **given).status_code == 422
    assert worker.post("/figures/assign", service=str(service), **given).status_code == 403


def test_the_journal_has_every_step_and_no_words(plan_id: UUID, officer: Visitor) -> None:
    traders = id_of(plan_id, TRADERS)
    post(officer, traders, "submit", value="23", note="Said by a neighbour.")
    post(officer, traders, "approve")
    with unit_of_work(read_only=True) as session:
        kept = [one for one in session.exec(select(Decision)) if one.action.startswith("figure.")]
        assert [one.action for one in kept] == ["figure.submitted", "figure.approved"]
        assert "neighbour" not in str([one.facts for one in kept])
