"""Whoever owes figures is reminded by mail: before a year ends, and after it; twice in all."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlmodel import select

from feedback.models import ReportService
from hub import clock
from hub.access import Role
from hub.db import unit_of_work
from partnerships import accounts
from partnerships.models import Notice, Organisation
from plan.models import Plan, PlanStatus, StaffMember
from tests.plan.dashboard_plan import TRADERS, in_force, result
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

WORKER = "street@town.example"


def worker(plan_id: UUID, *codes: str) -> None:
    """Somebody of a service that has these results."""
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        service = ReportService(municipality_id=town.id, name="Street workers of a test")
        session.add(service)
        session.flush()
        account = accounts.create(session, email=WORKER, name="W", password="x" * 20)
        accounts.appoint(session, account, Role.SERVICE_WORKER, town.id)
        session.add(
            StaffMember(
                municipality_id=town.id,
                service_id=service.id,
                name="A worker",
                role="Street worker",
                account_id=account.id,
                started_on=date(2026, 1, 1),
            )
        )
        for code in codes:
            one = result(session, plan_id, code)
            one.service_id = service.id
            session.add(one)


def mails(plan_id: UUID, day: date) -> list[Notice]:
    """What was written of this plan by the end of the day, with two timetables looking."""
    clock.set_source(lambda: datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC))
    for _timetable in range(2):
        timetable.remind_of_figures()
    with unit_of_work(read_only=True) as session:
        found = session.exec(
            select(Notice).where(Notice.kind == "figures_missing", Notice.about_id == plan_id)
        )
        return list(found.all())


def test_those_who_owe_figures_are_told_before_the_year_ends_and_after_it() -> None:
    plan_id = in_force()
    worker(plan_id, TRADERS)
    counts = [
        len(mails(plan_id, day))
        for day in (
            date(2026, 12, 10),
            date(2026, 12, 18),
            date(2026, 12, 30),
            date(2027, 1, 2),
            date(2027, 2, 20),
            date(2027, 6, 1),
        )
    ]
    # The officer and the worker, each time.
    assert counts == [0, 2, 2, 4, 4, 4]


def test_a_worker_is_told_of_his_own_service_alone() -> None:
    plan_id = in_force()
    worker(plan_id, TRADERS)
    told = {one.to: one for one in mails(plan_id, date(2026, 12, 20))}
    assert told[WORKER].subject.endswith(": 1")
    others = [one for to, one in told.items() if to != WORKER]
    assert len(others) == 1
    assert "/figures?plan=" in others[0].body
    assert int(others[0].subject.rsplit(" ", 1)[1]) > 60


def test_who_owes_nothing_gets_no_mail() -> None:
    plan_id = in_force()
    worker(plan_id)
    assert WORKER not in {one.to for one in mails(plan_id, date(2026, 12, 20))}


def test_a_plan_that_is_no_longer_in_force_reminds_nobody() -> None:
    plan_id = in_force()
    worker(plan_id, TRADERS)
    with unit_of_work() as session:
        session.get_one(Plan, plan_id).status = PlanStatus.CLOSED
    assert mails(plan_id, date(2026, 12, 20)) == []
