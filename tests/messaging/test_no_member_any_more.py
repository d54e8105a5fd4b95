"""Who is no member any more when a message leaves gets nothing."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from hub.db import unit_of_work
from messaging.models import (
    DeliveryState,
)
from partnerships.models import (
    Membership,
    Partnership,
    PartnershipStatus,
)
from tests.agreed_plans import agree_on
from tests.messaging.agreed_sending import (
    MONDAY_MORNING,
    SATURDAY_EVENING,
    WEDNESDAY_NOON,
    WITHOUT_RELAY,
    advice,
    alert,
    at,
    claimed,
    feedback_on,
    members_of_both,
    quiet_advice,
    reason_of,
    reasons,
    release,
    rows,
    rows_of,
)

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(WEDNESDAY_NOON)


# Who is no member any more when it leaves


def membership_of(session: Session, person_id: UUID, slug: str = "haut-valdor") -> Membership:
    return session.exec(
        select(Membership)
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(Membership.person_id == person_id, Partnership.slug == slug)
    ).one()


def change_membership(person_id: UUID, slug: str = "haut-valdor", **changes: datetime) -> None:
    with unit_of_work() as session:
        membership = membership_of(session, person_id, slug)
        for name, value in changes.items():
            setattr(membership, name, value)
        session.add(membership)


def only_here(broadcast_id: UUID) -> list[UUID]:
    """Who gets it and is in one partnership."""
    with unit_of_work(read_only=True) as session:
        in_both = members_of_both(session)
    found = [one.person_id for one in rows(broadcast_id) if one.reason is None]
    return [one for one in found if one not in in_both]


def test_who_leaves_or_is_suspended_while_it_waits_gets_nothing() -> None:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    at(SATURDAY_EVENING)
    sent = advice("haut-valdor")
    left, suspended, free_again, *others = only_here(sent)
    change_membership(left, left_at=SATURDAY_EVENING)
    change_membership(suspended, suspended_until=MONDAY_MORNING + timedelta(days=9))
    change_membership(free_again, suspended_until=MONDAY_MORNING)
    waiting = len([one for one in rows(sent) if one.reason is None])
    at(MONDAY_MORNING)
    assert claimed(sent) == waiting - 2
    assert reason_of(sent, left) == (DeliveryState.SKIPPED, "left")
    assert reason_of(sent, suspended) == (DeliveryState.SKIPPED, "suspended")
    assert reason_of(sent, free_again) == (DeliveryState.SENDING, None)
    assert others


def test_who_leaves_the_one_partnership_gets_it_from_the_other() -> None:
    sent = quiet_advice()
    with unit_of_work(read_only=True) as session:
        person = next(one.person_id for one in rows_of(sent, *members_of_both(session)))
    change_membership(person, "haut-valdor", left_at=SATURDAY_EVENING)
    at(MONDAY_MORNING)
    assert claimed(sent) == 39
    assert reason_of(sent, person) == (DeliveryState.SENDING, None)


def test_a_partnership_that_ends_while_it_waits_gets_nothing() -> None:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    at(SATURDAY_EVENING)
    sent = advice("haut-valdor")
    with unit_of_work() as session:
        ended = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        ended.status = PartnershipStatus.ENDED
        session.add(ended)
    at(MONDAY_MORNING)
    assert claimed(sent) == 0
    assert set(reasons(sent)) == {"not_active", "no_consent"}


def test_leaving_ends_what_is_owed_of_an_alert_and_suspension_does_not() -> None:
    sent = alert("haut-valdor")
    left_before, left_after, suspended, *_others = only_here(sent)
    assert claimed(sent) > 3
    with unit_of_work() as session:
        release(session, sent)
    change_membership(left_before, left_at=WEDNESDAY_NOON)
    change_membership(suspended, suspended_until=WEDNESDAY_NOON + timedelta(days=30))
    ended = feedback_on(sent)
    assert reason_of(ended, left_before) == (DeliveryState.SKIPPED, "left")
    change_membership(left_after, left_at=WEDNESDAY_NOON)
    claimed(ended)
    assert reason_of(ended, left_after) == (DeliveryState.SKIPPED, "left")
    assert reason_of(ended, suspended) == (DeliveryState.SENDING, None)
    assert len(rows(ended)) == len(only_here(sent)) + len(
        [one for one in rows(sent) if one.reason is None and one.person_id not in only_here(sent)]
    )
