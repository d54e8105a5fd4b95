"""One at a time, in the order in which they came: a lock that passes nobody over."""

import threading
from collections import deque


class Turns:
    """Threads take a turn and give it back; any thread may give back what another one took."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self, patience_seconds: float) -> bool:
        """Wait for the turn; false when it did not come in time."""
        with self._changing:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        return mine.wait(patience_seconds) or self._came_at_the_last_moment(mine)

    def _came_at_the_last_moment(self, mine: threading.Event) -> bool:
        with self._changing:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False

    def give_back(self) -> None:
        """Let the next one have it: whoever has waited longest."""
        with self._changing:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
