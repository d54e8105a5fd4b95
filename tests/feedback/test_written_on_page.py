"""A member asks something on his own page: the police read it, and the answer finds him."""

import pytest
from sqlmodel import select

from feedback import written_on_page
from feedback.models import InboundMessage
from hub.db import unit_of_work
from tests import in_process
from tests.citizens import Citizen, field, link_in, notices, problems, words
from tests.conftest import Templates
from tests.feedback.test_questions import a_number, vouch_for
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

QUESTION = "Quand est la prochaine réunion du partenariat ?"


@pytest.fixture
def member(demo_zone: str) -> Citizen:
    """A member on his own page, by the link he was sent."""
    number = a_number()
    vouch_for(number)
    citizen = Citizen()
    citizen.get("/me/link")
    citizen.post("/me/link", way=number)
    opened = citizen.get(link_in("member_link"))
    citizen.post(str(opened.url.path))
    assert citizen.get("/me").status_code == 200
    return citizen


def somebody(templates: Templates, role: str) -> Visitor:
    known = templates.accounts[role]
    return in_process.signed_in(known["email"], known["password"])


def messages() -> list[InboundMessage]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(InboundMessage)))


def write(member: Citizen, body: str) -> None:
    page = member.get("/me/ask")
    member.post("/me/ask", message=body, form_id=field(page, "form_id"))


def test_a_question_is_passed_on_and_its_answer_leaves_and_stands_on_his_page(
    member: Citizen, templates: Templates
) -> None:
    page = member.get("/me/ask")
    assert 'href="tel:101"' in page.text
    write(member, QUESTION)
    [kept] = messages()
    assert (kept.channel, kept.meaning, kept.body) == ("web", "question", QUESTION)
    officer = somebody(templates, "mandated_officer")
    assert QUESTION in words(officer.get("/inbox"))
    assert "on his own page" in words(officer.get("/inbox"))
    coordinator = somebody(templates, "coordinator")
    assert QUESTION not in words(coordinator.get("/questions"))
    officer.get(f"/inbox/{kept.id}/pass-on")
    officer.post(f"/inbox/{kept.id}/pass-on", partnership="haut-valdor")
    assert QUESTION in words(coordinator.get("/questions"))
    coordinator.post(f"/questions/{kept.id}", answer="Le 4 mars à 20 h.")
    [told] = notices("question_answer")
    assert "Le 4 mars" in told.body
    assert "Le 4 mars à 20 h." in words(member.get("/me/ask"))


def test_a_form_sent_twice_is_one_message(member: Citizen) -> None:
    form_id = field(member.get("/me/ask"), "form_id")
    for _ in (1, 2):
        member.get("/me/ask")
        member.post("/me/ask", message=QUESTION, form_id=form_id)
    assert len(messages()) == 1


def test_stop_on_the_page_is_read_by_the_police_and_closes_nothing(member: Citizen) -> None:
    write(member, "STOP")
    [kept] = messages()
    assert (kept.kind, kept.answer) == ("message", None)


@pytest.mark.parametrize("body", ["", "  \0 ", "x" * (written_on_page.LONGEST + 1)])
def test_what_cannot_be_sent_is_said_beside_the_field(body: str, member: Citizen) -> None:
    write(member, body)
    assert list(problems(member.page)) == ["message"]
    assert messages() == []


def test_emoji_scripts_and_right_to_left_come_as_they_were_typed(
    member: Citizen, templates: Templates
) -> None:
    said = "مرحبا 🚲 <script>alert(1)</script>"
    write(member, said)
    page = somebody(templates, "mandated_officer").get("/inbox")
    assert said in words(page).replace("&lt;", "<") or "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text


def test_after_ten_in_an_hour_he_is_told_to_try_later(member: Citizen) -> None:
    for number in range(10):
        write(member, f"Question {number} ?")
    write(member, "One more?")
    assert "101" in problems(member.page)["message"]
    assert len(messages()) == 10


def test_nobody_writes_without_a_visit() -> None:
    answer = in_process.client().get("/me/ask")
    assert (answer.status_code, answer.headers.get("location", "")[:8]) == (303, "/me/link")


@pytest.mark.parametrize(
    ("body", "meaning", "where"),
    [
        ("Les autocollants ?", "question", "For your coordinator: the police pass it on"),
        ("J'ai vu un homme escalader la grille", "sighting", "With the police"),
        ("Au secours, on force ma porte", "need_help", "With the police"),
    ],
)
def test_what_is_for_the_coordinator_is_a_question_unless_somebody_saw_something(
    body: str, meaning: str, where: str, member: Citizen
) -> None:
    member.get("/language/en?back=/me/ask")
    page = member.get("/me/ask")
    member.post("/me/ask", message=body, to="coordinator", form_id=field(page, "form_id"))
    [kept] = messages()
    assert (kept.meaning, kept.is_for_coordinator) == (meaning, meaning == "question")
    assert kept.for_partnership_id is None, "the police read it first"
    assert where in words(member.get("/me/ask"))
