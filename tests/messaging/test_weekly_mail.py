"""Few mails: what can wait comes to those who want it so in one mail a week. Nothing is lost."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiosmtpd.controller import Controller
from sqlmodel import Session, col, select, update

from channels.bounce_reading import Bounce
from channels.simulator.ledger import Ledger
from channels.simulator.mailboxes import Mailboxes
from feedback import bounces
from hub import clock, config, queue
from hub.db import unit_of_work
from hub.embedded_redis import EmbeddedRedis
from hub.queue_names import QueueName
from hub.security import blind_index
from messaging import claims, digest_sending, dispatch, fan_out, reconcile
from messaging.carriers import open_carriers
from messaging.models import Broadcast, BroadcastStatus, Delivery, DeliveryEvent, DeliveryState
from partnerships import consent
from partnerships.models import ContactPoint, Person, PlanRule, Purpose
from tests import in_process, twelve_partnerships
from tests.conftest import Templates
from tests.running_hub import THE_LINE
from workers import jobs, timetable, warm

OFFICER = "officer@demo.example"
READER, OTHER = "member-1-0@demo.example", "member-1-1@demo.example"
# Wednesday noon; Friday at five, when the mail leaves; both on Belgian clocks in summer.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 6, 5, 15, 0, tzinfo=UTC)


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(scope="module")
def post() -> Iterator[tuple[Mailboxes, int]]:
    """A real mail server, and the port it listens on."""
    boxes = Mailboxes(Ledger())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(boxes, hostname="127.0.0.1", port=port)
    server.start()
    yield boxes, port
    server.stop()


@pytest.fixture(autouse=True)
def _rue_1(
    demo_zone: str, post: tuple[Mailboxes, int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Rue 1, whose mails need no coordinator; one of its members wants one mail a week."""
    post[0].clear()
    monkeypatch.setenv("HUB_SMTP_URL", f"smtp://127.0.0.1:{post[1]}?starttls=never")
    config.settings.cache_clear()
    at(NOON)
    with unit_of_work() as session:
        twelve_partnerships.make(session)
        session.exec(update(PlanRule).values(needs_relay=False))
    wants_few_mails()
    yield
    warm.cool_down()


def person(session: Session, address: str = READER) -> Person:
    found = (
        select(Person).join(ContactPoint).where(ContactPoint.value_index == blind_index(address))
    )
    return session.exec(found).one()


def wants_few_mails(*, weekly: bool = True) -> httpx.Response:
    """His coordinator notes it for him."""
    http = in_process.api(twelve_partnerships.coordinator(1)).http
    members = "/partnerships/rue-1/members"
    found = http.post(f"{members}/search", json={"words": READER}).json()
    (one,) = found["items"]
    changed = http.patch(f"{members}/{one['id']}", json={"weekly_mail": weekly})
    assert changed.status_code == 200, changed.text
    return changed


def tell(name: str, **changes: Any) -> str:
    """The police write a message to Rue 1, and it leaves for those who want each by itself."""
    http = in_process.api(OFFICER).http
    texts = {
        language: {
            "subject": f"{name} {language}",
            "short": f"{name} court",
            "long": f"{name} long",
        }
        for language in ("fr", "nl")
    }
    wanted = {
        "client_request_id": name,
        "kind": "prevention",
        "topic": "theft",
        "partnerships": ["rue-1"],
        "texts": texts,
        **changes,
    }
    draft = http.post("/cold-messages", json=wanted)
    assert draft.status_code == 201, draft.text
    assert http.post(f"/cold-messages/{draft.json()['id']}/release").status_code == 202
    leave_one_by_one()
    return str(draft.json()["id"])


def leave_one_by_one() -> None:
    with unit_of_work(read_only=True) as session:
        released = session.exec(
            select(Broadcast.id).where(Broadcast.status == BroadcastStatus.RELEASED)
        ).all()
    for one in released:
        with unit_of_work() as session:
            fan_out.fan_out(session, one)
        warm.run(partial(dispatch.deliver_chunk, broadcast_id=one, chunk=0))


def weekly_mails_leave() -> int:
    """Whatever is due now; how many messages went."""
    with unit_of_work(read_only=True) as session:
        people = digest_sending.due(session)
    return sum(warm.run(partial(digest_sending.send, person_id=one)) for one in people)


def rows(address: str = READER) -> list[Delivery]:
    with unit_of_work(read_only=True) as session:
        mine = select(Delivery).where(Delivery.person_id == person(session, address).id)
        return list(session.exec(mine.order_by(col(Delivery.id))))


def states() -> list[tuple[DeliveryState, str | None]]:
    return [(one.state, one.reason) for one in rows()]


def letters(post: tuple[Mailboxes, int], address: str = READER) -> list[dict[str, Any]]:
    return [one.as_json() for one in post[0].of(address)]


# One mail


