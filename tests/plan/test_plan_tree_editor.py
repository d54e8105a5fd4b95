"""A plan's tree is changed by hand: what has figures is closed, everything else may go."""

from datetime import date

import pytest
from sqlmodel import select

from hub.db import unit_of_work
from partnerships import accounts
from plan.keeping import changes, tree
from plan.models import Entry, NodeKind, Plan
from tests.conftest import Templates
from tests.plan.kept_plans import node, plan_id, read_in, result, visitor, whole
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return visitor(templates, "prevention_officer")


def codes(address: str) -> list[str]:
    with unit_of_work(read_only=True) as session:
        return [one.node.code for one in whole(session, address).walk()]


def test_a_branch_grows_from_the_ministrys_lists(officer: Visitor) -> None:
    address = read_in(officer)
    officer.get("/language/en")
    added = officer.post(f"{address}/tree", kind="phenomenon", listed="vol-de-velo")
    assert added.status_code == 303
    phenomenon = node(address, "p9")
    assert (phenomenon.label, phenomenon.catalogue_code) == ("Vol de vélo", "vol-de-velo")
    here = f"{address}/tree/{phenomenon.id}"
    officer.post(here, do="add_node", kind="strategic", listed="so1")
    strategic = node(address, "p9.s1")
    assert strategic.label == "Diminuer les comportements à risque"
    below = f"{address}/tree/{strategic.id}"
    officer.post(below, do="add_node", kind="operational", new_label="Graver les vélos")
    officer.post(below, do="add_indicator", indicator="Vélos gravés", **{"class": "result"})
    leaf = f"{address}/tree/{node(address, 'p9.s1.o1').id}"
    officer.post(leaf, do="add_result", result="Nombre de vélos gravés: >= 50/an")
    made = result(address, "p9.s1.o1.r1")
    assert made.target == 50
    with unit_of_work(read_only=True) as session:
        shows = next(o for o in whole(session, address).indicators.values() if o.code == "p9.s1.i1")
    officer.post(
        leaf, do="change_result", row=str(made.id), result=made.raw, indicators=[str(shows.id)]
    )
    with unit_of_work(read_only=True) as session:
        assert whole(session, address).indicators_of[made.id] == (shows.id,)
    page = officer.get(leaf)
    assert page.status_code == 200
    assert "Vélos gravés" in page.text


def test_what_cannot_stand_there_is_refused_beside_its_field(officer: Visitor) -> None:
    address = read_in(officer)
    here = f"{address}/tree/{node(address, 'p1').id}"
    empty = officer.post(here, do="add_node", kind="strategic", new_label="  ")
    assert (empty.status_code, 'id="problem-new_label"' in empty.text) == (422, True)
    assert officer.post(here, do="add_node", kind="section", new_label="x").status_code == 422
    assert officer.post(here, do="add_result", result="x").status_code == 404
    assert officer.post(here, do="explode").status_code == 404
    long = officer.post(here, do="rename", label="x" * 1001)
    assert (long.status_code, "At most 1000 characters" in long.text) == (422, True)
    assert officer.post(here, do="remove").status_code == 409
    assert officer.post(f"{address}/tree", kind="phenomenon", label="").status_code == 422


def test_parts_results_and_indicators_move_up_and_down(officer: Visitor) -> None:
    address = read_in(officer)
    second = node(address, "p2")
    officer.post(f"{address}/tree", do="move", node=str(second.id), where="up")
    tops = [code for code in codes(address) if "." not in code]
    assert tops[:3] == ["coord", "p2", "p1"]
    home = node(address, "p1.s1.o1")
    moved = result(address, "p1.s1.o1.r1")
    officer.post(f"{address}/tree/{home.id}", do="move_result", row=str(moved.id), where="down")
    with unit_of_work(read_only=True) as session:
        kept = [one.code for one in whole(session, address).nodes[home.id].results]
    assert kept[:2] == ["p1.s1.o1.r2", "p1.s1.o1.r1"]


def test_a_result_with_figures_is_closed_and_one_without_is_gone(officer: Visitor) -> None:
    address = read_in(officer)
    home = node(address, "p1.s1.o1")
    kept, gone = result(address, "p1.s1.o1.r1"), result(address, "p1.s1.o1.r2")
    with unit_of_work() as session:
        writer = accounts.by_email(session, "prevention@demo.example")
        assert writer
        session.add(
            Entry(
                result_id=kept.id,
                value=3,
                entered_by=writer.id,
                period_start=date(2023, 1, 1),
                period_end=date(2023, 12, 31),
            )
        )
    officer.post(f"{address}/feeds")
    for one in (kept, gone):
        path = f"{address}/tree/{home.id}"
        assert officer.post(path, do="remove_result", row=str(one.id)).status_code == 303
    assert result(address, kept.code).closed_on is not None
    with unit_of_work(read_only=True) as session:
        left = {one.code for one in whole(session, address).results.values()}
        assert gone.code not in left
        assert session.exec(select(Entry).where(Entry.result_id == kept.id)).one().value == 3
    assert "closed" in officer.get(f"{address}/tree/{home.id}").text


def test_a_closed_plan_is_not_changed(officer: Visitor) -> None:
    address = read_in(officer)
    assert officer.post(f"{address}/close").status_code == 409
    officer.post(f"{address}/in-force")
    officer.post(f"{address}/close")
    assert officer.post(f"{address}/tree", kind="phenomenon", label="x").status_code == 409
    one = result(address, "coord.s1.o1.r1")
    assert officer.post(f"{address}/reading/{one.id}", reading="0").status_code == 409


def test_each_change_of_a_plan_in_force_is_a_version_in_the_journal(officer: Visitor) -> None:
    address = read_in(officer)
    officer.post(f"{address}/in-force")
    home = node(address, "p1.s1.o1")
    officer.post(f"{address}/tree/{home.id}", do="rename", label="Other words")
    officer.post(f"{address}/tree/{home.id}", do="add_result", result="Trois réunions par an")
    with unit_of_work(read_only=True) as session:
        plan = session.get_one(Plan, plan_id(address))
        journal = changes.journal(session, plan)
        kinds = {one.node.kind for one in tree.of_plan(session, plan).walk()}
    assert plan.version == 3
    assert [one.facts["what"] for one in journal[:2]] == ["result_added", "node_renamed"]
    assert NodeKind.OPERATIONAL in kinds
