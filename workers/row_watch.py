"""When Redis is gone or full, a worker looks at the rows once a second: an alert still leaves."""

import threading

from hub import log
from hub.db import unit_of_work
from hub.queue import QueueName, redis_takes_bells
from messaging import digest_sending, notice_dispatch
from messaging.sweep import waiting_work
from partnerships import member_links
from partnerships.members_import import work
from workers import jobs, warm

_log = log.get(__name__)

_EVERY_SECONDS = 1.0


class RowWatch(threading.Thread):
    """Watches for one queue; does nothing while Redis takes bells, so that bells set the pace."""

    def __init__(self, name: QueueName) -> None:
        super().__init__(name=f"row-watch-{name}", daemon=True)
        self._queue = name
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(_EVERY_SECONDS):
            try:
                if not redis_takes_bells():
                    self._work()
            except Exception:
                # This thread is the last resort: it must outlive a database that is away.
                _log.exception("row_watch_failed", queue=self._queue)
        warm.cool_down()

    def _work(self) -> None:
        with unit_of_work(read_only=True) as session:
            broadcasts, chunks = waiting_work(session, self._queue)
            notices = notice_dispatch.due(session) if self._queue is QueueName.DEFAULT else []
            links = member_links.waiting(session) if self._queue is QueueName.DEFAULT else []
            imports = work.due(session) if self._queue is QueueName.BULK else []
            digests = digest_sending.due(session) if self._queue is QueueName.BULK else []
        for broadcast_id in broadcasts:
            jobs.fan_out(str(broadcast_id))
        for broadcast_id, chunk in chunks:
            jobs.deliver_chunk(str(broadcast_id), chunk)
        for person_id in digests:
            jobs.send_digest(str(person_id))
        for notice_id in notices:
            jobs.send_notice(str(notice_id))
        for asked in links:
            jobs.send_member_links(str(asked))
        for import_id in imports:
            jobs.import_members(str(import_id))

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self._stopping.set()
        self.join(timeout=30)
