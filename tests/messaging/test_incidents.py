"""Incidents: to alert or not, two dispatchers at one, what happened in order, and how it closes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, col, select

from hub import clock
from hub.audit import Decision
from hub.db import unit_of_work
from hub.i18n import Language
from hub.roles import Role
from messaging import broadcasts, fan_out
from messaging.models import Broadcast, Incident, IncidentStatus
from partnerships import accounts
from partnerships.models import Account, Notice, Organisation
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from tests.running_hub import WORDS, Api, Visitor
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

DISPATCHER, OFFICER = "dispatcher@demo.example", "officer@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def at(moment: timedelta) -> None:
    clock.set_source(lambda: NOON + moment)


@pytest.fixture
def api(demo_zone: str) -> Api:
    at(timedelta())
    return in_process.api(DISPATCHER)


@pytest.fixture
def officer(api: Api) -> Api:
    return in_process.api(OFFICER)


@pytest.fixture
def dispatcher(api: Api, templates: Templates) -> Visitor:
    account = templates.accounts["dispatcher"]
    return in_process.signed_in(account["email"], account["password"])


def signed_in(templates: Templates, role: str) -> Visitor:
    """Anew: what was signed in yesterday is not any more."""
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"])


def decide(api: Api, incident_id: str, **changes: Any) -> httpx.Response:
    wanted = {"launched": False, "reason": "too_old", **changes}
    return api.http.post(f"/incidents/{incident_id}/decisions", json=wanted)


def whole(api: Api, incident_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.http.get(f"/incidents/{incident_id}").json()
    return found


def made(broadcast_id: str) -> UUID:
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(broadcast_id))
    return UUID(broadcast_id)


def fields(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["field"] for one in answer.json()["errors"]}


def notices(kind: str) -> list[Notice]:
    with unit_of_work(read_only=True) as session:
        found = select(Notice).where(Notice.kind == kind).order_by(col(Notice.created_at))
        return list(session.exec(found))


# The decision


def test_a_no_is_on_record_without_any_message(api: Api) -> None:
    incident = api.incident(facts_at="2026-06-03T08:00:00Z")
    said = {"words": "Two hours ago.", "asked_by": "Patrol 12", "ticks": ["information_to_collect"]}
    answer = decide(api, incident["id"], **said, close=True)
    assert answer.status_code == 201, answer.text
    found = whole(api, incident["id"])
    (decision,) = found["decisions"]
    assert (decision["launched"], decision["reason"]) == (False, "too_old")
    assert {name: decision[name] for name in said} == said
    assert (found["status"], found["close_reason"]) == ("closed", "Two hours ago.")
    assert found["broadcasts"] == []
    assert notices("not_launched") == []
    with unit_of_work(read_only=True) as session:
        taken = session.exec(select(Decision).where(Decision.action == "incident.decide")).one()
    assert "Patrol" not in str(taken.facts)


def test_the_coordinator_is_told_without_place_or_facts(api: Api) -> None:
    incident = api.incident(place="rue des Secrets")
    answer = decide(api, incident["id"], words="Inquiry 4711", tell=["haut-valdor"])
    assert answer.json()["told"] == ["haut-valdor"]
    (mail,) = notices("not_launched")
    assert mail.to == "coordinator@demo.example"
    assert "PLP Haut-Valdor" in mail.subject
    assert "trop anciens" in mail.body or "The facts are too old" in mail.body
    for secret in ("Secrets", "4711", "ambriolage"):
        assert secret not in mail.subject + mail.body


def test_every_wrong_field_of_a_decision_is_named(api: Api) -> None:
    incident = api.incident()
    assert fields(decide(api, incident["id"], reason="in_the_act")) == {"reason"}
    wrong = decide(api, incident["id"], reason="other", asked_by="x" * 121, tell=["nowhere"])
    assert fields(wrong) == {"words", "asked_by", "tell"}
    assert whole(api, incident["id"])["decisions"] == []


def test_a_yes_is_joined_to_the_alert_it_led_to(api: Api) -> None:
    incident = api.incident()
    decide(api, incident["id"], launched=True, reason="in_the_act", asked_by="Patrol 12")
    sent = api.send("haut-valdor", incident_id=incident["id"])
    (decision,) = whole(api, incident["id"])["decisions"]
    assert (decision["broadcast_id"], decision["reason"]) == (sent, "in_the_act")


def test_an_alert_is_a_decision_by_itself(api: Api) -> None:
    incident = api.incident()
    sent = api.send("haut-valdor", incident_id=incident["id"])
    (decision,) = whole(api, incident["id"])["decisions"]
    assert (decision["launched"], decision["broadcast_id"]) == (True, sent)
    assert decision["reason"] == "alert_sent"
    refused = decide(api, incident["id"])
    assert refused.status_code == 409
    assert refused.json()["see"].endswith(sent)


def test_the_page_takes_a_decision_and_keeps_what_was_typed(api: Api, dispatcher: Visitor) -> None:
    incident = api.incident()
    path = f"/incidents/{incident['id']}/decision"
    assert "Think it over" in dispatcher.get(path).text
    typed = {"launched": "no", "reason_against": "", "asked_by": "Patrol 9", "ticks": "threat"}
    refused = dispatcher.post(path, **typed)
    assert refused.status_code == 422
    assert "Choose a reason from the list." in refused.text
    assert 'value="Patrol 9"' in refused.text
    taken = dispatcher.post(path, **{**typed, "reason_against": "no_danger", "close": "yes"})
    assert taken.headers["location"] == f"/incidents/{incident['id']}"
    shown = dispatcher.get(f"/incidents/{incident['id']}").text
    assert "Decided not to alert: There is no danger any more" in shown
    assert "Asked for by Patrol 9" in shown
    assert "Closed without feedback" in shown


# Two dispatchers


def test_the_second_of_two_who_launch_is_shown_the_alert_that_left(
    api: Api, officer: Api, templates: Templates
) -> None:
    incident = api.incident()["id"]
    mine = api.draft("haut-valdor", incident_id=incident).json()["id"]
    theirs = officer.draft("haut-valdor", "valdor-gare", incident_id=incident).json()["id"]
    assert api.http.post(f"/broadcasts/{mine}/send").status_code == 202
    refused = officer.http.post(f"/broadcasts/{theirs}/send")
    assert refused.status_code == 409
    assert "PLP Haut-Valdor" in refused.json()["detail"]
    assert refused.json()["see"] == f"/api/v1/broadcasts/{mine}"
    assert officer.http.get(refused.json()["see"].removeprefix("/api/v1")).status_code == 200
    assert officer.broadcast(theirs)["status"] == "draft"
    page = signed_in(templates, "mandated_officer").post(f"/broadcasts/{theirs}/send")
    assert page.status_code == 409
    assert f'href="/broadcasts/{mine}"' in page.text


def test_of_two_who_launch_at_the_same_moment_one_does(api: Api, officer: Api) -> None:
    incident = api.incident()["id"]
    drafts = [
        (one, one.draft("haut-valdor", incident_id=incident).json()["id"]) for one in (api, officer)
    ]
    start = threading.Barrier(2)

    def launch(by: tuple[Api, str]) -> int:
        start.wait()
        return by[0].http.post(f"/broadcasts/{by[1]}/send").status_code

    with ThreadPoolExecutor() as both:
        assert sorted(both.map(launch, drafts)) == [202, 409]
    assert len(whole(api, incident)["broadcasts"]) == 1


def test_another_partnership_may_be_alerted_to_the_same_incident(api: Api) -> None:
    incident = api.incident()["id"]
    api.send("haut-valdor", incident_id=incident)
    api.send("valdor-gare", incident_id=incident)
    assert len(whole(api, incident)["decisions"]) == 2


def test_an_alert_may_be_written_anew_once_the_first_was_stopped_or_is_over(api: Api) -> None:
    incident = api.incident()["id"]
    first = api.send("haut-valdor", incident_id=incident)
    api.http.post(f"/broadcasts/{first}/cancel", json={"reason": "Wrong street."})
    second = api.send("haut-valdor", incident_id=incident)
    made(second)
    ended = {"step": "all_clear", "client_request_id": "x"}
    api.http.post(f"/broadcasts/{second}/follow-ups", json=ended)
    assert api.send("haut-valdor", incident_id=incident)


def test_two_dispatchers_at_one_incident_see_each_other(
    api: Api, dispatcher: Visitor, templates: Templates
) -> None:
    incident = api.incident()["id"]
    path = f"/incidents/{incident}/composing"
    other = signed_in(templates, "mandated_officer")
    assert "has this incident open too" not in dispatcher.get(path).text
    with unit_of_work(read_only=True) as session:
        account = accounts.by_email(session, DISPATCHER)
        assert account
        name = account.name
    seen = other.get(path).text
    assert name in seen
    assert "has this incident open too" in seen
    assert "has this incident open too" in dispatcher.get(path).text
    assert name in other.get(f"/incidents/{incident}").text
    at(timedelta(seconds=61))
    assert name not in other.get(path).text
    made(api.send("haut-valdor", incident_id=incident))
    assert "An alert on this incident left at" in other.get(path).text


# The timeline


def test_the_incident_tells_what_happened_in_order_with_who_and_when(
    api: Api, dispatcher: Visitor
) -> None:
    incident = api.incident(facts_at="2026-06-03T09:50:00Z")["id"]
    at(timedelta(minutes=1))
    decide(api, incident, launched=True, reason="on_the_run", asked_by="Patrol 12")
    at(timedelta(minutes=2))
    sent = str(made(api.send("haut-valdor", incident_id=incident)))
    at(timedelta(minutes=3))
    api.http.post(f"/broadcasts/{sent}/pause", json={"reason": "Is it this street?"})
    at(timedelta(minutes=4))
    api.http.post(f"/broadcasts/{sent}/resume")
    at(timedelta(minutes=5))
    news = {"step": "update", "client_request_id": "u", "texts": WORDS}
    made(api.http.post(f"/broadcasts/{sent}/follow-ups", json=news).json()["id"])
    at(timedelta(minutes=6))
    end = {"step": "all_clear", "client_request_id": "c", "counts_as_feedback": True}
    made(api.http.post(f"/broadcasts/{sent}/follow-ups", json=end).json()["id"])
    timeline = whole(api, incident)["timeline"]
    assert [(one["kind"], one["step"]) for one in timeline] == [
        ("facts", None),
        ("reported", None),
        ("opened", None),
        ("decision", None),
        ("broadcast", "first"),
        ("pause", None),
        ("resume", None),
        ("broadcast", "update"),
        ("broadcast", "all_clear"),
        ("closed", None),
    ]
    assert all(one["who"] for one in timeline[2:])
    shown = dispatcher.get(f"/incidents/{incident}").text
    told = ("Decided to alert", "Urgent alert", "Paused", "Update of the alert", "All clear")
    places = [shown.index(one, shown.index('<ol class="timeline">')) for one in told]
    assert places == sorted(places)
    assert "Is it this street?" in shown
    assert "It is the feedback too." in shown


def test_steps_are_written_and_sent_by_the_pages(api: Api, dispatcher: Visitor) -> None:
    incident = api.incident()["id"]
    made(api.send("haut-valdor", incident_id=incident))
    update = f"/incidents/{incident}/follow-up/update"
    form = dispatcher.get(update).text
    assert "(...)" in form
    words = {
        f"{one}.{field}": text for one, texts in WORDS.items() for field, text in texts.items()
    }
    typed = {**words, "languages": list(WORDS), "form_id": "one"}
    gap = dispatcher.post(update, **{**typed, "fr.short": "PLP SUITE (...) 101"})
    assert gap.status_code == 422
    assert "Replace (...) by what is new." in gap.text
    sent = dispatcher.post(update, **typed).headers["location"]
    assert dispatcher.post(update, **typed).headers["location"] == sent
    assert "Update of the alert" in dispatcher.get(sent).text
    # The correction is ready as it stands.
    correction = f"/incidents/{incident}/follow-up/correction"
    ready = dispatcher.get(correction).text
    assert "FAUSSE ALERTE" in ready
    assert "VALS ALARM" in ready
    left = dispatcher.post(correction, **typed, counts_as_feedback="yes").headers["location"]
    assert "Correction: false alarm" in dispatcher.get(left).text
    # Nothing follows a correction, and the refusal shows it.
    refused = dispatcher.get(f"/incidents/{incident}/follow-up/all-clear")
    assert refused.status_code == 409
    assert f'href="{left}"' in refused.text


def test_a_plan_that_names_another_is_answered_with_a_reason_on_the_page(
    api: Api, dispatcher: Visitor
) -> None:
    incident = api.incident()["id"]
    made(api.send("haut-valdor", incident_id=incident))
    agree_on("haut-valdor", kinds={"urgent_alert": {"sent_by": ["mandated_officer"]}})
    path = f"/incidents/{incident}/follow-up/correction"
    words = {
        f"{one}.{field}": text for one, texts in WORDS.items() for field, text in texts.items()
    }
    typed = {**words, "languages": list(WORDS), "form_id": "one"}
    refused = dispatcher.post(path, **typed)
    assert refused.status_code == 422
    assert "PLP Haut-Valdor" in refused.text
    assert WORDS["fr"]["short"] in refused.text
    sent = dispatcher.post(path, **typed, deviation_reason="Nobody else can be reached.")
    assert "Correction: false alarm" in dispatcher.get(sent.headers["location"]).text


def test_what_has_not_left_is_paused_and_stopped_on_the_page(api: Api, dispatcher: Visitor) -> None:
    sent = str(made(api.send("haut-valdor", incident_id=api.incident()["id"])))
    assert f'href="/broadcasts/{sent}/stop"' in dispatcher.get(f"/broadcasts/{sent}").text
    stop = f"/broadcasts/{sent}/stop"
    assert "Say why" in dispatcher.post(stop, how="pause", reason="").text
    dispatcher.post(stop, how="pause", reason="Is it this street?")
    assert "Paused since" in dispatcher.get(f"/broadcasts/{sent}").text
    assert "Let it go on" in dispatcher.get(stop).text
    dispatcher.post(stop, how="resume", reason="")
    assert "Paused since" not in dispatcher.get(f"/broadcasts/{sent}").text
    dispatcher.post(stop, how="cancel", reason="It was another street.")
    assert "Stopped: what had not left stays here." in dispatcher.get(f"/broadcasts/{sent}").text
    assert api.broadcast(sent)["status"] == "cancelled"
    # All were stopped, so all may be sent it again, by one press.
    again = f"/broadcasts/{sent}/again"
    assert f'href="{again}"' in dispatcher.get(f"/broadcasts/{sent}").text
    pressed = dispatcher.post(again, form_id="one").headers["location"]
    assert dispatcher.post(again, form_id="one").headers["location"] == pressed
    assert "Sent again to those who did not get it" in dispatcher.get(pressed).text


# Its end


def test_an_incident_is_closed_without_feedback_only_for_a_reason(
    api: Api, dispatcher: Visitor
) -> None:
    incident = api.incident()["id"]
    api.send("haut-valdor", incident_id=incident)
    assert fields(api.http.post(f"/incidents/{incident}/close", json={"reason": " "})) == {"reason"}
    refused = dispatcher.post(f"/incidents/{incident}/close", reason="no")
    assert refused.status_code == 422
    dispatcher.post(f"/incidents/{incident}/close", reason="The prosecutor forbids it.")
    shown = dispatcher.get(f"/incidents/{incident}").text
    assert "Closed without feedback" in shown
    assert "The prosecutor forbids it." in shown
    assert whole(api, incident)["status"] == "closed"


def test_overdue_feedback_is_asked_for_once_of_the_sender_then_of_the_officers(
    api: Api, templates: Templates
) -> None:
    incident = api.incident(place="rue Oubliée")["id"]
    sent = made(api.send("haut-valdor", incident_id=incident))
    hours = promised(sent)
    remind()
    assert notices("feedback_overdue") == []
    assert "Feedback overdue" not in signed_in(templates, "dispatcher").get("/").text
    at(timedelta(hours=hours, minutes=1))
    remind()
    remind()
    (mail,) = notices("feedback_overdue")
    assert mail.to == DISPATCHER
    assert f"/incidents/{incident}" in mail.body
    assert "Oubliée" not in mail.subject + mail.body
    for role in ("dispatcher", "mandated_officer"):
        visitor = signed_in(templates, role)
        assert "Feedback overdue" in visitor.get("/").text
        assert "Feedback is overdue" in visitor.get(f"/incidents/{incident}").text
    at(timedelta(hours=hours + 24, minutes=1))
    remind()
    remind()
    assert [one.to for one in notices("feedback_overdue")] == [DISPATCHER, OFFICER]


def test_a_new_incident_does_not_hide_an_overdue_one(api: Api, templates: Templates) -> None:
    incident = api.incident(place="rue Oubliée")["id"]
    made(api.send("haut-valdor", incident_id=incident))
    for number in range(6):
        at(timedelta(days=3, minutes=number))
        in_process.api(DISPATCHER).incident(place=f"rue {number}")
    home = signed_in(templates, "dispatcher").get("/").text
    assert home.index("rue Oubliée") < home.index("rue 5")


@pytest.mark.parametrize("how", ["feedback", "closed", "drill", "cancelled"])
def test_nobody_is_reminded_of_what_is_settled(api: Api, how: str) -> None:
    incident = api.incident()["id"]
    sent = api.send("haut-valdor", incident_id=incident, is_drill=how == "drill")
    if how == "cancelled":
        # Before anybody was written to.
        api.http.post(f"/broadcasts/{sent}/cancel")
    made(sent)
    if how == "feedback":
        given = api.http.post(f"/broadcasts/{sent}/feedback", json={"texts": WORDS}).json()
        made(given["id"])
    if how == "closed":
        api.http.post(f"/incidents/{incident}/close", json={"reason": "Nothing to tell."})
    at(timedelta(days=3))
    remind()
    assert notices("feedback_overdue") == []


def remind() -> None:
    timetable.remind_of_feedback()


def promised(broadcast_id: UUID) -> int:
    with unit_of_work(read_only=True) as session:
        return broadcasts.feedback_delay(session, session.get_one(Broadcast, broadcast_id))


# Whose it is


def a_stranger(session: Session) -> Account:
    """A dispatcher of another police zone."""
    zone = session.exec(select(Organisation).where(Organisation.slug == "zone-valdor")).one()
    other = Organisation(kind=zone.kind, slug="zone-other", name="Zone Other")
    session.add(other)
    session.flush()
    account = accounts.create(
        session,
        email="stranger@demo.example",
        name="Dee",
        password="x" * 20,
        language=Language.DUTCH,
    )
    accounts.appoint(session, account, Role.DISPATCHER, other.id)
    return account


def test_another_zone_neither_sees_nor_touches_it(api: Api) -> None:
    incident = api.incident()["id"]
    sent = made(api.send("haut-valdor", incident_id=incident))
    with unit_of_work() as session:
        a_stranger(session)
    http = in_process.api("stranger@demo.example").http
    assert http.get("/incidents").json() == []
    asked = (
        ("get", f"/incidents/{incident}", None),
        ("post", f"/incidents/{incident}/decisions", {"launched": False, "reason": "too_old"}),
        ("post", f"/incidents/{incident}/close", {"reason": "Because I can."}),
        ("post", f"/broadcasts/{sent}/pause", {"reason": "Because."}),
        ("post", f"/broadcasts/{sent}/resume", None),
        ("post", f"/broadcasts/{sent}/again", {"client_request_id": "x"}),
        (
            "post",
            f"/broadcasts/{sent}/follow-ups",
            {"step": "correction", "client_request_id": "x"},
        ),
        ("get", f"/broadcasts/{sent}/follow-ups/update/words", None),
    )
    answers = {(how, path): http.request(how, path, json=body) for how, path, body in asked}
    assert {one.status_code for one in answers.values()} == {404}
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Incident, UUID(incident)).status is IncidentStatus.OPEN


def test_why_it_is_sent_is_said_where_it_is_sent(api: Api, dispatcher: Visitor) -> None:
    incident = api.incident()["id"]
    draft = api.draft("haut-valdor", incident_id=incident).json()["id"]
    shown = dispatcher.get(f"/broadcasts/{draft}/confirm").text
    assert "Why, and who asked for it" in shown
    # Whoever says who asked says why as well; nothing has left then, and nothing typed is lost.
    refused = dispatcher.post(f"/broadcasts/{draft}/send", asked_by="Patrol 12")
    assert refused.status_code == 422
    assert 'value="Patrol 12"' in refused.text
    assert api.broadcast(draft)["status"] == "draft"
    # Nor is the decision kept when another field of the form is refused after it.
    lengthy = {"reason_for": "in_the_act", "alone": "yes", "deviation_reason": "x" * 5000}
    assert dispatcher.post(f"/broadcasts/{draft}/send", **lengthy).status_code == 422
    assert whole(api, incident)["decisions"] == []
    assert api.broadcast(draft)["status"] == "draft"
    said = {"asked_by": "Patrol 12", "reason_for": "in_the_act", "ticks": "prosecutor_asked"}
    dispatcher.post(f"/broadcasts/{draft}/send", **said)
    (decision,) = whole(api, incident)["decisions"]
    assert (decision["broadcast_id"], decision["reason"]) == (draft, "in_the_act")
    assert (decision["asked_by"], decision["ticks"]) == ("Patrol 12", ["prosecutor_asked"])
