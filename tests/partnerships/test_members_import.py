"""A coordinator's list becomes members: looked at, decided on, stored at once, taken back."""

import io
import re
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import make_url, text
from sqlmodel import col, select

from feedback.models import InboundKind, InboundMessage
from hub import audit, clock
from hub.audit import Decision
from hub.db import engine, unit_of_work
from hub.errors import HubError
from hub.i18n import Language
from hub.roles import Role, ScopeKind
from hub.security import blind_index
from messaging import broadcasts, drafts, fan_out
from messaging.models import BroadcastKind
from messaging.texts import Words
from partnerships import accounts, consent, contact
from partnerships.members_import import by_command, course, work
from partnerships.members_import.scratch import scratch
from partnerships.models import (
    Appointment,
    Channel,
    Consent,
    ContactPoint,
    ContactStop,
    ImportFinding,
    ImportMapping,
    ImportStatus,
    Membership,
    MembersImport,
    Partnership,
    Person,
    Purpose,
)
from tests import in_process
from tests.conftest import Templates
from tests.partnerships.lists import (
    DEMO_MEMBERS,
    look,
    members,
    people_named,
    refusals,
    take,
    ways_of,
    workbook,
)
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
UPPER = "/partnerships/haut-valdor/import"
UPPER_MEMBERS = 24
HEAD = "naam;gsm"
MOBILE, HOME = "0471990001", "042000999"
ANNA, BERT = "Anna Good;0471990001", "Bert Good;0471990002"


@pytest.fixture(autouse=True)
def _a_day_in_june(demo_zone: str) -> None:
    clock.set_source(lambda: NOW)


def later(**by: float) -> None:
    clock.set_source(lambda: NOW + timedelta(**by))


# By the command line


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
    assert result["refused"][0]["reason"] == "This number is too short to be a member's own."
    assert (result["rows_read"], result["imported"]) == (5, 2)
    assert (result["added"], result["updated"]) == (2, 0)


def test_looking_at_a_list_stores_nothing(tmp_path: Path) -> None:
    result = look(tmp_path, HEAD, ANNA, BERT)
    assert result["added"] == 2
    assert members() == DEMO_MEMBERS
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(MembersImport)).all() == []


def test_the_same_register_again_adds_nobody(tmp_path: Path) -> None:
    assert take(tmp_path, HEAD, ANNA, BERT)["added"] == 2
    again = take(tmp_path, "name,mobile", "Good Anna,+32 471 99 00 01", "B. Good,0471/990002")
    assert (again["added"], again["updated"]) == (0, 2)
    [anna] = people_named("Anna Good")
    assert again["duplicates"][0] == {"row": 2, "same_as_member": str(anna.id), "by": "mobile"}
    assert members() == DEMO_MEMBERS + 2


def test_a_person_in_two_rows_is_one_and_keeps_all_his_numbers(tmp_path: Path) -> None:
    result = take(
        tmp_path,
        "naam;gsm;mail",
        "Anna Good;0471990001;",
        "GOOD Anna;0471990001;anna@demo.example",
        "Good, Anna;0471990009;anna@demo.example",
    )
    assert (result["added"], result["updated"], result["refused"]) == (1, 0, [])
    assert [(one["row"], one["same_as_row"], one["by"]) for one in result["duplicates"]] == [
        (3, 2, "mobile"),
        (4, 2, "email"),
    ]
    assert [value for _kind, value in ways_of("Anna Good")] == [
        "+32471990001",
        "anna@demo.example",
        "+32471990009",
    ]


def test_two_names_with_one_mobile_are_left_for_a_person_to_decide(tmp_path: Path) -> None:
    result = take(tmp_path, HEAD, ANNA, "Dora Other;0471990001")
    assert (result["added"], result["imported"]) == (1, 1)
    assert result["duplicates"] == [{"row": 3, "same_as_row": 2, "by": "mobile"}]
    assert people_named("Dora Other") == []


def test_a_household_shares_its_land_line_and_its_house(tmp_path: Path) -> None:
    result = take(
        tmp_path,
        "name,landline,straat,huisnummer",
        "Anna Home,042000999,Kerkstraat,5",
        "Bert Home,042000999,Kerkstraat,5",
    )
    assert (result["added"], result["duplicates"]) == (2, [])


def test_the_same_name_in_the_same_house_is_the_same_person(tmp_path: Path) -> None:
    lines = ("name,mobile,straat,nr", "Anna Home,0471990001,Kerkstraat,5")
    assert take(tmp_path, *lines)["added"] == 1
    moved = take(tmp_path, "name,vast,straat,nr", "anna HOME,042000999,Kerkstr\u00adaat,5")
    assert (moved["added"], moved["updated"]) == (0, 1)
    assert moved["duplicates"][0]["by"] == "address"
    assert len(ways_of("Anna Home")) == 2


