"""A municipality's document becomes its plan: read, confirmed, in force, prolonged."""

import pytest

from hub.db import unit_of_work
from hub.roles import Role
from plan.keeping import changes, confirming
from plan.models import Comparator, Plan, PlanStatus, ResultKind
from plan.reading import files
from tests import in_process
from tests.conftest import Templates
from tests.plan.kept_plans import (
    DOCUMENT,
    another_town,
    plan_id,
    read_in,
    result,
    somebody,
    told,
    upload,
    visitor,
    whole,
)
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return visitor(templates, "prevention_officer")


def seen(address: str, code: str) -> str:
    return confirming.fingerprint([result(address, code)])


def test_the_document_becomes_a_draft_with_every_reading_beside_its_words(
    officer: Visitor,
) -> None:
    address = read_in(officer)
    page = officer.get(f"{address}/reading").text
    assert "of 81 settled" in page
    assert "X victime de cambriolage, qui le demande" in page
    assert "no number: fill it in" in page
    listed = officer.get("/plans").text
    assert "readings to confirm" in listed
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Plan, plan_id(address)).status is PlanStatus.DRAFT


def test_an_x_is_told_to_be_no_number_and_is_never_nought(officer: Visitor) -> None:
    address = read_in(officer)
    blank = result(address, "p4.s1.o1.r1")
    assert blank.raw.startswith("X ")
    assert blank.target is None
    assert confirming.waits(blank)
    answer = officer.post(f"{address}/reading/{blank.id}", seen=seen(address, blank.code))
    assert answer.status_code == 303
    after = result(address, blank.code)
    assert (after.target, after.confirmed_at is not None) == (None, True)
    # A number typed later is kept; a nought that nobody typed never is.
    officer.post(
        f"{address}/reading/{blank.id}/fields",
        kind="count", comparator=">=", target="1 250,5", unit="situation", period="year",
    )  # fmt: skip
    assert result(address, blank.code).target == 1250.5


def test_confirming_one_and_then_all_of_an_objective_counts_up(officer: Visitor) -> None:
    address = read_in(officer)
    before = officer.get(f"{address}/reading").text
    one = result(address, "coord.s1.o1.r1")
    officer.post(f"{address}/reading/{one.id}", seen=seen(address, one.code))
    with unit_of_work(read_only=True) as session:
        home = next(
            o for o in whole(session, address).walk() if one.id in {r.id for r in o.results}
        )
        print_of_all = confirming.fingerprint(home.results)
    answer = officer.post(f"{address}/objectives/{home.node.id}/confirm", seen=print_of_all)
    assert answer.status_code == 303
    with unit_of_work(read_only=True) as session:
        kept = whole(session, address).nodes[home.node.id].results
        assert all(row.confirmed_by for row in kept if row.inferred)
    assert officer.get(f"{address}/reading").text != before


def test_what_another_changed_meanwhile_is_not_confirmed_unseen(officer: Visitor) -> None:
    address = read_in(officer)
    one = result(address, "coord.s1.o1.r1")
    shown = seen(address, one.code)
    typed = {"kind": "count", "comparator": ">=", "target": "2", "period": "year"}
    officer.post(f"{address}/reading/{one.id}/fields", **typed)
    answer = officer.post(f"{address}/reading/{one.id}", seen=shown)
    assert answer.status_code == 409
    assert "Somebody changed this reading meanwhile" in answer.text