def test_what_can_wait_leaves_whole_and_once_at_the_hour_of_the_zone(
    post: tuple[Mailboxes, int],
) -> None:
    tell("Vélos")
    tell("Vacances", kind="information")
    assert len(letters(post, OTHER)) == 2
    assert states() == [(DeliveryState.QUEUED, "digest")] * 2
    assert {one.digest_at for one in rows()} == {FRIDAY}
    at(FRIDAY - timedelta(minutes=1))
    timetable.sweep_rows()
    assert weekly_mails_leave() == 0
    at(FRIDAY)
    assert weekly_mails_leave() == 2
    assert weekly_mails_leave() == 0
    (letter,) = letters(post)
    assert letter["subject"] == "Votre e-mail de la semaine : 2 messages"
    zone = "Zone de police Valdor"
    for words in ("Vélos fr", "Vélos long", "Vacances fr", "Vacances long", zone):
        assert words in letter["text"]
        assert words in letter["html"]
    assert letter["text"].count("Vélos long") == 1
    headers = dict(letter["headers"])
    assert "/unsubscribe/" in headers["List-Unsubscribe"]
    left = rows()
    assert states() == [(DeliveryState.SENT, None)] * 2
    assert {one.carrier_id for one in left} == {letter["message_id"]}
    assert {one.handed_over_at for one in left} == {FRIDAY}
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(DeliveryEvent)).all()) >= 2


def test_what_is_good_for_a_day_only_still_stands_in_the_mail(
    post: tuple[Mailboxes, int],
) -> None:
    tell("Réunion", good_until=(NOON + timedelta(days=1)).isoformat())
    for moment in (NOON + timedelta(days=1, hours=1), FRIDAY):
        at(moment)
        timetable.sweep_rows()
    assert weekly_mails_leave() == 1
    assert len(letters(post)) == 1
    timetable.sweep_rows()
    with unit_of_work(read_only=True) as session:
        assert {one.status for one in session.exec(select(Broadcast))} == {BroadcastStatus.FINISHED}


def test_what_no_carrier_took_in_a_day_expires() -> None:
    tell("Réunion", good_until=(NOON + timedelta(days=1)).isoformat())
    at(FRIDAY + timedelta(days=1, minutes=1))
    timetable.sweep_rows()
    assert states() == [(DeliveryState.EXPIRED, "expired")]


def test_urgent_alerts_and_texts_are_not_touched(post: tuple[Mailboxes, int]) -> None:
    with unit_of_work() as session:
        session.exec(update(Person).values(weekly_mail=True))
    http = in_process.api(OFFICER).http
    words = {
        one: {"subject": "Alerte", "short": f"PLP ALERTE {THE_LINE[one]}", "long": ""}
        for one in ("fr", "nl")
    }
    alert = http.post(
        "/broadcasts",
        json={
            "client_request_id": "alert",
            "kind": "urgent_alert",
            "is_drill": True,
            "partnerships": ["rue-1"],
            "texts": words,
        },
    )
    assert alert.status_code == 201, alert.text
    assert http.post(f"/broadcasts/{alert.json()['id']}/send").status_code == 202
    leave_one_by_one()
    assert len(letters(post)) == 1
    tell("Gare", partnerships=["valdor-gare"], texts={
        one: {"subject": "s", "short": "s", "long": "l"} for one in ("fr", "nl", "de")
    })  # fmt: skip
    with unit_of_work(read_only=True) as session:
        texted = select(Delivery).where(Delivery.channel != "email", Delivery.reason == None)  # noqa: E711 - SQL
        assert all(one.digest_at is None for one in session.exec(texted))


def test_who_goes_back_to_one_by_one_gets_the_next_by_itself(post: tuple[Mailboxes, int]) -> None:
    tell("Vélos")
    wants_few_mails(weekly=False)
    tell("Vacances")
    assert [one["subject"] for one in letters(post)] == ["Vacances fr"]
    at(FRIDAY)
    assert weekly_mails_leave() == 1
    assert letters(post)[1]["subject"] == "Votre e-mail de la semaine : Vélos fr"


# Looked at once more


def test_what_he_has_stopped_meanwhile_does_not_leave(post: tuple[Mailboxes, int]) -> None:
    tell("Vélos")
    with unit_of_work() as session:
        consent.withdraw(session, person(session).id, Purpose.PREVENTION, "own_page")
    at(FRIDAY)
    assert weekly_mails_leave() == 0
    assert states() == [(DeliveryState.SKIPPED, "no_consent")]
    assert letters(post) == []


def test_a_message_that_was_stopped_is_left_out_of_the_mail(post: tuple[Mailboxes, int]) -> None:
    tell("Vélos")
    tell("Vacances")
    with unit_of_work(read_only=True) as session:
        first = session.exec(select(Broadcast).order_by(col(Broadcast.created_at))).first()
        assert first
    http = in_process.api(OFFICER).http
    assert http.post(f"/broadcasts/{first.id}/cancel").status_code in (200, 202)
    at(FRIDAY)
    assert weekly_mails_leave() == 1
    assert "Vélos" not in letters(post)[0]["text"]
    assert states()[0][0] is DeliveryState.CANCELLED


def test_a_mail_that_would_come_in_quiet_hours_waits_for_their_end(
    post: tuple[Mailboxes, int],
) -> None:
    tell("Vélos")
    # The queue was longer than the day: it is nine in the evening, and Saturday comes.
    at(FRIDAY + timedelta(hours=4))
    assert weekly_mails_leave() == 0
    at(datetime(2026, 6, 6, 6, 0, tzinfo=UTC))
    assert weekly_mails_leave() == 1
    assert len(letters(post)) == 1


