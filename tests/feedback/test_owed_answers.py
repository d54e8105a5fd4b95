"""What is owed to whoever told us something: once, by the way he wrote, by when it was promised."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, func, select

from feedback import owed_answers
from feedback.models import (
    Answer,
    AnswerStatus,
    AnswerWay,
    InboundChannel,
    InboundKind,
    InboundMessage,
    Report,
    ReportSource,
    Sighting,
)
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships import contact, working_days
from partnerships.models import ContactPoint, Organisation, OrganisationKind, Person

pytestmark = pytest.mark.usefixtures("demo_zone")

MONDAY = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MEMBER, STRANGER = "+32470001002", "+32499123456"


@pytest.fixture(autouse=True)
def _on_monday(demo_zone: str) -> None:
    clock.set_source(lambda: MONDAY)


def organisation(session: Session, kind: OrganisationKind) -> UUID:
    return session.exec(select(Organisation.id).where(Organisation.kind == kind)).one()


def point(session: Session, value: str) -> ContactPoint:
    (found,) = contact.points_with_value(session, value)
    return found


def sighting(session: Session, **changes: Any) -> Sighting:
    zone = organisation(session, OrganisationKind.POLICE_ZONE)
    values = {"police_zone_id": zone, "language": Language.DUTCH, "observed_at": MONDAY}
    made = Sighting(**{**values, "received_at": MONDAY, **changes})
    session.add(made)
    return made


def message(session: Session, sender: str, channel: InboundChannel = InboundChannel.SMS) -> UUID:
    made = InboundMessage(
        carrier_id=str(uuid4()),
        sender=sender,
        channel=channel,
        body="Grey van",
        kind=InboundKind.MESSAGE,
        language=Language.DUTCH,
    )
    session.add(made)
    session.flush()
    return made.id


def report(session: Session, **changes: Any) -> Report:
    town = organisation(session, OrganisationKind.MUNICIPALITY)
    values = {"number": 1, "source": ReportSource.POST, "category": "noise", "words": "Loud"}
    made = Report(**{"municipality_id": town, **values, "received_at": MONDAY, **changes})
    session.add(made)
    return made


def test_a_member_is_owed_an_answer_at_his_number_within_the_delay_of_his_plan() -> None:
    with unit_of_work() as session:
        his = point(session, MEMBER)
        seen = sighting(session, person_id=his.person_id, contact_point_id=his.id)
        owed = owed_answers.owe_for_sighting(session, seen)
        assert (owed.way, owed.contact_point_id, owed.address) == (AnswerWay.SMS, his.id, "")
        assert (owed.status, owed.language) == (AnswerStatus.OWED, Language.DUTCH)
        assert owed.due_at == MONDAY + timedelta(hours=48)
        assert owed.police_zone_id == seen.police_zone_id


def test_it_is_owed_once_however_often_it_is_written_down() -> None:
    with unit_of_work() as session:
        seen = sighting(session, message_id=message(session, STRANGER))
        first = owed_answers.owe_for_sighting(session, seen)
        assert owed_answers.owe_for_sighting(session, seen).id == first.id
    with unit_of_work() as session:
        seen = session.get_one(Sighting, seen.id)
        assert owed_answers.owe_for_sighting(session, seen).id == first.id
        assert owed_answers.of_sighting(session, seen.id) == session.get_one(Answer, first.id)
        assert session.exec(select(func.count(col(Answer.id)))).one() == 1


def test_a_number_that_is_no_members_gets_its_answer_there() -> None:
    with unit_of_work() as session:
        seen = sighting(session, message_id=message(session, STRANGER))
        owed = owed_answers.owe_for_sighting(session, seen)
        assert (owed.way, owed.address, owed.person_id) == (AnswerWay.SMS, STRANGER, None)
        # Tuesday, Wednesday, Thursday.
        assert owed.due_at == datetime(2026, 6, 4, 21, 59, 59, tzinfo=UTC)


def test_nobody_is_written_to_at_an_address_that_a_mail_only_claims() -> None:
    with unit_of_work() as session:
        mail = message(session, "somebody@mail.example", InboundChannel.EMAIL)
        owed = owed_answers.owe_for_sighting(session, sighting(session, message_id=mail))
        assert (owed.way, owed.address) == (AnswerWay.NONE, "")
        assert (owed.status, owed.reason) == (AnswerStatus.NOT_NEEDED, "nobody")


def test_a_number_that_waits_for_its_proof_is_not_answered() -> None:
    with unit_of_work() as session:
        his = point(session, MEMBER)
        contact.close_unproved(session, his)
        seen = sighting(session, person_id=his.person_id, contact_point_id=his.id)
        owed = owed_answers.owe_for_sighting(session, seen)
        assert owed.contact_point_id != his.id


@pytest.mark.parametrize(
    ("left", "way", "address"),
    [
        ("0499 12 34 56", AnswerWay.SMS, "+32499123456"),
        ("Anna@Mail.example", AnswerWay.EMAIL, "anna@mail.example"),
        ("010 12 34 56", AnswerWay.TELEPHONE, "+3210123456"),
        ("rue Haute 3, Valdor", AnswerWay.POST, "rue Haute 3, Valdor"),
    ],
)
def test_a_reporter_is_answered_by_what_he_left(left: str, way: AnswerWay, address: str) -> None:
    with unit_of_work() as session:
        letter = report(session, reporter_name="Anna", reporter_contact=left)
        owed = owed_answers.owe_for_report(session, letter)
        assert owed is not None
        assert (owed.way, owed.address, owed.status) == (way, address, AnswerStatus.OWED)
        assert owed.municipality_id == letter.municipality_id
        again = owed_answers.owe_for_report(session, letter)
        assert again is not None
        assert again.id == owed.id
        assert owed_answers.of_report(session, letter.id) == again


def test_a_letter_without_a_name_needs_no_answer_and_what_officials_found_is_no_debt() -> None:
    with unit_of_work() as session:
        letter = owed_answers.owe_for_report(session, report(session))
        assert letter is not None
        assert (letter.status, letter.reason) == (AnswerStatus.NOT_NEEDED, "nobody")
        found = report(session, number=2, source=ReportSource.NEIGHBOURHOOD_TEAM)
        assert owed_answers.owe_for_report(session, found) is None


def test_holidays_and_weekends_are_no_working_days() -> None:
    # Easter Monday is the sixth.
    assert working_days.working_day_after(date(2026, 4, 3), 3) == date(2026, 4, 9)
    assert working_days.first_working_day(2026, 5) == date(2026, 5, 4)
    assert working_days.first_working_day(2027, 1) == date(2027, 1, 4)


def test_somebody_erased_is_owed_nothing() -> None:
    with unit_of_work() as session:
        his = point(session, MEMBER)
        seen = sighting(session, person_id=his.person_id, contact_point_id=his.id)
        session.get_one(Person, his.person_id).erased_at = MONDAY
        owed = owed_answers.owe_for_sighting(session, seen)
        assert (owed.way, owed.status) == (AnswerWay.NONE, AnswerStatus.NOT_NEEDED)
