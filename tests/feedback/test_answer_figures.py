"""How well people are answered, as a share and a median; what is kept, and what a person reads."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from feedback import answer_figures, old_answers, owed_answers
from feedback.answer_figures import Owed, figures
from feedback.models import Answer, AnswerStatus, Sighting
from feedback.own_answers import ANSWERED
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships import contact
from partnerships.models import Notice, NoticeState, Organisation, OrganisationKind
from tests import in_process

MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
DUTCH = "+32470001002"
HOUR = timedelta(hours=1)


def owed(due: int, given: int | None) -> Owed:
    return Owed(MONDAY, MONDAY + due * HOUR, None if given is None else MONDAY + given * HOUR)


def test_the_share_counts_what_is_settled_and_no_more() -> None:
    found = figures(
        [owed(48, 2), owed(48, 60), owed(48, None), owed(900, None)], MONDAY + 72 * HOUR
    )
    assert (found.settled, found.answered, found.in_time) == (3, 2, 1)
    assert found.median_hours == 31
    assert found.share_in_time == pytest.approx(100 / 3)


def test_a_figure_of_an_earlier_moment_does_not_know_what_came_after() -> None:
    found = figures([owed(48, 60)], MONDAY + 50 * HOUR)
    assert (found.settled, found.answered, found.in_time) == (1, 0, 0)
    assert figures([owed(48, 2)], MONDAY - HOUR).settled == 0


def test_no_case_is_not_zero_percent() -> None:
    none = figures([], MONDAY)
    assert (none.share_answered, none.share_in_time, none.median_hours) == (None, None, None)


def _zone(session: Session) -> UUID:
    kind = OrganisationKind.POLICE_ZONE
    return session.exec(select(Organisation.id).where(Organisation.kind == kind)).one()


def seen() -> UUID:
    with unit_of_work() as session:
        (his,) = contact.points_with_value(session, DUTCH)
        made = Sighting(
            police_zone_id=_zone(session),
            person_id=his.person_id,
            contact_point_id=his.id,
            language=Language.DUTCH,
            observed_at=clock.now(),
            received_at=clock.now(),
        )
        session.add(made)
        return owed_answers.owe_for_sighting(session, made).id


def _tell(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def answer(answer_id: UUID) -> Answer:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Answer, answer_id)


@pytest.mark.usefixtures("demo_zone")
def test_another_program_reads_what_is_owed_and_gives_it_once() -> None:
    clock.set_source(lambda: MONDAY)
    answer_id = seen()
    api = in_process.api("officer@demo.example").http
    (listed,) = api.get("/answers").json()["answers"]
    assert (listed["id"], listed["is_late"], listed["way"]) == (str(answer_id), False, "sms")
    assert "address" not in listed
    path = f"/answers/{answer_id}"
    assert api.post(path, json={"words": "Bel {service}"}).status_code == 422
    assert api.post(path, json={"words": "x", "do": "note"}).status_code == 422
    for _ in range(2):
        given = api.post(path, json={"words": "Dank u."})
        assert (given.status_code, given.json()["status"]) == (200, "given")
    other = in_process.api("dispatcher@demo.example").http
    assert other.post(path, json={"words": "Bedankt."}).status_code == 409
    assert api.get("/answers").json() == {"answers": [], "next_after": ""}
    assert api.get("/answers?show=owed&after=2026-06-01~x").status_code == 422
    coordinator = in_process.api("coordinator@demo.example").http
    assert coordinator.get("/answers").status_code == 403
    assert coordinator.post(path, json={"words": "x"}).status_code == 403
    town = in_process.api("prevention@demo.example").http
    assert town.post(path, json={"words": "x"}).status_code == 404
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(Notice).where(Notice.kind == "answer")).all()) == 1
        at_end = MONDAY + 72 * HOUR
        found = answer_figures.of_sightings(session, _zone(session), MONDAY, at_end)
    assert figures(found, at_end).share_in_time == 100


@pytest.mark.usefixtures("demo_zone")
def test_another_program_reads_silence_and_months_within_its_reach() -> None:
    clock.set_source(lambda: MONDAY)
    officer = in_process.api("officer@demo.example").http
    assert len(officer.get("/silence").json()) == 2
    coordinator = in_process.api("coordinator@demo.example").http
    (row,) = coordinator.get("/silence").json()
    assert (row["partnership"], row["reads_police"]) == ("haut-valdor", False)
    assert row["told_never"]
    summary = coordinator.get("/summaries?partnership=haut-valdor&month=2026-05").json()
    assert (summary["alerts"], summary["members"], summary["month"]) == (0, 24, "2026-05")
    for wrong in ("partnership=valdor-gare&month=2026-05", "partnership=haut-valdor&month=2026-99"):
        assert coordinator.get(f"/summaries?{wrong}").status_code == 404


@pytest.mark.usefixtures("demo_zone")
def test_where_and_how_he_was_answered_is_kept_for_a_time_only() -> None:
    clock.set_source(lambda: MONDAY)
    answer_id = seen()
    with unit_of_work() as session:
        made = session.get_one(Answer, answer_id)
        made.status, made.given_at = AnswerStatus.GIVEN, MONDAY
        made.words, made.address = "Dank u.", "+32499123456"
        session.add(made)
    for days, left in ((29, ("Dank u.", "+32499123456")), (31, ("Dank u.", "")), (731, ("", ""))):
        _tell(MONDAY + timedelta(days=days))
        with unit_of_work() as session:
            old_answers.forget_old(session)
        assert (answer(answer_id).words, answer(answer_id).address) == left
    assert answer(answer_id).given_at == MONDAY


@pytest.mark.usefixtures("demo_zone")
def test_a_person_reads_what_he_was_answered_and_forgotten_gets_nothing_more() -> None:
    clock.set_source(lambda: MONDAY + 12 * HOUR)
    answer_id, other = seen(), seen()
    api = in_process.api("officer@demo.example").http
    api.post(f"/answers/{answer_id}", json={"words": "Dank u."})
    person_id = answer(answer_id).person_id
    assert person_id is not None
    with unit_of_work() as session:
        shown = ANSWERED.show(session, person_id)
        assert sorted(one["answer"] for one in shown) == ["", "Dank u."]
        ANSWERED.forget(session, person_id)
    with unit_of_work(read_only=True) as session:
        (text,) = session.exec(select(Notice).where(Notice.kind == "answer")).all()
    assert (text.state, text.to) == (NoticeState.EXPIRED, "")
    for one in (answer_id, other):
        found = answer(one)
        assert (found.status, found.reason) == (AnswerStatus.NOT_NEEDED, "forgotten")
        assert (found.person_id, found.contact_point_id, found.words) == (None, None, "")
