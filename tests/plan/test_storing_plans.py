"""A plan that was read is kept whole: nothing of it is lost on the way into the tables."""

import pytest
from sqlmodel import Session, col, func, select

from hub.db import unit_of_work
from partnerships.models import Organisation
from plan.keeping.storing import Source, store
from plan.models import (
    Comparator,
    ExpectedResult,
    Indicator,
    NodeKind,
    Plan,
    PlanNode,
    PlanStatus,
    ResultIndicator,
)
from plan.reading.document import read
from tests.plan.plan_documents import FOLDER

DOCUMENT = FOLDER / "plan-2023-2024.txt"
pytestmark = pytest.mark.usefixtures("demo_zone")


def keep(content: bytes = DOCUMENT.read_bytes()) -> Plan:
    found = read(content)
    assert found.start
    assert found.end
    with unit_of_work() as session:
        town = session.exec(select(Organisation.id).where(Organisation.slug == "valdor")).one()
        return store(
            session,
            found,
            Source("plan.txt", content),
            municipality_id=town,
            title=found.title or "Plan",
            days=(found.start, found.end),
            by=None,
        )


def number(session: Session, kind: NodeKind, plan: Plan) -> int:
    counted = select(func.count()).where(PlanNode.plan_id == plan.id, PlanNode.kind == kind)
    return session.exec(counted).one()


def test_every_part_of_the_document_is_kept_in_its_place() -> None:
    plan = keep()
    with unit_of_work(read_only=True) as session:
        assert plan.status is PlanStatus.DRAFT
        assert number(session, NodeKind.PHENOMENON, plan) == 8
        assert number(session, NodeKind.SERVICE, plan) == 6
        assert number(session, NodeKind.STRATEGIC, plan) == 28
        assert number(session, NodeKind.OPERATIONAL, plan) == 40
        mine = select(PlanNode.id).where(PlanNode.plan_id == plan.id)
        results = session.exec(
            select(ExpectedResult).where(col(ExpectedResult.node_id).in_(mine))
        ).all()
        indicators = session.exec(select(Indicator).where(col(Indicator.node_id).in_(mine))).all()
        shown = set(session.exec(select(ResultIndicator.indicator_id)))
    assert (len(results), len(indicators)) == (81, 75)
    assert len({one.code for one in results}) == 81
    assert len({one.id for one in indicators} & shown) == 75
    visits = next(one for one in results if one.code == "p1.s1.o1.r1")
    assert visits.raw in DOCUMENT.read_text()
    # An X is a blank to fill in, never nought.
    assert all(
        one.target is None for one in results if one.raw.startswith("X ") and ":" not in one.raw
    )


def test_a_promise_that_something_falls_is_kept_as_one() -> None:
    told = DOCUMENT.read_text(encoding="utf-8")
    line = next(one for one in told.splitlines() if "50/an" in one).split("\t")[-1]
    keep(told.replace(line, "Diminution de 15 % des vols à l'étalage", 1).encode())
    with unit_of_work(read_only=True) as session:
        falls = session.exec(
            select(ExpectedResult).where(ExpectedResult.comparator == Comparator.DECREASE)
        ).all()
        assert [(one.target, one.unit) for one in falls] == [(15, "percent")]
