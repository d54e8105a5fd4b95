"""The answer that somebody is owed: given once, by the way he wrote, in hours that suit; and what
becomes of one that does not leave."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from channels.sms_length import measure
from feedback import answer_words, owed_answers
from feedback.models import (
    Answer,
    AnswerStatus,
    AnswerWay,
    InboundKind,
    InboundMessage,
    Report,
    ReportEvent,
    ReportSource,
    Sighting,
)
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from hub.security import blind_index
from messaging.models import Incident, IncidentReporter, StrangerStop
from partnerships import contact
from partnerships.models import (
    Account,
    Channel,
    Membership,
    Notice,
    NoticeState,
    Organisation,
    OrganisationKind,
    Person,
)
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

# A Wednesday at noon on Belgian clocks.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
DUTCH, BY_MAIL, STRANGER = "+32470001002", "member06@demo.example", "+32499123456"


def at(moment: timedelta) -> None:
    clock.set_source(lambda: NOON + moment)


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(timedelta())


def visitor(templates: Templates, role: str, language: str = "en") -> Visitor:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"], language)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return visitor(templates, "mandated_officer")


def _organisation(session: Session, kind: OrganisationKind) -> UUID:
    return session.exec(select(Organisation.id).where(Organisation.kind == kind)).one()


def _message(session: Session, sender: str) -> InboundMessage:
    made = InboundMessage(
        carrier_id=str(uuid4()),
        sender=sender,
        body="Grey van",
        kind=InboundKind.MESSAGE,
        language=Language.DUTCH,
        police_zone_id=_organisation(session, OrganisationKind.POLICE_ZONE),
    )
    session.add(made)
    session.flush()
    return made


def seen_by(sender: str, **changes: Any) -> UUID:
    """A sighting of a member, or of a number that is nobody's, and the answer it is owed."""
    with unit_of_work() as session:
        points = contact.points_with_value(session, sender)
        known = points[0] if points else None
        language = session.get_one(Person, known.person_id).language if known else Language.FRENCH
        made = Sighting(
            police_zone_id=_organisation(session, OrganisationKind.POLICE_ZONE),
            message_id=_message(session, sender).id if known is None else None,
            person_id=known.person_id if known else None,
            contact_point_id=known.id if known else None,
            language=language,
            observed_at=clock.now(),
            received_at=clock.now(),
            place="Molenstraat",
            words="Grijze bestelwagen",
            **changes,
        )
        session.add(made)
        owed_answers.owe_for_sighting(session, made)
        return made.id


def reported(contact_of_reporter: str = "", source: ReportSource = ReportSource.COUNTER) -> UUID:
    with unit_of_work() as session:
        made = Report(
            municipality_id=_organisation(session, OrganisationKind.MUNICIPALITY),
            number=1,
            source=source,
            category="noise",
            words="Bruit la nuit",
            received_at=clock.now(),
            reporter_contact=contact_of_reporter,
            reporter_language=Language.FRENCH,
        )
        session.add(made)
        owed_answers.owe_for_report(session, made)
        return made.id


def answer_of(subject_id: UUID) -> Answer:
    with unit_of_work(read_only=True) as session:
        found = owed_answers.of_sighting(session, subject_id)
        found = found or owed_answers.of_report(session, subject_id)
        assert found is not None
        return found


def notices(kind: str = "answer") -> list[Notice]:
    with unit_of_work(read_only=True) as session:
        found = select(Notice).where(Notice.kind == kind)
        return list(session.exec(found.order_by(col(Notice.created_at))))


