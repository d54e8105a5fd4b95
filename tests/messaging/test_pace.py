"""The pace of a sender: shared by all workers through Redis, a share kept for alerts."""

import asyncio
from collections.abc import Iterator

import pytest

from hub.embedded_redis import EmbeddedRedis
from messaging.pace import Pace, Permit, connect
from tests.conftest import forget_settings

pytestmark = pytest.mark.usefixtures("paced")


@pytest.fixture
def paced(redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_settings()
    monkeypatch.setenv("HUB_REDIS_URL", redis.url)
    monkeypatch.setenv("HUB_URGENT_SHARE", "0.2")
    yield
    forget_settings()


def ask(rate: float, *asked: tuple[bool, int, int], workers: int = 1) -> list[Permit]:
    """What these questions (urgent, wanted, cost) get, in turn by so many workers."""

    async def in_turn() -> list[Permit]:
        redis = connect()
        await redis.flushdb()
        paces = [Pace(redis, "sms:first", rate) for _worker in range(workers)]
        answers = [
            await paces[number % workers].ask(*question) for number, question in enumerate(asked)
        ]
        await redis.aclose()
        return answers

    return asyncio.run(in_turn())


def test_without_a_rate_everything_may_leave() -> None:
    assert ask(0, (False, 5000, 3)) == [Permit(5000)]


def test_two_workers_share_one_bucket() -> None:
    first, second = ask(100, (True, 80, 1), (True, 80, 1), workers=2)
    assert first.granted == 80
    assert 20 <= second.granted < 40


def test_long_messages_take_as_many_tokens_as_they_have_segments() -> None:
    (only,) = ask(100, (True, 100, 5))
    assert only.granted == 20


def test_a_share_is_kept_for_alerts() -> None:
    (ordinary,) = ask(100, (False, 500, 1))
    assert ordinary.granted == 80
    first, alert = ask(100, (False, 500, 1), (True, 500, 1))
    assert first.granted == 80
    assert alert.granted >= 20


def test_ordinary_messages_give_way_while_an_alert_is_under_way() -> None:
    alert, ordinary = ask(100, (True, 10, 1), (False, 10, 1))
    assert alert.granted == 10
    assert ordinary == Permit(0, gives_way=True)


def test_an_empty_bucket_says_when_to_ask_again() -> None:
    _all, nothing = ask(2, (True, 2, 1), (True, 2, 1))
    assert nothing.granted == 0
    assert 0 < nothing.wait <= 0.5


def test_slow_down_stops_every_worker_for_as_long_as_the_carrier_said() -> None:
    async def slowed() -> tuple[Permit, Permit]:
        redis = connect()
        await redis.flushdb()
        one, other = (Pace(redis, "sms:first", 0) for _worker in range(2))
        await one.slow_down(20)
        answers = await one.ask(True, 1, 1), await other.ask(True, 1, 1)
        await redis.aclose()
        return answers

    for answer in asyncio.run(slowed()):
        assert answer.granted == 0
        assert 15 < answer.wait <= 24


def test_without_redis_a_worker_keeps_the_pace_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_settings()
    monkeypatch.setenv("HUB_REDIS_URL", "redis://127.0.0.1:1/0")

    async def alone() -> list[Permit]:
        redis = connect()
        pace = Pace(redis, "sms:first", 10)
        answers = [await pace.ask(True, 8, 1), await pace.ask(True, 8, 1)]
        await redis.aclose()
        return answers

    first, second = asyncio.run(alone())
    assert first.granted == 8
    assert second.granted in (2, 3)
