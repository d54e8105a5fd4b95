"""A citizen asks to join by the public page; codes, links and limits; the coordinator decides."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from hub import clock, config
from hub.db import unit_of_work
from hub.i18n import Language, translate
from partnerships import consent, contact, forgetting, joining, ways
from partnerships.models import (
    ConfirmationCode,
    Consent,
    ContactKind,
    ContactPoint,
    JoinRequest,
    JoinStatus,
    Membership,
    MembershipMeasure,
    Organisation,
    OrganisationKind,
    Partnership,
    Person,
    Purpose,
    Residence,
)
from tests import in_process
from tests.citizens import (
    PUZZLE_BITS,
    WILLING,
    Citizen,
    code_in,
    field,
    link_in,
    notices,
    problems,
    text_from,
    words,
)
from tests.conftest import Templates
from tests.running_hub import Visitor

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
UPPER, LOWER = "haut-valdor", "valdor-gare"
REQUESTS = f"/partnerships/{UPPER}/requests"


@pytest.fixture(autouse=True)
def set_clock(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """A day in June; the clock is moved by calling this."""
    monkeypatch.setenv("HUB_JOIN_PUZZLE_BITS", str(PUZZLE_BITS))
    config.settings.cache_clear()
    times = [NOW]
    clock.set_source(lambda: times[0])

    def later(by: timedelta) -> None:
        times[0] += by

    return later


@pytest.fixture
def coordinator(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["coordinator"])


def requests(*statuses: JoinStatus) -> list[JoinRequest]:
    with unit_of_work(read_only=True) as session:
        rows = select(JoinRequest).order_by(col(JoinRequest.created_at), col(JoinRequest.id))
        return [one for one in session.exec(rows) if not statuses or one.status in statuses]


def approve(coordinator: Visitor, request: JoinRequest) -> None:
    answer = coordinator.post(f"{REQUESTS}/{request.id}/approve")
    assert answer.status_code == 303, answer.text


def people_named(name: str) -> list[Person]:
    with unit_of_work(read_only=True) as session:
        return [one for one in session.exec(select(Person)) if one.name == name]


# The page


def test_the_page_asks_for_eight_things_and_ticks_nothing_beforehand() -> None:
    page = Citizen().get(f"/join/{UPPER}").text
    form = page.partition('id="join"')[2].partition("</form>")[0]
    visible = [one for one in form.split("<input")[1:] if 'type="hidden"' not in one]
    assert len(visible) == 8
    assert "checked" not in form
    assert "<select" not in form
    assert "<textarea" not in form


def test_every_wrong_field_is_named_and_what_was_typed_is_kept() -> None:
    page = Citizen().ask_to_join(
        UPPER, name=" ", telephone="12", email="nobody", street="x" * 201, purposes=[], statement=""
    )
    assert set(problems(page)) == {
        "name", "telephone", "email", "street", "purposes", "statement"
    }  # fmt: skip
    assert 'value="nobody"' in page.text
    assert requests() == []


def test_without_a_number_or_an_address_nobody_can_be_warned() -> None:
    page = Citizen().ask_to_join(UPPER, telephone="", email="")
    assert "how else can we warn you?" in problems(page)["telephone"]


def test_urgent_alerts_are_needed_the_rest_is_not() -> None:
    page = Citizen().ask_to_join(UPPER, purposes=["surveys"])
    assert set(problems(page)) == {"purposes"}
    Citizen().ask_to_join(UPPER, purposes=["urgent_alerts"])
    assert [one.purposes for one in requests()] == [["urgent_alerts"]]


def test_a_land_line_is_offered_calls_before_it_is_taken() -> None:
    citizen = Citizen()
    page = citizen.ask_to_join(UPPER, telephone="04 222 33 44")
    assert "cannot take texts" in problems(page)["telephone"]
    assert 'name="may_be_called"' in page.text
    answer = citizen.send(f"/join/{UPPER}", page, telephone="04 222 33 44", may_be_called="yes")
    assert "we will call it" in words(answer)
    assert [one.telephone for one in requests()] == ["+3242223344"]
    assert notices("join_code") == []


def test_another_language_keeps_what_was_typed() -> None:
    citizen = Citizen()
    page = citizen.ask_to_join(UPPER, other_language="nl", name="Jan Peeters")
    assert page.status_code == 200
    assert 'lang="nl"' in page.text
    assert 'value="Jan Peeters"' in page.text
    citizen.send(f"/join/{UPPER}", page)
    assert [one.language for one in requests()] == [Language.DUTCH]


def test_a_form_of_another_site_is_refused() -> None:
    citizen = Citizen()
    page = citizen.get(f"/join/{UPPER}")
    typed = {**WILLING, "challenge": field(page, "challenge"), "language": "en"}
    forged = citizen.http.post(f"/join/{UPPER}", data=typed)
    assert forged.status_code == 403
    with_token = {**typed, "form_token": field(page, "form_token")}
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert (
        citizen.http.post(f"/join/{UPPER}", data=with_token, headers=elsewhere).status_code == 403
    )
    assert requests() == []


def test_a_form_that_lay_open_for_a_day_asks_for_one_more_press(
    set_clock: Callable[[timedelta], None],
) -> None:
    citizen = Citizen()
    page = citizen.get(f"/join/{UPPER}")
    set_clock(timedelta(days=1))
    answer = citizen.send(f"/join/{UPPER}", page)
    assert "open for very long" in problems(answer)["send"]
    citizen.send(f"/join/{UPPER}", answer)
    assert len(requests()) == 1


def test_the_same_form_sent_twice_is_one_request() -> None:
    citizen = Citizen()
    page = citizen.get(f"/join/{UPPER}")
    citizen.send(f"/join/{UPPER}", page)
    citizen.page = page
    citizen.send(f"/join/{UPPER}", page)
    assert len(requests()) == 1
    assert len(notices("join_code")) == 1


def test_a_partnership_that_takes_nobody_says_so_and_an_unknown_one_is_not_found(
    coordinator: Visitor,
) -> None:
    with unit_of_work() as session:
        partnership = joining.partnership_to_join(session, LOWER)
        partnership.takes_requests = False
        session.add(partnership)
    closed = Citizen().get(f"/join/{LOWER}")
    assert closed.status_code == 409
    assert "takes no requests" in closed.text
    assert Citizen().get("/join/nowhere").status_code == 404


# Codes and links


def test_with_the_puzzle_solved_the_code_leaves_at_once_and_proves_the_number() -> None:
    citizen = Citizen()
    citizen.ask_to_join(UPPER)
    asked = requests()[0]
    assert asked.status is JoinStatus.UNVERIFIED
    page = citizen.post(f"/join/{UPPER}/confirm", code=f" {code_in('join_code')} ")
    assert "This number is yours" in words(page)
    assert requests()[0].status is JoinStatus.WAITING
    assert requests()[0].telephone_verified_at == NOW


def test_without_the_puzzle_no_text_leaves_before_the_link_in_the_mail_was_used() -> None:
    citizen = Citizen()
    page = citizen.ask_to_join(UPPER, solves=False)
    assert "first use the link in the mail" in words(page)
    assert notices("join_code") == []
    path = link_in("join_link")

    scanner = Citizen(place="192.0.2.9")
    assert "Yes, it was me" in words(scanner.get(path))
    assert requests()[0].email_verified_at is None

    citizen.get(path)
    page = citizen.post(path)
    assert requests()[0].email_verified_at == NOW
    assert "One more step" in words(page)
    page = citizen.post(f"/join/{UPPER}/confirm", code=code_in("join_code"))
    assert "This number is yours" in words(page)


def test_the_link_in_the_mail_works_once_and_for_a_day(
    set_clock: Callable[[timedelta], None],
) -> None:
    citizen = Citizen()
    citizen.ask_to_join(UPPER)
    path = link_in("join_link")
    citizen.get(path)
    citizen.post(path)
    assert citizen.get(path).status_code == 404
    Citizen().ask_to_join(LOWER, email="other@example.be")
    late = link_in("join_link")
    set_clock(timedelta(hours=25))
    assert citizen.get(late).status_code == 404


def test_a_link_we_never_made_is_worth_nothing() -> None:
    for token in ("x", "0" * 75, "é" * 40):
        assert Citizen().get(f"/join/mail/{token}").status_code == 404


def test_without_both_the_coordinator_gets_the_request_as_not_verified(
    coordinator: Visitor,
) -> None:
    page = Citizen().ask_to_join(UPPER, solves=False, email="")
    assert "not confirmed" in words(page)
    assert notices("join_code") == []
    assert "not verified" in words(coordinator.get(REQUESTS))


def test_a_code_is_tried_five_times_at_most() -> None:
    citizen = Citizen()
    citizen.ask_to_join(UPPER)
    right = code_in("join_code")
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _try in range(5):
        page = citizen.post(f"/join/{UPPER}/confirm", code=wrong)
        assert "not the code" in problems(page)["code"]
    page = citizen.post(f"/join/{UPPER}/confirm", code=right)
    assert "worth nothing any more" in problems(page)["code"]
    assert requests()[0].telephone_verified_at is None


def test_a_code_is_good_for_ten_minutes_and_only_the_newest_counts(
    set_clock: Callable[[timedelta], None],
) -> None:
    citizen = Citizen()
    citizen.ask_to_join(UPPER)
    first = code_in("join_code")
    set_clock(timedelta(minutes=11))
    assert "worth nothing" in problems(citizen.post(f"/join/{UPPER}/confirm", code=first))["code"]
    citizen.post(f"/join/{UPPER}/confirm/again", what="text")
    assert len(notices("join_code")) == 2
    page = citizen.post(f"/join/{UPPER}/confirm", code=code_in("join_code"))
    assert "This number is yours" in words(page)


def test_nobody_sees_the_request_of_another_browser() -> None:
    Citizen().ask_to_join(UPPER)
    stranger = Citizen()
    stranger.http.cookies.set("plp_join", f"{requests()[0].id}.forged")
    page = stranger.get(f"/join/{UPPER}/confirm")
    assert "Rue Haute" not in page.text
    assert page.url.path == f"/join/{UPPER}"


def test_the_answer_is_the_same_to_a_member_and_to_a_stranger() -> None:
    """The demo's first member has this number and is in this very partnership."""
    member, stranger = Citizen(place="192.0.2.1"), Citizen(place="192.0.2.2")
    known = member.ask_to_join(UPPER, telephone="+32470001000", email="member00@demo.example")
    unknown = stranger.ask_to_join(UPPER, telephone="+32471223344", email="marie@example.be")
    assert words(known).replace("+32 470 00 10 00", "N").replace("member00@demo.example", "A") == (
        words(unknown).replace("+32 471 22 33 44", "N").replace("marie@example.be", "A")
    )
    assert [one.channel for one in notices("join_code")] == ["sms", "sms"]


