"""Questions about a partnership go to its coordinator, and nothing else ever does."""

import re
from uuid import UUID

import pytest
from sqlmodel import col, select

from feedback.models import InboundMessage
from hub import clock
from hub.db import unit_of_work
from partnerships.models import ContactPoint, Membership, Partnership
from tests import in_process
from tests.citizens import notices, text_from, words
from tests.conftest import Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

STRANGER = "+32470998877"
QUESTION = "Quand est la prochaine réunion du partenariat ?"


def somebody(templates: Templates, role: str) -> Visitor:
    known = templates.accounts[role]
    return in_process.signed_in(known["email"], known["password"])


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return somebody(templates, "mandated_officer")


@pytest.fixture
def coordinator(templates: Templates) -> Visitor:
    return somebody(templates, "coordinator")


def a_number(slug: str = "haut-valdor") -> str:
    """The mobile of a member of the coordinator's partnership."""
    with unit_of_work(read_only=True) as session:
        found = (
            select(ContactPoint.value)
            .join(Membership, col(Membership.person_id) == col(ContactPoint.person_id))
            .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
            .where(Partnership.slug == slug, ContactPoint.kind == "mobile")
        )
        number = session.exec(found).first()
        assert number
        return number


def vouch_for(number: str) -> None:
    with unit_of_work() as session:
        for point in session.exec(select(ContactPoint).where(ContactPoint.value == number)):
            point.vouched_at = clock.now()
            session.add(point)


def asked(number: str, body: str = QUESTION) -> UUID:
    text_from(number, body)
    with unit_of_work(read_only=True) as session:
        return [one.id for one in session.exec(select(InboundMessage)) if one.body == body][-1]


def test_a_question_goes_to_the_coordinator_and_its_answer_to_the_member(
    officer: Visitor, coordinator: Visitor
) -> None:
    number = a_number()
    vouch_for(number)
    question = asked(number)
    assert QUESTION not in words(coordinator.get("/questions"))
    asking = officer.get(f"/inbox/{question}/pass-on")
    assert "no policeman" in words(asking)
    officer.post(f"/inbox/{question}/pass-on", partnership="haut-valdor")
    seen = coordinator.get("/questions")
    assert QUESTION in words(seen)
    assert number not in seen.text
    coordinator.post(f"/questions/{question}", answer="Le 12 mars à 20 h, à la salle.")
    assert "Le 12 mars à 20 h" in notices("question_answer")[-1].body
    assert "Answered by the coordinator" in words(officer.get("/inbox"))


@pytest.mark.parametrize("body", ["vu un homme rue Haute, plaque 1-ABC-234", "au secours !"])
def test_what_somebody_saw_is_never_passed_on(
    body: str, officer: Visitor, coordinator: Visitor
) -> None:
    told = asked(a_number(), body)
    assert f"/inbox/{told}/pass-on" not in officer.get("/inbox").text
    answer = officer.post(f"/inbox/{told}/pass-on", partnership="haut-valdor")
    assert answer.status_code == 409
    assert body not in coordinator.get("/questions").text


def test_a_question_soon_after_an_alert_is_passed_on_once_an_officer_said_it_is_about_another_thing(
    officer: Visitor, coordinator: Visitor
) -> None:
    question = asked(a_number())
    incident = in_process.api("dispatcher@demo.example").incident()["id"]
    with unit_of_work() as session:
        reply = session.get_one(InboundMessage, question)
        reply.incident_id = UUID(incident)
        session.add(reply)
    assert f"/inbox/{question}/pass-on" in officer.get("/inbox").text
    asking = words(officer.get(f"/inbox/{question}/pass-on"))
    assert "It came soon after an alert" in asking
    # A press on an older page says nothing of the alert.
    stale = officer.post(f"/inbox/{question}/pass-on", partnership="haut-valdor")
    assert stale.status_code == 409
    wrong = officer.post(f"/inbox/{question}/pass-on", partnership="nowhere", apart="yes")
    assert wrong.status_code == 422
    with unit_of_work(read_only=True) as session:
        assert session.get_one(InboundMessage, question).incident_id, "refused, nothing is undone"
    officer.post(f"/inbox/{question}/pass-on", partnership="haut-valdor", apart="yes")
    assert QUESTION in words(coordinator.get("/questions"))
    assert incident not in coordinator.get("/questions").text


def test_a_question_that_opened_an_incident_is_never_passed_on(officer: Visitor) -> None:
    question = asked(a_number())
    officer.post(
        f"/inbox/{question}/incident",
        phenomenon="cambriolage",
        place="Rue Haute",
        facts_at="2026-01-20T11:00",
    )
    with unit_of_work() as session:
        reply = session.get_one(InboundMessage, question)
        assert reply.opened_incident_id
    answer = officer.post(f"/inbox/{question}/pass-on", partnership="haut-valdor")
    assert answer.status_code == 409


def test_a_stranger_s_question_stays_with_the_police(officer: Visitor) -> None:
    question = asked(STRANGER)
    answer = officer.post(f"/inbox/{question}/pass-on", partnership="haut-valdor")
    assert answer.status_code == 409


def test_a_coordinator_passes_nothing_on_and_reads_no_inbox(coordinator: Visitor) -> None:
    question = asked(a_number())
    assert coordinator.get("/inbox").status_code == 403
    answer = coordinator.post(f"/inbox/{question}/pass-on", partnership="haut-valdor")
    assert answer.status_code == 403
    answered = coordinator.post(f"/questions/{question}", answer="bonjour")
    assert answered.status_code == 404


def test_an_empty_answer_is_refused_beside_its_field(
    officer: Visitor, coordinator: Visitor
) -> None:
    question = asked(a_number())
    officer.post(f"/inbox/{question}/pass-on", partnership="haut-valdor")
    refused = coordinator.post(f"/questions/{question}", answer=" ")
    assert refused.status_code == 422
    assert re.search('id="problem-answer"', refused.text)
