"""The share of alerts with feedback in time: what counts, and from when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import broadcasts, drafts
from messaging.models import BroadcastKind, Step
from messaging.texts import Words
from partnerships import accounts
from partnerships.models import Organisation
from plan.measures.figure import Ratio
from plan.measures.kept_promises import alerts_with_feedback_in_time
from plan.measures.period import Period

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TEXTS = {one: Words("Subject", "Short", "Long") for one in Language if one != "en"}


def alert(name: str, *, feedback_after: timedelta | None = None, is_drill: bool = False) -> None:
    clock.set_source(lambda: NOON)
    with unit_of_work() as session:
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account is not None
        actor = accounts.actor_for(session, account)
        draft = drafts.Draft(
            name, BroadcastKind.URGENT_ALERT, TEXTS, ["haut-valdor"], is_drill=is_drill
        )
        sent = drafts.create(session, actor, draft)
        broadcasts.send(session, actor, sent)
        if feedback_after is not None:
            clock.set_source(lambda: NOON + feedback_after)
            follow = drafts.FollowUp(Step.FEEDBACK, BroadcastKind.FEEDBACK, TEXTS, f"{name}-f")
            given = drafts.create_follow_up(session, actor, sent, follow)
            broadcasts.send(session, actor, given)


def measured(as_of: datetime, period: Period | None = None) -> Ratio:
    with unit_of_work(read_only=True) as session:
        town = session.exec(select(Organisation.id).where(Organisation.slug == "valdor")).one()
        year = period or Period(date(2026, 1, 1), date(2026, 12, 31))
        return alerts_with_feedback_in_time(session, town, year, as_of)


def test_no_alert_is_no_case() -> None:
    assert measured(NOON) == Ratio(0, 0)


def test_an_alert_counts_once_its_delay_has_passed_or_feedback_was_given() -> None:
    alert("waiting")
    assert measured(NOON + timedelta(hours=47)) == Ratio(0, 0)
    assert measured(NOON + timedelta(hours=49)) == Ratio(0, 1)
    alert("answered", feedback_after=timedelta(hours=1))
    assert measured(NOON + timedelta(hours=2)) == Ratio(1, 1)


def test_feedback_after_the_delay_is_a_case_that_failed() -> None:
    alert("late", feedback_after=timedelta(hours=50))
    assert measured(NOON + timedelta(hours=60)) == Ratio(0, 1)


def test_a_drill_does_not_count() -> None:
    alert("drill", feedback_after=timedelta(hours=1), is_drill=True)
    assert measured(NOON + timedelta(hours=60)) == Ratio(0, 0)


def test_an_alert_of_another_year_does_not_count() -> None:
    alert("answered", feedback_after=timedelta(hours=1))
    last_year = Period(date(2025, 1, 1), date(2025, 12, 31))
    assert measured(NOON + timedelta(hours=60), last_year) == Ratio(0, 0)
