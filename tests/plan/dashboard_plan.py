"""The document's plan, in force, with figures typed into the tables."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from hub.access import Role
from hub.db import unit_of_work
from partnerships import accounts
from partnerships.models import Organisation, Partnership
from plan.models import (
    Colour,
    Entry,
    EntryState,
    EntryStatus,
    Evaluation,
    ExpectedResult,
    Indicator,
    MeasureValue,
    Plan,
    PlanNode,
    PlanStatus,
    ResultIndicator,
)
from tests import in_process
from tests.conftest import Templates
from tests.plan.test_storing_plans import keep
from tests.running_hub import Visitor

# Two quarters of the plan's first year have ended, the third goes on.
SUMMER = datetime(2026, 8, 15, 10, 0, tzinfo=UTC)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
SPRING = (date(2026, 1, 1), date(2026, 3, 31))
EARLY_SUMMER = (date(2026, 4, 1), date(2026, 6, 30))
LATE_SUMMER = (date(2026, 7, 1), date(2026, 9, 30))
Days = tuple[date, date]

# At least fifty traders a year are informed.
TRADERS = "p1.s1.o2.r1"
# At least 250 residents a year.
RESIDENTS = "p1.s1.o3.r1"


def in_force() -> UUID:
    """The plan of the document, for the years in which the people of the demo are appointed."""
    plan = keep()
    with unit_of_work() as session:
        kept = session.get_one(Plan, plan.id)
        kept.status = PlanStatus.IN_FORCE
        kept.starts_on, kept.ends_on = date(2026, 1, 1), date(2027, 12, 31)
    return plan.id


def result(session: Session, plan_id: UUID, code: str) -> ExpectedResult:
    found = (
        select(ExpectedResult)
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(PlanNode.plan_id == plan_id, ExpectedResult.code == code)
    )
    return session.exec(found).one()


def first_code(plan_id: UUID, beginning: str) -> str:
    """The code of the first result of a part of the plan."""
    with unit_of_work(read_only=True) as session:
        mine = select(PlanNode.id).where(PlanNode.plan_id == plan_id)
        found = (
            select(ExpectedResult.code)
            .where(col(ExpectedResult.node_id).in_(mine))
            .where(col(ExpectedResult.code).startswith(beginning))
        )
        return sorted(session.exec(found))[0]


def measured(plan_id: UUID, code: str, days: Days, value: float, area: str = "") -> None:
    """The hub counted this."""
    with unit_of_work() as session:
        session.add(
            MeasureValue(
                result_id=result(session, plan_id, code).id,
                measure="m.persons_informed",
                definition_version=1,
                period_start=days[0],
                period_end=days[1],
                area=area,
                value=value,
                computed_at=SUMMER,
            )
        )


def typed(
    plan_id: UUID,
    code: str,
    days: Days,
    value: float | None = None,
    status: EntryStatus = EntryStatus.APPROVED,
    state: EntryState | None = None,
) -> None:
    """Somebody of a service typed this."""
    with unit_of_work() as session:
        session.add(
            Entry(
                result_id=result(session, plan_id, code).id,
                period_start=days[0],
                period_end=days[1],
                value=value,
                state=state,
                status=status,
                entered_by=officer_id(session),
                entered_at=SUMMER,
            )
        )


def officer_id(session: Session) -> UUID:
    account = accounts.by_email(session, "prevention@demo.example")
    assert account
    return account.id


def decided(plan_id: UUID, code: str, colour: Colour, motivation: str = "") -> str:
    """The officer decided the colour of the first indicator that shows this result: its text."""
    with unit_of_work() as session:
        shown = select(Indicator).join(
            ResultIndicator, col(ResultIndicator.indicator_id) == col(Indicator.id)
        )
        its = ResultIndicator.result_id == result(session, plan_id, code).id
        indicator = session.exec(shown.where(its)).first()
        assert indicator
        session.add(
            Evaluation(
                indicator_id=indicator.id,
                period_start=YEAR[0],
                period_end=YEAR[1],
                as_of=SUMMER.date(),
                suggested=Colour.GREY,
                final=colour,
                motivation=motivation,
                decided_by=officer_id(session),
                decided_at=SUMMER,
            )
        )
        return indicator.text


def by_zone(plan_id: UUID, code: str, days: Days, values: Iterable[float]) -> list[str]:
    """A figure for each partnership of the town, in the order of their names."""
    with unit_of_work(read_only=True) as session:
        plan = session.get_one(Plan, plan_id)
        here = select(Partnership).where(Partnership.municipality_id == plan.municipality_id)
        places = [(one.slug, one.name) for one in session.exec(here.order_by(Partnership.name))]
    names = []
    for (slug, name), value in zip(places, values, strict=False):
        measured(plan_id, code, days, value, slug)
        names.append(name)
    return names


def signed_in(templates: Templates, role: Role, language: str = "en") -> Visitor:
    """Somebody of the demo, or of a role in the town that the demo has nobody for."""
    account = templates.accounts.get(role.value) or _newcomer(role)
    return in_process.signed_in(account["email"], account["password"], language)


def _newcomer(role: Role) -> dict[str, str]:
    account = {"email": f"{role}@town.example", "password": "four words that I remember"}
    with unit_of_work() as session:
        if accounts.by_email(session, account["email"]) is None:
            town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
            made = accounts.create(
                session,
                email=account["email"],
                name=f"A {role}",
                password=account["password"],
            )
            accounts.appoint(session, made, role, town.id)
    return account