@pytest.mark.parametrize(
    ("typed", "agreed"), [("oui", 2), ("ja", 2), ("X", 2), ("✓", 2), ("no", 0), ("", 0), ("?", 0)]
)
def test_only_yes_is_consent(tmp_path: Path, typed: str, agreed: int) -> None:
    take(tmp_path, "nom,gsm,consentement", f"Anna Asked,0471990001,{typed}")
    assert len(consents("Anna Asked")) == agreed


def consents(name: str) -> list[Consent]:
    [person] = people_named(name)
    with unit_of_work(read_only=True) as session:
        found = select(Consent).where(Consent.person_id == person.id)
        return list(session.exec(found.order_by(col(Consent.purpose))))


def test_a_register_without_the_column_states_that_all_agreed(tmp_path: Path) -> None:
    take(tmp_path, HEAD, ANNA)
    with unit_of_work(read_only=True) as session:
        imported = session.exec(select(MembersImport)).one()
    given = consents("Anna Good")
    assert {(one.given_how, one.proof) for one in given} == {("register", str(imported.id))}


def test_what_somebody_withdrew_no_list_gives_again(tmp_path: Path) -> None:
    take(tmp_path, HEAD, ANNA)
    [anna] = people_named("Anna Good")
    with unit_of_work() as session:
        consent.withdraw(session, anna.id, Purpose.URGENT_ALERTS, "page")
    take(tmp_path, HEAD, ANNA)
    assert len(consents("Anna Good")) == 2
    assert any(one.withdrawn_at for one in consents("Anna Good"))


def test_a_number_closed_by_stop_is_closed_for_whoever_a_list_gives_it_to(tmp_path: Path) -> None:
    take(tmp_path, HEAD, ANNA)
    with unit_of_work() as session:
        [point] = contact.points_with_value(session, "+32471990001")
        contact.stop(session, point.id, Channel.SMS, "stop_word")
    take(
        tmp_path,
        "naam;mail;gsm",
        "Anna Good;anna@demo.example;0471990001",
        "Bert Good;b@demo.example;",
    )
    take(tmp_path, "naam;mail;gsm", "Bert Good;b@demo.example;0471990001")
    with unit_of_work(read_only=True) as session:
        points = contact.points_with_value(session, "+32471990001")
        closed = [session.get(ContactStop, (one.id, Channel.SMS)) for one in points]
    assert closed
    assert all(closed)


def test_whoever_has_left_is_not_taken_back_by_a_list(tmp_path: Path) -> None:
    take(tmp_path, HEAD, ANNA)
    [anna] = people_named("Anna Good")
    with unit_of_work() as session:
        gone = session.exec(select(Membership).where(Membership.person_id == anna.id)).one()
        gone.left_at = clock.now()
        session.add(gone)
    result = take(tmp_path, HEAD, ANNA)
    assert refusals(result) == [(2, "name")]
    assert "invite" in result["refused"][0]["reason"]
    assert members() == DEMO_MEMBERS


def test_a_list_says_nothing_of_the_members_of_another_partnership(tmp_path: Path) -> None:
    with unit_of_work(read_only=True) as session:
        other = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        found = select(Person.name, ContactPoint.value).join(
            ContactPoint, col(ContactPoint.person_id) == col(Person.id)
        )
        there = found.join(Membership, col(Membership.person_id) == col(Person.id))
        name, value = session.exec(
            there.where(Membership.partnership_id == other.id, ContactPoint.kind == "mobile")
        ).first() or ("", "")
    result = look(tmp_path, HEAD, f"{name};{value}")
    assert (result["added"], result["duplicates"]) == (1, [])


def test_a_file_without_headings_is_refused_at_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="first line"):
        take(tmp_path, "this is", "no register")
    with pytest.raises(HubError, match="cannot be read"):
        take_missing(tmp_path)
    assert members() == DEMO_MEMBERS


def test_a_list_taken_in_by_command_is_no_workers_however_long_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[list[UUID]] = []
    tell = work._tell

    def told_late(import_id: UUID, rows: int) -> None:
        tell(import_id, rows)
        # The machine sleeps for a while: by its clock the worker of this list is dead.
        later(minutes=10 * (len(waiting) + 1))
        with unit_of_work(read_only=True) as session:
            waiting.append(work.due(session))
        work.work(import_id)

    monkeypatch.setattr(work, "_tell", told_late)
    rows = [f"Jean{number} Good;04710{number:05}" for number in range(1500)]
    assert take(tmp_path, HEAD, *rows)["added"] == 1500
    assert waiting
    assert not any(waiting)
    assert members() == DEMO_MEMBERS + 1500


