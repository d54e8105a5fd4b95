"""Taking a register by the command line: good rows go in, bad ones are told apart."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from hub.cli import app
from hub.db import unit_of_work
from hub.errors import HubError
from partnerships.models import Consent, Membership, Partnership, Person

pytestmark = pytest.mark.usefixtures("demo_zone")


def take(folder: Path, *lines: str, encoding: str = "utf-8") -> dict[str, Any]:
    register = folder / "register.csv"
    register.write_text("\n".join(lines), encoding)
    words = ["members", "import", str(register), "--partnership", "valdor-gare", "--json"]
    told = CliRunner().invoke(app, words, catch_exceptions=False)
    result: dict[str, Any] = json.loads(told.stdout)
    return result


def refusals(result: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["row"], one["field"]) for one in result["refused"]]


def people_named(name: str) -> list[Person]:
    with unit_of_work(read_only=True) as session:
        return [one for one in session.exec(select(Person)) if one.name == name]


def test_each_bad_field_is_told_with_its_row_and_the_rest_goes_in(tmp_path: Path) -> None:
    result = take(
        tmp_path,
        "name;language;mobile;email",
        "Anna Good;nl;0471 99 00 01;anna@demo.example",
        "Bert Bad;fr;12345;",
        "Carl Half;de;101;carl@demo.example",
        ";fr;0471 99 00 04;",
        "Dora Lost;xx;0471 99 00 05;",
    )
    assert refusals(result) == [(3, "mobile"), (4, "mobile"), (5, "name"), (6, "language")]
    assert result["refused"][0]["reason"] == "This telephone number does not exist."
    assert (result["added"], result["updated"]) == (2, 0)


def test_the_same_register_again_adds_nobody(tmp_path: Path) -> None:
    lines = ("name,mobile", "Anna Good,0471990001", "Bert Good,+32 471 99 00 02")
    assert take(tmp_path, *lines)["added"] == 2
    again = take(tmp_path, *lines)
    assert (again["added"], again["updated"]) == (0, 2)


def test_two_people_with_one_land_line_are_two_members(tmp_path: Path) -> None:
    result = take(tmp_path, "name,landline", "Anna Home,042000999", "Bert Home,042000999")
    assert result["added"] == 2


def test_a_land_line_in_the_mobile_column_is_refused(tmp_path: Path) -> None:
    result = take(tmp_path, "name,mobile", "Anna,04 200 09 99")
    assert refusals(result) == [(2, "mobile")]


@pytest.mark.parametrize(("typed", "agreed"), [("oui", 2), ("ja", 2), ("no", 0), ("", 0)])
def test_only_yes_is_consent(tmp_path: Path, typed: str, agreed: int) -> None:
    take(tmp_path, "nom,gsm,consentement", f"Anna Asked,0471990001,{typed}")
    person = people_named("Anna Asked")[0]
    with unit_of_work(read_only=True) as session:
        given = session.exec(select(Consent).where(Consent.person_id == person.id)).all()
    assert len(given) == agreed


def test_a_register_without_the_column_states_that_all_agreed(tmp_path: Path) -> None:
    take(tmp_path, "naam,gsm", "Anna Listed,0471990001")
    person = people_named("Anna Listed")[0]
    with unit_of_work(read_only=True) as session:
        given = session.exec(select(Consent).where(Consent.person_id == person.id)).all()
    assert {one.given_how for one in given} == {"register"}


def test_a_list_saved_by_a_belgian_excel_is_read(tmp_path: Path) -> None:
    take(tmp_path, "nom;gsm", "Chloé Noël;0471990001", encoding="cp1252")
    assert people_named("Chloé Noël")


def test_a_file_that_is_no_register_is_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="first line"):
        take(tmp_path, "this is", "no register")
    with unit_of_work(read_only=True) as session:
        partnership = session.exec(
            select(Partnership).where(Partnership.slug == "valdor-gare")
        ).one()
        members = select(Membership).where(Membership.partnership_id == partnership.id)
        assert len(session.exec(members).all()) == 20
