"""A member's own page: getting in, deciding, taking his data with him, and being forgotten."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from hub import audit, clock, config
from hub.db import unit_of_work
from hub.security import blind_index
from partnerships import contact, ways
from partnerships.models import (
    Channel,
    ChannelChoice,
    Consent,
    ContactKind,
    ContactPoint,
    ContactStop,
    JoinRequest,
    MemberLink,
    Membership,
    MemberVisit,
    Partnership,
    Person,
    Residence,
)
from tests import in_process
from tests.citizens import PUZZLE_BITS, Citizen, code_in, link_in, notices, problems, words
from tests.conftest import Templates

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
# The demo's first member: French, in PLP Haut-Valdor, with a mobile and an address.
NUMBER, ADDRESS, NAME = "+32470001000", "member00@demo.example", "Alix Abeele"


@pytest.fixture(autouse=True)
def set_clock(demo_zone: str) -> Callable[[timedelta], None]:
    """A day in June; the clock is moved by calling this."""
    config.settings.cache_clear()
    times = [NOW]
    clock.set_source(lambda: times[0])

    def later(by: timedelta) -> None:
        times[0] += by

    return later


def in_english(place: str = "127.0.0.1") -> Citizen:
    citizen = Citizen(place=place)
    citizen.http.get("/language/en")
    return citizen


@pytest.fixture
def member(templates: Templates) -> Citizen:
    """The demo's first member on her own page; her coordinator knows that the number is hers."""
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    with unit_of_work(read_only=True) as session:
        point = contact.points_with_value(session, NUMBER)[0]
        joined = session.exec(
            select(Membership).where(Membership.person_id == point.person_id)
        ).one()
    page = f"/partnerships/haut-valdor/members/{joined.id}"
    assert coordinator.post(f"{page}/ways/{point.id}/vouch").status_code == 303
    return come_in(NUMBER)


def come_in(way: str) -> Citizen:
    """Ask for a link, and use it."""
    citizen = in_english()
    citizen.get("/me/link")
    citizen.post("/me/link", way=way)
    path = link_in("member_link")
    citizen.get(path)
    citizen.post(path)
    assert NAME in words(citizen.page)
    return citizen


def alix(session: Session) -> Person:
    index = blind_index(NUMBER)
    point = session.exec(select(ContactPoint).where(ContactPoint.value_index == index)).one()
    return session.get_one(Person, point.person_id)


def stored() -> Person:
    with unit_of_work(read_only=True) as session:
        return alix(session)


# Getting in


def test_the_answer_is_the_same_for_a_members_number_and_for_a_strangers() -> None:
    citizen, said = in_english(), []
    for way in (NUMBER, "0471 22 33 44", ADDRESS, "nobody@example.be"):
        citizen.get("/me/link")
        said.append(words(citizen.post("/me/link", way=way)))
    assert len(set(said)) == 1
    assert [one.to for one in notices("member_link")] == [NUMBER, ADDRESS]


def test_what_is_no_number_or_takes_no_texts_is_said() -> None:
    citizen = in_english()
    citizen.get("/me/link")
    assert problems(citizen.post("/me/link", way="hello"))["way"]
    assert "land line" in problems(citizen.post("/me/link", way="04 222 33 44"))["way"]


def test_once_a_number_is_proved_an_address_somebody_wrote_down_leads_nowhere(
    member: Citizen,
) -> None:
    with unit_of_work() as session:
        contact.add(session, alix(session), ContactKind.EMAIL, "coordinator@demo.example", 3)
    stranger = in_english("192.0.2.9")
    for way in ("coordinator@demo.example", NUMBER):
        stranger.get("/me/link")
        stranger.post("/me/link", way=way)
    assert [one.to for one in notices("member_link")] == [NUMBER, NUMBER]


def test_looking_at_the_link_opens_nothing_and_the_button_works_once() -> None:
    citizen = in_english()
    citizen.get("/me/link")
    citizen.post("/me/link", way=NUMBER)
    path = link_in("member_link")
    assert NAME not in in_english("192.0.2.9").get(path).text
    citizen.get(path)
    assert NAME in words(citizen.post(path))
    again = in_english("192.0.2.9")
    assert again.get(path).status_code == 404


