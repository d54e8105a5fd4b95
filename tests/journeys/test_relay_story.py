"""A notice on how thieves work, to twelve partnerships: one coordinator adapts it, one declines,
one says nothing; told through the API, on both databases."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from hub import clock
from hub.db import unit_of_work
from messaging import claims, fan_out, rendering
from messaging.models import (
    Broadcast,
    BroadcastPartnership,
    BroadcastStatus,
    Delivery,
    DeliveryState,
)
from partnerships.models import Channel, Notice, Partnership
from tests import in_process, twelve_partnerships
from tests.twelve_partnerships import NOTICE, SLUGS, Twelve, coordinator, deputy
from workers import timetable

OFFICER = "officer@demo.example"
# A Wednesday noon in Belgium.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
SILENT = 12


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture
def twelve(demo_zone: str) -> Twelve:
    at(NOON)
    with unit_of_work() as session:
        return twelve_partnerships.make(session)


def relay_of(number: int) -> tuple[httpx.Client, str]:
    """The inbox of a coordinator, and the one message in it."""
    http = in_process.api(coordinator(number)).http
    (asked,) = http.get("/relays").json()
    return http, f"/relays/{asked['id']}"


def leave() -> None:
    """What the workers do with what was released."""
    with unit_of_work(read_only=True) as session:
        released = session.exec(
            select(Broadcast.id)
            .where(Broadcast.status == BroadcastStatus.RELEASED)
            .order_by(col(Broadcast.released_at))
        ).all()
    for broadcast_id in released:
        with unit_of_work() as session:
            fan_out.fan_out(session, broadcast_id)


def mails(kind: str) -> Counter[str]:
    """Notices of the hub's own by address."""
    with unit_of_work(read_only=True) as session:
        return Counter(session.exec(select(Notice.to).where(Notice.kind == kind)).all())


def states(http: httpx.Client, message_id: str) -> dict[str, dict[str, Any]]:
    found = http.get(f"/cold-messages/{message_id}").json()
    return {one["partnership"]: one for one in found["relays"]}


def mail_of(slug: str) -> str:
    """What the members of a partnership read."""
    with unit_of_work() as session:
        broadcast = session.exec(
            select(Broadcast)
            .join(BroadcastPartnership)
            .join(Partnership)
            .where(Partnership.slug == slug)
        ).one()
        letter = rendering.letter_of(session, broadcast)
        (claimed, *_rest) = claims.claim(session, broadcast, 0, Channel.EMAIL, 10)
        return rendering.mail(letter, claimed).text


