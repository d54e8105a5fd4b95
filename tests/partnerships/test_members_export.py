"""The members of a partnership as a file: complete, harmless to a spreadsheet, and on record."""

import csv
import io
from pathlib import Path

import pytest
import vobject
from openpyxl import load_workbook
from sqlmodel import col, select
from typer.testing import CliRunner

from hub.audit import Decision
from hub.cli import app
from hub.db import unit_of_work
from partnerships.models import Membership
from tests import in_process
from tests.conftest import Templates
from tests.partnerships.lists import DEMO_MEMBERS, SLUG, people_named, take, told, ways_of
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

EXPORT = f"/partnerships/{SLUG}/export"
# What a spreadsheet would work out, as a name somebody gave.
SUM = '=HYPERLINK("http://evil.example";"Anna")'


def exported(wanted: str, folder: Path) -> bytes:
    file = folder / f"members.{wanted}"
    words = ["members", "export", "--partnership", SLUG, "--format", wanted, "--output", str(file)]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return file.read_bytes()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def last_decision() -> Decision:
    with unit_of_work(read_only=True) as session:
        last = session.exec(select(Decision).order_by(col(Decision.number).desc())).first()
    assert last
    return last


def test_every_member_is_in_the_file_with_numbers_that_can_be_dialled(tmp_path: Path) -> None:
    take(
        tmp_path,
        "naam;gsm;tweede nummer;vast;mail;straat;nr;postcode;gemeente",
        "Anna Good;0471990001;+352 621 123 456;042000999;anna@demo.example;Kerkstraat;5;4000;Luik",
    )
    rows = rows_of(exported("csv", tmp_path))
    assert len(rows) == DEMO_MEMBERS + 1
    anna = next(one for one in rows if one["Name"] == "Anna Good")
    assert anna["Mobile"] == "0471 99 00 01 / 00352 621 123 456"
    assert anna["Land line"] == "04 200 09 99"
    assert (anna["Street"], anna["House number"], anna["Town"]) == ("Kerkstraat", "5", "Luik")
    assert anna["Agreement"] == "yes"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝"])
def test_no_cell_begins_as_a_formula(tmp_path: Path, begin: str) -> None:
    name = f"{begin}SUM(A1) Good"
    take(tmp_path, "naam\tgsm\tstraat", f"{name}\t0471990001\t{begin}cmd|' /C calc'!A0")
    for row in rows_of(exported("csv", tmp_path)):
        assert not any(cell.startswith(("=", "+", "-", "@", "＝")) for cell in row.values())
    sheet = load_workbook(io.BytesIO(exported("xlsx", tmp_path))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not any(str(cell.value or "").startswith(("=", "+", "-", "@", "＝")) for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)
    assert f"'{name}" in [cell.value for cell in cells]


def test_what_was_taken_out_can_be_brought_in_again(tmp_path: Path) -> None:
    take(
        tmp_path,
        "naam;gsm;mail",
        "Anna Good;0471990001 / 0471990002;anna@demo.example",
        "Bert Good;+33612345678;",
    )
    for wanted in ("csv", "xlsx"):
        again = told(tmp_path, exported(wanted, tmp_path), f"members.{wanted}")
        assert (again["added"], again["refused"], again["notes"]) == (0, [], [])
        assert again["updated"] == DEMO_MEMBERS + 2
    assert ways_of("Anna Good")[:2] == [("mobile", "+32471990001"), ("mobile", "+32471990002")]


def test_a_card_for_each_member_for_an_address_book(tmp_path: Path) -> None:
    take(tmp_path, "naam;gsm;vast;mail", "Zoë, Good;0471990001;042000999;zoe@demo.example")
    cards = list(vobject.readComponents(exported("vcard", tmp_path).decode()))
    assert len(cards) == DEMO_MEMBERS + 1
    zoe = next(one for one in cards if one.fn.value == "Zoë, Good")
    assert [one.value for one in zoe.tel_list] == ["+32471990001", "+3242000999"]
    assert zoe.email.value == "zoe@demo.example"


def test_it_is_noted_who_took_out_how_many_and_as_what(
    tmp_path: Path, templates: Templates
) -> None:
    exported("vcard", tmp_path)
    assert last_decision().action == "members.export"
    assert last_decision().facts == {"members": DEMO_MEMBERS, "format": "vcard"}
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    at_home = coordinator.post("/partnerships/haut-valdor/export", format="xlsx")
    assert at_home.status_code == 200
    assert last_decision().account_id is not None
    assert last_decision().facts["format"] == "xlsx"
    assert load_workbook(io.BytesIO(at_home.content)).active is not None


def test_only_whoever_keeps_these_members_may_take_them_out(templates: Templates) -> None:
    def asked(role: str, slug: str) -> int:
        visitor: Visitor = in_process.signed_in(**templates.accounts[role])
        return visitor.post(f"/partnerships/{slug}/export", format="csv").status_code

    assert asked("coordinator", SLUG) == 404
    assert asked("dispatcher", SLUG) == 403
    assert asked("prevention_officer", SLUG) == 403
    with unit_of_work(read_only=True) as session:
        noted = session.exec(select(Decision).where(Decision.action == "members.export")).all()
    assert noted == []


def test_whoever_has_left_is_not_taken_out(tmp_path: Path) -> None:
    take(tmp_path, "naam;gsm", "Anna Good;0471990001")
    [anna] = people_named("Anna Good")
    with unit_of_work() as session:
        gone = session.exec(select(Membership).where(Membership.person_id == anna.id)).one()
        gone.left_at = gone.joined_at
        session.add(gone)
    assert "Anna Good" not in exported("csv", tmp_path).decode("utf-8-sig")
