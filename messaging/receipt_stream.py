"""Between the door and the rows: receipts wait in a Redis stream and are folded in batches.

A row update for each receipt holds one process to about 500 a second; a stream and batches take
several thousand. No number and no text goes into Redis: ids, a status, a code.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from redis import Redis
from redis import asyncio as redis_async
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

from hub.queue import redis_url
from messaging.receipts import Receipt

STREAM = "receipts"
GROUP = "fold"
_PATIENCE_SECONDS = 0.5
# What another drain read and did not finish in this time, it will not finish.
_ABANDONED_MS = 30_000

Batch = list[tuple[bytes, Receipt]]


@lru_cache
def _connection() -> redis_async.Redis:
    return redis_async.Redis.from_url(
        redis_url(),
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


async def append(receipt: Receipt) -> None:
    """Add a receipt. Raises ``RedisError`` within half a second when Redis does not take it."""
    fields: dict[Any, Any] = {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in asdict(receipt).items()
    }
    await _connection().xadd(STREAM, fields)


def prepare(redis: Redis) -> None:
    """Make the consumer group, once."""
    try:
        redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def read(redis: Redis, consumer: str, count: int, block_ms: int) -> Batch:
    """The next receipts for this consumer: its own unfinished ones first, then new ones."""
    for start, wait in (("0", None), (">", block_ms)):
        answer = cast(Any, redis.xreadgroup(GROUP, consumer, {STREAM: start}, count, wait))
        entries = _entries(answer)
        if entries:
            return _parsed(entries)
    return []


def take_over(redis: Redis, consumer: str) -> None:
    """Adopt what a drain that died had read; it comes with this consumer's next ``read``."""
    redis.xautoclaim(STREAM, GROUP, consumer, min_idle_time=_ABANDONED_MS, count=1000)


def done(redis: Redis, batch: Batch) -> None:
    """Forget receipts that are in the rows."""
    ids = [entry_id for entry_id, _receipt in batch]
    redis.xack(STREAM, GROUP, *ids)
    redis.xdel(STREAM, *ids)


def _entries(answer: Any) -> list[tuple[bytes, Mapping[bytes, bytes]]]:
    if not answer:
        return []
    # RESP2 gives a list of pairs, RESP3 a mapping to a list of lists.
    entries = answer[0][1] if isinstance(answer, list) else next(iter(answer.values()))[0]
    return [(entry_id, fields) for entry_id, fields in entries if fields]


def _parsed(entries: list[tuple[bytes, Mapping[bytes, bytes]]]) -> Batch:
    return [(entry_id, _receipt(fields)) for entry_id, fields in entries]


def _receipt(fields: Mapping[bytes, bytes]) -> Receipt:
    text = {name.decode(): value.decode() for name, value in fields.items()}
    return Receipt(
        delivery_id=int(text["delivery_id"]),
        channel=text["channel"],
        status=text["status"],
        carrier_id=text["carrier_id"],
        code=text["code"],
        at=datetime.fromisoformat(text["at"]),
    )
