"""The second person: when one must look, who may be it, and what becomes of the message."""

from datetime import timedelta

import pytest
from sqlmodel import select

from hub.audit import Decision
from hub.db import unit_of_work
from hub.errors import BadInput, Conflict
from hub.i18n import Language
from hub.roles import Role
from messaging import (
    fan_out,
    sweep,
)
from messaging.models import (
    Broadcast,
    BroadcastStatus,
)
from partnerships import accounts
from partnerships.models import (
    Notice,
    Organisation,
    OrganisationKind,
    Partnership,
)
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from tests.messaging.agreed_sending import (
    DISPATCHER,
    OFFICER,
    WEDNESDAY_NIGHT,
    WEDNESDAY_NOON,
    approve,
    at,
    only_the_officer,
    rows,
    said_of,
    send,
    status_of,
    with_second_person,
    write,
)

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(WEDNESDAY_NOON)


# The second person


def test_at_night_an_alert_waits_for_somebody_else() -> None:
    with_second_person()
    assert send(write())
    at(WEDNESDAY_NIGHT)
    written = write(client="two")
    answer = in_process.api(DISPATCHER).http.post(f"/broadcasts/{written}/send")
    assert answer.json()["status"] == "awaiting_approval"
    assert rows(written) == []
    assert approve(written, DISPATCHER).status_code == 403
    # Pressing the button again changes nothing.
    assert not send(written)
    approved = approve(written, OFFICER)
    assert (approved.status_code, approved.json()["status"]) == (202, "released")
    assert approved.json()["approved_by"]
    assert approve(written, OFFICER).status_code == 202
    with unit_of_work() as session:
        fan_out.fan_out(session, written)
    assert len(rows(written)) == 40
    with unit_of_work(read_only=True) as session:
        actions = [
            one.action
            for one in session.exec(select(Decision).where(Decision.subject_id == str(written)))
        ]
    assert actions == ["broadcast.ask_approval", "broadcast.send", "broadcast.fan_out"]


def test_above_the_number_agreed_on_an_alert_waits_for_somebody_else() -> None:
    with_second_person(second_person_at_night=False, second_person_above=30)
    assert send(write("valdor-gare"))
    large = write(client="two")
    assert not send(large)
    assert status_of(large) is BroadcastStatus.AWAITING_APPROVAL
    # Whoever sends what another wrote is the second person himself.
    other = write(client="three")
    assert send(other, by=OFFICER)
    assert len(rows(other)) == 40


def test_one_plan_that_asks_is_enough() -> None:
    agree_on("valdor-gare", second_person_at_night=True)
    at(WEDNESDAY_NIGHT)
    assert not send(write())
    assert send(write("haut-valdor", client="two"))


def test_who_is_alone_sends_with_a_reason_only_where_the_plan_lets_him() -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written, reason="Nobody else is on duty tonight.")
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    with_second_person(alone_with_reason=True)
    alone = write(client="two")
    with pytest.raises(BadInput):
        send(alone, reason="alone")
    assert send(alone, reason="Nobody else is on duty tonight.")
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Broadcast, alone).approved_by is None
        assert said_of(session, alone) == [("alone", "Nobody else is on duty tonight.")]


OFFICER_IS_AWAY = "The officer does not answer his telephone."
NOBODY_ELSE = "Nobody else is on duty tonight."


def test_each_deviation_stays_on_record_with_its_own_reason(templates: Templates) -> None:
    only_the_officer()
    with_second_person(alone_with_reason=True)
    at(WEDNESDAY_NIGHT)
    written = write("haut-valdor", deviation_reason=OFFICER_IS_AWAY)
    assert send(written, reason=NOBODY_ELSE)
    api = in_process.api(DISPATCHER)
    told = api.http.get(f"/broadcasts/{written}").json()["deviations"]
    assert [(one["kind"], one["reason"]) for one in told] == [
        ("sender", OFFICER_IS_AWAY),
        ("alone", NOBODY_ELSE),
    ]
    account = templates.accounts["mandated_officer"]
    page = in_process.signed_in(account["email"], account["password"])
    shown = page.get(f"/broadcasts/{written}").text
    assert OFFICER_IS_AWAY in shown
    assert NOBODY_ELSE in shown