def test_an_officer_answers_a_sighting_by_ready_words_and_a_text_leaves(officer: Visitor) -> None:
    path = f"/sightings/{seen_by(DUTCH)}/answer"
    listed = officer.get("/answers").text
    assert "Molenstraat" in listed
    assert "owed: 1" in listed
    form = officer.get(path).text
    assert "Grijze bestelwagen" in form
    looked = officer.post(path, ready="helped").text
    assert "Nothing has left yet." in looked
    assert "1 text message · GSM-7" in looked
    assert notices() == []
    answer = officer.post(path, do="send", words="Dank u. Uw informatie heeft ons geholpen.")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    (sent,) = notices()
    assert (sent.channel, sent.to, sent.language) == (Channel.SMS, DUTCH, Language.DUTCH)
    assert sent.body.startswith("Zone de police Valdor: Dank u. Uw informatie heeft ons geholpen.")
    assert "101" in sent.body
    shown = officer.get(path).text
    assert "on its way" in shown
    assert "Olivia Officier" in shown
    assert "None. Nobody is waiting for an answer." in officer.get("/answers").text
    assert "Molenstraat" in officer.get("/answers?show=given").text


def test_a_member_who_has_mail_only_is_answered_by_mail(officer: Visitor) -> None:
    path = f"/sightings/{seen_by(BY_MAIL)}/answer"
    officer.post(path, do="send", words="Merci.\nNous avons regardé.")
    (sent,) = notices()
    assert (sent.channel, sent.to) == (Channel.EMAIL, BY_MAIL)
    assert "Merci.\nNous avons regardé." in sent.body
    assert "Molenstraat" not in sent.subject + sent.body


def test_words_that_cannot_leave_are_refused_and_kept(officer: Visitor) -> None:
    path = f"/sightings/{seen_by(DUTCH)}/answer"
    for typed, said in (
        ("", "Write what he is told."),
        ("\0 \u202e ", "Write what he is told."),
        ("Wij gaven het door aan {service}.", "Fill in {service} or take it out"),
        ("x" * 600, "This takes 5 text messages: at most 3."),
        ("é" * 3000, "This is too long: at most 2000 characters."),
    ):
        answer = officer.post(path, do="send", words=typed)
        assert answer.status_code == 422
        assert said in answer.text
    assert "{service}." in officer.post(path, do="send", words="aan {service}.").text
    script = officer.post(path, look="yes", words="<script>alert(1)</script> 🚲 שלום")
    assert "<script>alert" not in script.text
    assert "UCS-2" in script.text
    assert notices() == []


def test_a_double_click_and_two_officers_at_once_write_one_answer(templates: Templates) -> None:
    path = f"/sightings/{seen_by(DUTCH)}/answer"
    one, other = visitor(templates, "mandated_officer"), visitor(templates, "dispatcher")
    for each in (one, other):
        each.get(path)
    asked = [
        lambda: one.post(path, do="send", words="Dank u."),
        lambda: one.post(path, do="send", words="Dank u."),
        lambda: other.post(path, do="send", words="Bedankt."),
    ]
    codes = _in_threads(*(lambda ask=ask: ask().status_code for ask in asked))
    assert len(notices()) == 1
    assert codes.count(409) in (1, 2)
    assert answer_of(UUID(path.split("/")[2])).status is AnswerStatus.GIVEN


def _in_threads(*asked: Callable[[], int]) -> list[int]:
    start = threading.Barrier(len(asked))

    def ask(one: Callable[[], int]) -> int:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(asked)) as together:
        return sorted(together.map(ask, asked))


def test_a_text_waits_for_the_morning_and_a_mail_does_not(templates: Templates) -> None:
    at(timedelta(hours=12))  # midnight
    officer = visitor(templates, "mandated_officer")
    path = f"/sightings/{seen_by(DUTCH)}/answer"
    mail = f"/sightings/{seen_by(BY_MAIL)}/answer"
    assert "it leaves at 4 Jun 2026 08:00." in officer.get(path).text
    officer.post(path, do="send", words="Dank u.")
    officer.post(mail, do="send", words="Merci.")
    text, letter = notices()
    assert text.not_before == datetime(2026, 6, 4, 6, 0, tzinfo=UTC)
    assert letter.not_before == NOON + timedelta(hours=12)
    assert "leaves at" in officer.get(path).text