def test_a_command_that_is_stopped_leaves_nothing_for_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_import_id: UUID, _rows: int) -> None:
        raise KeyboardInterrupt

    file = tmp_path / "list.csv"
    file.write_text("\n".join([HEAD, ANNA]))
    monkeypatch.setattr(work, "_tell", stopped)
    with pytest.raises(KeyboardInterrupt):
        by_command.take(file, "valdor-gare")
    with unit_of_work() as session:
        assert session.exec(select(MembersImport)).all() == []
        # Killed outright, it could not clear up: that is done for it.
        place = session.exec(select(Partnership).where(Partnership.slug == "valdor-gare")).one()
        killed = MembersImport(partnership_id=place.id, file_name="list.csv", content=b"x")
        killed.status, killed.lease_until = ImportStatus.RUNNING, NOW
        session.add(killed)
    later(minutes=30)
    with unit_of_work() as session:
        course.forget_old(session)
        assert len(session.exec(select(MembersImport)).all()) == 1, "it may live still"
    later(minutes=90)
    with unit_of_work() as session:
        course.forget_old(session)
        assert session.exec(select(MembersImport)).all() == []


def take_missing(folder: Path) -> None:
    by_command.take(folder / "nowhere.csv", "valdor-gare")


# By the pages


@pytest.fixture
def coordinator(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["coordinator"])


def bring(visitor: Visitor, content: bytes, name: str = "leden.csv") -> httpx.Response:
    token = re.search(r'name="form_token" value="([^"]+)"', visitor.get("/").text)
    assert token
    return visitor.http.post(
        UPPER,
        data={"form_token": token[1]},
        files={"list": (name, content, "application/octet-stream")},
    )


def brought(visitor: Visitor, *lines: str) -> str:
    """The address of a list that was brought in."""
    answer = bring(visitor, "\n".join(lines).encode())
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def checked(visitor: Visitor, *lines: str) -> str:
    """The same, its columns as they were read, and looked at by a worker."""
    here = brought(visitor, *lines)
    visitor.post(f"{here}/columns", **chosen(visitor.get(here).text))
    work.work(id_of(here))
    return here


def stored(visitor: Visitor, *lines: str, **decided: str) -> str:
    here = checked(visitor, *lines)
    visitor.post(f"{here}/run", consent="yes", **decided)
    work.work(id_of(here))
    assert status_of(here) is ImportStatus.DONE
    return here


def id_of(here: str) -> UUID:
    return UUID(here.rsplit("/", 1)[1])


def import_of(here: str) -> MembersImport:
    with unit_of_work(read_only=True) as session:
        return session.get_one(MembersImport, id_of(here))


def status_of(here: str) -> ImportStatus:
    return import_of(here).status


def chosen(page: str) -> dict[str, str]:
    """What the form of the columns would send."""
    found: dict[str, str] = {}
    for select_box in re.findall(r'<select id="(column\.\d+)".*?</select>', page, re.DOTALL):
        box = page[page.index(f'id="{select_box}"') :].partition("</select>")[0]
        picked = re.search(r'value="([^"]*)" selected', box)
        found[select_box] = picked[1] if picked else ""
    row = re.search(r'name="heading_row" value="(\d+)"', page)
    assert row
    return {**found, "heading_row": row[1]}


def test_a_list_goes_from_its_columns_to_the_register(coordinator: Visitor) -> None:
    here = brought(
        coordinator,
        "naam;gsm;mail",
        "Anna Good;0471990001;anna@demo.example",
        "Bert Bad;12;",
        "Cé <b>Good</b>;04 200 09 99;",
    )
    columns = coordinator.get(here).text
    assert chosen(columns) == {
        "column.0": "name",
        "column.1": "mobile",
        "column.2": "email",
        "heading_row": "1",
    }
    assert "+32 471 99 00 01" in columns
    assert "Row 3 is left out" in columns

    coordinator.post(f"{here}/columns", **chosen(columns))
    assert "begins in a moment" in coordinator.get(here).text
    work.work(id_of(here))
    progress = coordinator.get(f"{here}/progress")
    assert progress.headers["HX-Refresh"] == "true"
    page = coordinator.get(here).text
    assert "1 thing is not right" in page
    assert "This is a land line" in page
    assert "<b>Good</b>" not in page
    assert members_of_upper() == UPPER_MEMBERS

    coordinator.post(f"{here}/run", consent="yes")
    work.work(id_of(here))
    assert "The list is stored" in coordinator.get(here).text
    assert members_of_upper() == UPPER_MEMBERS + 2
    assert len(consents("Anna Good")) == 2
    # Of the list, only the row left out is kept.
    assert b"Anna" not in (import_of(here).content or b"")
    assert b"Bert Bad" in (import_of(here).content or b"")