# Limits


def ask_from(place: str, number: str, *, solves: bool = True) -> str:
    """Ask to join from one place with one number; what the next page says."""
    citizen = Citizen(place=place)
    return words(citizen.ask_to_join(UPPER, telephone=number, email="", solves=solves))


def test_three_codes_to_one_number_in_a_day(set_clock: Callable[[timedelta], None]) -> None:
    for place in range(4):
        ask_from(f"192.0.2.{place}", "0471 22 33 44")
    assert len(notices("join_code")) == 3
    set_clock(timedelta(days=1, minutes=1))
    ask_from("192.0.2.9", "0471 22 33 44")
    assert len(notices("join_code")) == 4


def test_five_codes_from_one_address_of_the_internet_in_an_hour(
    set_clock: Callable[[timedelta], None],
) -> None:
    for number in range(6):
        ask_from("192.0.2.1", f"047{number} 22 33 44")
    assert len(notices("join_code")) == 5
    ask_from("192.0.2.2", "0479 22 33 44")
    assert len(notices("join_code")) == 6
    set_clock(timedelta(hours=1, minutes=1))
    ask_from("192.0.2.1", "0478 22 33 44")
    assert len(notices("join_code")) == 7


def test_a_household_with_ipv6_is_one_address() -> None:
    for number in range(6):
        ask_from(f"2001:db8:1:2::{number}", f"047{number} 22 33 44")
    assert len(notices("join_code")) == 5


