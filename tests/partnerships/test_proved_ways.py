"""Which numbers and addresses are proved, and that the others are used for nothing else."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event
from sqlmodel import col, select

from hub import clock, config, db
from hub.audit import Decision
from hub.db import unit_of_work
from partnerships import contact, ways
from partnerships.models import (
    Channel,
    ContactKind,
    ContactPoint,
    JoinRequest,
    Membership,
    Person,
    Residence,
)
from tests import in_process
from tests.citizens import (
    PUZZLE_BITS,
    Citizen,
    code_in,
    link_in,
    notices,
    problems,
    text_from,
    words,
)
from tests.conftest import Templates
from tests.partnerships.lists import take
from tests.running_hub import Visitor

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HERE = "/partnerships/haut-valdor"
# The demo's first member: in PLP Haut-Valdor, by a list; nothing of his is proved.
NUMBER, ADDRESS, NAME = "+32470001000", "member00@demo.example", "Alix Abeele"
NEW = "+32471223344"


@pytest.fixture(autouse=True)
def later(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """A day in June; the clock is moved by calling this."""
    monkeypatch.setenv("HUB_JOIN_PUZZLE_BITS", str(PUZZLE_BITS))
    config.settings.cache_clear()
    times = [NOW]
    clock.set_source(lambda: times[0])

    def move(by: timedelta) -> None:
        times[0] += by

    return move


@pytest.fixture
def coordinator(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["coordinator"])


def points(value: str) -> list[ContactPoint]:
    with unit_of_work(read_only=True) as session:
        return contact.points_with_value(session, value)


def stops(value: str) -> list[dict[Channel, str]]:
    """The closed channels of each member who has this number or address."""
    with unit_of_work(read_only=True) as session:
        found = contact.points_with_value(session, value)
        return [ways.stops_of(session, one.id) for one in found]


def ask(**changes: str) -> JoinRequest:
    """Ask to join and prove nothing."""
    Citizen().ask_to_join("haut-valdor", solves=False, **changes)
    with unit_of_work(read_only=True) as session:
        return session.exec(select(JoinRequest).where(col(JoinRequest.decided_at).is_(None))).one()


def approve(coordinator: Visitor, asked: JoinRequest, **form: str) -> None:
    answer = coordinator.post(f"{HERE}/requests/{asked.id}/approve", **form)
    assert answer.status_code == 303, answer.text


def page_of(value: str) -> str:
    """The coordinator's page of the member who has this number or address."""
    with unit_of_work(read_only=True) as session:
        person = contact.points_with_value(session, value)[0].person_id
        joined = session.exec(select(Membership).where(Membership.person_id == person)).first()
        assert joined
        return f"{HERE}/members/{joined.id}"


def come_in(way: str) -> Citizen:
    """Ask for a link to one's own page, and use it."""
    citizen = Citizen()
    citizen.http.get("/language/en")
    citizen.get("/me/link")
    citizen.post("/me/link", way=way)
    path = link_in("member_link")
    citizen.get(path)
    citizen.post(path)
    return citizen


def links_to(way: str) -> int:
    """How many links to a page of a member this number or address has got once more was asked."""
    citizen = Citizen(place="192.0.2.9")
    citizen.get("/me/link")
    citizen.post("/me/link", way=way)
    return [one.to for one in notices("member_link")].count(way)


def person_of(value: str) -> Person:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Person, contact.points_with_value(session, value)[0].person_id)


def write_down(coordinator: Visitor, name: str, *typed: str) -> None:
    """A member whom the coordinator adds, on his word alone."""
    numbered = {f"ways.{number}": one for number, one in enumerate(typed)}
    street = {"street": "Zeldzaamstraat", "house_number": "7", "postcode": "4000", "town": "Valdor"}
    answer = coordinator.post(f"{HERE}/members/new", name=name, language="fr", **numbered, **street)
    assert answer.status_code == 303, answer.text


# In a request to join


