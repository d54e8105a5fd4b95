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
from messaging.receipts import Receipt, fold

_log = log.get(__name__)

# Entries at a time; each holds from one receipt to a hundred.
_ENTRIES = 20
_FEW = 500
_BLOCK_MS = 500
_GATHER_SECONDS = 0.2
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
            batch = receipt_stream.read(redis, self._consumer, _ENTRIES, _BLOCK_MS)
            if batch.entries:
                if len(batch.receipts) < _FEW:
                    # A short batch costs the database as much as a full one: let it fill.
                    self._stopping.wait(_GATHER_SECONDS)
                    batch += receipt_stream.read_new(redis, self._consumer, _ENTRIES)
                _fold(batch.receipts)
                receipt_stream.done(redis, batch)

    def stop(self) -> None:
        """Finish the batch in hand and end."""
        self._stopping.set()
        self.join(timeout=10)


def _fold(receipts: list[Receipt]) -> None:
    """Fold a batch; if one in it cannot be folded, all the others are."""
    try:
        _fold_together(receipts)
    except DATABASE_AWAY:
        raise
    except Exception:
        _log.warning("receipts_not_folded", receipts=len(receipts))
        for one in receipts:
            _fold_alone(one)


def _fold_alone(receipt: Receipt) -> None:
    try:
        _fold_together([receipt])
    except DATABASE_AWAY:
        raise
    except Exception as error:
        # Only the kind: what a database complains of may quote the receipt.
        _log.error("receipt_dropped", delivery_id=receipt.delivery_id, cause=type(error).__name__)


def _fold_together(receipts: list[Receipt]) -> None:
    with unit_of_work() as session:
        fold(session, receipts)
