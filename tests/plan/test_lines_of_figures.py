"""A figure that each zone or each worker has: typed line by line, the whole made of the lines."""

import re
from datetime import date
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, select

from feedback.models import ReportService
from hub.db import unit_of_work
from partnerships.models import Partnership
from plan.measures.period import Period
from plan.models import Entry, Plan, ResultKind, StaffMember
from plan.standing import values
from plan.standing.values import Reached
from tests.plan.dashboard_plan import SUMMER, TRADERS, YEAR, result
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("summer")


def each(
    plan_id: UUID, per: str, kind: ResultKind = ResultKind.COUNT, aggregation: str = "sum"
) -> UUID:
    """The result of the traders, as if each zone or worker had to reach it."""
    with unit_of_work() as session:
        one = result(session, plan_id, TRADERS)
        one.per, one.kind, one.aggregation = per, kind, aggregation
        session.add(one)
        return one.id


def zones(plan_id: UUID) -> list[str]:
    with unit_of_work(read_only=True) as session:
        town = session.get_one(Plan, plan_id).municipality_id
        here = select(Partnership.slug).where(Partnership.municipality_id == town)
        return list(session.exec(here.order_by(Partnership.slug)))


def staff(plan_id: UUID, result_id: UUID, *names: str) -> list[str]:
    """People of the service that types this result: their ids."""
    with unit_of_work() as session:
        town = session.get_one(Plan, plan_id).municipality_id
        service = ReportService(municipality_id=town, name="Street workers of a test")
        session.add(service)
        session.flush()
        result(session, plan_id, TRADERS).service_id = service.id
        people = [_worker(session, service, name) for name in names]
        return [str(one.id) for one in people]


def _worker(session: Session, service: ReportService, name: str) -> StaffMember:
    one = StaffMember(
        municipality_id=service.municipality_id,
        service_id=service.id,
        name=name,
        role="street_worker",
        started_on=date(2026, 1, 1),
    )
    session.add(one)
    session.flush()
    return one


def post(
    visitor: Visitor, result_id: UUID, line: str, step: str = "submit", **fields: str
) -> httpx.Response:
    page = visitor.get(f"/figures/{result_id}?span=2026&line={line}")
    assert page.status_code == 200
    found = re.search(r'name="seen" value="([^"]*)"', page.text)
    seen = found[1] if found else ""
    path = f"/figures/{result_id}"
    return visitor.post(path, step=step, span="2026", line=line, seen=seen, **fields)


def reached(plan_id: UUID, area: str = "", *, approved_only: bool = False) -> Reached:
    with unit_of_work(read_only=True) as session:
        known = values.of_plan(session, plan_id, SUMMER, approved_only=approved_only)
        return known.of(result(session, plan_id, TRADERS), Period(*YEAR), area)


def test_the_zones_add_up_to_the_whole(plan_id: UUID, officer: Visitor) -> None:
    traders, (first, second, *_) = each(plan_id, "zone"), zones(plan_id)
    post(officer, traders, first, value="12")
    post(officer, traders, second, value="0")
    assert (reached(plan_id, first).value, reached(plan_id, second).value) == (12, 0)
    assert (reached(plan_id).value, reached(plan_id).provisional) == (12, True)
    post(officer, traders, second, value="9")
    assert reached(plan_id).value == 21


def test_a_blank_line_is_refused_and_not_nought(plan_id: UUID, officer: Visitor) -> None:
    traders, (first, *_) = each(plan_id, "zone"), zones(plan_id)
    assert post(officer, traders, first, value=" ").status_code == 422
    assert not reached(plan_id, first).is_known
    assert not reached(plan_id).is_known


def test_shares_of_zones_are_added_by_their_parts(plan_id: UUID, officer: Visitor) -> None:
    traders, (first, second, *_) = each(plan_id, "zone", ResultKind.RATIO), zones(plan_id)
    post(officer, traders, first, numerator="1", denominator="1")
    post(officer, traders, second, numerator="0", denominator="9")
    assert reached(plan_id).value == 10


def test_different_persons_are_typed_for_the_whole(plan_id: UUID, officer: Visitor) -> None:
    traders = each(plan_id, "zone", aggregation="distinct")
    for slug in zones(plan_id)[:2]:
        post(officer, traders, slug, value="5")
    assert reached(plan_id).value is None
    assert "cannot be added up" in officer.get(f"/figures/{traders}?span=2026").text
    post(officer, traders, "", value="7")
    assert reached(plan_id).value == 7


def test_each_worker_of_the_service_has_a_line(plan_id: UUID, officer: Visitor) -> None:
    traders = each(plan_id, "worker")
    first, second = staff(plan_id, traders, "Anna Fictief", "Zoé Fictive")
    page = officer.get(f"/figures/{traders}?span=2026").text
    assert page.index("Anna Fictief") < page.index("Zoé Fictive")
    post(officer, traders, first, value="30")
    post(officer, traders, second, value="4")
    post(officer, traders, first, "approve")
    # Each is to reach it: the one with least speaks.
    assert reached(plan_id).value == 4
    assert reached(plan_id, approved_only=True).value == 30
    with unit_of_work(read_only=True) as session:
        known = values.of_plan(session, plan_id, SUMMER)
        mine = known.of_workers(result(session, plan_id, TRADERS), Period(*YEAR))
    assert {str(one): each.value for one, each in mine.items()} == {first: 30, second: 4}


def test_what_is_typed_for_the_whole_stands_before_its_lines(
    plan_id: UUID, officer: Visitor
) -> None:
    traders = each(plan_id, "worker")
    (first,) = staff(plan_id, traders, "Anna Fictief")
    post(officer, traders, first, value="30")
    post(officer, traders, "", value="31")
    assert reached(plan_id).value == 31


def test_what_is_no_line_of_it_is_not_found(plan_id: UUID, officer: Visitor) -> None:
    traders = each(plan_id, "zone")
    for line in ("nowhere", "\u202e", "00000000-0000-0000-0000-000000000000"):
        assert officer.get(f"/figures/{traders}?line={line}").status_code == 404
        said = officer.post(f"/figures/{traders}", step="submit", span="2026", line=line, value="1")
        assert said.status_code == 404
    with unit_of_work(read_only=True) as session:
        assert not session.exec(select(Entry).where(Entry.result_id == traders)).all()


def test_the_cockpit_folds_each_objective_and_opens_what_is_filtered(
    plan_id: UUID, officer: Visitor
) -> None:
    whole = officer.get(f"/figures?plan={plan_id}&span=2026").text
    assert "<details>" in whole
    assert "<details open>" not in whole
    cut = officer.get(f"/figures?plan={plan_id}&span=2026&want=missing").text
    assert "<details open>" in cut
    assert "<details>" not in cut
