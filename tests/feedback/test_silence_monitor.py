"""The silence monitor: the longest silence first, what breaks it, and nothing of what only the
police may know."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from feedback import silence_monitor
from feedback.models import InboundKind, InboundMessage, Sighting
from hub import clock
from hub.access import Actor
from hub.db import engine, unit_of_work
from hub.i18n import Language
from messaging import broadcasts, drafts
from messaging.models import BroadcastKind
from messaging.texts import Words
from partnerships import accounts
from partnerships.models import Membership, Partnership
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

UPPER, LOWER = "haut-valdor", "valdor-gare"
# An autumn day, nine months after the demo zone was made.
OCTOBER = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)
TEXTS = {one: Words("Subject", "Short", "Long") for one in Language if one != "en"}


@pytest.fixture(autouse=True)
def _in_autumn(demo_zone: str) -> None:
    clock.set_source(lambda: OCTOBER)


def actor(session: Session, email: str) -> Actor:
    account = accounts.by_email(session, email)
    assert account
    return accounts.actor_for(session, account)


def visitor(templates: Templates, role: str) -> Visitor:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"])


def tell(slug: str, ago: timedelta, *, is_drill: bool = False) -> None:
    clock.set_source(lambda: OCTOBER - ago)
    with unit_of_work() as session:
        writer = actor(session, "dispatcher@demo.example")
        wanted = drafts.Draft(
            str(uuid4()), BroadcastKind.URGENT_ALERT, TEXTS, [slug], is_drill=is_drill
        )
        broadcasts.send(session, writer, drafts.create(session, writer, wanted))
    clock.set_source(lambda: OCTOBER)


def say(slug: str, ago: timedelta, *, is_passed_on: bool = False) -> None:
    with unit_of_work() as session:
        partnership = of(session, slug)
        member = session.exec(
            select(Membership.person_id).where(Membership.partnership_id == partnership.id)
        ).all()[0]
        session.add(
            InboundMessage(
                carrier_id=str(uuid4()),
                sender="x",
                body="A grey van",
                kind=InboundKind.MESSAGE,
                language=Language.FRENCH,
                person_id=member,
                received_at=OCTOBER - ago,
                for_partnership_id=partnership.id if is_passed_on else None,
            )
        )


def of(session: Session, slug: str) -> Partnership:
    return session.exec(select(Partnership).where(Partnership.slug == slug)).one()


def another(like: Partnership) -> Partnership:
    return Partnership(
        slug=str(uuid4()),
        name="Rue des Lilas",
        kind=like.kind,
        languages=like.languages,
        police_zone_id=like.police_zone_id,
        municipality_id=like.municipality_id,
        created_at=like.created_at,
    )


def card(page: str, slug: str) -> str:
    return page.split(f'id="p-{slug}"')[1].split('<li class="card"')[0]


def test_the_longest_silence_comes_first_with_advice_of_the_season(templates: Templates) -> None:
    tell(UPPER, timedelta(days=3))
    say(UPPER, timedelta(days=5))
    page = visitor(templates, "mandated_officer").get("/silence").text
    assert page.index(f'id="p-{LOWER}"') < page.index(f'id="p-{UPPER}"')
    lower, upper = card(page, LOWER), card(page, UPPER)
    assert "too long" in lower
    assert "never yet" in lower
    assert f"/cold/new?starter=dark_days&amp;partnership={LOWER}" in lower
    assert "Hold a meeting" in lower
    assert "3 days ago" in upper
    assert "5 days ago" in upper
    assert "What helps:" not in upper
    assert "1 messages to members, 1 from them" in upper


def test_the_composer_opens_with_the_words_and_the_partnership(templates: Templates) -> None:
    page = visitor(templates, "mandated_officer")
    form = page.get(f"/cold/new?starter=dark_days&partnership={LOWER}").text
    assert "Jours sombres" in form
    chosen = [line for line in form.splitlines() if f'value="{LOWER}"' in line]
    assert "checked" in chosen[0]
    other = [line for line in form.splitlines() if f'value="{UPPER}"' in line]
    assert "checked" not in other[0]


def test_an_exercise_breaks_no_silence_and_a_link_begins_one(templates: Templates) -> None:
    tell(UPPER, timedelta(days=3), is_drill=True)
    officer = visitor(templates, "mandated_officer")
    assert "never yet" in card(officer.get("/silence").text, UPPER)
    tell(UPPER, timedelta(days=2))
    shown = card(officer.get("/silence").text, UPPER)
    assert "/alerts/new?drill=yes" in shown
    drill = officer.get("/alerts/new?drill=yes").text
    assert 'id="is_drill" name="is_drill" value="on" checked' in drill


def test_a_coordinator_finds_no_trace_of_what_members_told_the_police(
    templates: Templates,
) -> None:
    coordinator = visitor(templates, "coordinator")
    pages = ("/silence", f"/partnerships/{UPPER}/health", "/health")
    before = [coordinator.get(path).text for path in pages]
    for days in (1, 5, 40):
        say(UPPER, timedelta(days=days))
    assert [coordinator.get(path).text for path in pages] == before
    assert LOWER not in before[0]
    say(UPPER, timedelta(days=7), is_passed_on=True)
    shown = card(coordinator.get("/silence").text, UPPER)
    assert "Last question passed on to you" in shown
    assert "7 days ago" in shown


def test_a_form_that_was_filled_in_breaks_the_silence_for_the_police_alone(
    templates: Templates,
) -> None:
    coordinator = visitor(templates, "coordinator").get("/silence").text
    with unit_of_work() as session:
        partnership = of(session, UPPER)
        member = session.exec(
            select(Membership.person_id).where(Membership.partnership_id == partnership.id)
        ).all()[0]
        session.add(
            Sighting(
                police_zone_id=partnership.police_zone_id,
                person_id=member,
                language=Language.FRENCH,
                observed_at=OCTOBER - timedelta(days=9),
                received_at=OCTOBER - timedelta(days=9),
            )
        )
    police = card(visitor(templates, "mandated_officer").get("/silence").text, UPPER)
    assert "9 days ago" in police
    assert "0 messages to members, 1 from them" in police
    assert card(visitor(templates, "coordinator").get("/silence").text, UPPER) == card(
        coordinator, UPPER
    )


def test_the_town_does_not_read_when_members_wrote_to_the_police(templates: Templates) -> None:
    town = visitor(templates, "prevention_officer")
    before = town.get("/silence").text
    say(UPPER, timedelta(days=1))
    assert town.get("/silence").text == before


def test_months_are_belgian_and_the_last_one_is_this_one() -> None:
    midnight = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)  # half past midnight in October
    tell(UPPER, OCTOBER - midnight)
    with unit_of_work(read_only=True) as session:
        upper = of(session, UPPER).id
        found = silence_monitor.months(session, [upper], {upper}, OCTOBER)[upper]
    assert [one.first.month for one in found] == [11, 12, *range(1, 11)]
    assert [one.told for one in found] == [0] * 11 + [1]


def test_as_few_questions_are_asked_of_many_partnerships_as_of_two() -> None:
    def asked(count: int) -> int:
        with unit_of_work() as session:
            first = of(session, UPPER)
            session.add_all(another(first) for _ in range(count))
        statements: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(engine(), "before_cursor_execute", note)
        with unit_of_work(read_only=True) as session:
            rows = silence_monitor.rows(session, actor(session, "officer@demo.example"), OCTOBER)
            ids: list[UUID] = [one.partnership.id for one in rows]
            silence_monitor.months(session, ids, set(ids), OCTOBER)
            silence_monitor.starters(session, ids, OCTOBER)
        event.remove(engine(), "before_cursor_execute", note)
        return len(statements)

    assert asked(0) == asked(30) > 0


def test_a_page_that_is_none_is_refused(templates: Templates) -> None:
    officer = visitor(templates, "mandated_officer")
    assert officer.get("/silence?page=0").status_code == 422
    assert "No partnership here." in officer.get("/silence?page=900").text
