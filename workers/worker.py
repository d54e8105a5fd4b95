"""A worker: one process, one queue, warm connections, and the rows themselves as a last resort."""

import signal
from types import FrameType

from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from hub import cycles, log
from hub.queue import QueueName, queue, redis_answers, redis_url
from workers import stopping, warm
from workers.row_watch import RowWatch

_log = log.get(__name__)

# RQ writes this often that the worker lives; a frozen Redis is noticed no later.
_WORKER_TTL_SECONDS = 60
# A process that lived this long starts afresh: a slow leak never becomes an outage.
_JOBS_BEFORE_RESTART = 20_000
_RETRY_REDIS_SECONDS = 0.5


class _Worker(SimpleWorker):
    """RQ's worker without a fork per job; tells apart being stopped from losing Redis."""

    def __init__(self, name: QueueName) -> None:
        connection = Redis.from_url(redis_url())
        super().__init__(
            [queue(name, connection)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=_WORKER_TTL_SECONDS,
            log_job_description=False,
        )

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        stopping.ask()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ's own


def run(name: QueueName) -> None:
    """Work on one queue until told to stop (SIGTERM finishes what is in hand).

    One queue and no more: RQ takes from several in a way that can lose a job for ever.
    """
    cycles.look_seldom()
    watch = RowWatch(name)
    watch.start()
    try:
        while not stopping.is_asked():
            if _work_until_stopped(name):
                break
            _await_redis()
    finally:
        watch.stop()
        warm.cool_down()


def _work_until_stopped(name: QueueName) -> bool:
    """Whether the worker ended because it was told to, or has worked long enough."""
    try:
        worker = _Worker(name)
        worker.work(logging_level="WARNING", max_jobs=_JOBS_BEFORE_RESTART)
    except RedisError as error:
        _log.warning("redis_away", queue=name, cause=type(error).__name__)
        return False
    return stopping.is_asked() or redis_answers()


def _await_redis() -> None:
    # RQ's handlers belong to a worker that has ended; these only set the flag.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stopping.ask())
    while not stopping.wait(_RETRY_REDIS_SECONDS) and not redis_answers():
        pass