@pytest.mark.parametrize("how", ["stop", "leave", "forget"])
def test_a_text_that_waits_is_taken_back_when_he_says_stop_leaves_or_is_forgotten(
    templates: Templates, how: str
) -> None:
    at(timedelta(hours=12))
    officer = visitor(templates, "mandated_officer")
    seen = seen_by(DUTCH)
    officer.post(f"/sightings/{seen}/answer", do="send", words="Dank u.")
    at(timedelta(hours=12, minutes=5))
    with unit_of_work() as session:
        (point,) = contact.points_with_value(session, DUTCH)
        if how == "stop":
            contact.stop_all(session, point, "texted_stop")
        elif how == "leave":
            _leave(session, point.person_id)
        else:
            session.get_one(Person, point.person_id).erased_at = clock.now()
    timetable.look_after_answers()
    (sent,) = notices()
    assert (sent.state, sent.to, sent.body) == (NoticeState.EXPIRED, "", "")
    assert answer_of(seen).status is AnswerStatus.OWED
    said = officer.get(f"/sightings/{seen}/answer").text
    assert "The answer did not leave" in said
    refused = officer.post(f"/sightings/{seen}/answer", do="send", words="Dank u.")
    assert refused.status_code == 422
    noted = officer.post(
        f"/sightings/{seen}/answer", do="note", way="telephone", said="Thanked him"
    )
    assert noted.status_code == 303
    assert answer_of(seen).status is AnswerStatus.GIVEN


def _leave(session: Session, person_id: UUID) -> None:
    for one in session.exec(select(Membership).where(Membership.person_id == person_id)):
        one.left_at = clock.now()


def test_a_stranger_who_said_stop_gets_nothing(officer: Visitor) -> None:
    seen = seen_by(STRANGER)
    with unit_of_work() as session:
        session.add(StrangerStop(value_index=blind_index(STRANGER)))
    assert "STOP" in officer.get(f"/sightings/{seen}/answer").text
    assert officer.post(f"/sightings/{seen}/answer", do="send", words="Hi").status_code == 422
    assert notices() == []


def test_an_answer_that_did_not_leave_is_owed_again_with_its_words(officer: Visitor) -> None:
    seen = seen_by(DUTCH)
    officer.post(f"/sightings/{seen}/answer", do="send", words="Dank u wel.")
    with unit_of_work() as session:
        session.execute(update(Notice).values(state=NoticeState.FAILED))
    timetable.look_after_answers()
    again = officer.get(f"/sightings/{seen}/answer").text
    assert "The answer did not leave" in again
    assert "Dank u wel.</textarea>" in again
    assert officer.post(f"/sightings/{seen}/answer", do="send", words="Dank u.").status_code == 303
    assert len(notices()) == 2


def test_a_report_is_answered_by_the_town_and_its_history_says_so(templates: Templates) -> None:
    report = reported("rue Haute 3, Valdor")
    town = visitor(templates, "prevention_officer")
    path = f"/reports/{report}/answer"
    page = town.get(path).text
    assert "tell him yourself" in page
    assert "rue Haute 3, Valdor" in page
    assert town.post(path, do="note", way="owl", said="x").status_code == 422
    assert town.post(path, do="note", way="post", said="").status_code == 422
    assert town.post(path, do="note", way="post", said="A letter of thanks").status_code == 303
    with unit_of_work(read_only=True) as session:
        (event,) = session.exec(select(ReportEvent)).all()
    assert (event.kind, event.words) == ("answered", "A letter of thanks")


def test_no_answer_needed_wants_a_reason(officer: Visitor) -> None:
    seen = seen_by(DUTCH)
    path = f"/sightings/{seen}/answer"
    assert officer.post(path, do="set_aside", reason=" ").status_code == 422
    assert officer.post(path, do="set_aside", reason="Spoken to him on the spot").status_code == 303
    assert "Spoken to him on the spot" in officer.get("/answers?show=not_needed").text


