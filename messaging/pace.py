"""The pace of one sender, shared by all workers: so many segments a second, a share for alerts.

Carriers count segments per second and sender (Twilio: 10 for a Belgian number) and put what comes
faster into a queue of their own, where an alert would wait behind a bulk message for hours. So the
waiting is done here, where an alert can pass.
"""

import random
import time
from dataclasses import dataclass
from typing import Any, cast

from redis import asyncio as redis_async
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from hub import log
from hub.config import settings
from hub.queue import redis_url

_log = log.get(__name__)

_PATIENCE_SECONDS = 0.5
# After Redis failed to answer, each worker keeps the pace alone for so long before it asks again.
_ALONE_SECONDS = 5.0
# An alert under way holds ordinary messages back; it says so again with every portion it takes.
_ALERT_MS = 2000
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0

# In one step, on Redis's own clock, so that workers whose clocks differ share one bucket.
_ASK = """
local urgent, wanted, cost = ARGV[1] == '1', tonumber(ARGV[2]), tonumber(ARGV[3])
local rate, burst, kept = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if urgent then
  redis.call('SET', KEYS[3], '1', 'PX', ARGV[7])
elseif redis.call('EXISTS', KEYS[3]) == 1 then
  return {0, -1}
end
local pause = redis.call('PTTL', KEYS[2])
if pause > 0 then return {0, pause} end
if rate == 0 then return {wanted, 0} end
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or burst, tonumber(bucket[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local floor = urgent and 0 or kept
local granted = math.max(0, math.min(wanted, math.floor((tokens - floor) / cost)))
tokens = tokens - granted * cost
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], 600)
if granted > 0 then return {granted, 0} end
return {0, math.ceil((floor + cost - tokens) / rate * 1000)}
"""


@dataclass(frozen=True, slots=True)
class Permit:
    """How many messages may leave now; if none, in how many seconds to ask again.

    ``gives_way``: an alert is under way, so ordinary messages wait until it has left.
    """

    granted: int
    wait: float = 0.0
    gives_way: bool = False


def connect() -> redis_async.Redis:
    """A Redis connection that answers at once or not at all, for the loop that uses it."""
    return redis_async.Redis.from_url(
        redis_url(),
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


class Pace:
    """One sender's pace. ``rate`` is in segments (or calls) a second; 0 means unlimited."""

    def __init__(self, redis: redis_async.Redis, sender: str, rate: float) -> None:
        self._redis = redis
        self._ask = redis.register_script(_ASK)
        self._keys = [f"pace:{sender}", f"pause:{sender}", f"alert:{sender}"]
        self._pause_key = self._keys[1]
        self._rate = rate
        self._alone = _Bucket(rate)
        self._alone_until = 0.0
        self._paused_until = 0.0
        self._refusals = 0

    async def ask(self, urgent: bool, wanted: int, cost: int) -> Permit:
        """Ask for ``wanted`` messages of ``cost`` segments each. Never raises for Redis's sake:
        without it each worker keeps the pace alone."""
        if wait := self.pause:
            return Permit(0, wait)
        burst = max(self._rate, cost)
        kept = burst * settings().urgent_share if burst > cost else 0
        if time.monotonic() >= self._alone_until:
            try:
                answer = await self._ask(
                    keys=self._keys,
                    args=[int(urgent), wanted, cost, self._rate, burst, kept, _ALERT_MS],
                )
                return _permit(*cast(Any, answer))
            except RedisError as error:
                self._alone_until = time.monotonic() + _ALONE_SECONDS
                _log.warning("pace_kept_alone", cause=type(error).__name__)
        return self._alone.ask(wanted, cost, burst, 0 if urgent else kept)

    @property
    def pause(self) -> float:
        """Seconds for which the carrier asked this worker to send nothing."""
        return max(0.0, self._paused_until - time.monotonic())

    async def slow_down(self, retry_after: float | None) -> None:
        """The carrier said "slow down": nobody sends for as long as it said, or ever longer."""
        if self.pause:
            return
        self._refusals += 1
        pause = retry_after or min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (self._refusals - 1))
        # Spread, so that the workers do not come back in one breath.
        pause *= random.uniform(1.0, 1.2)  # noqa: S311 - not a secret
        self._paused_until = time.monotonic() + pause
        try:
            await self._redis.set(self._pause_key, "1", px=int(pause * 1000))
        except RedisError as error:
            _log.warning("pause_not_shared", cause=type(error).__name__)

    def went_well(self) -> None:
        """The carrier took one: the next "slow down" starts from the shortest pause again."""
        self._refusals = 0


def _permit(granted: int, wait_ms: int) -> Permit:
    return Permit(granted, max(0, wait_ms) / 1000, gives_way=wait_ms < 0)


class _Bucket:
    """The same bucket, in this process only."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._tokens = rate
        self._at = time.monotonic()

    def ask(self, wanted: int, cost: int, burst: float, floor: float) -> Permit:
        if not self._rate:
            return Permit(wanted)
        now = time.monotonic()
        self._tokens = min(burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        granted = max(0, min(wanted, int((self._tokens - floor) / cost)))
        self._tokens -= granted * cost
        if granted:
            return Permit(granted)
        return Permit(0, (floor + cost - self._tokens) / self._rate)