def test_twenty_codes_to_one_range_of_numbers_in_an_hour() -> None:
    for number in range(22):
        ask_from(f"192.0.2.{number}", f"+32471223{number:03}")
    assert len(notices("join_code")) == 20


def test_past_what_may_leave_in_an_hour_or_a_day_it_is_mail_only(
    monkeypatch: pytest.MonkeyPatch, set_clock: Callable[[timedelta], None]
) -> None:
    monkeypatch.setenv("HUB_JOIN_CODES_PER_HOUR", "2")
    monkeypatch.setenv("HUB_JOIN_CODES_PER_DAY", "3")
    config.settings.cache_clear()
    for number in range(3):
        ask_from(f"192.0.2.{number}", f"047{number} 22 33 44")
    assert len(notices("join_code")) == 2
    page = Citizen(place="192.0.2.8").ask_to_join(UPPER, telephone="0477 22 33 44")
    assert "We have sent a mail" in words(page)
    set_clock(timedelta(hours=2))
    for number in range(2):
        ask_from(f"192.0.2.{number}", f"048{number + 4} 22 33 44")
    assert len(notices("join_code")) == 3


def test_a_foreign_mobile_gets_no_code_unless_its_country_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = ask_from("192.0.2.1", "+33 6 12 34 56 78")
    assert "not confirmed" in said
    assert notices("join_code") == []
    monkeypatch.setenv("HUB_JOIN_CODE_COUNTRIES", "32, 33")
    config.settings.cache_clear()
    ask_from("192.0.2.1", "+33 6 12 34 56 79")
    assert len(notices("join_code")) == 1


