"""Crime figures, which only the police know: typed in, never counted here (domain.md 6a (5), 6b).

An empty field is not known, and never nought.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark

# What is typed in, and what it is called.
ROWS = {
    "burglary_done": mark("Burglaries completed"),
    "burglary_attempted": mark("Burglaries attempted"),
    "other_crime": mark("Other offences that matter here"),
    "calls_101": mark("Calls to 101 from this neighbourhood"),
    "complaints": mark("Complaints and reports to the police"),
}
# Where and when.
COLUMNS = {
    "here": mark("In the partnership, this year"),
    "before": mark("In the partnership, the year before"),
    "zone": mark("In the whole police zone, this year"),
}
_MOST = 9_999_999

CrimeFigures = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Share:
    """What part of all burglaries remained attempts, in hundredths; ``None`` where it is not known
    or nothing happened."""

    here: int | None
    before: int | None
    zone: int | None


def read(typed: Mapping[str, str]) -> CrimeFigures:
    """The figures typed in fields called ``row.column``. Raises ``BadInput`` naming each that is no
    whole number from 0 to 9,999,999."""
    found: CrimeFigures = {}
    problems = []
    for row in ROWS:
        for column in COLUMNS:
            words = typed.get(f"{row}.{column}", "").strip().replace("\N{NO-BREAK SPACE}", "")
            if not words:
                continue
            if not (words.isascii() and words.isdecimal() and len(words) <= len(str(_MOST))):
                said = mark("Give a whole number, or leave it empty if it is not known.")
                problems.append(FieldProblem(f"{row}.{column}", said))
                continue
            found.setdefault(row, {})[column] = int(words)
    if problems:
        raise BadInput(*problems)
    return found


def attempts(figures: CrimeFigures) -> Share:
    """Burglaries that failed, as a share of all: what prevention may move."""
    done, tried = figures.get("burglary_done", {}), figures.get("burglary_attempted", {})
    return Share(*(_hundredths(tried.get(one), done.get(one)) for one in COLUMNS))


def _hundredths(tried: int | None, done: int | None) -> int | None:
    if tried is None or done is None or tried + done == 0:
        return None
    return round(100 * tried / (tried + done))
