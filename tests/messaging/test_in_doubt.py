"""Two calls to one telephone look alike in the carrier's list: each is taken for itself only."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from channels.contract import Accepted
from channels.simulator import Simulator, SimulatorSettings
from hub import clock
from hub.config import settings
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import broadcasts, drafts, fan_out, reconcile
from messaging.carriers import Carriers, open_carriers, write
from messaging.claims import claim
from messaging.models import Broadcast, BroadcastKind, Delivery, DeliveryState
from messaging.rendering import letter_of
from messaging.texts import Words
from partnerships import accounts
from partnerships.models import Channel
from tests.conftest import forget_settings

TEXTS = {one: Words("Subject", f"Short {one}", "Long") for one in (*Language,) if one != "en"}
ACCOUNT, TOKEN, SENDER = "AC" + "0" * 32, "not-a-real-token", "+32460111111"


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def carriers(
    demo_zone: str, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Carriers]:
    """The hub's own channels, with a simulated carrier that tells nobody what became of a call."""
    simulator = Simulator(SimulatorSettings("127.0.0.1", 0, 0, ACCOUNT, TOKEN, "", SENDER))
    runner.run(simulator.start())
    forget_settings()
    monkeypatch.setenv("HUB_TWILIO_API_URL", f"http://127.0.0.1:{simulator.port}")
    monkeypatch.setenv("HUB_TWILIO_ACCOUNT_SID", ACCOUNT)
    monkeypatch.setenv("HUB_TWILIO_AUTH_TOKEN", TOKEN)
    monkeypatch.setenv("HUB_TWILIO_SENDER", SENDER)
    assert settings().database_url == demo_zone
    with opened(runner) as carriers:
        yield carriers
    runner.run(simulator.stop())


@contextmanager
def opened(runner: asyncio.Runner) -> Iterator[Carriers]:
    async def open_here() -> Carriers:
        return open_carriers()

    carriers = runner.run(open_here())
    yield carriers
    runner.run(carriers.close())


def alert(request_id: str) -> UUID:
    """A released and fanned-out alert."""
    with unit_of_work() as session:
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account is not None
        actor = accounts.actor_for(session, account)
        draft = drafts.Draft(request_id, BroadcastKind.URGENT_ALERT, TEXTS, ["haut-valdor"])
        broadcast = drafts.create(session, actor, draft)
        broadcasts.send(session, actor, broadcast)
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast.id)
    return broadcast.id


def call_and_die(runner: asyncio.Runner, carriers: Carriers, alert_id: UUID) -> int:
    """Call one land line, and leave nothing on record of the carrier's answer; which delivery."""
    with unit_of_work() as session:
        broadcast = session.get_one(Broadcast, alert_id)
        letter = letter_of(session, broadcast)
        called = select(Delivery.chunk).where(
            Delivery.broadcast_id == alert_id, Delivery.channel == Channel.VOICE
        )
        [taken] = claim(session, broadcast, session.exec(called).first() or 0, Channel.VOICE, 1)
    route = carriers.route(Channel.VOICE)
    assert route is not None
    assert isinstance(runner.run(route.sender.send(write(letter, taken))), Accepted)
    with unit_of_work() as session:
        row = session.get_one(Delivery, taken.id)
        row.state, row.lease_until = DeliveryState.UNKNOWN, None
        row.changed_at = clock.now() - timedelta(minutes=1)
        session.add(row)
    return taken.id


def test_two_calls_to_one_telephone_in_doubt_are_each_found_by_their_own_id(
    runner: asyncio.Runner, carriers: Carriers
) -> None:
    in_doubt = [call_and_die(runner, carriers, alert(one)) for one in ("one", "two")]
    assert runner.run(reconcile.settle_unclear(carriers)) == 2
    with unit_of_work(read_only=True) as session:
        rows = [session.get_one(Delivery, one) for one in in_doubt]
    assert rows[0].person_id == rows[1].person_id, "both call the same telephone"
    ids = [one.carrier_id for one in rows]
    assert None not in ids
    assert len(set(ids)) == 2
    assert DeliveryState.UNKNOWN not in {one.state for one in rows}
