"""The month in figures: what coordinators are told on the first working day after it, once; and
that nothing in it betrays what members told the police."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from feedback import owed_answers
from feedback.models import InboundKind, InboundMessage, MonthlySummary, Sighting
from hub import clock
from hub.access import Actor
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import broadcasts, drafts, fan_out
from messaging.models import BroadcastKind, Delivery
from messaging.texts import Words
from partnerships import accounts
from partnerships.models import Membership, Notice, Partnership
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

UPPER = "haut-valdor"
# July begins on a Wednesday; the first of June was a Monday.
JUNE = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)
JULY = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
PAGE = f"/partnerships/{UPPER}/summaries/2026-06"
TEXTS = {one: Words("Subject", "Short", "Long") for one in Language if one != "en"}


@pytest.fixture(autouse=True)
def _in_june(demo_zone: str) -> None:
    clock.set_source(lambda: JUNE)


def visitor(templates: Templates, role: str) -> Visitor:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"])


def dispatcher(session: Session) -> Actor:
    account = accounts.by_email(session, "dispatcher@demo.example")
    assert account
    return accounts.actor_for(session, account)


def alert(*, is_drill: bool = False) -> None:
    with unit_of_work() as session:
        writer = dispatcher(session)
        wanted = drafts.Draft(
            str(uuid4()), BroadcastKind.URGENT_ALERT, TEXTS, [UPPER], is_drill=is_drill
        )
        made = drafts.create(session, writer, wanted)
        broadcasts.send(session, writer, made)
        session.flush()
        fan_out.fan_out(session, made.id)


def answer_alert(people: int) -> None:
    """So many members answer what they got; each has seen something."""
    with unit_of_work() as session:
        zone = of(session).police_zone_id
        for one in session.exec(select(Delivery).order_by(col(Delivery.id)).limit(people)):
            said = InboundMessage(
                carrier_id=str(uuid4()),
                sender="x",
                body="A grey van",
                kind=InboundKind.MESSAGE,
                language=Language.FRENCH,
                person_id=one.person_id,
                delivery_id=one.id,
                police_zone_id=zone,
                received_at=clock.now(),
            )
            session.add(said)
            session.flush()
            seen = Sighting(
                police_zone_id=zone,
                message_id=said.id,
                person_id=one.person_id,
                language=Language.FRENCH,
                observed_at=clock.now(),
                received_at=clock.now(),
            )
            session.add(seen)
            owed_answers.owe_for_sighting(session, seen)


def of(session: Session) -> Partnership:
    return session.exec(select(Partnership).where(Partnership.slug == UPPER)).one()


def mails() -> list[Notice]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Notice).where(Notice.kind == "monthly_summary")))


def figure(page: str, words: str) -> str:
    return page.split(f'<th scope="row">{words}</th><td>')[1].split("</td>")[0]


def test_a_coordinator_reads_what_was_sent_answered_and_is_owed(templates: Templates) -> None:
    alert()
    alert(is_drill=True)
    answer_alert(6)
    with unit_of_work() as session:
        member = session.exec(
            select(Membership).where(Membership.partnership_id == of(session).id)
        ).all()[0]
        member.left_at = JUNE
        session.add(member)
    clock.set_source(lambda: JULY)
    page = visitor(templates, "coordinator").get(PAGE).text
    assert figure(page, "Urgent alerts") == "1"
    assert figure(page, "Exercises, which count for nothing else") == "1"
    assert figure(page, "Members who answered") == "6"
    assert figure(page, "Members should have been told: overdue") == "1"
    assert figure(page, "Left the partnership") == "1"
    assert "sighting" not in page.partition("<main")[2].lower()


def test_a_few_answers_are_not_counted_out(templates: Templates) -> None:
    alert()
    answer_alert(1)
    page = visitor(templates, "coordinator").get(PAGE).text
    assert figure(page, "Members who answered") == "fewer than 5"
    answer_alert(3)
    page = visitor(templates, "coordinator").get(PAGE).text
    assert figure(page, "Members who answered") == "fewer than 5"


def test_it_is_mailed_once_on_the_first_working_day_in_his_language() -> None:
    alert()
    clock.set_source(lambda: JULY - timedelta(days=2))
    timetable.write_summaries()
    june = [one.month for one in _rows()]
    assert 6 not in june
    clock.set_source(lambda: JULY)
    for _ in range(3):
        timetable.write_summaries()
    (mail,) = [one for one in mails() if one.created_at >= JULY]
    assert mail.to == "coordinator@demo.example"
    assert PAGE in mail.body
    assert len([one for one in _rows() if one.month == 6]) == 2


def _rows() -> list[MonthlySummary]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(MonthlySummary)))


def test_a_summary_that_breaks_off_is_written_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.set_source(lambda: JULY)
    with monkeypatch.context() as patch:
        patch.setattr("feedback.summary_mail._words", _dies)
        timetable.write_summaries()
    assert mails() == []
    timetable.write_summaries()
    assert len(mails()) == 1


def _dies(*_given: object) -> None:
    raise RuntimeError


def test_a_month_that_begins_on_a_holiday_is_told_on_the_day_after() -> None:
    clock.set_source(lambda: datetime(2026, 5, 3, 10, 0, tzinfo=UTC))
    timetable.write_summaries()
    assert mails() == []
    clock.set_source(lambda: datetime(2026, 5, 4, 10, 0, tzinfo=UTC))
    timetable.write_summaries()
    assert len(mails()) == 1


def test_nothing_is_said_of_a_new_partnership_where_nobody_is() -> None:
    with unit_of_work() as session:
        for one in session.exec(select(Membership)):
            session.delete(one)
    clock.set_source(lambda: JULY)
    timetable.write_summaries()
    assert mails() == []


@pytest.mark.parametrize("month", ["2026-13", "2026-08", "2019-01", "9999-12", "x", "2026-6"])
def test_a_month_that_is_none_is_not_found(templates: Templates, month: str) -> None:
    coordinator = visitor(templates, "coordinator")
    assert coordinator.get(f"/partnerships/{UPPER}/summaries/{month}").status_code == 404


def test_another_partnership_is_out_of_reach(templates: Templates) -> None:
    coordinator = visitor(templates, "coordinator")
    assert coordinator.get("/partnerships/valdor-gare/summaries/2026-06").status_code == 404
    assert (
        coordinator.get("/partnerships/haut-valdor/summaries")
        .headers["location"]
        .endswith("/2026-05")
    )
