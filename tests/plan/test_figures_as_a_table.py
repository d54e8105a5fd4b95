"""Figures filled in as a table: out, typed in a spreadsheet, and in again."""

import csv
import io
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from openpyxl import load_workbook
from sqlmodel import select

from hub.db import unit_of_work
from hub.i18n import LANGUAGE_NAMES, Language, translate
from hub.web.pages import LANGUAGE_COOKIE
from plan.entries.table import Column
from plan.models import Entry, EntryState, EntryStatus, Plan, PlanStatus, ResultKind
from tests.conftest import Templates
from tests.plan.dashboard_plan import (
    RESIDENTS,
    TRADERS,
    measured,
    result,
)
from tests.plan.kept_plans import upload
from tests.plan.test_entries import of_kind, post, steps, words, worker_of
from tests.plan.test_lines_of_figures import each, staff, zones
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("summer")
Fill = Callable[[dict[str, str]], None]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows_of(who: Visitor, plan_id: UUID, span: str = "2026") -> list[dict[str, str]]:
    """The table as CSV, with the names of the columns in English."""
    saved = who.get(f"/plans/{plan_id}/figures.csv?span={span}")
    assert saved.status_code == 200
    text = saved.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def row_of(rows: list[dict[str, str]], code: str) -> dict[str, str]:
    return next(one for one in rows if one["Code"] == code)


def take(
    who: Visitor, plan_id: UUID, rows: list[dict[str, str]], step: str = "submit"
) -> httpx.Response:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    address = f"/plans/{plan_id}/figures"
    return upload(who, address, written.getvalue().encode(), "f.csv", span="2026", step=step)


def id_of(plan_id: UUID, code: str) -> UUID:
    with unit_of_work(read_only=True) as session:
        return result(session, plan_id, code).id


def all_steps() -> list[Entry]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Entry)))


def test_a_workbook_goes_out_is_filled_in_and_comes_in_again(
    plan_id: UUID, officer: Visitor
) -> None:
    share = of_kind(plan_id, ResultKind.RATIO)
    officer.http.cookies.set(LANGUAGE_COOKIE, "fr")
    saved = officer.get(f"/plans/{plan_id}/figures.xlsx?span=2026")
    assert saved.headers["content-type"] == XLSX
    book = load_workbook(io.BytesIO(saved.content))
    sheet = book.worksheets[0]
    heads = [str(one.value) for one in sheet[1]]
    code, value = heads.index("Code") + 1, heads.index("Nombre, ou pourcentage") + 1
    answer = heads.index("Oui, non ou en cours") + 1
    traders = next(n for n in range(2, sheet.max_row) if sheet.cell(n, code).value == TRADERS)
    # As Excel keeps what is typed as a percentage where the cell is no text.
    sheet.cell(traders, value).value = 0.3
    sheet.cell(traders, value).number_format = "0%"
    a_state = next(
        n
        for n in range(2, sheet.max_row)
        if sheet.cell(n, answer).fill.fgColor.rgb != sheet.cell(traders, answer).fill.fgColor.rgb
    )
    sheet.cell(a_state, answer).value = "En cours"
    written = io.BytesIO()
    book.save(written)
    address = f"/plans/{plan_id}/figures"
    taken = upload(officer, address, written.getvalue(), "f.xlsx", span="2026", step="submit")
    assert taken.status_code == 200, words(taken.text)
    assert "2 chiffres ont été gardés." in words(taken.text)
    (entry,) = steps(share)
    assert (entry.value, entry.status) == (30, EntryStatus.SUBMITTED)
    other = next(one for one in all_steps() if one.id != entry.id)
    assert other.state is EntryState.IN_PROGRESS


def test_drafts_are_sent_in_by_the_same_table_and_then_it_says_nothing_new(
    plan_id: UUID, officer: Visitor
) -> None:
    rows = rows_of(officer, plan_id)
    row_of(rows, TRADERS)["Number, or percentage"] = "12,5"
    assert "1 figure was kept." in words(take(officer, plan_id, rows, "draft").text)
    assert "1 figure was kept." in words(take(officer, plan_id, rows).text)
    again = words(take(officer, plan_id, rows).text)
    assert "kept" not in again
    assert f"{len(rows)} rows say nothing new" in again
    assert [one.status for one in all_steps()] == [EntryStatus.DRAFT, EntryStatus.SUBMITTED]
    told = row_of(rows_of(officer, plan_id), TRADERS)
    assert (told["Number, or percentage"], told["How it stands"]) == ("12,5", "Waits for approval")


def test_what_the_hub_counts_is_not_asked_for(plan_id: UUID, officer: Visitor) -> None:
    before = {one["Code"] for one in rows_of(officer, plan_id)}
    with unit_of_work(read_only=True) as session:
        year = session.get_one(Plan, plan_id)
        days = (year.starts_on, year.starts_on.replace(month=12, day=31))
    measured(plan_id, RESIDENTS, days, 70)
    assert before - {one["Code"] for one in rows_of(officer, plan_id)} == {RESIDENTS}


def _no_such_code(row: dict[str, str]) -> None:
    row["Code"] = "p9.s9.o9.r9"


def _negative(row: dict[str, str]) -> None:
    row["Number, or percentage"] = "-1"


def _words(row: dict[str, str]) -> None:
    row["Number, or percentage"] = "a dozen"


def _percent(row: dict[str, str]) -> None:
    row["Number, or percentage"] = "30%"


def _state(row: dict[str, str]) -> None:
    row["Yes, no or in progress"] = "perhaps"


def _other_kind(row: dict[str, str]) -> None:
    row["Yes, no or in progress"] = "yes"


