"""The drain: receipts from the stream into the rows, in batches, while the process runs."""

import os
import socket
import threading
import time

from redis import Redis
from redis.exceptions import RedisError

from hub import log
from hub.db import DATABASE_AWAY, unit_of_work
from hub.queue import redis_url
from messaging import receipt_stream
from messaging.receipts import fold

_log = log.get(__name__)

_BATCH = 1000
_BLOCK_MS = 500
_ADOPT_EVERY_SECONDS = 30


class ReceiptDrain(threading.Thread):
    """Folds receipts until stopped. Two drains at once share the stream and do no harm."""

    def __init__(self) -> None:
        super().__init__(name="receipt-drain", daemon=True)
        self._stopping = threading.Event()
        self._consumer = f"{socket.gethostname()}-{os.getpid()}"

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._drain(Redis.from_url(redis_url(), socket_timeout=5))
            except (RedisError, *DATABASE_AWAY) as error:
                # What was read stays with this consumer and is read again.
                _log.warning("receipt_drain_waits", cause=type(error).__name__)
                self._stopping.wait(1)

    def _drain(self, redis: Redis) -> None:
        receipt_stream.prepare(redis)
        adopted = 0.0
        while not self._stopping.is_set():
            if time.monotonic() - adopted > _ADOPT_EVERY_SECONDS:
                receipt_stream.take_over(redis, self._consumer)
                adopted = time.monotonic()
            batch = receipt_stream.read(redis, self._consumer, _BATCH, _BLOCK_MS)
            if batch:
                with unit_of_work() as session:
                    fold(session, [receipt for _id, receipt in batch])
                receipt_stream.done(redis, batch)

    def stop(self) -> None:
        """Finish the batch in hand and end."""
        self._stopping.set()
        self.join(timeout=10)
