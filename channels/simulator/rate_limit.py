"""How many new messages and calls a second the carrier takes before it answers 429."""

from collections.abc import Callable


class RateLimit:
    """A bucket that holds one second's worth; `now` is in seconds and never goes back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._left = 0.0
        self._per_second = 0
        self._at = 0.0

    def takes_one_more(self, per_second: int) -> bool:
        """Whether one more is within the limit; 0 is no limit. A new limit begins full."""
        if not per_second:
            return True
        moment = self._now()
        if per_second != self._per_second:
            self._per_second, self._left = per_second, float(per_second)
        else:
            self._left = min(self._left + (moment - self._at) * per_second, per_second)
        self._at = moment
        if self._left < 1:
            return False
        self._left -= 1
        return True
