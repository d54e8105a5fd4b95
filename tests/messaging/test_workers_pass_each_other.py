"""Two workers at one broadcast never wait for each other's rows, nor for ever."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from hub import clock, config
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import broadcasts, claims, drafts, fan_out, leaving
from messaging.models import Broadcast, BroadcastKind, Delivery, DeliveryState
from messaging.texts import Words
from partnerships import accounts
from partnerships.models import Channel
from tests.agreed_plans import agree_on
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")

BOTH = ("haut-valdor", "valdor-gare")
TEXTS = {one: Words("Subject", "Short", "Long") for one in Language if one != "en"}
# A minute before eight in the evening by a Belgian clock, and eight.
BEFORE, QUIET = (datetime(2026, 6, 3, *time, tzinfo=UTC) for time in ((17, 59), (18, 0)))
MORNING = datetime(2026, 6, 4, 6, 0, tzinfo=UTC)


@pytest.fixture
def under_way(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[UUID]:
    """Advice in chunks of ten, when the quiet hours begin in the middle of it."""
    monkeypatch.setenv("HUB_CHUNK_SIZE", "10")
    config.settings.cache_clear()
    clock.set_source(lambda: BEFORE)
    for slug in BOTH:
        agree_on(slug, kinds={"prevention": {"needs_relay": False}})
    with unit_of_work() as session:
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account
        actor = accounts.actor_for(session, account)
        draft = drafts.Draft("one", BroadcastKind.PREVENTION, TEXTS, BOTH)
        sent = drafts.create(session, actor, draft)
        assert broadcasts.send(session, actor, sent)
    with unit_of_work() as session:
        fan_out.fan_out(session, sent.id)
    clock.set_source(lambda: QUIET)
    yield sent.id
    config.settings.cache_clear()


def claim(session: Session, broadcast_id: UUID, chunk: int) -> int:
    found = session.get_one(Broadcast, broadcast_id)
    return sum(len(claims.claim(session, found, chunk, channel, 100)) for channel in Channel)


def waiting(broadcast_id: UUID) -> list[Delivery]:
    with unit_of_work(read_only=True) as session:
        wanted = select(Delivery).where(
            Delivery.broadcast_id == broadcast_id, Delivery.state == DeliveryState.QUEUED
        )
        return list(session.exec(wanted.order_by(col(Delivery.id))))


def only_with_row_locks(templates: Templates) -> None:
    if templates.kind == "sqlite":
        pytest.skip("One writer at a time: nobody meets anybody.")


def test_workers_who_put_off_each_others_chunks_do_not_block_each_other(
    templates: Templates, under_way: UUID
) -> None:
    """Each goes on to the other's chunk within its transaction, as a turn does."""
    only_with_row_locks(templates)
    together, errors = Barrier(2, timeout=20), []
    taken: list[int] = []

    def work(first: int, second: int) -> None:
        try:
            with unit_of_work() as session:
                session.execute(text("SET LOCAL lock_timeout = '2s'"))
                taken.append(claim(session, under_way, first))
                together.wait()
                taken.append(claim(session, under_way, second))
                together.wait()
        except Exception as error:
            errors.append(type(error).__name__)
            together.abort()

    workers = [Thread(target=work, args=order) for order in ((0, 1), (1, 0))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert errors == []
    assert taken == [0, 0, 0, 0]
    put_off = [one for one in waiting(under_way) if one.chunk in (0, 1)]
    assert {one.not_before for one in put_off} == {MORNING}


def test_what_another_holds_when_quiet_hours_begin_does_not_leave_in_them(
    templates: Templates, under_way: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passed over by whoever puts off, and free again before he takes his portion."""
    only_with_row_locks(templates)
    put_off = leaving.put_off
    with unit_of_work() as holder:
        rows = select(Delivery).where(
            Delivery.broadcast_id == under_way, Delivery.state == DeliveryState.QUEUED
        )
        assert holder.exec(rows.with_for_update()).all()

        def while_held(session: Session, broadcast: Broadcast, chunk: int) -> tuple[UUID, ...]:
            quiet = put_off(session, broadcast, chunk)
            holder.rollback()
            return quiet

        monkeypatch.setattr(leaving, "put_off", while_held)
        with unit_of_work() as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            assert only_texts(session, under_way) == 0
    monkeypatch.setattr(leaving, "put_off", put_off)
    assert {one.not_before for one in waiting(under_way)} == {None}
    with unit_of_work() as session:
        assert claim(session, under_way, 0) == 0


def only_texts(session: Session, broadcast_id: UUID) -> int:
    found = session.get_one(Broadcast, broadcast_id)
    return len(claims.claim(session, found, 0, Channel.SMS, 100))


def test_quiet_hours_that_begin_in_the_middle_put_off_the_rest(under_way: UUID) -> None:
    chunks = {one.chunk for one in waiting(under_way)}
    assert len(chunks) > 3
    with unit_of_work() as session:
        assert [claim(session, under_way, chunk) for chunk in chunks] == [0] * len(chunks)
    clock.set_source(lambda: MORNING)
    with unit_of_work() as session:
        assert sum(claim(session, under_way, chunk) for chunk in chunks) == 39