def test_whoever_asks_for_approval_without_being_named_has_his_reason_on_record() -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write("haut-valdor")
    # The plan was changed after he wrote.
    only_the_officer()
    assert not send(written, reason=OFFICER_IS_AWAY)
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    with unit_of_work(read_only=True) as session:
        assert said_of(session, written) == [("sender", OFFICER_IS_AWAY)]


def test_who_finds_nobody_after_asking_goes_alone_with_a_reason(templates: Templates) -> None:
    with_second_person(alone_with_reason=True)
    at(WEDNESDAY_NIGHT)
    written = write()
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    page.post(f"/broadcasts/{written}/send")
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    assert "Nobody else is there" in page.get(f"/broadcasts/{written}").text
    # Pressing the button again is no reason.
    page.post(f"/broadcasts/{written}/send")
    for reason in ("", "alone"):
        refused = page.post(f"/broadcasts/{written}/send", alone="yes", deviation_reason=reason)
        assert refused.status_code == 422
        assert "stays on record" in refused.text
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    page.post(f"/broadcasts/{written}/send", alone="yes", deviation_reason=NOBODY_ELSE)
    assert status_of(written) is BroadcastStatus.RELEASED
    with unit_of_work(read_only=True) as session:
        assert said_of(session, written) == [("alone", NOBODY_ELSE)]
        assert session.get_one(Broadcast, written).approved_by is None
    # Once more, and the second person comes too late: it is on its way.
    page.post(f"/broadcasts/{written}/send", alone="yes", deviation_reason=NOBODY_ELSE)
    assert approve(written, OFFICER).status_code == 202
    with unit_of_work(read_only=True) as session:
        assert len(said_of(session, written)) == 1


def test_who_has_asked_waits_where_the_plan_lets_nobody_go_alone(templates: Templates) -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    answer = in_process.api(DISPATCHER).http.post(
        f"/broadcasts/{written}/send", json={"deviation_reason": NOBODY_ELSE}
    )
    assert answer.json()["status"] == "awaiting_approval"
    assert answer.json()["deviations"] == []
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    assert "Nobody else is there" not in page.get(f"/broadcasts/{written}").text


def an_officer(email: str, zone: str, role: Role = Role.MANDATED_OFFICER) -> None:
    with unit_of_work() as session:
        found = session.exec(select(Organisation).where(Organisation.slug == zone)).one()
        account = accounts.by_email(session, email) or accounts.create(
            session, email=email, name="Dee", password="x" * 20, language=Language.DUTCH
        )
        accounts.appoint(session, account, role, found.id)


def in_two_police_zones() -> None:
    """Valdor-Gare belongs to another police zone; the dispatcher works for both."""
    with unit_of_work() as session:
        other = Organisation(
            kind=OrganisationKind.POLICE_ZONE, slug="zone-other", name="Zone Other"
        )
        session.add(other)
        session.flush()
        there = session.exec(select(Partnership).where(Partnership.slug == "valdor-gare")).one()
        there.police_zone_id = other.id
        session.add(there)
    an_officer(DISPATCHER, "zone-other", Role.DISPATCHER)


def test_the_second_person_may_approve_for_every_partnership_that_asks(
    templates: Templates,
) -> None:
    with_second_person()
    in_two_police_zones()
    an_officer("both@demo.example", "zone-valdor")
    an_officer("both@demo.example", "zone-other")
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    refused = approve(written, OFFICER)
    assert (refused.status_code, status_of(written)) == (403, BroadcastStatus.AWAITING_APPROVAL)
    assert "PLP Valdor-Gare" in refused.json()["detail"]
    account = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(account["email"], account["password"])
    assert "Somebody else must approve it." in officer.get("/").text
    shown = officer.get(f"/broadcasts/{written}").text
    assert "Approve and send now" not in shown
    assert "may approve for all of these: PLP Valdor-Gare." in shown
    # Nor is he the second person by sending what another wrote, nor by stopping it.
    assert not send(written, by=OFFICER)
    assert officer.post(f"/broadcasts/{written}/decline").status_code == 403
    assert approve(written, "both@demo.example").status_code == 202
    assert status_of(written) is BroadcastStatus.RELEASED