def test_no_more_codes_on_demand_than_the_limit_and_it_is_said() -> None:
    citizen = Citizen()
    citizen.ask_to_join(UPPER)
    for _again in range(2):
        citizen.post(f"/join/{UPPER}/confirm/again", what="text")
    page = citizen.post(f"/join/{UPPER}/confirm/again", what="text")
    assert page.status_code == 422
    assert "No more can be sent now" in words(page)
    assert len(notices("join_code")) == 3


def test_a_robot_that_fills_in_forms_all_day_is_stopped() -> None:
    for number in range(30):
        ask_from("192.0.2.1", f"+324712230{number:02}", solves=False)
    answer = Citizen(place="192.0.2.1").ask_to_join(UPPER)
    assert answer.status_code == 429
    assert len(requests()) == 30


def test_where_somebody_asked_from_is_stored_as_a_blind_index_only() -> None:
    Citizen(place="192.0.2.77").ask_to_join(UPPER)
    with unit_of_work(read_only=True) as session:
        rows = [one.model_dump_json() for one in session.exec(select(ConfirmationCode))]
    assert rows
    assert not any("192.0.2.77" in row or "471223344" in row for row in rows)


# The coordinator decides


def proved(citizen: Citizen | None = None, name: str = "Marie Dupont") -> JoinRequest:
    """A request whose number and address were both proved."""
    citizen = citizen or Citizen()
    citizen.ask_to_join(UPPER, name=name)
    path = link_in("join_link")
    citizen.post(f"/join/{UPPER}/confirm", code=code_in("join_code"))
    citizen.get(path)
    citizen.post(path)
    return requests(JoinStatus.WAITING)[-1]


