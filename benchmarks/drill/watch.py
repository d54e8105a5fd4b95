"""A look at every row, once a second, while a scenario runs: what moved that must not move."""

import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

FINAL = frozenset(
    {"delivered", "no_receipt", "undelivered", "failed", "expired", "cancelled", "skipped"}
)
# Nobody has it, or nobody knows who has it. What the carrier has waits for him, not for us.
_OPEN = frozenset({"queued", "sending", "unknown"})
_EVERY_SECONDS = 0.5
_ROWS = text("SELECT id, state, channel, fence FROM delivery")


def is_final(state: str, channel: str) -> bool:
    """Mail has had its last word when it is sent."""
    return state in FINAL or (state == "sent" and channel == "email")


@dataclass
class _Death:
    at: float
    open_rows: set[int]
    # Somebody else died before all of it was settled: what follows is not this death's doing.
    is_disturbed: bool = False


@dataclass
class Watch:
    """Watches until stopped. ``faults`` are sentences; ``recoveries`` are seconds."""

    engine: Engine
    faults: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    disturbed_recoveries: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._seen: dict[int, tuple[str, str, int]] = {}
        self._deaths: list[_Death] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def note_death(self, rows: set[int]) -> None:
        """A worker died with these in its hands: measure until none of them is open any more."""
        with self._lock:
            self._deaths.append(_Death(time.monotonic(), rows))

    def note_disturbance(self) -> None:
        """Something died: what recovers now is held up by that, too."""
        with self._lock:
            for death in self._deaths:
                death.is_disturbed = True

    def still_open(self) -> int:
        """Deaths that are not recovered from yet."""
        with self._lock:
            return len(self._deaths)

    def stop(self) -> None:
        """Look once more and end."""
        self._stopping.set()
        self._thread.join(20)
        self._look()

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        try:
            with self.engine.connect() as connection:
                rows = connection.execute(_ROWS).all()
        except SQLAlchemyError:
            # The database is what is being broken.
            return
        for row_id, state, channel, fence in rows:
            self._compare(row_id, state, channel, fence)
        self._close_deaths({row.id for row in rows if row.state not in _OPEN})

    def _compare(self, row_id: int, state: str, channel: str, fence: int) -> None:
        before = self._seen.get(row_id)
        if (
            before
            and is_final(before[0], channel)
            and state != before[0]
            and not _is_allowed(before[0], state)
        ):
            self.faults.append(f"I3: delivery {row_id} went from {before[0]} to {state}")
        if before and fence < before[2]:
            self.faults.append(f"I8: the fence of delivery {row_id} fell")
        self._seen[row_id] = (state, channel, fence)

    def _close_deaths(self, settled: set[int]) -> None:
        now = time.monotonic()
        with self._lock:
            for death in [one for one in self._deaths if one.open_rows <= settled]:
                kept = self.disturbed_recoveries if death.is_disturbed else self.recoveries
                kept.append(now - death.at)
                self._deaths.remove(death)


def _is_allowed(before: str, after: str) -> bool:
    # "No receipt" is our own giving up: a late receipt may still say how it ended (rank rule).
    return before == "no_receipt" and after in ("delivered", "undelivered")