def test_one_adapts_one_declines_one_says_nothing(twelve: Twelve) -> None:
    officer = in_process.api(OFFICER).http
    draft = officer.post(
        "/cold-messages", json={"client_request_id": "mo", "partnerships": SLUGS, **NOTICE}
    )
    assert draft.status_code == 201, draft.text
    message_id = draft.json()["id"]
    assert mails("relay_asked") == Counter()
    released = officer.post(f"/cold-messages/{message_id}/release")
    assert released.status_code == 202, released.text
    # Each coordinator has one mail, and nobody else has any.
    assert mails("relay_asked") == Counter(coordinator(one) for one in range(1, 13))

    # The first adds a line, within his limits, and sees what his members will read.
    http, relay = relay_of(1)
    too_long = {"own": {"fr": {"introduction": "x" * 301}}}
    refused = http.post(f"{relay}/relay", json=too_long)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["own.fr.introduction"]
    own = {"fr": {"introduction": "Chers voisins de la rue 1,", "closing": "À mardi !"}}
    passed = http.post(f"{relay}/relay", json={"own": own})
    assert passed.status_code == 202, passed.text
    assert passed.json()["state"] == "relayed"
    # The second declines with a reason, which the officer is told.
    http, relay = relay_of(2)
    assert http.post(f"{relay}/decline", json={"reason": " "}).status_code == 422
    reason = "Déjà dit à la réunion de lundi."
    assert http.post(f"{relay}/decline", json={"reason": reason}).status_code == 200
    assert mails("relay_declined") == Counter([OFFICER])
    # Nine pass it on as it is.
    for number in range(3, SILENT):
        http, relay = relay_of(number)
        assert http.post(f"{relay}/relay", json={}).status_code == 202
    leave()

    # Their members get it in his words; those of the one who declined get nothing.
    mail = mail_of("rue-1")
    for words in (
        "Chers voisins de la rue 1,",
        "Deux hommes se disent releveurs fr.",
        "Demandez leur carte fr.",
        "101",
        "À mardi !",
        "PLP Rue 1",
    ):
        assert words in mail, mail
    assert mail.index("Chers voisins") < mail.index("Deux hommes") < mail.index("À mardi")
    assert "Chers voisins" not in mail_of("rue-3")
    with unit_of_work(read_only=True) as session:
        got = Counter(session.exec(select(Delivery.partnership_id)).all())
    first, second = twelve.partnerships[:2]
    assert got[first] == 4
    assert second not in got
    assert sum(got.values()) == 4 + 9 * 3

    # The last says nothing: a reminder, then his deputy, then it is overdue; each once.
    at(NOON + timedelta(hours=23))
    timetable.remind_of_relays()
    assert mails("relay_reminder") == Counter()
    at(NOON + timedelta(hours=24))
    for _look in range(3):
        timetable.remind_of_relays()
    assert mails("relay_reminder") == Counter([coordinator(SILENT)])
    assert mails("relay_deputy") == Counter()
    at(NOON + timedelta(hours=48))
    for _look in range(3):
        timetable.remind_of_relays()
    assert mails("relay_deputy") == Counter([deputy(SILENT)])
    at(NOON + timedelta(hours=72))
    for _look in range(3):
        timetable.remind_of_relays()
    assert mails("relay_overdue") == Counter([OFFICER])
    assert mails("relay_reminder") == Counter([coordinator(SILENT)])

    # The officer sees all of it, and since when.
    told = officer.get(f"/cold-messages/{message_id}").json()
    assert {state: count for state, count in told["counts"].items() if count} == {
        "relayed": 10,
        "declined": 1,
        "waiting": 1,
    }
    assert (told["adapted"], told["overdue"]) == (1, 1)
    by_slug = states(officer, message_id)
    assert by_slug["rue-1"]["is_adapted"]
    assert by_slug["rue-2"]["reason"] == reason
    silent = by_slug[SLUGS[-1]]
    assert datetime.fromisoformat(silent["asked_at"]) == NOON
    assert silent["asked_role"] == "co_coordinator"
    assert all(silent[name] for name in ("reminded_at", "deputy_asked_at", "overdue_at"))

    # The deputy passes it on after all: it is not overdue any more.
    http = in_process.api(deputy(SILENT)).http
    (asked,) = http.get("/relays").json()
    assert http.post(f"/relays/{asked['id']}/relay", json={}).status_code == 202
    leave()
    assert officer.get(f"/cold-messages/{message_id}").json()["overdue"] == 0
    with unit_of_work(read_only=True) as session:
        rows = session.exec(
            select(Delivery).where(Delivery.partnership_id == twelve.partnerships[-1])
        ).all()
    assert [one.state for one in rows] == [DeliveryState.QUEUED] * 3


def test_somebody_in_two_partnerships_gets_it_once_from_the_first_that_relays(
    twelve: Twelve,
) -> None:
    officer = in_process.api(OFFICER).http
    wanted = {"client_request_id": "mo", "partnerships": SLUGS[:2], **NOTICE}
    message_id = officer.post("/cold-messages", json=wanted).json()["id"]
    officer.post(f"/cold-messages/{message_id}/release")
    for number in (2, 1):
        http, relay = relay_of(number)
        assert http.post(f"{relay}/relay", json={}).status_code == 202
    leave()
    with unit_of_work(read_only=True) as session:
        rows = session.exec(select(Delivery).where(Delivery.person_id == twelve.neighbour)).all()
        everybody = Counter(session.exec(select(Delivery.reason)).all())
    by_partnership: dict[UUID, Any] = {one.partnership_id: (one.state, one.reason) for one in rows}
    assert by_partnership == {
        twelve.partnerships[1]: (DeliveryState.QUEUED, None),
        twelve.partnerships[0]: (DeliveryState.SKIPPED, "got_it_elsewhere"),
    }
    assert everybody == {None: 7, "got_it_elsewhere": 1}
