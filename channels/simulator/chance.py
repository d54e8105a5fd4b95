"""What chance decides: alike each time, for the same seed and the same order of messages."""

from random import Random
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")


class Chance:
    """Draws; one for everything that happens in the order of arrival."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - faults, not secrets

    def happens(self, percent: float) -> bool:
        """True in `percent` of a hundred cases."""
        return percent >= 100 or (percent > 0 and self._random.random() * 100 < percent)

    def one_of(self, chances: tuple[tuple[str, float], ...]) -> str | None:
        """One of the named shares of a hundred, or none of them."""
        drawn = self._random.random() * 100
        for name, percent in chances:
            if drawn < percent:
                return name
            drawn -= percent
        return None

    def shuffled(self, items: tuple[T, ...]) -> tuple[T, ...]:
        """The same in any order."""
        return tuple(self._random.sample(items, len(items)))


def belongs(seed: int, number: str, percent: float) -> bool:
    """Whether this phone is among `percent` of a hundred: always the same phones for one seed."""
    return crc32(f"{seed} {number}".encode()) % 10_000 < percent * 100
