"""RQ workers of the usual pattern: ``python -m benchmarks.peer_rq fork`` or ``simple``."""

import os
import sys

from redis import Redis
from rq import Queue, SimpleWorker, Worker

from benchmarks import peer_task

_AT_ONCE = 1000
# "fork" is what `rq worker` does, kindly: what a job imports is imported before it forks.
KINDS = {"fork": Worker, "simple": SimpleWorker}


def _queue() -> Queue:
    return Queue("peer", connection=Redis.from_url(os.environ[peer_task.REDIS_VARIABLE]))


def enqueue(ids: list[int], *, by_mail: bool) -> None:
    """One job per recipient, a thousand in one round to Redis."""
    queue = _queue()
    task = peer_task.deliver_mail if by_mail else peer_task.deliver
    for start in range(0, len(ids), _AT_ONCE):
        jobs = [
            Queue.prepare_data(task, args=[message_id], result_ttl=0)
            for message_id in ids[start : start + _AT_ONCE]
        ]
        queue.enqueue_many(jobs)


def main() -> None:
    """Work until told to stop."""
    queue = _queue()
    peer_task.preload()
    worker = KINDS[sys.argv[1]]([queue], connection=queue.connection)
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    main()
