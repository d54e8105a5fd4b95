"""Ringing the bell: after the commit, a job name and ids go to Redis, or nothing does.

The row is the truth. A bell that cannot be rung is logged and forgotten: workers look at the rows
themselves when Redis is gone, and the sweep rings again for what was left.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.queue import EnqueueData
from rq.serializers import JSONSerializer
from sqlmodel import Session

from hub import log
from hub.config import settings
from hub.db import after_commit
from hub.embedded_redis import running_url
from hub.queue_names import QueueName as QueueName

_log = log.get(__name__)

# A web request must not wait for a frozen Redis: the default is 5 s, tried eleven times.
_PATIENCE_SECONDS = 0.5
# A chunk takes about two seconds; making the rows of a million people takes a minute or more.
_JOB_TIMEOUT_SECONDS = 900


# A million people are two thousand bells; whoever has more ends his turn.
_MOST_BELLS_READ = 4000

# Written to see whether anything can be.
_PROBE = "takes-bells"
# No Redis is configured or running: answered like one that is away.
_NOWHERE = "redis://127.0.0.1:1/0"


@dataclass(frozen=True, slots=True)
class Bell:
    """One job to start: its dotted name and its arguments, which are ids and small words only."""

    job: str
    arguments: tuple[str | int, ...]
    queue: QueueName


def redis_url() -> str:
    """The Redis to use: the one named by HUB_REDIS_URL, else the one ``plp-hub run`` keeps."""
    return settings().redis_url or running_url(settings().data_dir) or _NOWHERE


@lru_cache
def redis() -> Redis:
    """The Redis of this process for short questions: it answers at once or not at all."""
    return Redis.from_url(
        redis_url(),
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def queue(name: QueueName, connection: Redis | None = None) -> Queue:
    """An RQ queue that speaks JSON: with the default pickle, write access to Redis runs code."""
    return Queue(name, connection=connection or redis(), serializer=JSONSerializer)


def enqueue(session: Session, job: str, *arguments: str | int, queue: QueueName) -> None:
    """Start ``job`` with ``arguments`` on ``queue`` once this unit of work is committed."""
    bells: list[Bell] | None = session.info.get("bells")
    if bells is None:
        bells = session.info["bells"] = []
        after_commit(session, lambda: _ring_all(session))
    bells.append(Bell(job, arguments, queue))


def _ring_all(session: Session) -> None:
    ring(session.info.pop("bells", []))


def ring(bells: list[Bell]) -> bool:
    """Ring now; whether Redis took it. Never raises for Redis's sake."""
    by_queue: dict[QueueName, list[Bell]] = defaultdict(list)
    for bell in bells:
        by_queue[bell.queue].append(bell)
    try:
        for name, rung in by_queue.items():
            queue(name).enqueue_many([_job(bell) for bell in rung])
    except RedisError as error:
        _log.warning("bell_failed", jobs=len(bells), cause=type(error).__name__)
        return False
    return True


def _job(bell: Bell) -> EnqueueData:
    return Queue.prepare_data(
        bell.job,
        # Whom a waiting bell is for can be read from its id, without fetching the job.
        job_id=f"{bell.arguments[0]}_{uuid4().hex}",
        args=list(bell.arguments),
        timeout=_JOB_TIMEOUT_SECONDS,
        result_ttl=0,
        # RQ's record of a failure is a courtesy for an hour; the rows hold what matters.
        failure_ttl=3600,
        description=bell.job,
    )


def rings_for_others(name: QueueName, first_argument: str) -> bool:
    """Whether a bell waits that is not for this id; also when Redis does not tell."""
    try:
        waiting = queue(name).get_job_ids(0, _MOST_BELLS_READ)
    except RedisError:
        return True
    its_own = f"{first_argument}_"
    return len(waiting) == _MOST_BELLS_READ or not all(one.startswith(its_own) for one in waiting)


def redis_answers() -> bool:
    """Whether Redis answers within half a second."""
    try:
        return bool(redis().ping())
    except RedisError:
        return False


def redis_takes_bells() -> bool:
    """Whether Redis takes a write within half a second: a full one answers and takes nothing."""
    try:
        return bool(redis().set(_PROBE, "1", ex=60))
    except RedisError:
        return False