def test_nobody_else_sees_an_answer(templates: Templates) -> None:
    seen = seen_by(DUTCH)
    coordinator = visitor(templates, "coordinator")
    for path in ("/answers", f"/sightings/{seen}/answer", f"/reports/{seen}/answer"):
        assert coordinator.get(path).status_code == 403
    town = visitor(templates, "prevention_officer")
    assert town.get(f"/sightings/{seen}/answer").status_code == 403
    assert "Molenstraat" not in town.get("/answers").text
    assert "owed: 0" in town.get("/answers").text
    assert town.get("/answers?after=" + "x" * 40).status_code == 422


def test_the_list_turns_its_pages_by_when_an_answer_is_due(templates: Templates) -> None:
    for hour in range(52):
        at(timedelta(hours=hour))
        seen_by(DUTCH)
    officer = visitor(templates, "mandated_officer")
    first = officer.get("/answers").text
    assert first.count("link-card") == 50
    next_page = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert officer.get(next_page).text.count("link-card") == 2
    assert "overdue: 3" in officer.get("/answers?show=overdue").text


def test_telling_what_was_decided_on_his_message_is_the_answer(officer: Visitor) -> None:
    with unit_of_work() as session:
        message = _message(session, STRANGER)
        zone = _organisation(session, OrganisationKind.POLICE_ZONE)
        incident = Incident(
            police_zone_id=zone,
            phenomenon="x",
            place="y",
            facts_at=NOON,
            reported_at=NOON,
            opened_by=session.exec(select(Account.id)).all()[0],
        )
        session.add(incident)
        session.flush()
        message.opened_incident_id = incident.id
        told = IncidentReporter(incident_id=incident.id, channel=Channel.SMS, reported_at=NOON)
        session.add(told)
        made = Sighting(
            police_zone_id=zone,
            message_id=message.id,
            language=Language.FRENCH,
            observed_at=NOON,
            received_at=NOON,
        )
        session.add(made)
        assert owed_answers.owe_for_sighting(session, made).status is AnswerStatus.OWED
    with unit_of_work() as session:
        session.get_one(IncidentReporter, incident.id).told_at = NOON + timedelta(minutes=5)
    timetable.look_after_answers()
    answer = answer_of(made.id)
    assert (answer.status, answer.address) == (AnswerStatus.GIVEN, "")
    assert answer.given_at == NOON + timedelta(minutes=5)
    assert "He was told what the police decided" in officer.get("/answers?show=given").text


def test_a_reminder_comes_once_when_it_is_due_and_once_a_day_later() -> None:
    seen_by(DUTCH)
    timetable.remind_of_answers()
    assert notices("answer_due") == []
    at(timedelta(hours=48, minutes=1))
    for _ in range(2):
        timetable.remind_of_answers()
    (first,) = notices("answer_due")
    assert first.to == "officer@demo.example"
    assert "/answers" in first.body
    assert "Molenstraat" not in first.subject + first.body
    at(timedelta(hours=73))
    for _ in range(2):
        timetable.remind_of_answers()
    assert len(notices("answer_due")) == 2


def test_the_first_page_says_how_many_wait(officer: Visitor) -> None:
    seen_by(DUTCH)
    assert "1 answer that somebody is owed" in officer.get("/").text


@pytest.mark.parametrize("language", list(Language))
def test_ready_words_cost_one_or_two_plain_texts(language: Language) -> None:
    words = answer_words.ready(language)
    assert len(words) == len(answer_words.Ready)
    for ready in words.values():
        body = answer_words.text(
            Answer(way=AnswerWay.SMS, language=language, owed_since=NOON, due_at=NOON),
            ready,
            "Zone de police Valdor",
        )
        length = measure(body)
        assert (length.encoding, length.segments <= 2) == ("GSM-7", True), body
        assert "101" in body


def test_who_left_no_address_may_still_be_told_by_whoever_meets_him(templates: Templates) -> None:
    report = reported()
    town = visitor(templates, "prevention_officer")
    path = f"/reports/{report}/answer"
    assert "Nobody can be answered" in town.get(path).text
    assert town.post(path, do="send", words="Merci").status_code == 422
    assert town.post(path, do="note", way="in_person", said="Vu en rue").status_code == 303
    assert answer_of(report).status is AnswerStatus.GIVEN