def members_of_upper() -> int:
    with unit_of_work(read_only=True) as session:
        place = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        found = select(Membership).where(Membership.partnership_id == place.id)
        return sum(one.left_at is None for one in session.exec(found))


def test_without_the_statement_nobody_has_agreed(coordinator: Visitor) -> None:
    here = checked(coordinator, HEAD, ANNA)
    coordinator.post(f"{here}/run")
    work.work(id_of(here))
    assert consents("Anna Good") == []
    assert "each must agree first" in coordinator.get(here).text


def test_columns_that_were_corrected_are_remembered(coordinator: Visitor) -> None:
    lines = ("Wie;Bereikbaar op;Nota", "Anna Good;0471990001;x")
    here = brought(coordinator, *lines)
    assert set(chosen(coordinator.get(here).text).values()) == {"", "1"}
    refused = coordinator.post(f"{here}/columns", heading_row="1")
    assert refused.status_code == 422
    assert "which column holds the names" in refused.text
    mapping = {"column.0": "name", "column.1": "phone", "heading_row": "1"}
    preview = coordinator.post(f"{here}/preview", **mapping)
    assert "+32 471 99 00 01" in preview.text
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(ImportMapping)).all() == []
    coordinator.post(f"{here}/columns", **mapping)
    again = chosen(coordinator.get(brought(coordinator, *lines)).text)
    assert (again["column.0"], again["column.1"], again["column.2"]) == ("name", "phone", "")


def test_two_columns_of_one_meaning_are_refused(coordinator: Visitor) -> None:
    here = brought(coordinator, HEAD, ANNA)
    doubled = {"column.0": "name", "column.1": "name", "column.2": "mobile", "heading_row": "1"}
    assert "same meaning" in coordinator.post(f"{here}/columns", **doubled).text


def test_a_list_without_headings_is_read_by_what_is_in_it(coordinator: Visitor) -> None:
    here = brought(coordinator, "Anna Good;0471990001;a@demo.example", "Bert Good;0471990002;")
    columns = coordinator.get(here).text
    assert 'value="yes" checked' in columns
    picked = chosen(columns)
    assert (picked["column.0"], picked["column.1"]) == ("name", "phone")
    coordinator.post(f"{here}/columns", **picked, no_heading="yes")
    work.work(id_of(here))
    assert import_of(here).added == 2


def test_what_may_be_two_people_is_shown_side_by_side_and_decided(coordinator: Visitor) -> None:
    stored(coordinator, HEAD, ANNA, BERT)
    lines = (HEAD, "Dora Other;0471990001", "Emma Other;0471990002", "Fred Other;0471990001")
    here = checked(coordinator, *lines)
    page = coordinator.get(here).text
    assert "3 rows need your decision" in page
    assert page.index("Dora Other") < page.index("Anna Good")
    decided = {"row.2": "two_people", "row.3": "same_person"}
    coordinator.post(f"{here}/run", consent="yes", **decided)
    work.work(id_of(here))
    assert (import_of(here).added, import_of(here).updated, import_of(here).refused) == (1, 1, 1)
    assert people_named("Dora Other")
    # The same person, under the name of the list.
    assert people_named("Emma Other")
    assert people_named("Bert Good") == []
    assert people_named("Fred Other") == []


def test_the_rows_left_out_come_back_as_a_file_that_can_be_corrected(
    coordinator: Visitor,
) -> None:
    here = checked(coordinator, HEAD, ANNA, "=Bert;12", "Carl Good;0471990003")
    left_out = coordinator.get(f"{here}/left-out")
    assert "attachment" in left_out.headers["content-disposition"]
    text = left_out.content.decode("utf-8-sig")
    assert text.splitlines()[0] == "naam;gsm;To correct"
    assert text.splitlines()[1].startswith("'=Bert;12;Mobile: This number is too short")
    assert len(text.splitlines()) == 2
    corrected = text.replace(";12;", ";0471990002;")
    assert 'value="mobile" selected' in coordinator.get(brought(coordinator, corrected)).text


