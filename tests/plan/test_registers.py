"""Registers by their doors: meetings, shifts and presence, counts, files, proof, reminders."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlmodel import col, select

from feedback.models import ReportService
from hub import clock
from hub.access import Role
from hub.audit import Decision
from hub.db import unit_of_work
from partnerships import accounts
from partnerships.models import Account, Notice, Organisation
from plan.models import (
    Evidence,
    Meeting,
    MeetingAttendance,
    Obligation,
    ObligationKind,
    Shift,
    StaffMember,
    StreetContacts,
)
from plan.registers.kinds import REGISTERS
from tests import in_process
from tests.conftest import Templates
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
PASSWORD = "four words that I remember"
MEETING = {"body": "CLP", "day": "2026-06-01", "status": "held", "level": "local"}


@pytest.fixture(autouse=True)
def _noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


def officer(templates: Templates) -> Any:
    account = templates.accounts["prevention_officer"]
    return in_process.signed_in(account["email"], account["password"])


def service(name: str) -> str:
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        made = ReportService(municipality_id=town.id, name=name)
        session.add(made)
        session.flush()
        return str(made.id)


def worker(name: str, of_service: str | None, role: Role = Role.PEACE_OFFICER) -> Any:
    """Somebody signed in, in the staff of a service."""
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        made = accounts.create(session, email=f"{name}@staff.example", name=name, password=PASSWORD)
        accounts.appoint(session, made, role, town.id)
        if of_service:
            session.add(
                StaffMember(
                    municipality_id=town.id,
                    service_id=UUID(of_service),
                    name=name,
                    role="guard",
                    account_id=made.id,
                    started_on=date(2026, 1, 1),
                )
            )
    return in_process.signed_in(f"{name}@staff.example", PASSWORD)


def again(name: str) -> Any:
    """The same person, who signs in anew: a sign-in ends when nobody uses it."""
    return in_process.signed_in(f"{name}@staff.example", PASSWORD)


def staff_id(name: str) -> str:
    with unit_of_work() as session:
        return next(str(one.id) for one in session.exec(select(StaffMember)) if one.name == name)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def beside(html: str, field: str) -> str:
    """What stands beside a field."""
    found = re.search(rf'id="problem-{field}">([^<]*)<', html)
    return found[1] if found else ""


def all_of(table: Any) -> list[Any]:
    with unit_of_work() as session:
        return list(session.exec(select(table).order_by(col(table.id))))


def shift(visitor: Any, began: str, ended: str, who: str, **more: str) -> Any:
    typed = {"kind": "presence", "began_at": began, "ended_at": ended, "people": "1"}
    return visitor.post("/registers/shifts", **typed, worker_id=who, **more)


def test_every_register_has_a_page_with_a_form(templates: Templates) -> None:
    visitor = officer(templates)
    service("Guards")
    tiles = visitor.get("/registers").text
    for one in REGISTERS:
        assert f'href="/registers/{one.kind}"' in tiles
        page = visitor.get(f"/registers/{one.kind}")
        assert page.status_code == 200
        assert "Write it down" in page.text


def test_a_meeting_is_written_down_put_right_and_taken_back(templates: Templates) -> None:
    visitor = officer(templates)
    first = visitor.get("/registers/meetings").text
    assert 'value="2026-06-03"' in first
    typed = {**MEETING, "present": "CPAS: 2; Police: 1"}
    assert visitor.post("/registers/meetings", **typed).status_code == 303
    # A second tap.
    visitor.post("/registers/meetings", **typed)
    (meeting,) = all_of(Meeting)
    assert "CPAS: 2; Police: 1" in words(visitor.get("/registers/meetings").text)
    here = f"/registers/meetings/{meeting.id}"
    assert visitor.post(here, **{**typed, "present": "CPAS: 3"}).status_code == 303
    with unit_of_work() as session:
        (there,) = session.exec(select(MeetingAttendance)).all()
        assert (there.organisation, there.people) == ("CPAS", 3)
    assert visitor.post(f"{here}/take-back").status_code == 303
    (meeting,) = all_of(Meeting)
    assert meeting.taken_back_at == NOON
    assert "taken back" in words(visitor.get("/registers/meetings").text)
    with unit_of_work() as session:
        deeds = [one.action for one in session.exec(select(Decision))]
    assert [one for one in deeds if one.startswith("register.")] == [
        "register.enter",
        "register.correct",
        "register.take_back",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": " "}, "body"),
        ({"body": "x" * 201}, "body"),
        ({"day": "9999-12-31"}, "day"),
        ({"day": "yesterday"}, "day"),
        ({"day": "2026-06-04"}, "status"),
        ({"status": "dreamt"}, "status"),
        ({"present": "CPAS: 0"}, "present"),
        ({"status": "planned", "present": "CPAS: 1"}, "present"),
        ({"phenomenon": "boredom"}, "phenomenon"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_beside_its_field(
    templates: Templates, changes: dict[str, str], field: str
) -> None:
    answer = officer(templates).post("/registers/meetings", **{**MEETING, **changes})
    assert answer.status_code == 422
    assert beside(answer.text, field)
    assert not all_of(Meeting)


def test_script_and_emoji_are_shown_as_they_were_typed(templates: Templates) -> None:
    visitor = officer(templates)
    visitor.post("/registers/meetings", **{**MEETING, "body": "<script>alert(1)</script> 🦊 ‮abc"})
    page = visitor.get("/registers/meetings").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🦊 abc" in page


def test_whoever_is_in_no_service_is_told_whom_to_ask(templates: Templates) -> None:
    told = words(worker("nobody", None).get("/registers").text)
    assert "You are not in the staff of a service of Valdor yet" in told
    assert "Pascale Prévention" in told


def test_a_worker_keeps_his_own_service_and_sees_no_other(templates: Templates) -> None:
    guards, gardens = service("Guards"), service("Gardens")
    guard, gardener = worker("guard", guards), worker("gardener", gardens, Role.SERVICE_WORKER)
    gardener.post("/registers/meetings", **MEETING)
    (meeting,) = all_of(Meeting)
    assert str(meeting.service_id) == gardens
    assert "CLP" not in guard.get("/registers/meetings").text
    assert guard.get(f"/registers/meetings/{meeting.id}").status_code == 404
    assert guard.post(f"/registers/meetings/{meeting.id}/take-back").status_code == 404
    assert "CLP" not in guard.get("/registers/meetings/export/csv").text
    assert in_process.api("guard@staff.example").http.get("/registers/meetings").json() == {
        "items": [],
        "next_cursor": None,
    }
    assert guard.get("/registers/obligations").status_code == 404
    answer = shift(guard, "2026-06-02T08:00", "2026-06-02T12:00", staff_id("gardener"))
    assert "not in the list" in beside(answer.text, "worker_id")
    assert "CLP" in officer(templates).get("/registers/meetings").text


def test_who_has_no_right_has_no_registers(templates: Templates) -> None:
    account = templates.accounts["coordinator"]
    coordinator = in_process.signed_in(account["email"], account["password"])
    assert coordinator.get("/registers").status_code == 403
    assert coordinator.get("/registers/shifts/export/csv").status_code == 403


def test_one_tap_clocks_in_and_one_clocks_out(templates: Templates) -> None:
    guard = worker("guard", service("Guards"))
    assert "Are you at work?" in guard.get("/registers").text
    for _tap in range(2):
        guard.post("/registers/shifts/clock-in", kind="presence", quarter="Gare")
    assert "You are here since" in words(guard.get("/registers").text)
    clock.set_source(lambda: NOON + timedelta(hours=3))
    guard = again("guard")
    for _tap in range(2):
        guard.post("/registers/shifts/clock-out")
    (kept,) = all_of(Shift)
    assert (kept.ended_at - kept.began_at, kept.quarter) == (timedelta(hours=3), "Gare")


def test_a_forgotten_clock_asks_when_it_stopped(templates: Templates) -> None:
    guard = worker("guard", service("Guards"))
    guard.post("/registers/shifts/clock-in", kind="presence")
    clock.set_source(lambda: NOON + timedelta(hours=30))
    guard = again("guard")
    answer = guard.post("/registers/shifts/clock-out")
    assert answer.status_code == 422
    assert "Say when you stopped" in beside(answer.text, "ended_at")
    (kept,) = all_of(Shift)
    typed = {"kind": "presence", "began_at": "2026-06-03T12:00", "people": "1"}
    typed |= {"ended_at": "2026-06-03T20:00", "worker_id": str(kept.worker_id)}
    assert guard.post(f"/registers/shifts/{kept.id}", **typed).status_code == 303
    assert all_of(Shift)[0].ended_at == NOON + timedelta(hours=8)


@pytest.mark.parametrize(
    ("began", "ended", "field", "said"),
    [
        ("2026-06-02T12:00", "2026-06-02T08:00", "ended_at", "ends before it begins"),
        ("2026-06-01T08:00", "2026-06-02T08:01", "ended_at", "24 hours at most"),
        ("2026-06-03T11:00", "2026-06-03T13:00", "ended_at", "still to come"),
        ("2026-06-02T08:00", "", "ended_at", "Give the end"),
        ("2026-03-29T02:30", "2026-03-29T08:00", "began_at", "clock changes"),
        ("9999-01-01T00:00", "9999-01-01T01:00", "began_at", "date and a time"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_beside_its_field(
    templates: Templates, began: str, ended: str, field: str, said: str
) -> None:
    guard = worker("guard", service("Guards"))
    answer = shift(guard, began, ended, staff_id("guard"))
    assert answer.status_code == 422
    assert said in beside(answer.text, field)
    assert not all_of(Shift)


def test_two_shifts_of_one_worker_do_not_overlap(templates: Templates) -> None:
    guard = worker("guard", service("Guards"))
    who = staff_id("guard")
    assert shift(guard, "2026-06-01T22:00", "2026-06-02T06:00", who).status_code == 303
    answer = shift(guard, "2026-06-02T05:59", "2026-06-02T08:00", who)
    assert "another shift" in beside(answer.text, "began_at")
    assert shift(guard, "2026-06-02T06:00", "2026-06-02T08:00", who).status_code == 303
    first = all_of(Shift)[0]
    guard.post(f"/registers/shifts/{first.id}/take-back")
    assert shift(guard, "2026-06-01T23:00", "2026-06-02T06:00", who).status_code == 303


def test_the_days_of_the_clock_change_have_25_and_23_hours(templates: Templates) -> None:
    clock.set_source(lambda: datetime(2026, 11, 3, 10, 0, tzinfo=UTC))
    guard = worker("guard", service("Guards"))
    who = staff_id("guard")
    assert shift(guard, "2026-10-25T00:00", "2026-10-26T00:00", who).status_code == 303
    assert shift(guard, "2026-03-29T00:00", "2026-03-30T00:00", who).status_code == 303
    autumn, spring = all_of(Shift)
    assert autumn.ended_at - autumn.began_at == timedelta(hours=25)
    assert spring.ended_at - spring.began_at == timedelta(hours=23)
    answer = shift(guard, "2026-10-25T00:00", "2026-10-26T00:30", who)
    assert "24 hours at most" in beside(answer.text, "ended_at")


def test_a_count_of_minus_one_is_refused_and_a_correction_is_a_new_edition(
    templates: Templates,
) -> None:
    guard = worker("guard", service("Guards"))
    typed = {"staff_member_id": staff_id("guard"), "month": "2026-05", "code": "contacts"}
    for wrong in ("-1", "1e9", "9" * 5000, "١.٥", ""):
        answer = guard.post("/registers/contacts", **typed, count=wrong)
        assert answer.status_code == 422
        assert beside(answer.text, "count")
    guard.post("/registers/contacts", **typed, count="40")
    guard.post("/registers/contacts", **typed, count="41")
    assert [(one.count, one.edition) for one in all_of(StreetContacts)] == [(40, 1), (41, 2)]
    listed = words(guard.get("/registers/contacts").text)
    assert "How many: 41" in listed
    assert "How many: 40" not in listed


def test_a_grid_is_kept_whole_or_not_at_all(templates: Templates) -> None:
    guard = worker("guard", service("Guards"))
    page = guard.get("/registers/contacts/grid?month=2026-05")
    assert 'aria-label="guard, Contacts in the street"' in page.text
    typed = {"month": "2026-05", "quarter": "", "r0c0": "12", "r0c1": "-1"}
    answer = guard.post("/registers/contacts/grid", **typed)
    assert answer.status_code == 422
    assert beside(answer.text, "r0c1").startswith("guard, New persons: ")
    assert 'value="12"' in answer.text
    assert not all_of(StreetContacts)
    assert guard.post("/registers/contacts/grid", **{**typed, "r0c1": "1"}).status_code == 303
    assert [(one.code, one.count) for one in all_of(StreetContacts)] == [
        ("contacts", 12),
        ("new_persons", 1),
    ]


def test_hours_of_presence_are_typed_day_by_day(templates: Templates) -> None:
    guard = worker("guard", service("Guards"))
    typed = {"month": "2026-06", "r0c0": "8:30-12, 22:00-6:00", "r1c0": "5:00-7:00"}
    answer = guard.post("/registers/shifts/grid", **typed)
    assert beside(answer.text, "r1c0").startswith("2026-06-02, guard: This worker has another")
    assert not all_of(Shift)
    assert guard.post("/registers/shifts/grid", **{**typed, "r1c0": "6-7"}).status_code == 303
    hours = [(one.ended_at - one.began_at) / timedelta(hours=1) for one in all_of(Shift)]
    assert hours == [3.5, 8.0, 1.0]


def uploaded(visitor: Any, path: str, field: str, file: tuple[str, bytes]) -> Any:
    token = re.search(r'name="form_token" value="([^"]+)"', visitor.get("/registers").text)
    assert token
    return visitor.http.post(path, data={"form_token": token[1]}, files={field: file})


def sent(visitor: Any, kind: str, content: bytes, name: str = "list.csv") -> Any:
    return uploaded(visitor, f"/registers/{kind}/import", "list", (name, content))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_and_changes_nothing(
    templates: Templates, ending: str
) -> None:
    visitor = officer(templates)
    visitor.post("/registers/meetings", **MEETING, present="CPAS: 2; Police: 1")
    visitor.post("/registers/meetings", **{**MEETING, "body": "=1+1"})
    out = visitor.get(f"/registers/meetings/export/{ending}").content
    if ending == "csv":
        assert b"'=1+1" in out
    else:
        sheet = load_workbook(io.BytesIO(out)).active
        assert sheet
        assert "'=1+1" in [cell.value for row in sheet.iter_rows() for cell in row]
    answer = sent(visitor, "meetings", out, f"meetings.{ending}")
    assert "0 entered." in words(answer.text)
    assert "2 were there already" in words(answer.text)
    for one in all_of(Meeting):
        visitor.post(f"/registers/meetings/{one.id}/take-back")
    answer = sent(visitor, "meetings", out, f"meetings.{ending}")
    assert "2 entered." in words(answer.text)
    assert len(all_of(Meeting)) == 4


def test_a_file_with_a_wrong_row_enters_nothing_and_names_it(templates: Templates) -> None:
    visitor = officer(templates)
    lines = "Which meeting;Day;Status;Level\nCLP;2026-06-01;held;local\nCLP;32/13/2026;Held;Local\n"
    answer = sent(visitor, "meetings", lines.encode())
    told = words(answer.text)
    assert "Nothing was entered" in told
    assert "3 Day Give a day, as 2026-05-31" in told
    assert not all_of(Meeting)
    assert "None of the columns" in words(sent(visitor, "meetings", b"a;b\nc;d\n").text)
    assert beside(sent(visitor, "meetings", b"\x00\x01\x02").text, "list")


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "PNG")
    return made.getvalue()


def test_proof_is_sealed_and_its_opening_is_on_record(templates: Templates) -> None:
    visitor = officer(templates)
    visitor.post("/registers/meetings", **MEETING)
    here = f"/registers/meetings/{all_of(Meeting)[0].id}"
    refused = uploaded(visitor, f"{here}/evidence", "file", ("x.pdf", b"no file of any kind"))
    assert beside(refused.text, "file")
    kept = uploaded(visitor, f"{here}/evidence", "file", ("hall.png", photo()))
    assert kept.status_code == 303
    (proof,) = all_of(Evidence)
    assert b"JFIF" not in proof.sealed
    opened = visitor.get(f"{here}/evidence/{proof.id}")
    assert opened.headers["content-disposition"].startswith("attachment")
    assert opened.content[:3] == b"\xff\xd8\xff"
    with unit_of_work() as session:
        last = session.exec(select(Decision).order_by(col(Decision.number).desc())).first()
        assert last
        assert (last.action, last.subject_id) == ("evidence.open", str(proof.id))
    guard = worker("guard", service("Guards"))
    assert guard.get(f"{here}/evidence/{proof.id}").status_code == 404


def test_a_machine_reads_and_writes_registers(templates: Templates) -> None:
    api = in_process.api(templates.accounts["prevention_officer"]["email"]).http
    made = api.post("/registers/meetings", json={"values": {**MEETING, "present": "CPAS: 2"}})
    assert made.status_code == 201, made.text
    assert made.json()["values"]["present"] == "CPAS: 2"
    (item,) = api.get("/registers/meetings").json()["items"]
    assert item == made.json()
    wrong = api.post("/registers/meetings", json={"values": {**MEETING, "day": "x"}})
    assert (wrong.status_code, "day" in wrong.text) == (422, True)
    assert api.post("/registers/meetings", json={"values": {"boddy": "x"}}).status_code == 422
    assert api.get("/registers/dreams").status_code == 404


def test_what_is_owed_is_reminded_of_three_times(templates: Templates) -> None:
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        by = session.exec(select(Account.id)).first()
        assert by
        session.add(
            Obligation(
                municipality_id=town.id,
                kind=ObligationKind.DASHBOARD,
                title="Tableau de bord",
                due_on=date(2026, 6, 20),
                entered_by=by,
            )
        )
    told = []
    for day in range(20):
        clock.set_source(lambda day=day: NOON + timedelta(days=day))  # type: ignore[misc]  # a lambda with a default
        for _timetable in range(2):
            timetable.remind_of_obligations()
        with unit_of_work() as session:
            asked = select(Notice).where(Notice.kind == "obligation_due")
            told.append(len(session.exec(asked).all()))
    assert told == [0] * 3 + [1] * 11 + [2] * 4 + [3] * 2


def test_names_of_those_who_left_are_dropped_after_a_time(templates: Templates) -> None:
    worker("guard", service("Guards"))
    with unit_of_work() as session:
        for one in session.exec(select(StaffMember)):
            one.left_on = date(2026, 6, 1)
    timetable.forget_old()
    assert all_of(StaffMember)[0].name == "guard"
    clock.set_source(lambda: NOON + timedelta(days=1200))
    timetable.forget_old()
    (left,) = all_of(StaffMember)
    assert (left.name, left.account_id) == ("", None)
