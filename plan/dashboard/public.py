"""What of a plan everybody may read: approved figures, decided colours, and nothing about a few.

Only years are shown, one at a time: the whole plan less one of its years would tell the other.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from hub import clock
from plan.dashboard import board, zones
from plan.dashboard.board import ORDER, Board, Distribution, Section, Shown
from plan.dashboard.hiding import is_small, share_is_small
from plan.dashboard.zones import ZoneMap
from plan.models import Colour, ExpectedResult, Plan
from plan.standing import spans
from plan.standing.judging import Judged
from plan.standing.values import Reached

# Of the ministry's list of phenomena: what happens within families, and radicalisation. Nothing of
# them is told by zone.
NEVER_BY_ZONE = frozenset({"violence-intrafamiliale", "radicalisation-a-portee-violente"})
# In titles that the ministry's list does not know.
_SAME_IN_A_TITLE = ("intrafamil", "familial", "radicalis")


def board_of(session: Session, plan: Plan, key: str, as_of: datetime) -> Board:
    """The plan in one year: the one asked for, else the one that goes on."""
    known = {one.key for one in spans.years(plan)}
    span = spans.chosen(plan, key if key in known else "", clock.in_brussels(as_of).date())
    return board.of_plan(session, plan, span, as_of, approved_only=True)


def is_hidden(one: Judged) -> bool:
    """Whether the figure, or what it is counted from, is so small that it is not shown."""
    reached = one.reached
    return is_small(reached.value) or share_is_small(reached.numerator, reached.denominator)


def shown_figure(one: Judged) -> Reached:
    """The figure for everybody; of a hidden one nothing is left."""
    return Reached() if is_hidden(one) else one.reached


def colour(shown: Shown) -> Colour:
    """The officer's colour; grey while he has not decided: what the rule suggests is no verdict."""
    return shown.colour if shown.is_decided else Colour.GREY


def with_zones(board_shown: Board) -> Board:
    """The board without the sections of which nothing is told by zone."""
    kept = tuple(one for one in board_shown.sections if not _is_never_by_zone(one))
    return replace(board_shown, sections=kept)


def _is_never_by_zone(section: Section) -> bool:
    title = section.node.label.casefold()
    listed = section.node.catalogue_code in NEVER_BY_ZONE
    return listed or any(one in title for one in _SAME_IN_A_TITLE)


def zone_map(session: Session, board_shown: Board, wanted: str) -> ZoneMap | None:
    """A result by zone, small numbers hidden and others with them."""
    return zones.drawn(session, with_zones(board_shown), wanted, public=True)


def zone_choices(board_shown: Board) -> list[tuple[Shown, ExpectedResult]]:
    """The results that can be looked at by zone."""
    return zones.choices(with_zones(board_shown))


def distribution(shown: Iterable[Shown]) -> Distribution:
    """How many indicators the officer gave each colour; grey are also those he did not judge."""
    counted = Counter(colour(one) for one in shown)
    return Distribution({each: counted[each] for each in ORDER})