def test_an_excel_list_comes_back_as_an_excel_list(coordinator: Visitor) -> None:
    content = workbook(("Naam", "GSM"), ("Bert", "0471"), ("Anna Good", "0471990001"))
    answer = bring(coordinator, content, "leden.xlsx")
    here = answer.headers["location"]
    coordinator.post(f"{here}/columns", **chosen(coordinator.get(here).text))
    work.work(id_of(here))
    sheet = load_workbook(io.BytesIO(coordinator.get(f"{here}/left-out").content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:2] == ["Bert", "0471"]
    coordinator.post(f"{here}/run", consent="yes")
    work.work(id_of(here))
    kept = load_workbook(io.BytesIO(coordinator.get(f"{here}/left-out").content)).active
    assert kept is not None
    assert kept.max_row == 2


def test_a_file_that_is_none_is_told_beside_its_field(coordinator: Visitor) -> None:
    answer = bring(coordinator, b"%PDF-1.4", "leden.pdf")
    assert answer.status_code == 422
    assert 'id="problem-list"' in answer.text


# What must never happen


def test_a_list_whose_worker_died_is_done_by_another_and_once(coordinator: Visitor) -> None:
    here = checked(coordinator, HEAD, ANNA, BERT)
    coordinator.post(f"{here}/run", consent="yes")
    assert work._claim(id_of(here)) is ImportStatus.RUNNING
    # Killed now. Another that comes at once leaves it alone; once the lease has ended, it does not.
    work.work(id_of(here))
    assert (status_of(here), members_of_upper()) == (ImportStatus.RUNNING, UPPER_MEMBERS)
    later(minutes=2)
    with unit_of_work(read_only=True) as session:
        assert work.due(session) == [id_of(here)]
    work.work(id_of(here))
    work.work(id_of(here))
    assert (status_of(here), members_of_upper()) == (ImportStatus.DONE, UPPER_MEMBERS + 2)


def test_two_lists_with_the_same_people_at_once_make_them_members_once(
    coordinator: Visitor,
) -> None:
    slow, quick = (checked(coordinator, HEAD, ANNA, BERT) for _one in range(2))
    for here in (slow, quick):
        coordinator.post(f"{here}/run", consent="yes")
    with scratch() as scrap:
        looked = work._check(id_of(slow), ImportStatus.RUNNING, scrap)
        later(seconds=5)
        work.work(id_of(quick))
        with pytest.raises(work._Overtaken):
            work._finish(id_of(slow), ImportStatus.RUNNING, scrap, looked)
    later(minutes=2)
    work.work(id_of(slow))
    assert (import_of(slow).added, import_of(slow).updated) == (0, 2)
    assert members_of_upper() == UPPER_MEMBERS + 2


def test_a_list_that_fails_halfway_leaves_nothing_behind(coordinator: Visitor) -> None:
    here = checked(coordinator, HEAD, ANNA, BERT)
    coordinator.post(f"{here}/run", consent="yes")
    refuse_rows_of("consent")
    work.work(id_of(here))
    assert status_of(here) is ImportStatus.FAILED
    assert members_of_upper() == UPPER_MEMBERS
    assert people_named("Anna Good") == []
    assert "went wrong on our side" in coordinator.get(here).text


def refuse_rows_of(table: str) -> None:
    """Let the database itself fail, after rows of other tables went in."""
    with engine().begin() as connection:
        begin = f"CREATE TRIGGER no BEFORE INSERT ON {table}"
        if engine().dialect.name == "sqlite":
            connection.execute(text(f"{begin} BEGIN SELECT RAISE(ABORT, 'no'); END"))
            return
        connection.execute(
            text(
                "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
                " $$BEGIN RAISE EXCEPTION 'no'; END$$"
            )
        )
        connection.execute(text(f"{begin} FOR EACH ROW EXECUTE FUNCTION no()"))


def test_while_a_list_is_made_ready_others_write_and_nothing_of_it_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine().dialect.name != "sqlite":
        pytest.skip("PostgreSQL locks rows: nobody waits for those of a list")
    seen: list[int] = []
    tell = work._tell_storing

    def told(import_id: UUID) -> None:
        # Another writer, with another connection: with the lock held it would be refused.
        file = make_url(engine().url).database
        with closing(sqlite3.connect(str(file), timeout=0, isolation_level=None)) as other:
            other.execute("UPDATE partnership SET theme = 'written meanwhile'")
        seen.append(members())
        tell(import_id)

    monkeypatch.setattr(work, "_tell_storing", told)
    rows = [f"Jean{number} Good;04710{number:05}" for number in range(2500)]
    assert take(tmp_path, HEAD, *rows)["added"] == 2500
    assert seen == [DEMO_MEMBERS] * 3
    assert members() == DEMO_MEMBERS + 2500


def test_stop_said_while_a_list_is_made_ready_counts_for_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work(read_only=True) as session:
        other = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        there = (
            select(ContactPoint.value)
            .join(Membership, col(Membership.person_id) == col(ContactPoint.person_id))
            .where(Membership.partnership_id == other.id, ContactPoint.kind == "mobile")
        )
        number = session.exec(there).first() or ""
    write = work._write

    def written(*everything: Any) -> None:
        with unit_of_work() as session:
            for point in contact.points_with_value(session, number):
                contact.stop_all(session, point, "stop_word")
        write(*everything)

    monkeypatch.setattr(work, "_write", written)
    assert take(tmp_path, HEAD, f"Dora Good;{number}", ANNA)["added"] == 2
    with unit_of_work(read_only=True) as session:
        points = contact.points_with_value(session, number)
        [dora] = [one for one in points if one.person_id == people_named("Dora Good")[0].id]
        assert session.get(ContactStop, (dora.id, Channel.SMS))
        [anna] = contact.points_with_value(session, "+32471990001")
        assert session.get(ContactStop, (anna.id, Channel.SMS)) is None


def test_a_list_dropped_while_it_is_checked_is_gone(coordinator: Visitor) -> None:
    here = brought(coordinator, HEAD, ANNA)
    coordinator.post(f"{here}/columns", **chosen(coordinator.get(here).text))
    coordinator.post(f"{here}/drop")
    work.work(id_of(here))
    assert coordinator.get(here).status_code == 404


def test_lists_nobody_came_back_for_are_forgotten(coordinator: Visitor) -> None:
    waiting = checked(coordinator, HEAD, ANNA, "Bert;12")
    done = stored(coordinator, HEAD, "Carl Good;0471990003", "Dora;12")
    later(days=8)
    with unit_of_work() as session:
        course.forget_old(session)
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(ImportFinding)).all() == []
    assert import_of(waiting).content is None
    assert import_of(done).content is None
    assert status_of(done) is ImportStatus.DONE