def test_approving_makes_a_member_with_what_he_proved_and_agreed_to(coordinator: Visitor) -> None:
    asked = proved()
    approve(coordinator, asked)
    person = people_named("Marie Dupont")[0]
    with unit_of_work(read_only=True) as session:
        points = session.exec(select(ContactPoint).where(ContactPoint.person_id == person.id)).all()
        consents = session.exec(select(Consent).where(Consent.person_id == person.id)).all()
        home = session.get_one(Residence, person.id)
        joined = session.exec(select(Membership).where(Membership.person_id == person.id)).one()
    assert {(one.kind.value, one.value, one.verified_at) for one in points} == {
        ("mobile", "+32471223344", NOW),
        ("email", "marie@example.be", NOW),
    }
    assert {(one.purpose.value, one.wording_version, one.language) for one in consents} == {
        ("urgent_alerts", "2026-1", Language.ENGLISH),
        ("prevention", "2026-1", Language.ENGLISH),
    }
    assert all(one.proof and str(asked.id) in one.proof for one in consents)
    assert (home.street, home.house_number, home.town) == ("Rue Haute", "12", "Valdor")
    assert joined.joined_how == "public_page"
    assert "You are now a member of PLP Haut-Valdor" in notices("join_approved")[0].body
    assert notices("join_approved")[0].to == "+32471223344"


def test_a_decided_request_is_blank_and_cannot_be_decided_again(coordinator: Visitor) -> None:
    asked = proved()
    approve(coordinator, asked)
    after = requests()[0]
    assert after.status is JoinStatus.APPROVED
    assert (after.name, after.telephone, after.email, after.street) == ("", "", "", "")
    assert coordinator.post(f"{REQUESTS}/{asked.id}/approve").status_code == 409


def test_the_same_proved_number_under_the_same_name_is_the_same_person(
    coordinator: Visitor, templates: Templates
) -> None:
    approve(coordinator, proved())
    again = Citizen(place="192.0.2.5")
    again.ask_to_join(LOWER, name="M. Dupont")
    again.post(f"/join/{LOWER}/confirm", code=code_in("join_code"))
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    asked = requests(JoinStatus.WAITING)[0]
    answer = officer.post(f"/partnerships/{LOWER}/requests/{asked.id}/approve")
    assert answer.status_code == 303
    person = people_named("Marie Dupont")[0]
    assert people_named("M. Dupont") == []
    with unit_of_work(read_only=True) as session:
        joined = session.exec(select(Membership).where(Membership.person_id == person.id)).all()
    assert len(joined) == 2


def test_a_couple_with_one_mobile_and_one_mailbox_is_two_members(coordinator: Visitor) -> None:
    approve(coordinator, proved())
    approve(coordinator, proved(Citizen(place="192.0.2.5"), name="Jean Dupont"))
    assert len(people_named("Marie Dupont")) == 1
    assert len(people_named("Jean Dupont")) == 1


def test_an_unproved_number_takes_over_nobody(coordinator: Visitor) -> None:
    """The demo's first member is called Alix Abeele; whoever types her number is not her."""
    Citizen().ask_to_join(
        UPPER, solves=False, telephone="+32470001000", email="", name="Alix Abeele"
    )
    approve(coordinator, requests()[0])
    assert len(people_named("Alix Abeele")) == 2


def test_a_person_of_another_zone_is_not_brought_along(coordinator: Visitor) -> None:
    """He proves the same number, and has told the others there more than this coordinator is to
    know."""
    with unit_of_work() as session:
        zone = Organisation(
            kind=OrganisationKind.POLICE_ZONE, slug="zone-lointaine", name="Zone Lointaine"
        )
        town = Organisation(kind=OrganisationKind.MUNICIPALITY, slug="lointain", name="Lointain")
        session.add_all([zone, town])
        session.flush()
        far = Partnership(
            name="PLP Lointain",
            slug="lointain",
            police_zone_id=zone.id,
            municipality_id=town.id,
            languages=[Language.FRENCH],
        )
        person = Person(name="Marie Dupont", language=Language.FRENCH)
        session.add_all([far, person])
        session.flush()
        session.add(Membership(partnership_id=far.id, person_id=person.id))
        contact.add(session, person, ContactKind.MOBILE, "+32471223344", 1)
        contact.add(session, person, ContactKind.EMAIL, "secret@example.be", 2)
        session.flush()
        for point in ways.of_person(session, person.id):
            point.verified_at = NOW
    approve(coordinator, proved())
    assert len(people_named("Marie Dupont")) == 2
    with unit_of_work(read_only=True) as session:
        here = session.exec(
            select(ContactPoint)
            .join(Membership, col(Membership.person_id) == col(ContactPoint.person_id))
            .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
            .where(Partnership.slug == UPPER)
        ).all()
    assert "secret@example.be" not in {one.value for one in here}


