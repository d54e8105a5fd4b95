"""What a scenario is, and the list of all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.drill.ground import Ground

ALL_DATABASES = ("sqlite", "postgresql")


class NotHere(Exception):
    """This machine lacks what a scenario needs; the message says what."""


@dataclass(frozen=True)
class Scenario:
    """One story of the fault matrix: ``play`` breaks something and says what must hold then.

    ``rows`` are the rows of the matrix. Whatever it does, the invariants are checked afterwards.
    """

    name: str
    rows: tuple[str, ...]
    play: Callable[[Ground], None]
    databases: tuple[str, ...] = ALL_DATABASES
    # The databases on which the quick drill plays it; none if it is too long for that.
    quick: tuple[str, ...] = ()
    workers: tuple[str, ...] = ("worker urgent",)
    settings: Mapping[str, str] = field(default_factory=dict)
    # States in which a message may end here without being counted as lost.
    may_end: frozenset[str] = frozenset()


SCENARIOS: list[Scenario] = []


def scenario(
    *rows: str,
    databases: tuple[str, ...] = ALL_DATABASES,
    quick: tuple[str, ...] = (),
    workers: tuple[str, ...] = ("worker urgent",),
    settings: Mapping[str, str] | None = None,
    may_end: tuple[str, ...] = (),
) -> Callable[[Callable[[Ground], None]], Callable[[Ground], None]]:
    """Add a function to the list. Its name is the scenario's, its docstring says what must hold."""

    def add(play: Callable[[Ground], None]) -> Callable[[Ground], None]:
        name = play.__name__.replace("_", " ")
        SCENARIOS.append(
            Scenario(
                name, rows, play, databases, quick, workers, settings or {}, frozenset(may_end)
            )
        )
        return play

    return add