@pytest.mark.parametrize("role", ["dispatcher", "prevention_officer", "administrator"])
def test_only_whoever_keeps_the_register_brings_in_lists(
    templates: Templates, coordinator: Visitor, role: str
) -> None:
    here = brought(coordinator, HEAD, ANNA)
    other = in_process.signed_in(**templates.accounts[role])
    for path in (UPPER, here, f"{here}/left-out", f"{here}/progress"):
        assert other.get(path).status_code in (403, 404)
    assert other.post(f"{here}/columns").status_code in (403, 404)
    assert coordinator.get(UPPER.replace("haut-valdor", "valdor-gare")).status_code == 404
    elsewhere = here.replace("haut-valdor", "valdor-gare")
    assert coordinator.get(elsewhere).status_code == 404


# Taking it back


def test_an_import_taken_back_leaves_the_register_as_it_was(coordinator: Visitor) -> None:
    stored(coordinator, "naam;gsm;taal;straat;nr", "Anna Good;0471990001;nl;Kerkstraat;5")
    later(minutes=10)
    here = stored(
        coordinator,
        "naam;gsm;mail;taal;straat;nr",
        "Anna Good;0471990001;anna@demo.example;fr;Rue Haute;1",
        "Bert Good;0471990002;;fr;;",
    )
    assert len(ways_of("Anna Good")) == 2
    [anna] = people_named("Anna Good")
    assert anna.language == "fr"
    later(minutes=20)
    coordinator.post(f"{here}/undo")
    [anna] = people_named("Anna Good")
    assert anna.language == "nl"
    assert len(ways_of("Anna Good")) == 1
    assert people_named("Bert Good") == []
    assert "as it was before" in coordinator.get(here).text
    assert members_of_upper() == UPPER_MEMBERS + 1
    again = coordinator.post(f"{here}/undo")
    assert again.status_code == 409


def test_whoever_has_acted_since_is_kept_and_named(coordinator: Visitor) -> None:
    here = stored(coordinator, HEAD, ANNA, BERT, "Carl Good;0471990003", "Dora Good;0471990004")
    later(minutes=10)
    with unit_of_work() as session:
        [point] = contact.points_with_value(session, "+32471990001")
        point.verified_at = clock.now()
        session.add(point)
        [bert] = people_named("Bert Good")
        consent.withdraw(session, bert.id, Purpose.PREVENTION, "page")
        [closed] = contact.points_with_value(session, "+32471990003")
        contact.stop_all(session, closed, "stop_word")
    coordinator.post(f"{here}/undo")
    page = coordinator.get(here).text
    assert "3 people stay" in page
    for name in ("Anna Good", "Bert Good", "Carl Good"):
        assert people_named(name)
        assert name in page
    assert people_named("Dora Good") == []


# What a coordinator may do to a new member on his page, and what he then shows of it.
CHANGES: list[tuple[str, dict[str, str]]] = [
    ("", {"name": "Anna Goed", "language": "nl", "takes_calls": "yes"}),
    ("", {"name": "Anna Good", "language": "nl", "takes_calls": "yes"}),
    ("", {"name": "Anna Good", "language": "fr", "takes_calls": ""}),
    ("", {"name": "Anna Good", "language": "fr", "takes_calls": "yes", "street": "Rue X"}),
    ("/ways", {"way": "anna@demo.example"}),
    ("/ways/{point}", {"way": "0471 99 00 07"}),
    ("/consents", {"purposes": "surveys", "how": "paper", "on": "2026-05-31"}),
]


