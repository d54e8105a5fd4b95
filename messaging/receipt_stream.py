"""Between the door and the rows: receipts wait in a Redis stream and are folded in batches.

A row update for each receipt holds one process to about 500 a second; a stream and batches take
several thousand. No number and no text goes into Redis: ids, a status, a code.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from redis import Redis
from redis import asyncio as redis_async
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from hub.queue import redis_url
from messaging.receipts import Receipt

STREAM = "receipts"
GROUP = "fold"
_PATIENCE_SECONDS = 0.5
# What another drain read and did not finish in this time, it will not finish.
_ABANDONED_MS = 30_000
# Receipts that come in one breath share an entry: Redis is asked once for all of them.
_MOST_IN_ENTRY = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """Receipts read from the stream, and the entries they stood in."""

    entries: list[bytes]
    receipts: list[Receipt]

    def __add__(self, other: "Batch") -> "Batch":
        return Batch(self.entries + other.entries, self.receipts + other.receipts)


class _Appender:
    """Gathers what comes in while Redis is being asked, and asks once for all of it."""

    def __init__(self) -> None:
        self._redis = redis_async.Redis.from_url(
            redis_url(),
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._waiting: list[tuple[Receipt, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def append(self, receipt: Receipt) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((receipt, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:_MOST_IN_ENTRY]
                del self._waiting[:_MOST_IN_ENTRY]
                await self._write_entry(batch)
        finally:
            self._writing = None

    async def _write_entry(self, batch: list[tuple[Receipt, "asyncio.Future[None]"]]) -> None:
        entry = json.dumps([_plain(receipt) for receipt, _done in batch])
        failure: Exception | None = None
        try:
            await self._redis.xadd(STREAM, {"receipts": entry})
        except Exception as error:
            # Whatever it is, each of those who wait must hear of it: none may be told it is kept.
            failure = error if isinstance(error, RedisError) else RedisError(type(error).__name__)
        for _receipt, done in batch:
            if done.done():
                continue
            if failure is None:
                done.set_result(None)
            else:
                done.set_exception(failure)


@lru_cache
def _appender() -> _Appender:
    return _Appender()


async def append(receipt: Receipt) -> None:
    """Add a receipt; returns when Redis has it.

    Raises ``RedisError`` within half a second when Redis does not take it.
    """
    await _appender().append(receipt)


def prepare(redis: Redis) -> None:
    """Make the consumer group, once."""
    try:
        redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def read(redis: Redis, consumer: str, count: int, block_ms: int) -> Batch:
    """The next ``count`` entries for this consumer, its own unfinished ones before new ones."""
    for start, wait in (("0", None), (">", block_ms)):
        answer = cast(Any, redis.xreadgroup(GROUP, consumer, {STREAM: start}, count, wait))
        batch = _parsed(_entries(answer))
        if batch.entries:
            return batch
    return Batch([], [])


def read_new(redis: Redis, consumer: str, count: int) -> Batch:
    """What came in since, without waiting for it."""
    answer = cast(Any, redis.xreadgroup(GROUP, consumer, {STREAM: ">"}, count))
    return _parsed(_entries(answer))


def take_over(redis: Redis, consumer: str) -> None:
    """Adopt what a drain that died had read; it comes with this consumer's next ``read``."""
    redis.xautoclaim(STREAM, GROUP, consumer, min_idle_time=_ABANDONED_MS, count=1000)


def done(redis: Redis, batch: Batch) -> None:
    """Forget receipts that are in the rows."""
    redis.xack(STREAM, GROUP, *batch.entries)
    redis.xdel(STREAM, *batch.entries)


def _entries(answer: Any) -> list[tuple[bytes, Mapping[bytes, bytes]]]:
    if not answer:
        return []
    # RESP2 gives a list of pairs, RESP3 a mapping to a list of lists.
    entries = answer[0][1] if isinstance(answer, list) else next(iter(answer.values()))[0]
    return [(entry_id, fields) for entry_id, fields in entries if fields]


def _parsed(entries: list[tuple[bytes, Mapping[bytes, bytes]]]) -> Batch:
    receipts = [
        _receipt(plain) for _id, fields in entries for plain in json.loads(fields[b"receipts"])
    ]
    return Batch([entry_id for entry_id, _fields in entries], receipts)


def _plain(receipt: Receipt) -> list[int | str]:
    return [
        receipt.delivery_id,
        receipt.channel,
        receipt.status,
        receipt.carrier_id,
        receipt.code,
        receipt.at.isoformat(),
    ]


def _receipt(plain: list[Any]) -> Receipt:
    delivery_id, channel, status, carrier_id, code, at = plain
    return Receipt(delivery_id, channel, status, carrier_id, code, datetime.fromisoformat(at))