def test_a_link_is_good_for_ten_minutes(set_clock: Callable[[timedelta], None]) -> None:
    citizen = in_english()
    citizen.get("/me/link")
    citizen.post("/me/link", way=NUMBER)
    path = link_in("member_link")
    citizen.get(path)
    set_clock(timedelta(minutes=11))
    assert citizen.post(path).status_code == 404


def test_coming_by_the_link_proves_the_number(member: Citizen) -> None:
    with unit_of_work(read_only=True) as session:
        points = session.exec(
            select(ContactPoint).where(ContactPoint.person_id == alix(session).id)
        ).all()
    assert {one.value: one.verified_at for one in points} == {NUMBER: NOW, ADDRESS: None}


def test_only_hashes_of_link_and_visit_are_kept(member: Citizen) -> None:
    cookie = member.http.cookies["plp_member"]
    with unit_of_work(read_only=True) as session:
        rows = [*session.exec(select(MemberLink)), *session.exec(select(MemberVisit))]
    assert len(rows) == 2
    assert cookie not in str(rows)


def test_without_a_visit_every_page_leads_to_the_link(set_clock: Callable[..., None]) -> None:
    for path in ("/me", "/me/data", "/me/data.json", "/me/erase"):
        assert in_english().get(path).url.path == "/me/link"


def test_a_visit_ends_when_idle_and_after_four_hours_at_most(
    member: Citizen, set_clock: Callable[[timedelta], None]
) -> None:
    for _quarter in range(15):
        set_clock(timedelta(minutes=15))
        assert member.get("/me").url.path == "/me"
    set_clock(timedelta(minutes=20))
    assert member.get("/me").url.path == "/me/link"


def test_an_idle_visit_is_over(member: Citizen, set_clock: Callable[[timedelta], None]) -> None:
    set_clock(timedelta(minutes=31))
    assert member.post("/me/calls", takes_calls="").url.path == "/me/link"
    assert stored().takes_calls


def test_closing_the_page_ends_the_visit(member: Citizen) -> None:
    cookie = member.http.cookies["plp_member"]
    member.post("/me/close")
    member.http.cookies.set("plp_member", cookie)
    assert member.get("/me").url.path == "/me/link"


def test_a_form_with_the_token_of_another_visit_is_refused(member: Citizen) -> None:
    answer = member.http.post("/me/calls", data={"takes_calls": "", "form_token": "guessed"})
    assert answer.status_code == 403
    stranger = in_english()
    stranger.get("/me/link")
    answer = member.http.post(
        "/me/calls", data={"form_token": stranger.page.text.split('form_token" value="')[1][:32]}
    )
    assert answer.status_code == 403
    assert stored().takes_calls


def test_a_shared_mobile_gets_a_link_for_each_of_its_people(member: Citizen) -> None:
    with unit_of_work() as session:
        other = session.exec(select(Person).where(col(Person.id) != alix(session).id)).first()
        assert other
        other_name = other.name
        session.add(
            ContactPoint(
                person_id=other.id,
                kind=ContactKind.MOBILE,
                value=NUMBER,
                value_index=blind_index(NUMBER),
            )
        )
    citizen = in_english()
    citizen.get("/me/link")
    citizen.post("/me/link", way=NUMBER)
    sent = [one.body for one in notices("member_link")[1:]]
    assert len(sent) == 2
    assert {body.partition(":")[0] for body in sent} == {NAME, other_name}


# Choices


def test_language_channels_hours_and_absence_are_kept(member: Citizen) -> None:
    member.post("/me/language", language="de")
    assert 'lang="de"' in member.page.text
    member.post("/me/channels", channels=["voice", "email", "sms"])
    member.post("/me/calls", takes_calls="yes", no_calls_from="22:00", no_calls_until="07:30")
    member.post("/me/pause", paused_from="2026-07-01", paused_until="2026-07-15")
    person = stored()
    assert person.language == "de"
    assert (str(person.no_calls_from), str(person.no_calls_until)) == ("22:00:00", "07:30:00")
    assert (str(person.paused_from), str(person.paused_until)) == ("2026-07-01", "2026-07-15")
    with unit_of_work(read_only=True) as session:
        rows = session.exec(select(ChannelChoice).order_by(col(ChannelChoice.position))).all()
    assert [one.channel for one in rows] == [Channel.VOICE, Channel.EMAIL, Channel.SMS]
    member.post("/me/pause", end="yes")
    assert stored().paused_from is None