def _a_note_alone(row: dict[str, str]) -> None:
    row["Number, or percentage"], row["Note"] = "", "We counted well."


def _to_come(row: dict[str, str]) -> None:
    row["Period"] = "2027-4"


def _no_period(row: dict[str, str]) -> None:
    row["Period"] = "last year"


def _no_zone(row: dict[str, str]) -> None:
    row["Code of the zone or worker"] = "haut-valdor"


@pytest.mark.parametrize(
    ("spoil", "column"),
    [
        (_no_such_code, "Code"),
        (_negative, "Number, or percentage"),
        (_words, "Number, or percentage"),
        (_percent, "Number, or percentage"),
        (_state, "Yes, no or in progress"),
        (_other_kind, "Yes, no or in progress"),
        (_a_note_alone, "Number, or percentage"),
        (_to_come, "Period"),
        (_no_period, "Period"),
        (_no_zone, "Code of the zone or worker"),
    ],
)
def test_one_wrong_row_is_named_and_nothing_is_half_done(
    plan_id: UUID, officer: Visitor, spoil: Fill, column: str
) -> None:
    rows = rows_of(officer, plan_id)
    row_of(rows, RESIDENTS)["Number, or percentage"] = "251"
    wrong = row_of(rows, TRADERS)
    wrong["Number, or percentage"] = "12"
    spoil(wrong)
    answer = take(officer, plan_id, rows)
    assert answer.status_code == 422
    assert f'<th scope="row">{rows.index(wrong) + 2}</th><td>{column}</td>' in answer.text
    assert not all_steps()


def test_the_same_figure_in_two_rows_is_refused(plan_id: UUID, officer: Visitor) -> None:
    rows = rows_of(officer, plan_id)
    row_of(rows, TRADERS)["Number, or percentage"] = "12"
    rows.append({**row_of(rows, TRADERS), "Number, or percentage": "13"})
    told = words(take(officer, plan_id, rows).text)
    assert f"Row {rows.index(row_of(rows, TRADERS)) + 2} gives this figure, too." in told
    assert not all_steps()


def test_what_somebody_else_typed_meanwhile_is_not_written_over(
    plan_id: UUID, officer: Visitor
) -> None:
    rows = rows_of(officer, plan_id)
    row_of(rows, TRADERS)["Number, or percentage"] = "12"
    traders = id_of(plan_id, TRADERS)
    post(officer, traders, "submit", value="40")
    answer = take(officer, plan_id, rows)
    assert answer.status_code == 422
    assert "Somebody typed a figure here at the same time." in words(answer.text)
    assert [one.value for one in steps(traders)] == [40]


def test_why_a_figure_was_sent_back_is_not_its_writers_note(
    plan_id: UUID, officer: Visitor
) -> None:
    traders = id_of(plan_id, TRADERS)
    post(officer, traders, "submit", value="40", note="By the list.")
    post(officer, traders, "send_back", reason="Which list?")
    row = row_of(rows_of(officer, plan_id), TRADERS)
    assert (row["Number, or percentage"], row["Note"]) == ("40", "")


def test_a_worker_fills_in_what_is_his_services_and_nothing_else(
    plan_id: UUID, officer: Visitor, templates: Templates
) -> None:
    worker = worker_of(templates, TRADERS, plan_id=plan_id)
    every = rows_of(officer, plan_id)
    row_of(every, RESIDENTS)["Number, or percentage"] = "9"
    assert [one["Code"] for one in rows_of(worker, plan_id)] == [TRADERS]
    assert take(worker, plan_id, every).status_code == 422
    assert not all_steps()


def test_each_zone_has_its_row(plan_id: UUID, officer: Visitor) -> None:
    traders, here = each(plan_id, "zone"), zones(plan_id)
    rows = rows_of(officer, plan_id)
    mine = [one for one in rows if one["Code"] == TRADERS]
    assert sorted(one["Code of the zone or worker"] for one in mine) == here
    for number, one in enumerate(mine):
        one["Number, or percentage"] = str(number)
    assert take(officer, plan_id, rows).status_code == 200
    assert {one.area: one.value for one in steps(traders)} == {
        one["Code of the zone or worker"]: number for number, one in enumerate(mine)
    }


def test_each_worker_has_a_row_with_his_name(plan_id: UUID, officer: Visitor) -> None:
    traders = each(plan_id, "worker")
    (worker,) = staff(plan_id, traders, "=Nadia Haddad")
    row = row_of(rows_of(officer, plan_id), TRADERS)
    # No spreadsheet takes a name for a sum.
    assert row["Zone or worker"] == "'=Nadia Haddad"
    assert row["Code of the zone or worker"] == worker


def test_a_file_that_is_no_table_of_figures_is_told_so(plan_id: UUID, officer: Visitor) -> None:
    for content, name in (
        (b"a;b\n1;2\n", "a.csv"),
        (b"%PDF-1.7", "a.pdf"),
        (b"PK\x03\x04", "a.xlsx"),
    ):
        address = f"/plans/{plan_id}/figures"
        answer = upload(officer, address, content, name, span="2026", step="submit")
        assert answer.status_code == 422, name
        assert 'id="problem-file"' in answer.text, name


def test_a_plan_that_has_ended_takes_no_table(plan_id: UUID, officer: Visitor) -> None:
    rows = rows_of(officer, plan_id)
    row_of(rows, TRADERS)["Number, or percentage"] = "12"
    with unit_of_work() as session:
        session.get_one(Plan, plan_id).status = PlanStatus.CLOSED
    assert "This one is not." in words(take(officer, plan_id, rows).text)
    assert not all_steps()


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_no_two_columns_have_one_name(language: Language) -> None:
    assert len({translate(language, one.label) for one in Column}) == len(Column)
