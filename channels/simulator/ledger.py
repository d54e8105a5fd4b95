"""Everything the carriers accepted, for comparing with what the hub believes."""

from collections import deque
from hashlib import sha256

from channels.simulator.records import now

KEPT = 200_000


class Ledger:
    """The newest 200,000 accepted messages, calls and mails, oldest first."""

    def __init__(self) -> None:
        self._lines: deque[tuple[str, str, str, str, str]] = deque(maxlen=KEPT)

    def add(self, kind: str, to: str, sid: str, body: str) -> None:
        """Note one acceptance; of its text only the SHA-256 is kept."""
        digest = sha256(body.encode("utf-8", "replace")).hexdigest()
        self._lines.append((kind, to, sid, now().isoformat(), digest))

    def as_json(self) -> list[dict[str, str]]:
        """All lines."""
        names = ("kind", "to", "sid", "at", "sha256")
        return [dict(zip(names, line, strict=True)) for line in self._lines]

    def clear(self) -> None:
        """Forget everything."""
        self._lines.clear()