@pytest.mark.parametrize(("path", "typed"), CHANGES)
def test_a_new_member_whom_somebody_has_changed_since_stays_and_is_told_with_his_row(
    coordinator: Visitor, path: str, typed: dict[str, str]
) -> None:
    here = stored(coordinator, "naam;gsm;taal", "Bert Good;0471990002;fr", f"{ANNA};fr")
    later(minutes=10)
    with unit_of_work(read_only=True) as session:
        [point] = contact.points_with_value(session, "+32471990001")
        found = select(Membership.id).where(Membership.person_id == point.person_id)
        [membership] = session.exec(found)
    page = f"{UPPER.removesuffix('import')}members/{membership}"
    assert coordinator.post(page + path.format(point=point.id), **typed).status_code == 303
    coordinator.post(f"{here}/undo")
    [person] = people_named(typed.get("name", "Anna Good"))
    told = coordinator.get(here).text
    assert "1 person stays" in told
    assert re.search(rf"Row 3</span> {person.name}<", told)
    assert people_named("Bert Good") == []


def test_whoever_is_somebody_elsewhere_by_now_stays(
    coordinator: Visitor, templates: Templates
) -> None:
    names = ("Elsewhere", "Answered", "Appointed", "Agreed", "Himself", "Nothing")
    rows = [f"{name} Good;047199000{n};{name}@demo.example" for n, name in enumerate(names)]
    here = stored(coordinator, "naam;gsm;mail", *rows)
    later(minutes=10)
    people = {name: people_named(f"{name} Good")[0] for name in names}
    with unit_of_work() as session:
        other = session.exec(select(Partnership).where(Partnership.slug == "valdor-gare")).one()
        # Long a member there in truth, as a paper says.
        there = Membership(partnership_id=other.id, person_id=people["Elsewhere"].id)
        there.joined_at = NOW - timedelta(days=400)
        session.add(there)
        session.add(
            InboundMessage(
                carrier_id="SM1",
                sender="+32471990001",
                body="A white van",
                kind=InboundKind.MESSAGE,
                language=Language.FRENCH,
                person_id=people["Answered"].id,
            )
        )
        account = accounts.by_email(session, templates.accounts["coordinator"]["email"])
        assert account is not None
        account.email, account.email_index = "x@demo.example", blind_index("appointed@demo.example")
        session.add(account)
        role = Appointment(
            account_id=account.id,
            role=Role.CO_COORDINATOR,
            scope_kind=ScopeKind.PARTNERSHIP,
            scope_id=other.id,
            starts_at=clock.now(),
        )
        session.add(role)
        # On the very moment of the import: the clock tells nothing, the proof does.
        agreed, surveys = people["Agreed"], Purpose.SURVEYS
        consent.give(session, agreed, surveys, wording="2026-1", how="page", at=NOW)
        himself = session.get_one(Person, people["Himself"].id)
        himself.paused_from = NOW.date()
        session.add(himself)
    coordinator.post(f"{here}/undo")
    assert [name for name in names if people_named(f"{name} Good")] == list(names[:-1])
    assert "5 people stay" in coordinator.get(here).text


def test_a_number_that_was_corrected_since_is_not_taken_away(coordinator: Visitor) -> None:
    stored(coordinator, "naam;mail", "Anna Good;anna@demo.example")
    later(minutes=10)
    here = stored(coordinator, "naam;mail;gsm;vast", f"Anna Good;anna@demo.example;{MOBILE};{HOME}")
    later(minutes=20)
    with unit_of_work(read_only=True) as session:
        [point] = contact.points_with_value(session, "+32471990001")
        found = select(Membership.id).where(Membership.person_id == point.person_id)
        [membership] = session.exec(found)
    page = f"{UPPER.removesuffix('import')}members/{membership}/ways/{point.id}"
    assert coordinator.post(page, way="0471 99 00 07").status_code == 303
    coordinator.post(f"{here}/undo")
    assert {value for _kind, value in ways_of("Anna Good")} == {
        "anna@demo.example",
        "+32471990007",
    }


def at_once(waiting: int, *calls: Callable[[], httpx.Response]) -> list[int]:
    """Make these calls while another holds the newest import, until as many wait for it; then let
    them go. The status of each answer."""
    with ThreadPoolExecutor(len(calls)) as pool, unit_of_work() as session:
        newest = select(MembersImport.id).order_by(col(MembersImport.created_at).desc()).limit(1)
        held = select(MembersImport.id).where(MembersImport.id == session.exec(newest).one())
        session.exec(held.with_for_update()).all()
        answers = [pool.submit(one) for one in calls]
        wait_for_locks(waiting)
        session.rollback()
        return sorted(one.result().status_code for one in answers)


