"""When Redis is gone, a worker looks at the rows itself, once a second: an alert still leaves."""

import threading

from hub import log
from hub.db import unit_of_work
from hub.queue import QueueName, redis_answers
from messaging.sweep import waiting_work
from workers import jobs, warm

_log = log.get(__name__)

_EVERY_SECONDS = 1.0


class RowWatch(threading.Thread):
    """Watches for one queue; does nothing while Redis answers, so that bells set the pace."""

    def __init__(self, name: QueueName) -> None:
        super().__init__(name=f"row-watch-{name}", daemon=True)
        self._queue = name
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(_EVERY_SECONDS):
            try:
                if not redis_answers():
                    self._work()
            except Exception:
                # This thread is the last resort: it must outlive a database that is away.
                _log.exception("row_watch_failed", queue=self._queue)
        warm.cool_down()

    def _work(self) -> None:
        with unit_of_work(read_only=True) as session:
            broadcasts, chunks = waiting_work(session, self._queue)
        for broadcast_id in broadcasts:
            jobs.fan_out(str(broadcast_id))
        for broadcast_id, chunk in chunks:
            jobs.deliver_chunk(str(broadcast_id), chunk)

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self._stopping.set()
        self.join(timeout=30)