@pytest.mark.parametrize(
    ("path", "values", "field"),
    [
        ("/me/language", {"language": "it"}, "language"),
        ("/me/channels", {"channels": ["sms", "sms", "email"]}, "channels"),
        ("/me/calls", {"no_calls_from": "22:00"}, "hours"),
        ("/me/calls", {"no_calls_from": "25:00", "no_calls_until": "06:00"}, "hours"),
        ("/me/pause", {"paused_from": "2026-07-15", "paused_until": "2026-07-01"}, "pause"),
        ("/me/pause", {"paused_from": "15/07/2026", "paused_until": "2026-07-16"}, "pause"),
        ("/me/address", {"street": "x" * 201}, "street"),
        ("/me/address", {"point": "somewhere"}, "point"),
        ("/me/address", {"point": "48.85, 2.35"}, "point"),
        ("/me/ways", {"way": "12"}, "way"),
        ("/me/ways", {"way": NUMBER}, "way"),
        ("/me/partnerships", {"partnership": "nowhere"}, "partnership"),
    ],
)
def test_a_wrong_choice_is_told_beside_its_field_and_changes_nothing(
    member: Citizen, path: str, values: dict[str, str], field: str
) -> None:
    before = stored().model_dump()
    assert list(problems(member.post(path, **values))) == [field]
    assert stored().model_dump() == before


def test_a_street_alone_will_do_and_so_will_a_point(member: Citizen) -> None:
    member.post("/me/address", street="Rue Haute 12", point="")
    member.post("/me/address", street="Rue Haute", point="50.6402, 5.5701")
    with unit_of_work(read_only=True) as session:
        home = session.get_one(Residence, alix(session).id)
    assert (home.street, home.house_number, home.point) == ("Rue Haute", "", "50.64020,5.57010")
    assert home.household_index is None
    member.post("/me/address", street="", point="")
    with unit_of_work(read_only=True) as session:
        assert session.get(Residence, alix(session).id) is None


def test_a_second_number_is_used_once_its_code_was_typed(member: Citizen) -> None:
    page = member.post("/me/ways", way="0471 22 33 44")
    assert "not confirmed: not used yet" in words(page)
    with unit_of_work(read_only=True) as session:
        point = contact.points_with_value(session, "+32471223344")[0]
        assert session.get(ContactStop, (point.id, Channel.SMS)) is not None
    wrong = member.post(f"/me/ways/{point.id}/code", code="000000")
    assert problems(wrong)[f"code-{point.id}"]
    member.post(f"/me/ways/{point.id}/code", code=code_in("number_code"))
    with unit_of_work(read_only=True) as session:
        assert session.get(ContactStop, (point.id, Channel.SMS)) is None
        assert session.get_one(ContactPoint, point.id).verified_at == NOW


def test_a_second_address_is_used_once_its_link_was_pressed(member: Citizen) -> None:
    member.post("/me/ways", way="new@example.be")
    path = link_in("address_link")
    other = in_english("192.0.2.9")
    other.get(path)
    other.post(path)
    with unit_of_work(read_only=True) as session:
        point = contact.points_with_value(session, "new@example.be")[0]
        assert point.verified_at == NOW
        assert session.get(ContactStop, (point.id, Channel.EMAIL)) is None


def test_a_number_can_come_first_be_opened_again_and_go_but_not_the_last(member: Citizen) -> None:
    with unit_of_work() as session:
        points = session.exec(
            select(ContactPoint).where(ContactPoint.person_id == alix(session).id)
        ).all()
        mobile = next(one for one in points if one.value == NUMBER)
        mail = next(one for one in points if one.value == ADDRESS)
        # Her coordinator knows this one as well: it is by this that her visit goes on.
        mail.vouched_at = NOW
        contact.stop_all(session, mobile, "texted_stop")
    member.get("/me")
    assert "closed: not used" in words(member.page)
    member.post(f"/me/ways/{mobile.id}", what="open")
    assert "closed: not used" not in words(member.page)
    member.post(f"/me/ways/{mail.id}", what="first")
    assert member.page.text.index(ADDRESS) < member.page.text.index("+32 470")
    member.post(f"/me/ways/{mobile.id}", what="remove")
    assert "+32 470" not in words(member.page)
    assert "last one" in problems(member.post(f"/me/ways/{mail.id}", what="remove"))["way"]