def test_a_number_nobody_proved_is_used_for_nothing_after_the_approval(
    coordinator: Visitor,
) -> None:
    approve(coordinator, ask(email=""))
    assert stops(NEW) == [dict.fromkeys(["sms", "voice", "whatsapp"], "unconfirmed")]
    assert [one.to for one in [*notices("join_approved"), *notices("join_code")]] == []
    assert links_to(NEW) == 0


def test_an_address_nobody_proved_gets_the_link_that_proves_it_and_nothing_else(
    coordinator: Visitor,
) -> None:
    approve(coordinator, ask(telephone=""))
    assert stops("marie@example.be") == [{"email": "unconfirmed"}]
    assert notices("join_approved") == []
    path = link_in("address_link")
    citizen = Citizen()
    citizen.get(path)
    citizen.post(path)
    assert stops("marie@example.be") == [{}]


def test_what_was_proved_is_used_at_once(coordinator: Visitor) -> None:
    citizen = Citizen()
    citizen.ask_to_join("haut-valdor", email="")
    citizen.post("/join/haut-valdor/confirm", code=code_in("join_code"))
    with unit_of_work(read_only=True) as session:
        asked = session.exec(select(JoinRequest)).one()
    approve(coordinator, asked)
    assert stops(NEW) == [{}]


@pytest.mark.parametrize("number", [NEW, "+3242223344"])
def test_the_coordinator_who_knows_whose_it_is_may_vouch_for_it(
    coordinator: Visitor, number: str
) -> None:
    asked = ask(telephone=number, email="", may_be_called="yes")
    page = coordinator.get(f"{HERE}/requests")
    assert "Not verified" in words(page)
    approve(coordinator, asked, vouched="telephone")
    assert stops(number) == [{}]
    [point] = points(number)
    assert (point.verified_at, point.vouched_at) == (None, NOW)
    with unit_of_work(read_only=True) as session:
        told = session.exec(select(Decision).where(Decision.action == "member.vouch")).one()
    assert (told.subject_id, told.account_id) == (str(point.id), point.vouched_by)


def test_a_land_line_for_which_nobody_vouches_is_not_called(coordinator: Visitor) -> None:
    approve(coordinator, ask(telephone="04 222 33 44", email="", may_be_called="yes"))
    assert stops("+3242223344") == [{"voice": "unconfirmed"}]
    page = page_of("+3242223344")
    assert "not verified: not used yet" in words(coordinator.get(page))
    [point] = points("+3242223344")
    coordinator.post(f"{page}/ways/{point.id}/vouch")
    assert stops("+3242223344") == [{}]
    assert "vouches for it" in words(coordinator.get(page))


def test_a_member_reads_the_code_out_to_his_coordinator(coordinator: Visitor) -> None:
    approve(coordinator, ask(email=""))
    page, [point] = page_of(NEW), points(NEW)
    prove = f"{page}/ways/{point.id}/prove"
    assert coordinator.post(prove, what="send").status_code == 303
    wrong = coordinator.post(prove, what="code", code="000000")
    assert "not the code" in problems(wrong)[f"code-{point.id}"]
    assert coordinator.post(prove, what="code", code=code_in("number_code")).status_code == 303
    assert stops(NEW) == [{}]
    assert points(NEW)[0].verified_at == NOW


def test_a_way_of_another_partnership_cannot_be_vouched_for(
    coordinator: Visitor, templates: Templates
) -> None:
    with unit_of_work(read_only=True) as session:
        out_of_reach = session.exec(
            select(Membership, ContactPoint)
            .join(ContactPoint, col(ContactPoint.person_id) == col(Membership.person_id))
            .where(ContactPoint.value == "+32470001001")
        ).first()
        assert out_of_reach
    membership, point = out_of_reach
    for what in ("vouch", "prove"):
        path = f"/partnerships/valdor-gare/members/{membership.id}/ways/{point.id}/{what}"
        assert coordinator.post(path).status_code == 404
        mixed = f"{HERE}/members/{membership.id}/ways/{point.id}/{what}"
        assert coordinator.post(mixed).status_code == 404


# STOP and START


