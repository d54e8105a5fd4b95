"""A plan that is kept is read whole, as a tree, in a fixed number of queries."""

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from hub import db
from hub.db import unit_of_work
from plan.keeping import tree
from plan.models import ExpectedResult, NodeKind, Plan
from tests.plan.test_storing_plans import keep

pytestmark = pytest.mark.usefixtures("demo_zone")


def codes(plan_tree: tree.PlanTree) -> list[str]:
    return [one.node.code for one in plan_tree.walk()]


def test_the_tree_has_every_part_in_the_order_of_the_document() -> None:
    plan = keep()
    with unit_of_work(read_only=True) as session:
        whole = tree.of_plan(session, plan)
        assert [one.node.code for one in whole.roots][:3] == ["coord", "p1", "p2"]
        assert (len(whole.results), len(whole.indicators)) == (81, 75)
        lines = [one.source_line or 0 for one in whole.results.values()]
        assert lines == sorted(lines)
        first = next(iter(whole.results.values()))
        above = [one.node.kind for one in whole.above(first.node_id)]
        assert above == [NodeKind.SECTION, NodeKind.STRATEGIC, NodeKind.OPERATIONAL]
        shown = whole.indicators_of[first.id]
        assert all(first.id in whole.results_of[one] for one in shown)


def test_the_number_of_queries_is_the_same_for_a_long_plan_and_a_short_one() -> None:
    plan = keep()
    asked: list[str] = []
    event.listen(db.engine(), "after_cursor_execute", lambda *said: asked.append(said[2]))
    with unit_of_work(read_only=True) as session:
        short = session.exec(select(Plan).where(Plan.id != plan.id)).first()
        assert short
        long_one = _counted(session, plan, asked)
        short_one = _counted(session, short, asked)
        assert session.exec(select(ExpectedResult)).first()
    assert long_one == short_one == 5


def _counted(session: Session, plan: Plan, asked: list[str]) -> int:
    before = len(asked)
    tree.of_plan(session, plan)
    return len(asked) - before
