"""Everything the carriers accepted, for comparing with what the hub believes."""

from collections import deque
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from channels.simulator.records import now

KEPT = 200_000


class Ledger:
    """The newest 200,000 accepted messages, calls and mails, oldest first."""

    def __init__(self) -> None:
        self._lines: deque[tuple[str, str, str, datetime, str]] = deque(maxlen=KEPT)

    def add(self, kind: str, to: str, sid: str, body: str) -> None:
        """Note one acceptance; of its text only the SHA-256 is kept."""
        self._lines.append((kind, to, sid, now(), _digest(body)))

    def as_json(self) -> list[dict[str, str]]:
        """All lines."""
        return [
            {"kind": kind, "to": to, "sid": sid, "at": at.isoformat(), "sha256": digest}
            for kind, to, sid, at, digest in self._lines
        ]

    def clear(self) -> None:
        """Forget everything."""
        self._lines.clear()


# The text is the same for a whole alert.
@lru_cache(maxsize=64)
def _digest(body: str) -> str:
    return sha256(body.encode("utf-8", "replace")).hexdigest()
