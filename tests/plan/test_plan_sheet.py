"""A plan goes out as a table, is changed in a spreadsheet, and comes back by its codes."""

import io

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from hub.db import unit_of_work
from plan.models import Plan, ResultMeasure
from tests.conftest import Templates
from tests.plan.kept_plans import as_table, read_in, result, rows_of, told, upload, visitor, whole
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")
NEW = {"title": "From a table", "starts_on": "2025-01-01", "ends_on": "2026-12-31"}


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return visitor(templates, "prevention_officer")


def row_of(rows: list[dict[str, str]], code: str) -> dict[str, str]:
    return next(one for one in rows if one["result_code"] == code)


def test_a_plan_that_goes_out_and_comes_in_as_another_says_the_same(officer: Visitor) -> None:
    address = read_in(officer)
    officer.post(f"{address}/feeds")
    for kind in ("xlsx", "csv"):
        table = officer.get(f"{address}/sheet.{kind}").content
        answer = upload(officer, "/plans/read", table, f"plan.{kind}", **NEW)
        assert answer.status_code == 303, answer.text
        again = answer.headers["location"].removesuffix("/reading")
        with unit_of_work(read_only=True) as session:
            assert list(told(whole(session, again))) == list(told(whole(session, address)))


def test_the_same_table_changes_nothing(officer: Visitor) -> None:
    address = read_in(officer)
    table = officer.get(f"{address}/sheet.xlsx").content
    answer = upload(officer, f"{address}/sheet", table, "plan.xlsx")
    assert "nothing has changed" in answer.text


def test_a_target_changed_in_the_table_finds_its_result_by_its_code(officer: Visitor) -> None:
    address = read_in(officer)
    rows = rows_of(officer, address)
    row_of(rows, "p1.s1.o1.r2")["target"] = "120"
    row_of(rows, "p1.s1.o1.r3")["measures"] = "m.visits_on_time"
    new = {**dict.fromkeys(rows[0], ""), "operational_code": "p1.s1.o1"}
    for name in ("part_code", "strategic_code"):
        new[name] = row_of(rows, "p1.s1.o1.r2")[name]
    rows.append({**new, "result": "Visites de quartier: >= 12/an"})
    answer = upload(officer, f"{address}/sheet", as_table(rows), "plan.csv")
    assert "2 changed, 1 added" in answer.text
    assert result(address, "p1.s1.o1.r2").target == 120
    added = result(address, "p1.s1.o1.r5")
    assert (added.target, added.raw) == (12, "Visites de quartier: >= 12/an")
    with unit_of_work(read_only=True) as session:
        fed = session.exec(select(ResultMeasure.measure)).all()
    assert "m.visits_on_time" in fed


def test_one_wrong_row_is_named_and_nothing_is_half_done(officer: Visitor) -> None:
    address = read_in(officer)
    rows = rows_of(officer, address)
    row_of(rows, "p1.s1.o1.r2")["target"] = "999"
    wrong = row_of(rows, "p1.s1.o1.r3")
    wrong["target"] = "fifty"
    row_of(rows, "p1.s1.o1.r4")["result_code"] = "p1.s1.o1.r3"
    row_of(rows, "p2.s2.o1.r1")["measures"] = "m.no_such"
    row_of(rows, "p2.s2.o2.r1")["result_code"] = "p9.s9.o9.r9"
    answer = upload(officer, f"{address}/sheet", as_table(rows), "plan.csv")
    assert answer.status_code == 422
    assert f"<td>{rows.index(wrong) + 2}</td><td>target</td>" in answer.text
    assert "has the same code" in answer.text
    assert "m.no_such" in answer.text
    assert "The plan has no result with this code" in answer.text
    assert result(address, "p1.s1.o1.r2").target == 100


def test_a_file_that_is_no_table_is_told_so(officer: Visitor) -> None:
    address = read_in(officer)
    for content, name in ((b"a;b\n1;2\n", "x.csv"), (b"", "x.csv"), (b"PK\x03\x04", "x.xlsx")):
        answer = upload(officer, f"{address}/sheet", content, name)
        assert answer.status_code == 422
        assert 'id="problem-file"' in answer.text
    bad = b"operational_objective;result\n;a result that stands nowhere\n"
    before = _plans()
    refused = upload(officer, "/plans/read", bad, "x.csv", **NEW)
    assert refused.status_code == 422
    assert "Row 2" in refused.text
    assert _plans() == before


def _plans() -> int:
    with unit_of_work(read_only=True) as session:
        return len(session.exec(select(Plan)).all())


def test_no_cell_is_ever_a_formula(officer: Visitor) -> None:
    address = read_in(officer)
    rows = rows_of(officer, address)
    row_of(rows, "p1.s1.o1.r2")["result"] = '=HYPERLINK("http://x.example","!")'
    assert upload(officer, f"{address}/sheet", as_table(rows), "p.csv").status_code == 200
    sheet = load_workbook(io.BytesIO(officer.get(f"{address}/sheet.xlsx").content)).active
    assert sheet
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)
    assert b";'=HYPERLINK" in officer.get(f"{address}/sheet.csv").content.replace(b'"', b"")