def wait_for_locks(count: int) -> None:
    """Until so many transactions wait for others; on SQLite each waits for the whole file."""
    if engine().dialect.name == "sqlite":
        return
    blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _try in range(2000):
        with engine().connect() as connection:
            if connection.execute(blocked).scalar_one() >= count:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("button", ["run", "undo"])
def test_of_two_clicks_at_once_one_counts(
    coordinator: Visitor, templates: Templates, button: str
) -> None:
    here = (stored if button == "undo" else checked)(coordinator, HEAD, ANNA)
    both = [coordinator, in_process.signed_in(**templates.accounts["mandated_officer"])]
    clicks = [partial(one.post, f"{here}/{button}", consent="yes") for one in both]
    assert at_once(2, *clicks) == [303, 409]
    actions = {"run": "members.import_started", "undo": "members.import_undone"}
    with unit_of_work(read_only=True) as session:
        found = select(Decision).where(Decision.action == actions[button])
        assert len(session.exec(found).all()) == 1


def test_a_list_is_taken_back_beside_an_alert_that_is_fanned_out(
    coordinator: Visitor, templates: Templates
) -> None:
    here = stored(coordinator, HEAD, *(f"P{n} Good;04719900{n:02}" for n in range(30)))
    later(minutes=10)
    if engine().dialect.name == "sqlite":
        pytest.skip("one writer at a time: they cannot meet")
    with unit_of_work() as session:
        account = accounts.by_email(session, templates.accounts["dispatcher"]["email"])
        assert account is not None
        actor = accounts.actor_for(session, account)
        words = {one: Words("Subject", "Short", "Long") for one in Language if one != "en"}
        draft = drafts.Draft("one", BroadcastKind.URGENT_ALERT, words, ["haut-valdor"])
        broadcast = drafts.create(session, actor, draft)
        broadcasts.send(session, actor, broadcast)
        broadcast_id = broadcast.id
    with unit_of_work() as session, ThreadPoolExecutor(1) as pool:
        fan_out.fan_out(session, broadcast_id)
        # Its rows are there and nobody sees them yet: it holds all whom it writes to.
        undone = pool.submit(coordinator.post, f"{here}/undo")
        wait_for_locks(1)
        session.commit()
        assert undone.result().status_code == 303
    assert len(people_named("P7 Good")) == 1
    assert "30 people stay" in coordinator.get(here).text


def test_taking_a_list_back_gives_way_to_whoever_would_wait_for_it_for_ever(
    coordinator: Visitor,
) -> None:
    here = stored(coordinator, HEAD, ANNA, BERT)
    later(minutes=10)
    if engine().dialect.name == "sqlite":
        pytest.skip("one writer at a time: they cannot meet")
    [anna] = people_named("Anna Good")
    with unit_of_work() as session, ThreadPoolExecutor(1) as pool:
        # Somebody decides, and holds the log of decisions; the other waits for it, holding Anna.
        audit.record(session, "member.change", ("person", anna.id), by=None)
        undone = pool.submit(coordinator.post, f"{here}/undo")
        wait_for_locks(1)
        session.get_one(Person, anna.id).name = "Anna Goed"
        session.commit()
        assert undone.result().status_code == 303
    assert people_named("Anna Goed")
    assert people_named("Bert Good") == []
    assert "1 person stays" in coordinator.get(here).text


def test_somebody_who_was_changed_since_is_not_changed_back(coordinator: Visitor) -> None:
    stored(coordinator, "naam;gsm;taal", "Anna Good;0471990001;nl")
    later(minutes=10)
    here = stored(coordinator, "naam;gsm;taal", "Anna Good;0471990001;fr")
    with unit_of_work() as session:
        [anna] = people_named("Anna Good")
        anna = session.get_one(Person, anna.id)
        anna.name = "Anna Goed"
        session.add(anna)
    coordinator.post(f"{here}/undo")
    [anna] = people_named("Anna Goed")
    assert anna.language == "fr"
    assert "1 person stays" in coordinator.get(here).text


def test_a_later_list_keeps_whom_it_found(coordinator: Visitor) -> None:
    first = stored(coordinator, HEAD, ANNA, BERT)
    later(minutes=10)
    stored(coordinator, "naam;gsm;mail", "Anna Good;0471990001;anna@demo.example")
    coordinator.post(f"{first}/undo")
    assert people_named("Anna Good")
    assert people_named("Bert Good") == []
