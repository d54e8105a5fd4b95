"""How a carrier is doing, as one worker sees it: whether to use it, and how much of it."""

import time
from collections.abc import Callable

# How much one answer weighs against all before it: eight failures in a row open the circuit, and
# a dozen good answers bring a carrier back to nearly all of its share.
_NEWEST = 0.2
_OPEN_ABOVE = 0.8
# While the circuit is open one message in this many seconds tries whether the carrier is back.
PROBE_SECONDS = 5.0
# An answer this late counts against a carrier where there is another one to choose.
SLOW_SECONDS = 5.0


class CarrierHealth:
    """Learns from each answer. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failing = 0.0
        self._slow = 0.0
        self._shut_until = 0.0
        self._next_probe = 0.0

    def note(self, failed: bool, seconds: float) -> None:
        """Learn from one answer: whether the carrier itself failed, and how long it took."""
        was_open = self.is_open
        self._failing += _NEWEST * (failed - self._failing)
        self._slow += _NEWEST * ((seconds > SLOW_SECONDS) - self._slow)
        if self.is_open and not was_open:
            self._next_probe = self._clock() + PROBE_SECONDS

    def shut(self, seconds: float) -> None:
        """Use it for nothing at all for a while: it refuses us altogether."""
        self._shut_until = self._clock() + seconds

    @property
    def is_shut(self) -> bool:
        return self._clock() < self._shut_until

    @property
    def is_open(self) -> bool:
        """Whether the circuit is open: nearly everything fails, so only probes may pass."""
        return self._failing > _OPEN_ABOVE

    @property
    def weight(self) -> float:
        """Its share of the traffic beside another carrier, from 0 to 1."""
        if self.is_open or self.is_shut:
            return 0.0
        return (1 - self._failing) * (1 - self._slow)

    @property
    def strength(self) -> float:
        """How much of the usual crowd it may be given at once, from 0 to 1; slowness is no fault
        here: a slow carrier is better than none."""
        return 1 - self._failing

    def take_probe(self) -> bool:
        """Whether one message may try it now; taken by asking, until the next probe is due."""
        now = self._clock()
        if self.is_shut or now < self._next_probe:
            return False
        self._next_probe = now + PROBE_SECONDS
        return True