@pytest.mark.parametrize(
    ("name", "is_same"),
    [
        ("M. Dupont", True),
        ("dupont marie", True),
        ("Marie Dupont-Lambert", True),
        ("Dupont", False),
        ("M. D.", False),
        ("Marie", False),
        ("Jean Dupont", False),
    ],
)
def test_a_family_name_or_initials_alone_do_not_make_two_people_one(
    coordinator: Visitor, name: str, is_same: bool
) -> None:
    approve(coordinator, proved())
    approve(coordinator, proved(Citizen(place="192.0.2.5"), name=name))
    assert (people_named(name) == []) is is_same


def test_a_consent_taken_back_after_the_form_was_sent_is_not_revived(
    coordinator: Visitor, set_clock: Callable[[timedelta], None]
) -> None:
    approve(coordinator, proved())
    asked = proved(Citizen(place="192.0.2.5"))
    set_clock(timedelta(minutes=5))
    person = people_named("Marie Dupont")[0]
    with unit_of_work() as session:
        for purpose in Purpose:
            consent.take_back(session, person, purpose, "own_page")
    approve(coordinator, asked)
    with unit_of_work(read_only=True) as session:
        agreed = [
            one.purpose
            for one in session.exec(select(Consent).where(Consent.person_id == person.id))
            if one.withdrawn_at is None
        ]
    assert agreed == []


def test_a_stop_said_after_the_number_was_proved_outlives_the_approval(
    coordinator: Visitor, set_clock: Callable[[timedelta], None]
) -> None:
    approve(coordinator, proved())
    asked = proved(Citizen(place="192.0.2.5"))
    set_clock(timedelta(minutes=5))
    text_from("+32471223344", "STOP")
    approve(coordinator, asked)
    with unit_of_work(read_only=True) as session:
        [point] = contact.points_with_value(session, "+32471223344")
        assert len(ways.stops_of(session, point.id)) == 3


def test_who_was_excluded_is_known_by_the_number_he_had_then(
    coordinator: Visitor, templates: Templates, set_clock: Callable[[timedelta], None]
) -> None:
    approve(coordinator, proved())
    person = people_named("Marie Dupont")[0]
    with unit_of_work(read_only=True) as session:
        joined = session.exec(select(Membership).where(Membership.person_id == person.id)).one()
    page = f"/partnerships/{UPPER}/members/{joined.id}"
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    decided = {"kind": "exclusion", "decided_on": "2026-06-01", "reason": "Threatened others."}
    assert officer.post(f"{page}/measures", **decided).status_code == 303
    with unit_of_work() as session:
        for point in ways.of_person(session, person.id):
            ways.forget(session, point)
        kept = session.exec(select(MembershipMeasure)).one().barred_indexes
    assert len(kept) == 2
    assert not any("471223344" in one or "marie" in one for one in kept)
    asked = proved(Citizen(place="192.0.2.5"), name="Somebody Else")
    assert coordinator.post(f"{REQUESTS}/{asked.id}/approve").status_code == 409
    set_clock(timedelta(days=5 * 365 + 1))
    with unit_of_work() as session:
        forgetting.forget_old(session)
        assert session.exec(select(MembershipMeasure)).one().barred_indexes == []


def test_a_no_is_told_with_its_reason_and_leaves_nothing(coordinator: Visitor) -> None:
    asked = proved()
    answer = coordinator.post(f"{REQUESTS}/{asked.id}/decline", reason="outside")
    assert answer.status_code == 303
    assert "You do not live or work in the zone" in notices("join_declined")[0].body
    assert requests()[0].status is JoinStatus.DECLINED
    assert requests()[0].name == ""
    assert people_named("Marie Dupont") == []


