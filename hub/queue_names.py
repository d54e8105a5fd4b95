"""The queues: one worker process serves one of them."""

from enum import StrEnum


class QueueName(StrEnum):
    URGENT = "urgent"
    DEFAULT = "default"
    BULK = "bulk"