def test_whose_plan_does_not_ask_need_not_be_approved_for() -> None:
    in_two_police_zones()
    agree_on("haut-valdor", second_person_at_night=True)
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    assert approve(written, OFFICER).status_code == 202


def test_those_who_may_approve_are_told_at_once_in_their_language(templates: Templates) -> None:
    with_second_person()
    an_officer("deputy@demo.example", "zone-valdor", Role.DEPUTY_OFFICER)
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    assert not send(written)
    with unit_of_work(read_only=True) as session:
        written_to = {
            one.to: one
            for one in session.exec(select(Notice).where(Notice.about_id == written)).all()
        }
        assert len(session.exec(select(Notice).where(Notice.about_id == written)).all()) == 2
    assert set(written_to) == {OFFICER, "deputy@demo.example"}
    mail = written_to["deputy@demo.example"]
    assert mail.language is Language.DUTCH
    assert "03/06 23:00" in mail.body
    assert f"/broadcasts/{written}" in mail.body
    assert mail.not_before == WEDNESDAY_NIGHT
    assert mail.expires_at == WEDNESDAY_NIGHT + timedelta(minutes=60)
    # No word of the message itself travels by mail.
    assert "Short" not in mail.subject + mail.body
    account = templates.accounts["mandated_officer"]
    home = in_process.signed_in(account["email"], account["password"]).get("/").text
    assert "Please read and approve, or stop it." in home
    assert "Waiting since" in home


def test_whoever_cannot_approve_for_all_is_not_told_nor_the_one_who_asks() -> None:
    with_second_person()
    in_two_police_zones()
    an_officer("both@demo.example", "zone-valdor")
    an_officer("both@demo.example", "zone-other")
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    with unit_of_work(read_only=True) as session:
        notices = session.exec(select(Notice).where(Notice.about_id == written)).all()
    assert [one.to for one in notices] == ["both@demo.example"]


def test_what_nobody_approves_ends_in_sight_of_everybody(templates: Templates) -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    account = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(account["email"], account["password"])
    assert "Please read and approve, or stop it." in officer.get("/").text
    assert "Approve and send now" in officer.get(f"/broadcasts/{written}").text
    late = WEDNESDAY_NIGHT + timedelta(minutes=61)
    at(late)
    assert approve(written, OFFICER).status_code == 409
    with unit_of_work() as session:
        sweep.sweep(session)
    assert status_of(written) is BroadcastStatus.NOT_APPROVED
    officer = in_process.signed_in(account["email"], account["password"])
    assert "Nobody approved it in time. It was not sent." in officer.get("/").text
    assert (
        "Nobody approved it in time. It was not sent." in officer.get(f"/broadcasts/{written}").text
    )
    assert approve(written, OFFICER).status_code == 409
    assert rows(written) == []
    with pytest.raises(Conflict):
        send(written)


def test_the_second_person_stops_it_for_good(templates: Templates) -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    account = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(account["email"], account["password"])
    officer.post(f"/broadcasts/{written}/decline")
    assert status_of(written) is BroadcastStatus.CANCELLED
    with pytest.raises(Conflict):
        send(written)
    assert "stopped before it was sent" in officer.get(f"/broadcasts/{written}").text
    assert approve(written, OFFICER).status_code == 409


def test_the_page_says_beforehand_that_a_second_person_is_needed(templates: Templates) -> None:
    with_second_person(alone_with_reason=True, second_person_above=20)
    at(WEDNESDAY_NIGHT)
    written = write()
    account = templates.accounts["dispatcher"]
    dispatcher = in_process.signed_in(account["email"], account["password"])
    confirm = dispatcher.get(f"/broadcasts/{written}/confirm").text
    assert "A second person must approve this." in confirm
    assert "it is night, more than 20 people" in confirm
    assert "Ask a second person to approve" in confirm
    refused = dispatcher.post(f"/broadcasts/{written}/send", alone="yes", deviation_reason=" ")
    assert refused.status_code == 422
    assert "Say why: this stays on record." in refused.text
    dispatcher.post(f"/broadcasts/{written}/send")
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    waiting = dispatcher.get(f"/broadcasts/{written}").text
    assert "You wrote it, so somebody else must approve it." in waiting
    assert "Approve and send now" not in waiting