def test_a_request_nobody_decides_is_closed_and_blanked_after_two_weeks(
    set_clock: Callable[[timedelta], None],
) -> None:
    Citizen().ask_to_join(UPPER)
    set_clock(timedelta(days=13))
    with unit_of_work() as session:
        forgetting.forget_old(session)
    assert requests()[0].name == "Marie Dupont"
    set_clock(timedelta(days=2))
    for _twice in range(2):
        with unit_of_work() as session:
            forgetting.forget_old(session)
    assert requests()[0].status is JoinStatus.EXPIRED
    assert (requests()[0].name, requests()[0].telephone, requests()[0].email) == ("", "", "")
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(ConfirmationCode)).all() == []


# Invitations and the poster


def test_an_invitation_opens_the_page_with_the_address_known_and_proved(
    coordinator: Visitor,
) -> None:
    sent = coordinator.post(
        f"/partnerships/{UPPER}/invitations", way="invited@example.be", language="nl"
    )
    assert sent.status_code == 303
    assert "buurtinformatienetwerk" in notices("invitation")[0].body
    path = link_in("invitation")
    citizen = Citizen(in_process.client())
    page = citizen.get(path)
    assert 'lang="nl"' in page.text
    assert "invited@example.be" in page.text
    citizen.send(path, page, solves=False, email="somebody@else.example", name="Jan Peeters")
    asked = requests()[0]
    assert (asked.email, asked.email_verified_at) == ("invited@example.be", NOW)
    assert asked.status is JoinStatus.WAITING
    assert asked.joined_how == "invitation"
    # The address is proved, so the mobile may be texted to.
    assert len(notices("join_code")) == 1
    assert citizen.get(path).status_code == 404


def test_an_invitation_to_a_land_line_or_twice_in_a_day_is_refused(coordinator: Visitor) -> None:
    invite = f"/partnerships/{UPPER}/invitations"
    assert coordinator.post(invite, way="04 222 33 44", language="fr").status_code == 422
    assert coordinator.post(invite, way="0471 22 33 44", language="fr").status_code == 303
    again = coordinator.post(invite, way="+32471223344", language="fr")
    assert "today already" in problems(again)["way"]


def test_whom_another_partnership_invites_is_not_told(
    coordinator: Visitor, templates: Templates
) -> None:
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    invited = {"way": "0471 22 33 44", "language": "fr"}
    assert officer.post(f"/partnerships/{LOWER}/invitations", **invited).status_code == 303
    assert coordinator.post(f"/partnerships/{UPPER}/invitations", **invited).status_code == 303


def test_the_poster_has_the_address_and_101_in_every_language() -> None:
    answer = Citizen().get(f"/join/{UPPER}/poster.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == (595, 842)
    text = pages[0].extract_text()
    assert f"/join/{UPPER}" in text
    assert "PLP Haut-Valdor" in text
    for language in (Language.FRENCH, Language.DUTCH, Language.GERMAN):
        assert translate(language, "In an emergency always call 101") in text.replace("'", "’")
    code = Citizen().get(f"/join/{UPPER}/qr.svg")
    assert code.headers["Content-Type"].startswith("image/svg+xml")
    assert code.text.startswith("<svg")


def test_the_coordinator_is_told_once_a_day_that_somebody_asks(
    set_clock: Callable[[timedelta], None],
) -> None:
    for name in ("Ann Aerts", "Bob Bastin"):
        Citizen().ask_to_join(UPPER, name=name)
    [told] = notices("join_asked")
    assert told.to == "coordinator@demo.example"
    assert told.body.count(f"/partnerships/{UPPER}/requests") == 1
    assert "Aerts" not in told.body, "a mail may be read by others"
    set_clock(timedelta(days=1, minutes=1))
    Citizen().ask_to_join(UPPER, name="Cas Claes")
    assert len(notices("join_asked")) == 2
