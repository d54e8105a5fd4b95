"""A survey goes out by text and by mail, members answer in their languages, and nobody can tell who
said what."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from feedback import own_surveys, survey_figures
from feedback.models import InboundMessage, SurveyAnswer, SurveyInvitation
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import fan_out
from messaging.models import Delivery, DeliveryState
from partnerships import consent, contact
from partnerships.models import (
    Channel,
    ContactKind,
    Membership,
    Notice,
    NoticeState,
    Partnership,
    Person,
    Purpose,
)
from tests import in_process
from tests.citizens import Citizen, text_from, words
from tests.conftest import Templates
from tests.running_hub import Api, Visitor
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

# A Wednesday, in hours that are not quiet.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
HOME = "haut-valdor"
CLOSES = "2026-06-17"


def at(moment: timedelta) -> None:
    clock.set_source(lambda: NOON + moment)


@pytest.fixture
def coordinator(demo_zone: str, templates: Templates) -> Iterator[Visitor]:
    at(timedelta())
    account = templates.accounts["coordinator"]
    yield in_process.signed_in(account["email"], account["password"])
    clock.set_source(None)


@pytest.fixture
def officer(coordinator: Visitor) -> Api:
    return in_process.api("officer@demo.example")


def started(coordinator: Visitor) -> str:
    """The safety survey, in two clicks; its id."""
    made = coordinator.post("/surveys", template="safety")
    survey_id = made.headers["location"].rsplit("/", 1)[1]
    coordinator.get(f"/surveys/{survey_id}")
    answer = coordinator.post(f"/surveys/{survey_id}/start", closes_on=CLOSES, reminds="yes")
    assert answer.status_code == 303, answer.text
    return survey_id


def ask() -> list[Notice]:
    """What the timetable sends now."""
    before = {one.id for one in sent()}
    timetable.ask_surveys()
    return [one for one in sent() if one.id not in before]


def sent() -> list[Notice]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Notice).where(Notice.kind == "survey")))


def texts(notices: list[Notice]) -> dict[str, Notice]:
    return {one.to: one for one in notices if one.channel is Channel.SMS}


def taken_by_the_carrier() -> None:
    with unit_of_work() as session:
        for one in session.exec(select(Notice).where(Notice.kind == "survey")):
            one.state, one.ended_at = NoticeState.SENT, clock.now()
            session.add(one)


def ask_everybody() -> list[Notice]:
    found: list[Notice] = []
    while some := ask():
        found += some
        taken_by_the_carrier()
    return found


def answer_all(number: str, *answers: str) -> str:
    said = ""
    for one in answers:
        said = text_from(number, one)
    return said


def results(api: Api, survey_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.http.get(f"/surveys/{survey_id}/results").json()
    return found


def close(coordinator: Visitor, survey_id: str) -> None:
    coordinator.get(f"/surveys/{survey_id}")
    assert coordinator.post(f"/surveys/{survey_id}/close").status_code == 303


def answers() -> list[SurveyAnswer]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(SurveyAnswer)))


def invitation_of(number: str) -> SurveyInvitation:
    with unit_of_work(read_only=True) as session:
        points = [one.id for one in contact.points_with_value(session, number)]
        found = select(SurveyInvitation).where(col(SurveyInvitation.contact_point_id).in_(points))
        return session.exec(found).one()


def test_every_member_is_asked_once_by_his_own_way_in_his_own_language(
    coordinator: Visitor,
) -> None:
    started(coordinator)
    asked = ask_everybody()
    assert len({one.about_id for one in asked}) == len(asked)
    first = {one.language: one.body for one in texts(asked).values()}
    assert first[Language.FRENCH].startswith("PLP Haut-Valdor, sondage anonyme 1/5: ")
    assert "Vous sentez-vous en sécurité" in first[Language.FRENCH]
    assert "Fühlen Sie sich" in first[Language.GERMAN]
    assert "Voelt u zich" in first[Language.DUTCH]
    by_mail = [one for one in asked if one.channel is Channel.EMAIL]
    assert by_mail
    assert all("/survey/" in one.body for one in by_mail)
    at(timedelta(days=1))
    assert ask_everybody() == []


def test_each_text_of_the_safety_survey_is_one_part_in_every_language(
    coordinator: Visitor,
) -> None:
    made = coordinator.post("/surveys", template="safety").headers["location"]
    page = coordinator.get(made)
    assert page.text.count("1 SMS part<") == 20


def test_a_member_answers_one_question_after_the_other_by_text(
    coordinator: Visitor, officer: Api
) -> None:
    survey_id = started(coordinator)
    german = next(one.to for one in texts(ask_everybody()).values() if one.language == "de")
    assert text_from(german, "4 danke").startswith("Notiert. 2/5: Ist die Polizei")
    assert text_from(german, "2").startswith("Notiert. 3/5: ")
    assert text_from(german, "5/5").startswith("Notiert. 4/5: ")
    assert text_from(german, "Genau richtig").startswith("Notiert. 5/5: ")
    assert "Danke" in text_from(german, "Ja!")
    assert sorted((one.number, one.value) for one in answers()) == [
        (1, 4), (2, 2), (3, 5), (4, 2), (5, 1),
    ]  # fmt: skip
    assert results(officer, survey_id)["answered"] == 1


def test_no_row_ties_an_answer_to_the_one_who_gave_it(coordinator: Visitor) -> None:
    started(coordinator)
    number = next(iter(texts(ask_everybody())))
    answer_all(number, "4", "2", "5", "1")
    assert invitation_of(number).response_id is not None
    text_from(number, "ja")
    assert invitation_of(number).response_id is None
    with unit_of_work(read_only=True) as session:
        stored = session.exec(select(InboundMessage)).all()
    assert len(stored) == 5
    assert {one.body for one in stored} == {""}


def test_the_police_do_not_see_answers_among_the_replies(
    coordinator: Visitor, officer: Api
) -> None:
    started(coordinator)
    number = next(iter(texts(ask_everybody())))
    text_from(number, "4")
    assert officer.http.get("/replies").json() == []


def test_a_repeat_of_the_carrier_counts_once_and_gets_the_same_answer(
    coordinator: Visitor,
) -> None:
    started(coordinator)
    number = next(iter(texts(ask_everybody())))
    first = text_from(number, "4", "SM1")
    assert text_from(number, "4", "SM1") == first
    assert len(answers()) == 1


def test_what_is_no_answer_goes_to_the_police_and_the_question_comes_once_more(
    coordinator: Visitor, officer: Api
) -> None:
    started(coordinator)
    number = next(iter(texts(ask_everybody())))
    text_from(number, "Un homme essaie les portes, 1ABC234")
    assert [one["body"] for one in officer.http.get("/replies").json()] == [
        "Un homme essaie les portes, 1ABC234"
    ]
    assert answers() == []
    assert ask() == []
    at(timedelta(hours=4))
    assert list(texts(ask())) == [number]
    taken_by_the_carrier()
    text_from(number, "Encore lui")
    at(timedelta(hours=9))
    assert ask() == []


def test_a_number_that_the_question_does_not_take_is_asked_again(coordinator: Visitor) -> None:
    started(coordinator)
    german = next(one.to for one in texts(ask_everybody()).values() if one.language == "de")
    assert text_from(german, "7").startswith("1/5: Fühlen Sie sich")
    assert answers() == []


def test_stop_is_stop(coordinator: Visitor) -> None:
    started(coordinator)
    number = next(iter(texts(ask_everybody())))
    assert "2/5" not in text_from(number, "STOP")
    at(timedelta(days=5))
    assert number not in texts(ask_everybody())


def test_after_an_alert_a_one_belongs_to_the_alert(coordinator: Visitor, officer: Api) -> None:
    started(coordinator)
    number = next(iter(texts(ask_everybody())))
    at(timedelta(hours=1))
    alerted(number)
    text_from(number, "1")
    assert answers() == []
    assert [one["body"] for one in officer.http.get("/replies").json()] == ["1"]
    at(timedelta(hours=5))
    assert number in texts(ask_everybody())
    text_from(number, "1")
    assert [one.value for one in answers()] == [1]


def alerted(number: str) -> None:
    """An urgent alert is handed over to this telephone now."""
    alert_id = UUID(in_process.api("dispatcher@demo.example").send(HOME))
    with unit_of_work() as session:
        fan_out.fan_out(session, alert_id)
        points = [one.id for one in contact.points_with_value(session, number)]
        session.execute(
            update(Delivery)
            .where(
                col(Delivery.broadcast_id) == alert_id, col(Delivery.contact_point_id).in_(points)
            )
            .values(state=DeliveryState.DELIVERED, handed_over_at=clock.now())
        )


def test_who_has_not_begun_is_reminded_once(coordinator: Visitor) -> None:
    started(coordinator)
    asked = ask_everybody()
    number = next(iter(texts(asked)))
    answer_all(number, "4", "2", "5", "1", "ja")
    at(timedelta(days=5))
    again = ask_everybody()
    assert len(again) == len(asked) - 1
    assert number not in texts(again)
    at(timedelta(days=10))
    assert ask_everybody() == []


def test_nothing_leaves_in_quiet_hours_or_on_a_sunday(coordinator: Visitor) -> None:
    started(coordinator)
    at(timedelta(hours=13))
    assert ask() == []
    at(timedelta(days=4))
    assert ask() == []
    at(timedelta(days=5))
    assert ask() != []


def test_it_closes_by_itself_and_tells_who_answers_later(
    coordinator: Visitor, officer: Api
) -> None:
    survey_id = started(coordinator)
    german = next(one.to for one in texts(ask_everybody()).values() if one.language == "de")
    text_from(german, "4")
    at(timedelta(days=15))
    timetable.ask_surveys()
    assert results(officer, survey_id)["status"] == "closed"
    assert "geschlossen" in text_from(german, "5")
    assert invitation_of(german).response_id is None


def test_results_are_shown_once_closed_and_from_five_answers_on(
    coordinator: Visitor, officer: Api
) -> None:
    survey_id = started(coordinator)
    numbers = list(texts(ask_everybody()))
    for number in numbers[:6]:
        answer_all(number, "4", "2", "5", "2", "ja")
    text_from(numbers[6], "1")
    assert {one["counts"] is None for one in results(officer, survey_id)["questions"]} == {True}
    close(coordinator, survey_id)
    questions = {one["code"]: one for one in results(officer, survey_id)["questions"]}
    assert questions["safety"]["n"] == 7
    assert questions["safety"]["counts"] == {"1": 1, "2": 0, "3": 0, "4": 6, "5": 0}
    assert questions["report"]["mean"] == 1.0
    page = coordinator.get(f"/surveys/{survey_id}")
    assert "n = 7" in page.text
    lines = coordinator.get(f"/surveys/{survey_id}/results.csv").text.splitlines()
    assert any(line.endswith(";Everybody;4;6;7;" + asked_of(page.text)) for line in lines)


def asked_of(page: str) -> str:
    return page.split('data-invited="')[1].split('"')[0]


def test_with_four_answers_only_their_number_is_shown(coordinator: Visitor, officer: Api) -> None:
    survey_id = started(coordinator)
    for number in list(texts(ask_everybody()))[:4]:
        text_from(number, "3")
    close(coordinator, survey_id)
    first = results(officer, survey_id)["questions"][0]
    assert (first["n"], first["counts"], first["mean"]) == (4, None, None)
    assert "Fewer than five answers" in coordinator.get(f"/surveys/{survey_id}").text


def test_the_evaluation_reads_the_figures_of_a_year(coordinator: Visitor) -> None:
    survey_id = started(coordinator)
    for number in list(texts(ask_everybody()))[:5]:
        answer_all(number, "4", "2", "5", "2", "ja")
    close(coordinator, survey_id)
    with unit_of_work(read_only=True) as session:
        home = session.exec(select(Partnership).where(Partnership.slug == HOME)).one()
        found = survey_figures.safety(session, home.id, 2026)
        assert survey_figures.safety(session, home.id, 2025) == {}
    assert list(found) == ["safety", "accessible", "useful", "amount", "report"]
    assert (found["safety"].n, found["safety"].mean) == (5, 4.0)
    rate = found["safety"].response_rate
    assert rate is not None
    assert 0 < rate < 1


def test_by_mail_a_member_answers_on_a_page_once(coordinator: Visitor) -> None:
    started(coordinator)
    letter = next(one for one in ask_everybody() if one.channel is Channel.EMAIL)
    link = next(one for one in letter.body.split() if "/survey/" in one)
    citizen = Citizen()
    path = "/survey/" + link.rsplit("/", 1)[1]
    assert citizen.get(path).status_code == 200
    assert citizen.post(path).status_code == 422
    done = citizen.post(path, **{"answer-1": "5", "answer-4": "9", "answer-5": "1"})
    assert done.status_code == 200, words(done)
    assert sorted((one.number, one.value) for one in answers()) == [(1, 5), (5, 1)]
    citizen.get(path)
    assert '<form method="post" class' not in citizen.page.text
    assert citizen.get(path + "x").status_code == 404
    assert citizen.get("/survey/nobody").status_code == 404


def test_it_does_not_start_while_words_are_missing_in_a_language(coordinator: Visitor) -> None:
    made = coordinator.post("/surveys", template="").headers["location"]
    coordinator.get(made)
    typed = {
        "title-fr": "Notre fête",
        "kind-1": "yes_no",
        "words-1-fr": "Viendrez-vous à la fête?",
        "words-1-nl": "Komt u naar het feest?",
    }
    assert coordinator.post(made, **typed).status_code == 303
    refused = coordinator.post(f"{made}/start", closes_on=CLOSES)
    assert refused.status_code == 422
    assert 'id="problem-words-1-de"' in refused.text
    assert 'id="problem-title-nl"' in refused.text
    assert "Komt u naar het feest?" in refused.text


def test_free_words_are_kept_unless_they_may_be_for_the_police(
    coordinator: Visitor, officer: Api
) -> None:
    made = coordinator.post("/surveys", template="").headers["location"]
    coordinator.get(made)
    titles = {f"title-{one}": "Fest" for one in ("fr", "nl", "de")}
    asked = {f"words-1-{one}": "Was fehlt?" for one in ("fr", "nl", "de")}
    coordinator.post(made, **{"kind-1": "words"}, **titles, **asked)
    assert coordinator.post(f"{made}/start", closes_on=CLOSES).status_code == 303
    numbers = list(texts(ask_everybody()))
    text_from(numbers[0], "Da ist ein Einbrecher im Garten")
    assert len(officer.http.get("/replies").json()) == 1
    for number, said in zip(
        numbers[1:6], ("Bänke", "<b>Ampel</b>", "zz", "Aal", "Mut"), strict=True
    ):
        text_from(number, said)
    survey_id = made.rsplit("/", 1)[1]
    close(coordinator, survey_id)
    said = results(officer, survey_id)["questions"][0]["said"]
    assert said == ["<b>Ampel</b>", "Aal", "Bänke", "Mut", "zz"]
    assert "&lt;b&gt;Ampel" in coordinator.get(made).text


def test_whoever_shares_a_number_is_not_asked_twice_on_it(coordinator: Visitor) -> None:
    shared = "+32470001002"
    with unit_of_work() as session:
        first = contact.points_with_value(session, shared)[0]
        home = session.exec(select(Partnership).where(Partnership.slug == HOME)).one()
        _another_with(session, first.value, home.id)
    started(coordinator)
    assert sum(one.to == shared for one in ask_everybody()) == 1


def _another_with(session: Session, value: str, partnership_id: UUID) -> None:
    person = Person(name="Lui aussi", language=Language.FRENCH)
    session.add(person)
    session.flush()
    session.add(Membership(partnership_id=partnership_id, person_id=person.id))
    contact.add(session, person, ContactKind.MOBILE, value, 1)
    consent.give(session, person, Purpose.SURVEYS, wording="x", how="paper")


def test_a_member_reads_that_he_was_asked_and_is_forgotten_with_it(coordinator: Visitor) -> None:
    started(coordinator)
    number = next(iter(texts(ask_everybody())))
    text_from(number, "4")
    invitation = invitation_of(number)
    with unit_of_work() as session:
        (row,) = own_surveys.ASKED.show(session, invitation.person_id)
        assert row["asked_at"] == NOON.isoformat()
        assert "4" not in row["answers"]
        own_surveys.ASKED.forget(session, invitation.person_id)
    with unit_of_work(read_only=True) as session:
        kept = session.get_one(SurveyInvitation, invitation.id)
        assert (kept.response_id, kept.contact_point_id) == (None, None)
    assert len(answers()) == 1
    assert "2/5" not in text_from(number, "3")


def test_free_words_are_blanked_after_their_time_and_figures_stay(coordinator: Visitor) -> None:
    survey_id = started(coordinator)
    number = next(iter(texts(ask_everybody())))
    text_from(number, "4")
    with unit_of_work() as session:
        said = SurveyAnswer(
            response_id=uuid4(),
            number=2,
            survey_id=UUID(survey_id),
            channel=Channel.SMS,
            language=Language.GERMAN,
            words="Mehr Licht",
        )
        session.add(said)
    close(coordinator, survey_id)
    for moment, words_kept in ((timedelta(days=399), "Mehr Licht"), (timedelta(days=401), "")):
        at(moment)
        timetable.forget_old()
        assert {one.value: one.words for one in answers()} == {4: "", None: words_kept}


def test_a_second_survey_waits_for_the_first_to_close(coordinator: Visitor) -> None:
    started(coordinator)
    made = coordinator.post("/surveys", template="safety").headers["location"]
    refused = coordinator.post(f"{made}/start", closes_on=CLOSES)
    assert refused.status_code == 409
    assert "Another survey of this partnership is open" in refused.text


def test_two_clicks_start_it_once_and_a_started_one_cannot_be_changed(
    coordinator: Visitor,
) -> None:
    survey_id = started(coordinator)
    again = coordinator.post(f"/surveys/{survey_id}/start", closes_on=CLOSES)
    assert again.status_code == 303
    assert coordinator.post(f"/surveys/{survey_id}", **{"title-fr": "Autre"}).status_code == 409
    asked = ask_everybody()
    assert len({one.about_id for one in asked}) == len(asked)


@pytest.mark.parametrize("typed", ["", "tomorrow", "9999-12-31", "2026-06-03", "2026-12-31"])
def test_a_day_that_cannot_be_is_told_beside_its_field(coordinator: Visitor, typed: str) -> None:
    made = coordinator.post("/surveys", template="safety").headers["location"]
    refused = coordinator.post(f"{made}/start", closes_on=typed)
    assert refused.status_code == 422
    assert 'id="problem-closes_on"' in refused.text


def test_too_long_a_question_is_told_beside_its_field_and_kept_as_typed(
    coordinator: Visitor,
) -> None:
    made = coordinator.post("/surveys", template="").headers["location"]
    typed = "<script>" + "x" * 300
    refused = coordinator.post(made, **{"kind-1": "scale", "words-1-fr": typed})
    assert refused.status_code == 422
    assert 'id="problem-words-1-fr"' in refused.text
    assert "&lt;script&gt;xxx" in refused.text


def test_a_coordinator_of_elsewhere_finds_nothing(coordinator: Visitor, officer: Api) -> None:
    made = officer.http.post("/surveys", json={"partnership": "valdor-gare"})
    assert made.status_code == 201, made.text
    assert coordinator.get(f"/surveys/{made.json()['id']}").status_code == 404
    assert made.json()["id"] not in coordinator.get("/surveys").text


def test_what_never_left_is_asked_again_and_what_may_have_is_not(coordinator: Visitor) -> None:
    started(coordinator)
    asked = ask()
    with unit_of_work() as session:
        never = session.get_one(Notice, asked[0].id)
        perhaps = session.get_one(Notice, asked[1].id)
        never.state = perhaps.state = NoticeState.EXPIRED
        perhaps.attempts = 1
    at(timedelta(minutes=31))
    again = {one.about_id for one in ask_everybody()}
    assert asked[0].about_id in again
    assert asked[1].about_id not in again
