"""Which indicator table belongs to which objective, and which indicator shows which result.

The plans print them apart, in the same order, and not always as many of one as of the other: then
the words decide, which is a reading.
"""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from plan.reading.found import Indicator, IndicatorTable, PlanRead, Result, Section, Strategic
from plan.targets.folding import words

_STEM = 5
_EMPTY_WORDS = frozenset(
    [
        "avec",
        "dans",
        "pour",
        "leur",
        "leurs",
        "entre",
        "cadre",
        "mise",
        "place",
        "nombre",
        "existence",
        "effective",
        "effectif",
        "participation",
        "voor",
        "naar",
        "aantal",
    ]
)


def pair(plan: PlanRead) -> None:
    """Put every indicator under its objective and tie it to its results."""
    for section in plan.sections:
        _share_out(section)
        for strategic in section.strategic:
            _link(strategic)


def _share_out(section: Section) -> None:
    objectives, tables = section.strategic, section.tables
    if not objectives:
        return
    places, how = _places(objectives, tables)
    for table, place in zip(tables, places, strict=True):
        objectives[place].indicators += table.rows
        if how:
            objectives[place].inferred.append(how)


def _places(
    objectives: Sequence[Strategic], tables: Sequence[IndicatorTable]
) -> tuple[list[int], str]:
    """For each table, the objective it belongs to; and whether that is a reading."""
    if len(tables) == len(objectives):
        return list(range(len(tables))), ""
    after = [one.after for one in tables]
    apart = [one for one in after if one is not None]
    if len(apart) == len(tables) and len({id(one) for one in apart}) > 1:
        found = [next(at for at, o in enumerate(objectives) if o is one) for one in apart]
        # Each right after its own: a table that comes twice was cut by a page.
        if len({id(one) for one in apart}) >= min(len(objectives), len(tables)) - 1:
            return found, "indicators"
    return _in_order(len(tables), len(objectives), lambda t, o: _alike(tables[t], objectives[o])), (
        "indicators"
    )


def _alike(table: IndicatorTable, objective: Strategic) -> float:
    if not table.rows or not objective.results:
        return 0.5 if not table.rows and not objective.results else 0.0
    best = [max(likeness(row.text, one.raw) for one in objective.results) for row in table.rows]
    return sum(best)


def _in_order(number: int, places: int, score: Callable[[int, int], float]) -> list[int]:
    """Where each of ``number`` things goes among ``places``, in order, for the highest score; a
    place nothing goes to costs."""
    skipped = 0.6

    @cache
    def best(thing: int, lowest: int) -> tuple[float, tuple[int, ...]]:
        if thing == number:
            return -skipped * max(0, places - 1 - lowest), ()
        options = []
        for place in range(max(lowest, 0), places):
            jumped = max(0, place - lowest - 1)
            rest, chosen = best(thing + 1, place)
            options.append((score(thing, place) - skipped * jumped + rest, (place, *chosen)))
        return max(options, key=lambda one: one[0])

    return list(best(0, -1)[1])


def _link(strategic: Strategic) -> None:
    results, indicators = strategic.results, strategic.indicators
    if any(one.indicators for one in results):
        strategic.alignment = "same_row"
    elif not results or not indicators:
        strategic.alignment = "none"
    elif len(results) == len(indicators):
        strategic.alignment = "one_to_one"
        for result, indicator in zip(results, indicators, strict=True):
            result.indicators.append(indicator)
    else:
        strategic.alignment = "by_meaning"
        strategic.inferred.append("links")
        _by_meaning(results, indicators)


def _by_meaning(results: list[Result], indicators: list[Indicator]) -> None:
    if len(results) > len(indicators):
        places = _in_order(
            len(results),
            len(indicators),
            lambda r, i: likeness(results[r].raw, indicators[i].text),
        )
        for result, place in zip(results, places, strict=True):
            result.indicators.append(indicators[place])
    else:
        places = _in_order(
            len(indicators),
            len(results),
            lambda i, r: likeness(results[r].raw, indicators[i].text),
        )
        for indicator, place in zip(indicators, places, strict=True):
            results[place].indicators.append(indicator)


def likeness(left: str, right: str) -> float:
    """How much two texts speak of the same, from 0 to 1: by the beginnings of their words."""
    one, other = _stems(left), _stems(right)
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    parted = "".join(letter if letter.isalnum() else " " for letter in words(text)).split()
    return frozenset(one[:_STEM] for one in parted if len(one) > 3 and one not in _EMPTY_WORDS)