def test_a_text_that_contradicts_itself_offers_both_readings_and_takes_the_chosen_one(
    officer: Visitor,
) -> None:
    address = read_in(officer)
    share = result(address, "p1.s1.o1.r1")
    offered = confirming.alternatives(share)
    assert [(one.kind.value, one.target) for one in offered] == [("ratio", 30), ("count", None)]
    assert "This text can be read in several ways" in officer.get(f"{address}/reading").text
    officer.post(f"{address}/reading/{share.id}", reading="1")
    after = result(address, share.code)
    assert (after.kind, after.target) == (ResultKind.COUNT, None)
    assert officer.post(f"{address}/reading/{share.id}", reading="7").status_code == 404
    assert officer.post(f"{address}/reading/{share.id}", reading="9" * 5000).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("target", "many", "Type a number"),
        ("target", "-1", "Type a number"),
        ("target", "9" * 40, "Type a number"),
        ("target", "NaN", "Type a number"),
        ("kind", "<script>", "Choose one of the list"),
        ("period", "", "Choose one of the list"),
        ("comparator", "", "Say how the figure compares"),
        ("unit", "é" * 61, "At most 60 characters"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_changes(
    officer: Visitor, field: str, typed: str, sentence: str
) -> None:
    address = read_in(officer)
    one = result(address, "p1.s1.o1.r2")
    good = {"kind": "count", "comparator": ">=", "target": "80", "unit": "x", "period": "year"}
    answer = officer.post(f"{address}/reading/{one.id}/fields", **{**good, field: typed})
    assert answer.status_code == 422
    assert f'id="problem-{field}"' in answer.text
    assert sentence in answer.text
    assert result(address, one.code).target == one.target


def test_a_document_that_is_no_plan_gets_what_was_looked_for(officer: Visitor) -> None:
    answer = upload(officer, "/plans/read", b"Dear all,\nthe fair is on Sunday.\n")
    assert answer.status_code == 422
    assert "No plan was found in this document." in answer.text
    assert "not found" in answer.text
    assert "Objectifs stratégiques" in answer.text
    for content, sentence in (
        (b"", "Choose the document first."),
        (b"%PDF-1.4 broken", "This PDF is damaged."),
        (b"\x89PNG\r\n\x1a\n\0\0", "This kind of file is not read."),
        (b" " * (files.LARGEST + 1), "A document has at most 20 MB."),
    ):
        refused = upload(officer, "/plans/read", content)
        assert (refused.status_code, sentence in refused.text) == (422, True), sentence


def test_a_document_without_its_period_is_asked_for_it(officer: Visitor) -> None:
    lines = DOCUMENT.read_text("utf-8").split("\n")
    start = next(at for at, line in enumerate(lines) if "Objectifs généraux" in line)
    bare = "\n".join(["Coordination", *lines[start:]]).encode()
    refused = upload(officer, "/plans/read", bare, title="Our plan")
    assert refused.status_code == 422
    assert 'id="problem-starts_on"' in refused.text
    for first, last in (("2027-01-01", "2026-01-01"), ("9999-01-01", "9999-12-31"), ("x", "y")):
        answer = upload(officer, "/plans/read", bare, title="T", starts_on=first, ends_on=last)
        assert answer.status_code == 422
    days = {"starts_on": "2027-01-01", "ends_on": "2028-12-31"}
    assert upload(officer, "/plans/read", bare, title="Our plan", **days).status_code == 303


def test_every_line_without_a_place_waits_until_it_is_settled(officer: Visitor) -> None:
    stray = DOCUMENT.read_text("utf-8").split("\n")
    place = next(at for at, line in enumerate(stray) if line.startswith("PHENOMENE 2"))
    content = "\n".join([*stray[:place], "Une ligne égarée du tableau", *stray[place:]]).encode()
    address = upload(officer, "/plans/read", content).headers["location"].removesuffix("/reading")
    with unit_of_work(read_only=True) as session:
        plan = session.get_one(Plan, plan_id(address))
        lines = confirming.lines_outside(session, plan)
        assert {one.role for one in lines} >= {"heading", "table_head"}
        kept = whole(session, address)
        texts = [one.text for one in lines] + [one.node.label for one in kept.walk()]
        texts += [one.raw for one in kept.results.values()]
        everything = " ".join([*texts, *(one.text for one in kept.indicators.values())])
        assert "Une ligne égarée du tableau" in everything
        lost = [one.id for one in lines if not one.role]
    for one in lost:
        assert officer.post(f"{address}/lines/{one}/settle").status_code == 303
    with unit_of_work(read_only=True) as session:
        left = confirming.progress_of(session, [session.get_one(Plan, plan_id(address))])
    assert left[plan_id(address)].lines == 0


def test_in_force_tells_what_nobody_confirmed_and_a_change_makes_a_version(
    officer: Visitor,
) -> None:
    address = read_in(officer)
    assert "What is not confirmed stays marked so." in officer.get(address).text
    officer.post(f"{address}/in-force")
    one = result(address, "p1.s1.o1.r2")
    typed = {"kind": "count", "comparator": ">=", "target": "120", "period": "year"}
    officer.post(f"{address}/reading/{one.id}/fields", **typed)
    with unit_of_work(read_only=True) as session:
        plan = session.get_one(Plan, plan_id(address))
        assert (plan.status, plan.version) == (PlanStatus.IN_FORCE, 2)
        journal = changes.journal(session, plan)
    forced = next(row for row in journal if row.action == "plan.put_in_force")
    assert int(forced.facts["unconfirmed"]) > 0
    assert journal[0].facts["target"] == "100.0 → 120.0"
    assert "100.0 → 120.0" in officer.get(f"{address}/journal").text


def test_a_plan_is_prolonged_with_its_codes_its_targets_and_what_was_confirmed(
    officer: Visitor,
) -> None:
    address = read_in(officer)
    one = result(address, "p1.s1.o1.r2")
    typed = {"kind": "count", "comparator": ">=", "target": "120", "period": "year"}
    officer.post(f"{address}/reading/{one.id}/fields", **typed)
    officer.post(f"{address}/feeds")
    officer.post(f"{address}/in-force")
    early = {"next_title": "Next", "next_starts_on": "2024-06-01", "next_ends_on": "2025-12-31"}
    assert officer.post(f"{address}/prolong", **early).status_code == 422
    days = {"next_starts_on": "2025-01-01", "next_ends_on": "2026-12-31"}
    answer = officer.post(f"{address}/prolong", next_title="Next", **days)
    following = answer.headers["location"]
    with unit_of_work(read_only=True) as session:
        before, after = whole(session, address), whole(session, following)
        assert after.plan.prolongs_id == before.plan.id
        assert after.plan.status is PlanStatus.DRAFT
        assert list(told(before)) == list(told(after))
    again = result(following, one.code)
    assert (again.target, again.comparator) == (120, Comparator.AT_LEAST)
    assert again.confirmed_at is not None


def test_a_mayor_reads_and_changes_nothing_and_other_towns_see_nothing(
    officer: Visitor,
) -> None:
    address = read_in(officer)
    another_town()
    mayor = somebody(Role.MAYOR)
    assert mayor.get(address).status_code == 200
    assert mayor.get(f"{address}/reading").status_code == 200
    assert "Put in force" not in mayor.get(address).text
    one = result(address, "coord.s1.o1.r1")
    for path in ("in-force", "close", "feeds", "sheet", f"reading/{one.id}", "prolong", "tree"):
        assert mayor.post(f"{address}/{path}").status_code == 403
    assert mayor.get(f"{address}/tree").status_code == 403
    stranger = somebody(Role.PREVENTION_OFFICER, "autreville", "other@demo.example")
    for path in ("", "/reading", "/sheet", "/sheet.csv", "/feeds", "/journal", "/tree"):
        assert stranger.get(f"{address}{path}").status_code == 404
    assert stranger.post(f"{address}/in-force").status_code == 404
    assert "Plan" in stranger.get("/plans").text
    assert address not in stranger.get("/plans").text


def test_the_api_lists_plans_shows_the_tree_and_confirms_what_was_seen(officer: Visitor) -> None:
    address = read_in(officer)
    api = in_process.api("prevention@demo.example").http
    mine = next(o for o in api.get("/plans").json()["plans"] if o["id"] == str(plan_id(address)))
    assert (mine["results"], mine["status"]) == (81, "draft")
    tree = api.get(f"/plans/{mine['id']}").json()
    first = tree["nodes"][0]["children"]
    results = [r for node in first for o in node["children"] for r in o["results"]]
    waiting = next(r for r in results if r["waits"])
    confirm = f"/plans/{mine['id']}/results/{waiting['id']}/confirm"
    assert api.post(confirm, json={"fingerprint": "of another"}).status_code == 409
    done = api.post(confirm, json={"fingerprint": waiting["fingerprint"]})
    assert done.status_code == 200
    assert done.json()["waits"] is False
    somebody(Role.MAYOR)
    reader = in_process.api("mayor@demo.example").http
    assert reader.get(f"/plans/{mine['id']}").status_code == 200
    assert reader.post(confirm, json={"fingerprint": "x"}).status_code == 403
