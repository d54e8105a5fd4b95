"""The health of a partnership: what is wrong, how bad it is, and the link that mends it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from feedback.health_pages import findings
from feedback.models import InboundKind, InboundMessage
from hub import clock
from hub.db import engine, unit_of_work
from hub.i18n import Language
from messaging import broadcasts, drafts
from messaging.models import BroadcastKind
from messaging.texts import Words
from partnerships import accounts, contact, households
from partnerships.health import Concern, Finding, Level
from partnerships.households import Address
from partnerships.models import (
    CommunicationPlan,
    ContactPoint,
    JoinRequest,
    JoinStatus,
    Membership,
    Partnership,
    PartnershipStatus,
    Person,
    Purpose,
)
from tests import in_process
from tests.conftest import SEEDED_AT, Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 2, 20, 12, 0, tzinfo=UTC)
TEXTS = {one: Words("Subject", "Short", "Long") for one in Language if one != "en"}
UPPER, LOWER = "haut-valdor", "valdor-gare"


def tell(moment: datetime) -> None:
    """Let every clock show this moment."""
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _a_day_in_february(demo_zone: str) -> None:
    tell(NOW)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["mandated_officer"])


def partnership(slug: str = UPPER) -> Partnership:
    with unit_of_work(read_only=True) as session:
        return session.exec(select(Partnership).where(Partnership.slug == slug)).one()


def found(concern: Concern, slug: str = UPPER) -> Finding:
    with unit_of_work(read_only=True) as session:
        one = partnership(slug)
        every = findings(session, [one], clock.now(), {one.id})[one.id]
    return next(finding for finding in every if finding.concern is concern)


def members(slug: str = UPPER) -> list[Person]:
    with unit_of_work(read_only=True) as session:
        of_slug = select(Person).join(Membership).join(Partnership)
        return list(session.exec(of_slug.where(Partnership.slug == slug)))


def close(person: Person, reason: str) -> None:
    with unit_of_work() as session:
        points = select(ContactPoint).where(ContactPoint.person_id == person.id)
        for point in session.exec(points):
            contact.stop_all(session, point, reason)


def alert(**changes: Any) -> None:
    with unit_of_work() as session:
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account is not None
        actor = accounts.actor_for(session, account)
        draft = drafts.Draft("one", BroadcastKind.URGENT_ALERT, TEXTS, [UPPER], **changes)
        broadcasts.send(session, actor, drafts.create(session, actor, draft))


def reply(person: Person, kind: InboundKind = InboundKind.MESSAGE) -> None:
    with unit_of_work() as session:
        session.add(
            InboundMessage(
                carrier_id=f"SM-{kind}",
                sender="+32470001000",
                body="A white van",
                kind=kind,
                language=Language.FRENCH,
                person_id=person.id,
                received_at=clock.now(),
            )
        )


def ask_to_join(at: datetime) -> None:
    with unit_of_work() as session:
        session.add(
            JoinRequest(
                partnership_id=partnership().id,
                status=JoinStatus.WAITING,
                token_hash="x",
                asked_from_index="y",
                language=Language.FRENCH,
                name="Somebody",
                purposes=[Purpose.URGENT_ALERTS],
                wording_version="2026-1",
                created_at=at,
            )
        )


def test_members_whom_nothing_reaches_are_counted_and_many_are_urgent() -> None:
    assert found(Concern.UNREACHABLE) == Finding(Concern.UNREACHABLE, Level.GREEN)
    close(members()[0], "texted_stop")
    assert found(Concern.UNREACHABLE) == Finding(Concern.UNREACHABLE, Level.ORANGE, 1)
    for person in members()[1:3]:
        close(person, "dead_number")
    assert found(Concern.UNREACHABLE) == Finding(Concern.UNREACHABLE, Level.RED, 3)
    assert found(Concern.LOST) == Finding(Concern.LOST, Level.ORANGE, 2)


def test_members_without_consent_and_unverified_numbers_are_counted() -> None:
    assert found(Concern.NO_CONSENT) == Finding(Concern.NO_CONSENT, Level.ORANGE, 1)
    assert found(Concern.NO_CONSENT, LOWER).level is Level.GREEN
    assert found(Concern.UNVERIFIED).count == 14
    assert found(Concern.MEMBERS).count == 24


def test_who_left_counts_no_more() -> None:
    close(members()[0], "texted_stop")
    with unit_of_work() as session:
        for one in session.exec(select(Membership).where(Membership.person_id == members()[0].id)):
            one.left_at = NOW
            session.add(one)
    assert found(Concern.UNREACHABLE).count == 0


def test_silence_of_the_police_grows_until_a_message_leaves() -> None:
    levels = {}
    for days in (1, 13, 14, 60, 120):
        tell(SEEDED_AT + timedelta(days=days, hours=1))
        silence = found(Concern.SILENCE_OF_POLICE)
        assert (silence.count, silence.is_missing) == (days, True)
        levels[days] = silence.level
    green, orange = Level.GREEN, Level.ORANGE
    assert levels == {1: green, 13: green, 14: orange, 60: orange, 120: Level.RED}
    alert(is_drill=True)
    assert found(Concern.SILENCE_OF_POLICE).is_missing, "a drill tells members nothing"


def test_members_who_were_never_sent_a_message_are_not_in_order(officer: Visitor) -> None:
    tell(SEEDED_AT + timedelta(days=20, hours=1))
    never = "The members have never been sent a message: this partnership is 20 days old."
    page = officer.get(f"/partnerships/{UPPER}/health").text
    [card] = [one for one in re.findall(r"<li.*?</li>", page, re.DOTALL) if never in one]
    assert "level-orange" in card
    alert()
    assert never not in officer.get(f"/partnerships/{UPPER}/health").text


def test_a_message_ends_the_silence_of_its_side_and_only_there() -> None:
    alert()
    reply(members(LOWER)[0])
    tell(NOW + timedelta(days=3, hours=1))
    told = Finding(Concern.SILENCE_OF_POLICE, Level.GREEN, 3)
    assert found(Concern.SILENCE_OF_POLICE) == told
    assert found(Concern.SILENCE_OF_POLICE, LOWER).is_missing
    said = Finding(Concern.SILENCE_OF_MEMBERS, Level.GREEN, 3)
    assert found(Concern.SILENCE_OF_MEMBERS, LOWER) == said


def test_stop_is_no_message() -> None:
    reply(members(LOWER)[0], InboundKind.STOP)
    assert found(Concern.SILENCE_OF_MEMBERS, LOWER).is_missing


def test_a_request_that_waits_too_long_is_urgent() -> None:
    assert found(Concern.REQUESTS).level is Level.GREEN
    ask_to_join(NOW - timedelta(days=2))
    assert found(Concern.REQUESTS).level is Level.ORANGE
    tell(NOW + timedelta(days=5))
    assert (found(Concern.REQUESTS).level, found(Concern.REQUESTS).count) == (Level.RED, 1)


def test_a_plan_to_look_at_again_and_none_at_all() -> None:
    assert found(Concern.PLAN).level is Level.GREEN
    with unit_of_work() as session:
        plan = session.exec(
            select(CommunicationPlan).where(CommunicationPlan.partnership_id == partnership().id)
        ).one()
        plan.review_on = NOW.date() - timedelta(days=1)
        session.add(plan)
    assert found(Concern.PLAN).level is Level.ORANGE
    with unit_of_work() as session:
        plan = session.get_one(CommunicationPlan, plan.id)
        plan.in_force_from = None
        session.add(plan)
    assert found(Concern.PLAN) == Finding(Concern.PLAN, Level.RED, is_missing=True)


def test_a_household_is_counted_once_however_its_address_is_written() -> None:
    with unit_of_work() as session:
        for person, address in zip(
            members(),
            (
                Address("Rue du Marché", "12", "4900", "Spa"),
                Address("rue du marche", "12", "4900", "SPA"),
                Address("Rue du Marché", "12 b", "4900", "Spa"),
                Address("Rue du Marché", "", "4900", "Spa"),
            ),
            strict=False,
        ):
            households.settle(session, person.id, address)
    assert found(Concern.HOUSEHOLDS).count == 2


def test_each_fault_is_told_with_a_word_and_the_link_that_mends_it(officer: Visitor) -> None:
    close(members()[0], "dead_number")
    page = officer.get(f"/partnerships/{UPPER}/health").text
    assert "1 member cannot be reached." in page
    assert f'href="/partnerships/{UPPER}/members?show=unreachable"' in page
    assert ">to do<" in page
    assert ">in order<" in page
    listed = officer.get(f"/partnerships/{UPPER}/members?show=unreachable").text
    assert members()[0].name in listed


def test_the_overview_begins_with_the_worst(officer: Visitor) -> None:
    def order() -> list[str]:
        page = officer.get("/health").text
        return re.findall(r'<h2><a href="/partnerships/([a-z-]+)/health">', page)

    assert order() == [LOWER, UPPER], "one has no coordinator"
    for person in members()[:8]:
        close(person, "dead_number")
    alert()
    with unit_of_work() as session:
        for appointment in session.exec(select(CommunicationPlan)):
            if appointment.partnership_id == partnership().id:
                appointment.in_force_from = None
                session.add(appointment)
    assert order() == [UPPER, LOWER]
    with unit_of_work() as session:
        upper = session.get_one(Partnership, partnership().id)
        upper.status = PartnershipStatus.ENDED
        session.add(upper)
    assert order() == [LOWER], "what has ended is not ill"


@pytest.mark.parametrize("role", ["dispatcher", "administrator"])
def test_health_is_not_for_everybody(templates: Templates, role: str) -> None:
    visitor = in_process.signed_in(**templates.accounts[role])
    assert visitor.get("/health").status_code == 403
    assert visitor.get(f"/partnerships/{UPPER}/health").status_code == 403


def test_a_coordinator_sees_the_health_of_his_own_alone(templates: Templates) -> None:
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    page = coordinator.get("/health").text
    assert "PLP Haut-Valdor" in page
    assert "PLP Valdor-Gare" not in page
    assert coordinator.get(f"/partnerships/{LOWER}/health").status_code == 404


def test_the_health_of_many_is_asked_in_as_few_questions_as_of_one() -> None:
    counts = []
    for some in ([UPPER], [UPPER, LOWER]):
        asked: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any, asked: list[str] = asked) -> None:
            asked.append(statement)

        ones = [partnership(slug) for slug in some]
        event.listen(engine(), "before_cursor_execute", note)
        with unit_of_work(read_only=True) as session:
            findings(session, ones, clock.now(), {one.id for one in ones})
        event.remove(engine(), "before_cursor_execute", note)
        counts.append(len([one for one in asked if one.startswith("SELECT")]))
    assert counts[0] == counts[1] > 0
