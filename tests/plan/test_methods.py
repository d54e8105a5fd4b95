"""Street work and a territorial strategy, each from its example file to its page."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from feedback.models import ReportService
from hub import clock
from hub.db import unit_of_work
from hub.roles import Role
from partnerships.models import Account, Organisation
from plan.measures import taking
from plan.measures.period import Period
from plan.models import (
    Colour,
    Comparator,
    ContextCount,
    CountSource,
    ExpectedResult,
    Plan,
    PlanNode,
    StaffMember,
    StreetContacts,
)
from plan.standing import periods, standings
from tests.conftest import Templates
from tests.plan.kept_plans import plan_id, result, somebody, upload, visitor
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
STREET_WORK = EXAMPLES / "street-work.fr.txt"
STRATEGY = EXAMPLES / "territorial-strategy.fr.csv"
AUTUMN = datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
CONTACTS, NEW_PERSONS, TRUST = "p1.s1.o1.r1", "p1.s1.o1.r2", "p1.s1.o1.r3"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def _autumn(demo_zone: str) -> Iterator[None]:
    clock.set_source(lambda: AUTUMN)
    yield
    clock.set_source(None)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return visitor(templates, "prevention_officer")


def street_work(officer: Visitor) -> str:
    """The example read and its measures taken; the address of its plan."""
    answer = upload(
        officer,
        "/plans/read",
        STREET_WORK.read_bytes(),
        STREET_WORK.name,
        title="Street work",
        method="street_work",
    )
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].removesuffix("/reading")
    officer.post(f"{address}/feeds")
    return address


def strategy(officer: Visitor) -> str:
    answer = upload(
        officer,
        "/plans/read",
        STRATEGY.read_bytes(),
        STRATEGY.name,
        title="Strategy",
        method="territorial_strategy",
        starts_on="2026-01-01",
        ends_on="2027-12-31",
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removesuffix("/reading")


def workers(*names: str) -> list[UUID]:
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        service = ReportService(municipality_id=town.id, name="Street work of a test")
        session.add(service)
        session.flush()
        made = [
            StaffMember(
                municipality_id=town.id,
                service_id=service.id,
                name=name,
                role="street_worker",
                started_on=date(2026, 1, 1),
            )
            for name in names
        ]
        session.add_all(made)
        session.flush()
        return [one.id for one in made]


def counted(worker: UUID, code: str, *months: tuple[int, int], edition: int = 1) -> None:
    """So many in each of these months of 2026."""
    with unit_of_work() as session:
        writer = session.exec(select(Account.id)).first()
        assert writer
        session.add_all(
            StreetContacts(
                staff_member_id=worker,
                month=date(2026, month, 1),
                code=code,
                count=number,
                edition=edition,
                entered_by=writer,
                entered_at=AUTUMN,
            )
            for month, number in months
        )


def standing_of(address: str, code: str) -> standings.ResultStanding:
    with unit_of_work() as session:
        plan = session.get_one(Plan, plan_id(address))
        every = [*periods.of(plan), *periods.quarters(plan)]
        taking.take(session, plan, every, AUTUMN)
    with unit_of_work(read_only=True) as session:
        plan = session.get_one(Plan, plan_id(address))
        found = standings.of_plan(session, plan, YEAR, AUTUMN)
        return next(
            one for each in found.values() for one in each.results if one.result.code == code
        )


def seen(who: Visitor, path: str) -> str:
    answer = who.http.get(path, headers=ENGLISH)
    assert answer.status_code == 200, answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


# Street work


def test_the_example_of_street_work_is_read_as_its_words_say(officer: Visitor) -> None:
    address = street_work(officer)
    wanted = {
        CONTACTS: (Comparator.AT_LEAST, 40, "month", "worker", "contact"),
        NEW_PERSONS: (Comparator.INCREASE, None, "month", "worker", "new_person"),
        TRUST: (Comparator.AT_LEAST, 12, "year", "worker", "trust_relation"),
        "p1.s1.o2.r1": (Comparator.EQUAL, 25, "year", "", "person"),
        "p1.s1.o3.r2": (Comparator.MORE_THAN, 20, "year", "", "follow-up"),
    }
    for code, reading in wanted.items():
        one = result(address, code)
        found = (one.comparator, one.target, one.period, one.per, one.unit)
        assert found == reading, code
    assert "Street work" in seen(officer, address)


def test_each_worker_means_the_one_with_the_fewest(officer: Visitor) -> None:
    address = street_work(officer)
    first, second = workers("Anne Fictive", "Bob Fictif")
    counted(first, "trust_relations", (2, 9), (5, 6))
    counted(second, "trust_relations", (3, 4))
    told = standing_of(address, TRUST)
    assert (told.value, told.unknown) == (4, 0)
    assert told.judged.verdict.colour is Colour.RED
    # A corrected month counts once, with its newest number.
    counted(second, "trust_relations", (3, 14), edition=2)
    told = standing_of(address, TRUST)
    assert (told.value, told.judged.verdict.colour) == (14, Colour.GREEN)


def test_a_worker_who_wrote_nothing_down_is_not_judged(officer: Visitor) -> None:
    address = street_work(officer)
    first, silent = workers("Anne Fictive", "Bob Fictif")
    counted(silent, "contacts", (1, 5))
    assert standing_of(address, TRUST).value is None
    counted(first, "trust_relations", (2, 12))
    told = standing_of(address, TRUST)
    assert (told.value, told.unknown) == (12, 1)


@pytest.mark.parametrize(
    ("months", "colour"),
    [
        ((), Colour.GREY),
        (((1, 2), (4, 1), (8, 3)), Colour.GREEN),
        (((1, 2), (4, 0), (8, 3)), Colour.RED),
        # The quarter that is going on is not judged yet.
        (((2, 1), (10, 0)), Colour.GREEN),
    ],
)
def test_a_network_that_grows_has_new_people_in_each_quarter(
    officer: Visitor, months: tuple[tuple[int, int], ...], colour: Colour
) -> None:
    address = street_work(officer)
    (worker,) = workers("Anne Fictive")
    counted(worker, "new_persons", *months)
    assert standing_of(address, NEW_PERSONS).judged.verdict.colour is colour


def test_the_page_shows_each_worker_quarter_by_quarter(officer: Visitor) -> None:
    address = street_work(officer)
    first, second = workers("Anne Fictive", "Bob Fictif")
    counted(first, "contacts", (1, 41), (2, 40), (7, 0))
    counted(second, "contacts", (4, 12))
    page = seen(officer, f"{address}/street-work")
    assert "Anne Fictive 81 — nothing written down 0" in page
    assert "Bob Fictif — nothing written down 12" in page
    assert "Together 81 12 0" in page
    assert "All until then, this year 81 93 93" in page


def test_names_of_workers_are_for_those_who_keep_the_registers(officer: Visitor) -> None:
    address = street_work(officer)
    workers("Anne Fictive")
    mayor = somebody(Role.MAYOR)
    assert mayor.get(address).status_code == 200
    assert mayor.get(f"{address}/street-work").status_code == 403
    assert "/street-work" not in mayor.get(address).text


# A territorial strategy


def test_a_strategy_shows_who_answers_until_when_and_three_kinds_of_indicators(
    officer: Visitor,
) -> None:
    page = seen(officer, f"{strategy(officer)}/strategy")
    assert "Axe 2 : une place de la Gare tranquille" in page
    assert "Gardiens de la paix" in page
    assert page.count("the day has passed") == 1
    for name in ("Context", "Activity", "Result"):
        assert name.casefold() in page.casefold()


def test_what_the_police_counted_is_a_context_without_a_colour(officer: Visitor) -> None:
    address = strategy(officer)
    with unit_of_work() as session:
        plan = session.get_one(Plan, plan_id(address))
        town = session.get_one(Organisation, plan.municipality_id)
        assert town.part_of_id
        assert plan.created_by
        session.add_all(
            ContextCount(
                police_zone_id=town.part_of_id,
                phenomenon="nuisances-sociales",
                iso_year=2026,
                iso_week=week,
                count=7,
                source=CountSource.TYPED,
                entered_by=plan.created_by,
                entered_at=AUTUMN,
            )
            for week in (10, 11)
        )
        said = "Suivre le nombre de faits de nuisances sociales"
        code = session.exec(select(ExpectedResult.code).where(ExpectedResult.raw == said)).one()
    told = standing_of(address, code)
    assert (told.value, told.judged.verdict.colour) == (14, Colour.GREY)
    assert "14" in seen(officer, f"{address}/strategy")


def test_the_table_of_a_strategy_goes_out_and_in_with_days_and_filters(officer: Visitor) -> None:
    address = strategy(officer)
    table = officer.get(f"{address}/sheet.csv").text
    assert "c.offence_count[phenomenon=nuisances-sociales]" in table
    assert "2026-03-31" in table
    again = upload(officer, f"{address}/sheet", table.encode(), "plan.csv")
    assert "nothing has changed" in again.text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("2026-13-31", "Give a day"),
        ("fin 2027", "Give a day"),
        ("31/12/1804", "Give a day"),
    ],
)
def test_a_day_that_is_none_is_told_with_its_row(officer: Visitor, wrong: str, right: str) -> None:
    address = strategy(officer)
    table = officer.get(f"{address}/sheet.csv").text.replace("2026-12-31", wrong)
    answer = upload(officer, f"{address}/sheet", table.encode(), "plan.csv")
    assert right in answer.text
    assert "2026-12-31" in officer.get(f"{address}/sheet.csv").text


def test_a_filter_the_measure_does_not_take_is_told(officer: Visitor) -> None:
    address = strategy(officer)
    table = officer.get(f"{address}/sheet.csv").text.replace("[phenomenon=", "[colour=")
    answer = upload(officer, f"{address}/sheet", table.encode(), "plan.csv")
    assert "is not narrowed by colour" in html.unescape(answer.text)


def test_the_last_day_of_an_objective_is_changed_in_the_tree(officer: Visitor) -> None:
    address = strategy(officer)
    with unit_of_work(read_only=True) as session:
        node = session.exec(
            select(PlanNode).where(PlanNode.label == "Réunir les partenaires du territoire")
        ).one()
    path = f"{address}/tree/{node.id}"
    words = {"do": "rename", "label": node.label, "responsible": "Bourgmestre"}
    refused = officer.post(path, **words, due_on="tomorrow")
    assert refused.status_code == 422
    assert "Give a day" in refused.text
    assert officer.post(path, **words, due_on="2027-01-15").status_code == 303
    with unit_of_work(read_only=True) as session:
        assert session.get_one(PlanNode, node.id).due_on == date(2027, 1, 15)
