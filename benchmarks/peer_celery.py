"""The Celery application of the usual pattern: ``celery -A benchmarks.peer_celery worker``."""

import os

from celery import Celery

from benchmarks import peer_task

_DELIVER, _DELIVER_MAIL = "peer.deliver", "peer.deliver_mail"


def _application(redis_url: str) -> Celery:
    # Celery spells a socket another way than redis-py does.
    made = Celery("peer", broker=redis_url.replace("unix://", "redis+socket://"))
    made.conf.update(
        task_ignore_result=True,
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
    )
    return made


# For the workers, which are started when their Redis is known.
app = _application(os.environ.get(peer_task.REDIS_VARIABLE, ""))
app.task(peer_task.deliver, name=_DELIVER)
app.task(peer_task.deliver_mail, name=_DELIVER_MAIL)


def enqueue(ids: list[int], *, by_mail: bool) -> None:
    """One task per recipient, on the Redis the environment names now."""
    name = _DELIVER_MAIL if by_mail else _DELIVER
    with _application(os.environ[peer_task.REDIS_VARIABLE]) as sender:
        for message_id in ids:
            sender.send_task(name, (message_id,), ignore_result=True)