def test_the_zone_chooses_its_day_and_the_plan_its_hours(templates: Templates) -> None:
    account = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(account["email"], account["password"])
    shown = officer.get("/cold/weekly-mail")
    assert "5 Jun 2026 17:00" in shown.text
    form = shown.text.partition('action="/cold/weekly-mail/')[2].partition('"')[0]
    officer.post(f"/cold/weekly-mail/{form}", weekday="5", hour="20")
    refused = officer.post(f"/cold/weekly-mail/{form}", weekday="6", hour="99")
    assert refused.status_code == 422
    tell("Vélos")
    # Saturday at eight in the evening is past the hours of the plan, and Sunday is quiet.
    assert {one.digest_at for one in rows()} == {datetime(2026, 6, 8, 6, 0, tzinfo=UTC)}


def test_only_who_keeps_the_zone_chooses_its_day(templates: Templates) -> None:
    account = templates.accounts["coordinator"]
    coordinator = in_process.signed_in(account["email"], account["password"])
    assert coordinator.get("/cold/weekly-mail").status_code == 403


# Nothing is lost


def test_a_worker_that_dies_leaves_a_mail_that_goes_again_as_the_same(
    post: tuple[Mailboxes, int],
) -> None:
    tell("Vélos")
    tell("Vacances", good_until=(NOON + timedelta(days=1)).isoformat())
    at(FRIDAY)
    ids = [one.id for one in rows() if one.id]
    with unit_of_work() as session:
        claims.take(session, ids)
        session.exec(update(Delivery).values(lease_until=0.0).where(col(Delivery.id).in_(ids)))
    assert weekly_mails_leave() == 0
    timetable.sweep_rows()
    assert states() == [(DeliveryState.UNKNOWN, "worker_died")] * 2
    at(FRIDAY + timedelta(minutes=5))
    tell("Nouveau")
    warm.run(reconcile.settle_unclear)
    assert weekly_mails_leave() == 2
    (letter,) = letters(post)
    assert "Vélos long" in letter["text"]
    assert "Vacances long" in letter["text"]
    assert [one.is_repeat for one in rows()] == [True, True, False]
    assert states()[2] == (DeliveryState.QUEUED, "digest")


def test_what_the_server_refuses_for_now_comes_back_together(
    post: tuple[Mailboxes, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell("Vélos")
    tell("Vacances")
    at(FRIDAY)
    warm.cool_down()
    monkeypatch.setenv("HUB_SMTP_URL", "smtp://127.0.0.1:9?starttls=never")
    config.settings.cache_clear()
    weekly_mails_leave()
    assert {one.state for one in rows()} == {DeliveryState.QUEUED}
    assert len({one.not_before for one in rows()}) == 1
    warm.cool_down()
    monkeypatch.setenv("HUB_SMTP_URL", f"smtp://127.0.0.1:{post[1]}?starttls=never")
    config.settings.cache_clear()
    at(FRIDAY + timedelta(minutes=10))
    assert weekly_mails_leave() == 2
    assert len(letters(post)) == 1


def test_a_mail_that_comes_back_brings_all_its_messages_back() -> None:
    tell("Vélos")
    tell("Vacances")
    at(FRIDAY)
    weekly_mails_leave()
    with unit_of_work() as session:
        mine = select(Delivery).where(Delivery.person_id == person(session).id)
        first = session.exec(mine.order_by(col(Delivery.id))).first()
        assert first
        bounces.take(session, first, Bounce("5.2.2", is_permanent=True))
    assert {one.state for one in rows()} == {DeliveryState.UNDELIVERED}


def test_two_bells_send_one_mail(post: tuple[Mailboxes, int]) -> None:
    tell("Vélos")
    at(FRIDAY)
    with unit_of_work(read_only=True) as session:
        mine: UUID = person(session).id

    async def both() -> list[int]:
        carriers = open_carriers()
        try:
            return list(
                await asyncio.gather(*(digest_sending.send(carriers, mine) for _bell in range(2)))
            )
        finally:
            await carriers.close()

    assert sorted(asyncio.run(both())) == [0, 1]
    assert len(letters(post)) == 1


def test_the_timetable_rings_and_a_worker_sends(
    post: tuple[Mailboxes, int], redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell("Vélos")
    at(FRIDAY)
    monkeypatch.setenv("HUB_REDIS_URL", f"{redis.url}?db=9")
    config.settings.cache_clear()
    queue.redis.cache_clear()
    queue.redis().flushdb()
    timetable.ring_for_digests()
    # The first bells are still in the queue: no second ones.
    timetable.ring_for_digests()
    (bell,) = queue.queue(QueueName.BULK).jobs
    assert bell.func_name == digest_sending.SEND_DIGEST_JOB
    jobs.send_digest(*bell.args)
    jobs.send_digest(*bell.args)
    assert len(letters(post)) == 1
    queue.redis().flushdb()