def test_the_number_of_somebody_else_is_not_found(member: Citizen) -> None:
    with unit_of_work(read_only=True) as session:
        other = session.exec(
            select(ContactPoint).where(col(ContactPoint.person_id) != alix(session).id)
        ).first()
        assert other
    assert member.post(f"/me/ways/{other.id}", what="remove").status_code == 404
    with unit_of_work(read_only=True) as session:
        assert session.get_one(ContactPoint, other.id).value == other.value


def test_each_consent_is_taken_back_and_given_on_its_own(member: Citizen) -> None:
    member.post("/me/consents/prevention", what="withdraw")
    member.post("/me/consents/surveys", what="withdraw")
    member.post("/me/consents/prevention", what="give")
    with unit_of_work(read_only=True) as session:
        rows = session.exec(
            select(Consent).where(Consent.person_id == alix(session).id).order_by(Consent.purpose)
        ).all()
    said = [
        (one.purpose.value, one.wording_version, one.given_how, one.withdrawn_how) for one in rows
    ]
    assert sorted(said, key=str) == [
        ("prevention", "2026-1", "own_page", None),
        ("prevention", "demo-1", "paper", "own_page"),
        ("surveys", "demo-1", "paper", "own_page"),
        ("urgent_alerts", "demo-1", "paper", None),
    ]


def test_a_member_asks_to_join_another_partnership_and_the_coordinator_sees_him(
    member: Citizen, templates: Templates
) -> None:
    member.post("/me/partnerships", partnership="valdor-gare")
    assert "your request is with the coordinator" in words(member.page)
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    with unit_of_work(read_only=True) as session:
        asked = session.exec(select(JoinRequest)).one()
    officer.post(f"/partnerships/valdor-gare/requests/{asked.id}/approve")
    member.get("/me")
    assert words(member.page).count("PLP Valdor-Gare") >= 1
    with unit_of_work(read_only=True) as session:
        memberships = session.exec(
            select(Membership).where(Membership.person_id == alix(session).id)
        ).all()
    assert len(memberships) == 2


def test_what_was_taken_back_meanwhile_is_not_agreed_to_again_by_joining_another(
    member: Citizen, templates: Templates, set_clock: Callable[[timedelta], None]
) -> None:
    member.post("/me/partnerships", partnership="valdor-gare")
    set_clock(timedelta(minutes=5))
    member.post("/me/consents/surveys", what="withdraw")
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    with unit_of_work(read_only=True) as session:
        asked = session.exec(select(JoinRequest)).one()
    officer.post(f"/partnerships/valdor-gare/requests/{asked.id}/approve")
    with unit_of_work(read_only=True) as session:
        rows = session.exec(select(Consent).where(Consent.person_id == alix(session).id)).all()
    assert len(rows) == 3
    assert {one.purpose.value for one in rows if one.withdrawn_at is None} == {
        "urgent_alerts",
        "prevention",
    }


# Leaving and being forgotten


def test_leaving_asks_first(member: Citizen) -> None:
    with unit_of_work(read_only=True) as session:
        membership = session.exec(
            select(Membership).where(Membership.person_id == alix(session).id)
        ).one()
    page = member.get(f"/me/leave/{membership.id}")
    assert "Leave PLP Haut-Valdor?" in words(page)
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Membership, membership.id).left_at is None
    member.post(f"/me/leave/{membership.id}")
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Membership, membership.id).left_at == NOW


def test_the_membership_of_somebody_else_is_not_found(member: Citizen) -> None:
    with unit_of_work(read_only=True) as session:
        other = session.exec(
            select(Membership).where(col(Membership.person_id) != alix(session).id)
        ).first()
        assert other
    assert member.get(f"/me/leave/{other.id}").status_code == 404
    member.get("/me")
    assert member.post(f"/me/leave/{other.id}").status_code == 404