def test_start_opens_what_stop_closed_and_nothing_that_waits_for_its_proof(
    coordinator: Visitor,
) -> None:
    approve(coordinator, ask(email=""))
    text_from(NEW, "START")
    assert set(stops(NEW)[0].values()) == {"unconfirmed"}
    text_from(NEW, "STOP")
    [point] = points(NEW)
    coordinator.post(f"{page_of(NEW)}/ways/{point.id}/vouch")
    assert stops(NEW)[0], "whoever has it said STOP: nobody's word opens it"
    text_from(NEW, "START")
    assert stops(NEW) == [{}]


def test_stop_and_start_leave_it_waiting_for_its_proof(coordinator: Visitor) -> None:
    approve(coordinator, ask(email=""))
    for word in ("STOP", "START"):
        text_from(NEW, word)
    assert set(stops(NEW)[0].values()) == {"unconfirmed"}


def test_one_member_who_has_not_proved_a_number_closes_it_for_no_other(
    coordinator: Visitor,
) -> None:
    approve(coordinator, ask(email=""))
    write_down(coordinator, "Jean Dupont", "new@example.be")
    page = page_of("new@example.be")
    assert coordinator.post(f"{page}/ways", way=NEW, is_shared="yes").status_code == 303
    assert sorted(len(one) for one in stops(NEW)) == [0, 3]


def test_a_stop_is_copied_even_where_another_member_has_not_proved_the_number(
    coordinator: Visitor,
) -> None:
    write_down(coordinator, "Jean Dupont", NEW)
    text_from(NEW, "STOP")
    approve(coordinator, ask(email=""))
    write_down(coordinator, "Eva Dupont", "eva@example.be")
    page = page_of("eva@example.be")
    assert coordinator.post(f"{page}/ways", way=NEW, is_shared="yes").status_code == 303
    reasons = {reason for one in stops(NEW) for reason in one.values()}
    assert reasons == {"texted_stop", "unconfirmed_stopped", "stopped"}
    assert all(len(one) == 3 for one in stops(NEW))


def test_a_list_brings_a_stop_along_and_never_that_somebody_has_not_proved_his_number(
    coordinator: Visitor, tmp_path: Path
) -> None:
    stopped = "+32472334455"
    approve(coordinator, ask(email=""))
    approve(coordinator, ask(email="", telephone=stopped, name="Jan Peeters"))
    text_from(stopped, "STOP")
    take(tmp_path, "naam;gsm", f"Bert Good;{NEW}", f"Cas Good;{stopped}")
    assert sorted(len(one) for one in stops(NEW)) == [0, 3]
    assert [set(one.values()) for one in stops(stopped)] == [{"unconfirmed_stopped"}, {"stopped"}]


# What is read by a number that somebody else wrote down


def restricted(coordinator: Visitor) -> Citizen:
    """A stranger, whose number a coordinator wrote down for a member by mistake, on that page."""
    write_down(coordinator, "Jean Dupont", NEW, "jean@example.be")
    with unit_of_work() as session:
        home = session.get(Residence, contact.points_with_value(session, NEW)[0].person_id)
        assert home is not None
        assert home.street == "Zeldzaamstraat"
    return come_in(NEW)


def test_a_stranger_whose_number_was_mistyped_reads_nothing_of_the_member(
    coordinator: Visitor,
) -> None:
    write_down(coordinator, "Paul Petit", "paul@example.be")
    text_from(NUMBER, "There is smoke in the Rue Haute")
    stranger = restricted(coordinator)
    said = [stranger.page.text]
    said += [stranger.get("/me/data").text, stranger.get("/me/data.json").text]
    for page in said:
        for hidden in ("jean@example.be", "Zeldzaamstraat"):
            assert hidden not in page
    assert "wrote down the number" in words(stranger.get("/me"))
    held = json.loads(said[2])
    assert [one["value"] for one in held["Numbers and addresses"]] == [NEW]


def test_a_stranger_there_cannot_take_the_members_own_ways_off(coordinator: Visitor) -> None:
    stranger = restricted(coordinator)
    [mail] = points("jean@example.be")
    for what in ("remove", "first", "open"):
        stranger.get("/me")
        assert stranger.post(f"/me/ways/{mail.id}", what=what).status_code == 404
    assert [one.id for one in points("jean@example.be")] == [mail.id]


