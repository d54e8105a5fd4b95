"""The coordinator's decision: whose turn it is, within which limits, and only one of them."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from hub.roles import Role
from messaging import fan_out
from messaging.models import Broadcast, BroadcastStatus, BroadcastText, Delivery, Relay
from partnerships import accounts, contact
from partnerships.models import (
    Appointment,
    ContactKind,
    ContactPoint,
    Membership,
    Notice,
    Partnership,
    PartnershipStatus,
    Person,
)
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, COORDINATOR = "officer@demo.example", "coordinator@demo.example"
CO, STEERING = "co@demo.example", "steering@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
SATURDAY_EVENING = datetime(2026, 6, 6, 19, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
WORDS = {
    language: {
        "subject": f"Subject {language}",
        "short": f"Short {language}",
        "long": "The police say this.",
        "passage": "Come to the town hall.",
    }
    for language in ("fr", "nl", "de")
}


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(NOON)


def released(**changes: Any) -> str:
    """A message of the police on its way to the coordinator of Haut-Valdor; its id."""
    http = in_process.api(OFFICER).http
    wanted = {
        "client_request_id": "one",
        "kind": "prevention",
        "topic": "theft",
        "partnerships": ["haut-valdor"],
        "texts": WORDS,
        **changes,
    }
    draft = http.post("/cold-messages", json=wanted)
    assert draft.status_code == 201, draft.text
    message_id: str = draft.json()["id"]
    assert http.post(f"/cold-messages/{message_id}/release").status_code == 202
    return message_id


def asked(by: str = COORDINATOR) -> tuple[httpx.Client, str]:
    http = in_process.api(by).http
    (one,) = http.get("/relays").json()
    return http, f"/relays/{one['id']}"


def leave() -> None:
    with unit_of_work(read_only=True) as session:
        found = session.exec(
            select(Broadcast.id).where(Broadcast.status == BroadcastStatus.RELEASED)
        ).all()
    for broadcast_id in found:
        with unit_of_work() as session:
            fan_out.fan_out(session, broadcast_id)


def long_text(language: str = "fr") -> str:
    with unit_of_work(read_only=True) as session:
        found = select(BroadcastText.long).where(BroadcastText.language == language)
        return session.exec(found).one()


def mails(kind: str) -> Counter[str]:
    with unit_of_work(read_only=True) as session:
        return Counter(session.exec(select(Notice.to).where(Notice.kind == kind)).all())


def appoint(session: Session, email: str, role: Role) -> None:
    partnership = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
    account = accounts.create(session, email=email, name=f"The {role}", password="x" * 20)
    accounts.appoint(session, account, role, partnership.id)


def with_deputies() -> None:
    with unit_of_work() as session:
        appoint(session, CO, Role.CO_COORDINATOR)
        appoint(session, STEERING, Role.STEERING_GROUP)


def without_coordinator() -> None:
    with unit_of_work() as session:
        held = session.exec(select(Appointment).where(Appointment.role == Role.COORDINATOR)).one()
        held.ends_at = clock.now() - timedelta(minutes=1)
        session.add(held)


# Only one


def test_two_coordinators_cannot_both_pass_it_on() -> None:
    with_deputies()
    released()
    http, relay = asked()
    other, same = asked(CO)
    assert http.post(f"{relay}/relay", json={}).status_code == 202
    # A double click is one click.
    assert http.post(f"{relay}/relay", json={}).status_code == 202
    late = other.post(f"{same}/relay", json={})
    assert late.status_code == 409
    assert "Cor Coördinator a déjà transmis ce message." in late.json()["detail"]
    declined = other.post(f"{same}/decline", json={"reason": "I would not have."})
    assert declined.status_code == 409
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(Broadcast)).all()) == 1


def test_two_at_the_very_same_moment_are_one_and_a_clear_refusal() -> None:
    with_deputies()
    released()
    doors = [asked(), asked(CO)]
    start, answers = threading.Barrier(2), list[int]()

    def press(http: httpx.Client, relay: str) -> None:
        start.wait()
        answers.append(http.post(f"{relay}/relay", json={}).status_code)

    pressing = [threading.Thread(target=press, args=door) for door in doors]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert sorted(answers) == [202, 409]
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(Broadcast)).all()) == 1


# His words and theirs


def test_the_words_of_the_police_stay_and_only_the_open_passage_changes() -> None:
    released()
    http, relay = asked()
    own = {
        "fr": {"introduction": "Dear all,", "passage": "Come to my house.", "closing": "Bye!"},
        "nl": {"passage": "Come to the town hall."},
    }
    passed = http.post(f"{relay}/relay", json={"own": own}).json()
    paragraphs = long_text().split("\n\n")
    assert paragraphs[:4] == ["Dear all,", "The police say this.", "Come to my house.", "Bye!"]
    assert "PLP Haut-Valdor" in paragraphs[4]
    assert passed["texts"]["fr"]["long"] == long_text()
    assert passed["texts"]["fr"]["short"] == "Short fr"
    assert long_text("nl").startswith("The police say this.\n\nCome to the town hall.")


def test_a_passage_that_is_not_open_is_not_changed() -> None:
    texts = {one: {**words, "passage": ""} for one, words in WORDS.items()}
    released(texts=texts)
    http, relay = asked()
    http.post(f"{relay}/relay", json={"own": {"fr": {"passage": "Buy my alarm."}}})
    assert "Buy my alarm." not in long_text()


# When


def test_what_is_passed_on_in_the_evening_leaves_in_the_members_hours() -> None:
    released()
    http, relay = asked()
    at(SATURDAY_EVENING)
    http.post(f"{relay}/relay", json={})
    leave()
    with unit_of_work(read_only=True) as session:
        rows = session.exec(select(Delivery)).all()
    assert {one.not_before for one in rows if one.reason is None} == {MONDAY_MORNING}


def test_it_leaves_at_the_moment_he_chose_unless_he_takes_that_back() -> None:
    released()
    http, relay = asked()
    past = http.post(f"{relay}/relay", json={"relay_at": "2026-06-01T10:00:00Z"})
    late = http.post(f"{relay}/relay", json={"relay_at": "2026-07-01T10:00:00Z"})
    for refused in (past, late):
        assert [one["field"] for one in refused.json()["errors"]] == ["relay_at"]
    moment = (NOON + timedelta(days=1)).isoformat()
    assert http.post(f"{relay}/relay", json={"relay_at": moment}).json()["state"] == "scheduled"
    assert http.post(f"{relay}/take-back").json()["state"] == "waiting"
    http.post(f"{relay}/relay", json={"relay_at": moment, "own": {"fr": {"closing": "Bye!"}}})
    timetable.release_what_is_due()
    at(NOON + timedelta(days=1))
    for _look in range(2):
        timetable.release_what_is_due()
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(Broadcast)).all()) == 1
    assert "Bye!" in long_text()


def test_what_cannot_leave_any_more_at_its_moment_holds_up_nobody_else() -> None:
    released()
    http, relay = asked()
    http.post(f"{relay}/relay", json={"relay_at": (NOON + timedelta(days=1)).isoformat()})
    with unit_of_work() as session:
        ended = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        ended.status = PartnershipStatus.ENDED
        session.add(ended)
    at(NOON + timedelta(days=1))
    timetable.release_what_is_due()
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(Relay.state)).one() == "lapsed"


def test_nobody_is_asked_for_ever() -> None:
    released(good_until=(NOON + timedelta(hours=30)).isoformat())
    at(NOON + timedelta(hours=30))
    timetable.remind_of_relays()
    http, relay = asked()
    late = http.post(f"{relay}/relay", json={})
    assert late.status_code == 409
    assert "délai" in late.json()["detail"]


# Whose turn


def test_without_a_coordinator_the_steering_group_is_asked_and_may() -> None:
    with_deputies()
    without_coordinator()
    with unit_of_work() as session:
        held = session.exec(
            select(Appointment).where(Appointment.role == Role.CO_COORDINATOR)
        ).one()
        held.ends_at = clock.now() - timedelta(minutes=1)
        session.add(held)
    released()
    assert mails("relay_asked") == Counter([STEERING])
    http, relay = asked(STEERING)
    assert http.post(f"{relay}/relay", json={}).status_code == 202


def test_with_nobody_else_it_comes_to_the_officer_of_the_zone() -> None:
    without_coordinator()
    released()
    assert mails("relay_asked") == Counter([OFFICER])
    http, relay = asked(OFFICER)
    assert http.post(f"{relay}/relay", json={}).status_code == 202


def test_nobody_passes_it_on_before_it_has_come_to_him() -> None:
    with_deputies()
    released()
    _http, relay = asked()
    for other in (STEERING, OFFICER):
        http = in_process.api(other).http
        assert http.get("/relays").json() == []
        assert http.get(relay).json()["is_mine"] is False
        assert http.post(f"{relay}/relay", json={}).status_code == 403
        assert http.post(f"{relay}/decline", json={"reason": "Not now."}).status_code == 403
    assert in_process.api("prevention@demo.example").http.get(relay).status_code == 403


def test_the_delays_are_those_of_the_plan() -> None:
    agree_on("haut-valdor", relay_reminder_hours=2, relay_deputy_hours=5, relay_overdue_hours=9)
    with_deputies()
    released()
    for hours, told in ((1, 0), (2, 1), (4, 1)):
        at(NOON + timedelta(hours=hours))
        timetable.remind_of_relays()
        assert mails("relay_reminder").total() == told, hours
    at(NOON + timedelta(hours=5))
    timetable.remind_of_relays()
    assert mails("relay_deputy") == Counter([CO])
    at(NOON + timedelta(hours=9))
    timetable.remind_of_relays()
    assert mails("relay_overdue") == Counter([OFFICER])


def test_a_plan_whose_delays_are_upside_down_is_refused() -> None:
    http = in_process.api(COORDINATOR).http
    plans = "/partnerships/haut-valdor/communication-plans"
    number = http.post(plans).json()["version"]
    upside_down = {"relay_reminder_hours": 48, "relay_deputy_hours": 24, "relay_overdue_hours": 24}
    refused = http.patch(f"{plans}/{number}", json=upside_down)
    assert {one["field"] for one in refused.json()["errors"]} == {
        "relay_deputy_hours",
        "relay_overdue_hours",
    }


# By text


def a_member_with_the_coordinators_address(*, is_proved: bool) -> None:
    """He is a member of his own partnership, with a mobile."""
    with unit_of_work() as session:
        upper = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        person = Person(name="Cor Coördinator", language=Language.FRENCH)
        session.add(person)
        session.flush()
        session.add(Membership(partnership_id=upper.id, person_id=person.id))
        contact.add(session, person, ContactKind.MOBILE, "+32470009999", 1)
        contact.add(session, person, ContactKind.EMAIL, COORDINATOR, 2)
        points = session.exec(select(ContactPoint).where(ContactPoint.person_id == person.id))
        for point in points:
            point.verified_at = clock.now() if is_proved else None
            session.add(point)


def test_a_coordinator_who_wants_it_is_told_by_text_at_a_proved_number(
    templates: Templates,
) -> None:
    account = templates.accounts["coordinator"]
    page = in_process.signed_in(account["email"], account["password"])
    assert "ending in" not in page.get("/relay").text
    a_member_with_the_coordinators_address(is_proved=True)
    assert "ending in 999" in page.get("/relay").text
    released()
    assert mails("relay_text") == Counter()
    page.post("/relay/by-text", by_text="yes")
    released(client_request_id="two")
    assert mails("relay_text") == Counter(["+32470009999"])
    # Not in the evening of a Saturday; the mail is there.
    at(SATURDAY_EVENING)
    released(client_request_id="three")
    at(MONDAY_MORNING)
    in_process.signed_in(account["email"], account["password"]).post("/relay/by-text")
    released(client_request_id="four")
    assert mails("relay_text").total() == 1
    assert mails("relay_asked") == Counter({COORDINATOR: 4})


def test_a_number_that_nobody_proved_gets_no_text(templates: Templates) -> None:
    a_member_with_the_coordinators_address(is_proved=False)
    account = templates.accounts["coordinator"]
    page = in_process.signed_in(account["email"], account["password"])
    page.post("/relay/by-text", by_text="yes")
    released()
    assert mails("relay_text") == Counter()


# The pages


def test_the_coordinator_adds_a_line_looks_and_passes_it_on(templates: Templates) -> None:
    released()
    account = templates.accounts["coordinator"]
    page = in_process.signed_in(account["email"], account["password"])
    assert "1 message to pass on to your members" in page.get("/").text
    _http, relay = asked()
    here = relay.replace("/relays/", "/relay/")
    assert here in page.get("/relay").text
    shown = page.get(here).text
    assert "The police say this." in shown
    typed = {"languages": ["fr", "nl", "de"], "fr.introduction": "Dear neighbours,"}
    looked = page.post(here, look="yes", **typed).text
    assert "Nothing has left yet" in looked
    assert looked.count("Dear neighbours,") == 2
    refused = page.post(here, when="later", relay_at="tomorrow", **typed)
    assert refused.status_code == 422
    assert "Dear neighbours," in refused.text
    assert page.post(here, when="now", **typed).headers["location"] == here
    assert "Thank you." in page.get(here).text
    assert long_text().startswith("Dear neighbours,")


def test_declining_asks_why_and_keeps_what_was_typed(templates: Templates) -> None:
    released()
    account = templates.accounts["coordinator"]
    page = in_process.signed_in(account["email"], account["password"])
    _http, relay = asked()
    here = relay.replace("/relays/", "/relay/")
    refused = page.post(f"{here}/decline", reason="no")
    assert refused.status_code == 422
    assert ">no</textarea>" in refused.text
    page.post(f"{here}/decline", reason="We said so on Monday.")
    assert "We said so on Monday." in page.get(here).text
