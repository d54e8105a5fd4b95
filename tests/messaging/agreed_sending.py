"""What the tests of sending by the agreed plan share: moments, messages, rows and their reasons.

The demo zone has 40 members; each of them has one row, with a reason where he gets nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, col, select

from hub import clock
from hub.access import Actor
from hub.db import unit_of_work
from hub.errors import BadInput
from hub.i18n import Language
from messaging import (
    broadcasts,
    claims,
    deviations,
    drafts,
    fan_out,
)
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryState,
)
from messaging.texts import Words
from partnerships import accounts
from partnerships.models import (
    Channel,
    ContactKind,
    ContactPoint,
    Membership,
    Person,
)
from tests import in_process
from tests.agreed_plans import agree_on

BOTH = ("haut-valdor", "valdor-gare")
DISPATCHER, OFFICER = "dispatcher@demo.example", "officer@demo.example"
TEXTS = {one: Words("Subject", f"Short {one}", "Long") for one in Language if one != "en"}
# By a Belgian clock, in summer: two hours ahead of UTC.
WEDNESDAY_NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
WEDNESDAY_NIGHT = datetime(2026, 6, 3, 21, 0, tzinfo=UTC)
SATURDAY_EVENING = datetime(2026, 6, 6, 19, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
WITHOUT_RELAY = {"prevention": {"needs_relay": False}}


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def actor(session: Session, email: str) -> Actor:
    account = accounts.by_email(session, email)
    assert account is not None
    return accounts.actor_for(session, account)


def write(
    *partnerships: str,
    kind: BroadcastKind = BroadcastKind.URGENT_ALERT,
    by: str = DISPATCHER,
    client: str = "one",
    **changes: Any,
) -> UUID:
    """A draft."""
    with unit_of_work() as session:
        wanted = drafts.Draft(client, kind, TEXTS, partnerships or BOTH, **changes)
        return drafts.create(session, actor(session, by), wanted).id


def send(broadcast_id: UUID, by: str = DISPATCHER, reason: str = "") -> bool:
    """Release it, and make its rows if it was."""
    with unit_of_work() as session:
        found = session.get_one(Broadcast, broadcast_id)
        released = broadcasts.send(session, actor(session, by), found, reason)
    if released:
        with unit_of_work() as session:
            fan_out.fan_out(session, broadcast_id)
    return released


def alert(*partnerships: str, **changes: Any) -> UUID:
    """An urgent alert on its way."""
    written = write(*partnerships, **changes)
    assert send(written)
    return written


def advice(*partnerships: str, **changes: Any) -> UUID:
    """Something that can wait, on its way."""
    return alert(*partnerships, kind=BroadcastKind.PREVENTION, **changes)


def rows(broadcast_id: UUID) -> list[Delivery]:
    with unit_of_work(read_only=True) as session:
        wanted = select(Delivery).where(Delivery.broadcast_id == broadcast_id)
        return list(session.exec(wanted.order_by(col(Delivery.id))))


def rows_of(broadcast_id: UUID, *people: UUID) -> list[Delivery]:
    return [one for one in rows(broadcast_id) if one.person_id in people]


def reasons(broadcast_id: UUID) -> Counter[str | None]:
    return Counter(one.reason for one in rows(broadcast_id))


def claimed(broadcast_id: UUID) -> int:
    """How much leaves at this moment."""
    with unit_of_work() as session:
        found = session.get_one(Broadcast, broadcast_id)
        chunks = {one.chunk for one in rows(broadcast_id)}
        return sum(
            len(claims.claim(session, found, chunk, channel, 1000))
            for chunk in sorted(chunks)
            for channel in Channel
        )


def land_line_members(session: Session) -> Sequence[UUID]:
    """Those who have nothing but a land line."""
    points = select(ContactPoint.person_id).where(ContactPoint.kind == ContactKind.LANDLINE)
    return session.exec(points.order_by(col(ContactPoint.person_id))).all()


def mobile_members(session: Session) -> Sequence[UUID]:
    """Those who have a mobile and an address."""
    points = select(ContactPoint.person_id).where(ContactPoint.kind == ContactKind.MOBILE)
    return session.exec(points.order_by(col(ContactPoint.person_id))).all()


def wish(people: Sequence[UUID], **wishes: Any) -> None:
    """Let these members have these wishes."""
    with unit_of_work() as session:
        for person_id in people:
            person = session.get_one(Person, person_id)
            for name, value in wishes.items():
                setattr(person, name, value)
            session.add(person)


def told(refusal: pytest.ExceptionInfo[BadInput]) -> dict[str, str]:
    return {one.field: str(dict(one.values).get("name", "")) for one in refusal.value.problems}


def members_of_both(session: Session) -> set[UUID]:
    counted = Counter(one.person_id for one in session.exec(select(Membership)).all())
    return {person_id for person_id, count in counted.items() if count == 2}


def quiet_advice(**changes: Any) -> UUID:
    for slug in BOTH:
        agree_on(slug, kinds=WITHOUT_RELAY)
    at(SATURDAY_EVENING)
    return advice(**changes)


def release(session: Session, broadcast_id: UUID) -> None:
    """The carriers took what was held."""
    for one in session.exec(select(Delivery).where(Delivery.broadcast_id == broadcast_id)):
        if one.state is DeliveryState.SENDING:
            one.state = DeliveryState.ACCEPTED
            session.add(one)


def only_the_officer() -> None:
    agree_on("haut-valdor", kinds={"urgent_alert": {"sent_by": ["mandated_officer"]}})


def said_of(session: Session, broadcast_id: UUID) -> list[tuple[str, str]]:
    """Where it deviates, and why."""
    found = deviations.of_broadcast(session, broadcast_id)
    return [(one.kind.value, one.reason) for one in found]


def with_second_person(**changes: Any) -> None:
    for slug in BOTH:
        agree_on(slug, **{"second_person_at_night": True, **changes})


def approve(broadcast_id: UUID, email: str) -> httpx.Response:
    return in_process.api(email).http.post(f"/broadcasts/{broadcast_id}/approve")


def status_of(broadcast_id: UUID) -> BroadcastStatus:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Broadcast, broadcast_id).status


def feedback_on(alert_id: UUID) -> UUID:
    """Given by the real door, with its rows."""
    said = {"subject": "Over", "short": "It is over.", "long": ""}
    given = in_process.api(DISPATCHER).http.post(
        f"/broadcasts/{alert_id}/feedback", json={"texts": dict.fromkeys(TEXTS, said)}
    )
    assert given.status_code == 201, given.text
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(given.json()["id"]))
    return UUID(given.json()["id"])


def reason_of(broadcast_id: UUID, person_id: UUID) -> tuple[DeliveryState, str | None]:
    (row,) = rows_of(broadcast_id, person_id)
    return row.state, row.reason