def test_a_number_that_a_stranger_adds_there_shows_him_no_more(coordinator: Visitor) -> None:
    stranger = restricted(coordinator)
    stranger.post("/me/ways", way="0472 33 44 55")
    [added] = points("+32472334455")
    stranger.post(f"/me/ways/{added.id}/code", code=code_in("number_code"))
    again = come_in("+32472334455")
    assert "jean@example.be" not in again.get("/me/data").text
    assert "Zeldzaamstraat" not in again.get("/me").text


def test_once_the_coordinator_vouches_for_it_the_member_reads_everything(
    coordinator: Visitor,
) -> None:
    member = restricted(coordinator)
    [point] = points(NEW)
    coordinator.post(f"{page_of(NEW)}/ways/{point.id}/vouch")
    held = json.loads(member.get("/me/data.json").text)
    assert {one["value"] for one in held["Numbers and addresses"]} == {NEW, "jean@example.be"}
    assert "Zeldzaamstraat" in member.get("/me").text


def test_what_was_written_from_a_number_nobody_proved_is_not_shown_to_the_member(
    coordinator: Visitor,
) -> None:
    write_down(coordinator, "Jean Dupont", NEW, "jean@example.be")
    text_from(NEW, "I am no member, and I saw a burglar")
    mail = next(one for one in points("jean@example.be"))
    coordinator.post(f"{page_of(NEW)}/ways/{mail.id}/vouch")
    member = come_in("jean@example.be")
    held = json.loads(member.get("/me/data.json").text)
    assert held["What you wrote to us"] == []
    [number] = points(NEW)
    coordinator.post(f"{page_of(NEW)}/ways/{number.id}/vouch")
    held = json.loads(member.get("/me/data.json").text)
    assert [one["text"] for one in held["What you wrote to us"]] == [
        "I am no member, and I saw a burglar"
    ]


def test_the_reason_of_a_measure_is_not_on_the_members_page(
    coordinator: Visitor, templates: Templates
) -> None:
    [point] = points(NUMBER)
    page = page_of(NUMBER)
    coordinator.post(f"{page}/ways/{point.id}/vouch")
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    decided = officer.post(
        f"{page}/measures", kind="talk", decided_on="2026-06-01", reason="Followed Mr Janssens."
    )
    assert decided.status_code == 303, decided.text
    member = come_in(NUMBER)
    held = member.get("/me/data.json").text
    assert [one["kind"] for one in json.loads(held)["Measures"]] == ["talk"]
    assert "Janssens" not in held
    assert "Janssens" not in member.get("/me/data").text


# A coordinator changes a way


def changed(coordinator: Visitor, point_id: UUID) -> httpx.Response:
    return coordinator.post(f"{page_of(NUMBER)}/ways/{point_id}", way=NEW)


def test_the_member_is_told_where_he_is_known_that_a_way_was_added_or_changed(
    coordinator: Visitor,
) -> None:
    come_in(NUMBER)
    page = page_of(NUMBER)
    coordinator.post(f"{page}/ways", way="0479 11 22 33")
    assert [one.to for one in notices("way_changed")] == [NUMBER]
    assert "22 33" not in notices("way_changed")[0].body
    assert changed(coordinator, points(NUMBER)[0].id).status_code == 303
    assert [one.to for one in notices("way_changed")] == [NUMBER, NUMBER]
    with unit_of_work(read_only=True) as session:
        kinds = [one.kind for one in contact.points_with_value(session, NEW)]
    assert kinds == [ContactKind.MOBILE]


# Asking for a link


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        told.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


def test_asking_for_a_link_is_the_same_work_for_a_member_and_for_a_stranger() -> None:
    asked = []
    for way in (NUMBER, "0479 99 88 77"):
        citizen = Citizen()
        citizen.get("/me/link")
        with statements() as told:
            citizen.post("/me/link", way=way)
        asked.append(told)
    assert asked[0] == asked[1]
    assert not any("contact_point" in one for one in asked[0] if one.startswith("SELECT"))
    assert [one.to for one in notices("member_link")] == [NUMBER]