def test_everything_we_hold_can_be_read_and_downloaded(member: Citizen) -> None:
    page = member.get("/me/data")
    for expected in (NAME, NUMBER, ADDRESS, "PLP Haut-Valdor", "demo-1"):
        assert expected in words(page)
    answer = member.get("/me/data.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    held = json.loads(answer.text)
    assert held["You"][0]["name"] == NAME
    assert {one["value"] for one in held["Numbers and addresses"]} == {NUMBER, ADDRESS}
    assert {"Messages to you", "What you wrote to us"} <= set(held)
    assert "token_hash" not in answer.text


def test_being_forgotten_asks_first_and_leaves_no_trace_but_the_proof(member: Citizen) -> None:
    member.post("/me/address", street="Zeldzaamstraat 7")
    page = member.get("/me/erase")
    assert "Erase everything about you?" in words(page)
    assert stored().name == NAME
    person = stored()
    member.post("/me/erase")
    assert "You are forgotten" in words(member.page)
    assert member.get("/me").url.path == "/me/link"
    goodbye = notices("erased")
    assert [one.to for one in goodbye] == [ADDRESS]
    with unit_of_work() as session:
        # The last message leaves, and is blanked as every notice is.
        session.execute(text("UPDATE notice SET \"to\" = '', body = '', subject = ''"))
    with unit_of_work(read_only=True) as session:
        erased = session.get_one(Person, person.id)
        assert (erased.name, erased.erased_at) == ("", NOW)
        consents = session.exec(select(Consent).where(Consent.person_id == person.id)).all()
        assert len(consents) == 3
        assert all(one.withdrawn_at == NOW for one in consents)
        joined = session.exec(select(Membership).where(Membership.person_id == person.id)).one()
        assert joined.left_at == NOW
        last = session.exec(
            select(audit.Decision).where(audit.Decision.action == "person.erase")
        ).one()
        assert (last.subject_id, audit.first_broken_link(session)) == (str(person.id), None)
        held = everything_in(session)
    for gone in (NAME, NUMBER, ADDRESS, "Zeldzaamstraat"):
        assert gone not in held, gone


def test_where_the_paper_is_kept_and_what_is_still_asked_are_forgotten_too(
    member: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_JOIN_PUZZLE_BITS", str(PUZZLE_BITS))
    config.settings.cache_clear()
    with unit_of_work() as session:
        person = alix(session)
        for agreement in session.exec(select(Consent).where(Consent.person_id == person.id)):
            agreement.proof = "Binder of Alix, page 3"
    for name in ("A. Abeele", "Bart Abeele"):
        Citizen(place="192.0.2.5").ask_to_join(
            "valdor-gare", solves=False, telephone=NUMBER, email="", name=name
        )
    member.get("/me/erase")
    member.post("/me/erase")
    with unit_of_work(read_only=True) as session:
        proofs = {
            one.proof for one in session.exec(select(Consent).where(Consent.person_id == person.id))
        }
        requests = {one.name: one.status for one in session.exec(select(JoinRequest))}
    assert proofs == {None}
    assert requests == {"": "expired", "Bart Abeele": "unverified"}


def everything_in(session: Session) -> str:
    """Every row of every table, as text."""
    tables = [
        table.name for table in Partnership.metadata.sorted_tables if table.name != "decision"
    ]
    return "\n".join(
        str(tuple(row))
        for name in tables
        for row in session.execute(text(f'SELECT * FROM "{name}"'))  # noqa: S608 - our own names
    )


def test_whoever_has_said_stop_or_mistyped_a_number_is_forgotten_like_everybody(
    member: Citizen,
) -> None:
    member.post("/me/ways", way="0471 22 33 44")
    with unit_of_work() as session:
        point = ways.of_person(session, alix(session).id)[0]
        contact.stop_all(session, point, "texted_stop")
    member.get("/me/erase")
    assert member.post("/me/erase").status_code == 200
    with unit_of_work(read_only=True) as session:
        assert contact.points_with_value(session, NUMBER) == []
        assert contact.points_with_value(session, "+32471223344") == []


def test_a_forgotten_member_can_start_anew(member: Citizen) -> None:
    member.get("/me/erase")
    member.post("/me/erase")
    citizen = in_english()
    citizen.get("/me/link")
    before = len(notices("member_link"))
    citizen.post("/me/link", way=NUMBER)
    assert len(notices("member_link")) == before


def test_she_wants_one_mail_a_week_and_then_each_again(member: Citizen) -> None:
    assert 'value="each" checked' in member.get("/me").text
    member.post("/me/mails", mails="weekly")
    assert stored().weekly_mail
    assert 'value="weekly" checked' in member.get("/me").text
    member.post("/me/mails", mails="each")
    assert not stored().weekly_mail
