"""The numbers of a text that may be its target, each with what stands around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from plan.targets import trends, units
from plan.targets.composed import CLOCK, composed
from plan.targets.names import named
from plan.targets.numbers import Number
from plan.targets.vocabulary import (
    ABOUT,
    AFTER,
    BEFORE,
    EVERY,
    EVERY_UNIT,
    HOURS,
    MINUTES,
    PER,
    PERCENT,
    TIMES,
)

SURE, LIKELY, POSSIBLE = 3, 2, 1
_AND_MORE = re.compile(r" ?\+(?= ?(?:/|par |per |x |fois|keer|$))")
_TIMES_EVERY = re.compile(
    r" *(?:x(?= ?/))? *(?:\w+ ){0,3}?(?:(?:tous|toutes) les|om de|/|par|per) *"
)
_RANGE = re.compile(r" *(?:-|a|tot|ou|of|et|en) *(?:a )?$")
_RANGE_STARTS = re.compile(r"(?:entre|tussen) *(?:les )?$")
_NEAR = 60
# How long a thing takes, of which the text does not say how many: "un suivi de 6 mois".
_LONG = re.compile(
    r" *(?:(?P<hour>heures?|h|uur|uren)|(?P<minute>minutes?|min|minuten)|(?P<week>semaines?|weken)"
    r"|(?P<day>jours?|journees?|dagen)|(?P<month>mois|maanden)|(?P<year>ans|annees?|jaar))(?![a-z])"
)
_OF_SO_LONG = re.compile(
    r"[a-z] (?:d'une duree )?(?:de|van) *$|[a-z] (?:de |d'|van )(?:au moins|au minimum|minimum"
    r"|au plus|au maximum|maximum|maximaal|minimaal|minstens|hoogstens|max\.?|min\.?) *(?:de )?$"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_EACH_SO_LONG = re.compile(r" [^0-9:;,.]{2,30} (?:de|d'|van) *")
_ENDS = re.compile(r" *[.:;,)»\"'$]* *$")
_DEFINITE = re.compile(r"(?:\bles|\bces|\bnos|\bleurs|\baux|\bdeze|\bses|\bvan de|[0-9] des) *$")
_PLAIN_SIGNS = re.compile(r" *(?:pendant|durant|d'une duree de|duree de) *$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may be the target. ``strength``: how sure it is that it is meant as one."""

    number: Number
    comparator: str | None = None
    measure: str | None = None
    period: str | None = None
    unit: str | None = None
    trend: str | None = None
    # The comparator that follows from what is to rise or fall to it.
    towards: str | None = None
    # The unit of a time that something takes.
    lasts: str | None = None
    about: bool = False
    high: float | None = None
    every: str | None = None
    repeats: float = 1
    strength: int = POSSIBLE

    @property
    def value(self) -> float | None:
        return self.number.value


def candidates(text: str, taken: tuple[int, int] | None = None) -> list[Candidate]:
    """What may be the target of a folded text, from left to right; ``taken`` is read already."""
    closed = named(text)
    if taken:
        closed.append(taken)
    return list(_joined(text, _single(text, closed)))


def _single(text: str, closed: list[tuple[int, int]]) -> Iterator[Candidate]:
    consumed = 0
    for number in composed(text, closed):
        before = _comparator_before(text, number.start)
        inside = any(start <= number.start < end for start, end in closed)
        if number.start < consumed or (inside and not _insists(text, number, before, taken=closed)):
            continue
        found, consumed = _around(text, number, before)
        if found.strength:
            yield found


def _insists(
    text: str, number: Number, comparator: str | None, taken: list[tuple[int, int]]
) -> bool:
    """ "≥ 2000/an" is no year, whatever it looks like."""
    within = [end for start, end in taken if start < number.start < end]
    return comparator is not None and not within and bool(_period_at(text, number.end)[0])


def _comparator_before(text: str, start: int) -> str | None:
    # A look back of a few words: longer than any comparator, shorter than any line.
    left = text[max(0, start - 40) : start]
    return next((sign for sign, words in BEFORE if words.search(left)), None)


def _around(text: str, number: Number, comparator: str | None) -> tuple[Candidate, int]:
    measure, end = _measure(text, number)
    more = _AND_MORE.match(text, end)
    if more:
        comparator, end = comparator or ">=", more.end()
    period, end = _period_at(text, end)
    unit = units.right_after(text, end) if period is None else None
    near = period or _near_period(text, end)
    if measure is None and unit == "hour":
        measure = "hour"
    after = next((sign for sign, words in AFTER if words.match(text, end)), None)
    left = text[max(0, number.start - 40) : number.start]
    if measure == "times" and text[end : end + 1].isdigit():
        # "3x20": perhaps a name.
        number = replace(number, doubtful=True)
    found = Candidate(
        number,
        comparator or after or _after_period(text, end),
        measure,
        near,
        unit,
        trends.by_so_much(text, number, end, comparator) if measure == "percent" else None,
        _towards(text, number.start, comparator),
        _lasts(text, number) if period is None else None,
        bool(ABOUT.search(left)),
    )
    every = _every(text, left, number)
    if every:
        return replace(found, every=every, strength=SURE), end
    strength = _strength(text, found, direct=period is not None, end=end)
    return replace(found, strength=strength), end


def _towards(text: str, start: int, comparator: str | None) -> str | None:
    """ "Up to 400" limits, but not where there are to be more of it."""
    limits = comparator == "<=" and text[:start].rstrip().endswith("jusqu'a")
    return trends.to_so_much(text, start) if comparator is None or limits else None


def _lasts(text: str, number: Number) -> str | None:
    if not _OF_SO_LONG.search(text[: number.start]):
        return None
    found = _LONG.match(text, number.end)
    return found.lastgroup if found else None


def _measure(text: str, number: Number) -> tuple[str | None, int]:
    if CLOCK.match(text, number.start):
        return "hour", number.end
    if number.is_share:
        return "percent", number.end
    for name, words in (("percent", PERCENT), ("times", TIMES), ("minute", MINUTES)):
        found = words.match(text, number.end)
        if found:
            return name, found.end()
    found = HOURS.match(text, number.end)
    return ("hour", found.end()) if found else (None, number.end)


def _period_at(text: str, start: int) -> tuple[str | None, int]:
    for period, words in PER:
        found = words.match(text, start)
        if found:
            return period, found.end()
    return None, start


def _near_period(text: str, start: int) -> str | None:
    stretch = re.split(r"[0-9;:.]", text[start : start + _NEAR])[0]
    for place in range(len(stretch)):
        if stretch[place] in " /":
            found, _end = _period_at(stretch, place)
            if found:
                return found
    return None


def _after_period(text: str, end: int) -> str | None:
    """ "2 réunions par an minimum", "20 visites max. par an": before the next number."""
    stretch = re.split(r"[0-9;:]", text[end : end + _NEAR])[0]
    for sign, words in AFTER:
        found = words.search(stretch)
        followed = text[end + len(stretch) : end + _NEAR][:1].isdigit()
        # "4 gardiens minimum, 5 jours sur 7": a comma parts it from the next number.
        if found and stretch[found.end() :].startswith(","):
            return sign
        if found and not (followed and found.end() + 4 >= len(stretch)):
            return sign
    return None


def _every(text: str, left: str, number: Number) -> str | None:
    if not EVERY.search(left) or number.value is None:
        return None
    for period, words in EVERY_UNIT.items():
        if words.match(text, number.end):
            return period
    return None


def _strength(text: str, found: Candidate, *, direct: bool, end: int) -> int:
    if found.number.value is None:
        return _strength_of_blank(text, found, direct)
    if found.lasts or found.unit == "euro":
        return POSSIBLE
    if found.comparator or found.measure in ("percent", "times") or direct:
        is_article = found.number.in_words and found.number.value == 1
        if is_article and found.comparator and not found.measure:
            return SURE if found.period or found.unit else 0
        return SURE
    return _strength_alone(text, found, end)


def _strength_alone(text: str, found: Candidate, end: int) -> int:
    """Of a number beside which nothing says that it is a target."""
    number = found.number
    left = text[: number.start]
    is_article = number.in_words and number.value == 1
    if _PLAIN_SIGNS.search(left):
        return 0
    if found.measure == "hour" and found.period:
        return SURE
    if _ENDS.match(text, end) and re.search(r"(?::|=|-) *$", left):
        return 0 if is_article else SURE
    if is_article:
        # Unless somebody counts by it.
        return LIKELY if found.period and found.unit else 0
    if _DEFINITE.search(left):
        return POSSIBLE if found.unit or not number.in_words else 0
    if found.unit or found.measure or not left.strip():
        return LIKELY
    if number.in_words:
        return LIKELY if found.period else 0
    return 0 if _YEAR.fullmatch(text[number.start : number.end]) else POSSIBLE


def _strength_of_blank(text: str, found: Candidate, direct: bool) -> int:
    begins = found.number.start == 0 and text[0] != "x"
    if found.comparator or found.measure or direct or (begins and found.unit and found.period):
        return SURE
    is_letter = text[found.number.start] == "x"
    if found.number.start == 0 or not is_letter:
        return 0
    return SURE if found.unit or found.period else LIKELY


def _joined(text: str, found: Iterator[Candidate]) -> Iterator[Candidate]:
    """Ranges ("2 à 3") as the one thing they are."""
    waiting: Candidate | None = None
    for one in found:
        if waiting and one.every and waiting.value is not None:
            between = text[waiting.number.end : one.number.start]
            if _TIMES_EVERY.fullmatch(between):
                comparator = waiting.comparator
                waiting = replace(one, repeats=waiting.value, comparator=comparator)
                continue
        moved = trends.from_one_to_another(text, waiting.number, one.number) if waiting else None
        if waiting and moved:
            strength = max(waiting.strength, one.strength)
            waiting = replace(one, towards=moved, comparator=None, strength=strength)
            continue
        if waiting and _is_of_each(text, waiting, one):
            # "10 ateliers de 2 heures par an": the year is the workshops'.
            period = waiting.period or one.period
            waiting = replace(waiting, period=period, strength=max(waiting.strength, LIKELY))
            one = replace(one, strength=POSSIBLE)
        if waiting and _is_range(text, waiting, one):
            low = waiting.number
            number = Number(low.start, one.number.end, low.value, doubtful=True)
            waiting = replace(
                one, number=number, high=one.value, comparator=waiting.comparator or ">="
            )
            continue
        if waiting:
            yield waiting
        waiting = one
    if waiting:
        yield waiting


def _is_of_each(text: str, many: Candidate, one: Candidate) -> bool:
    """Whether the second number is how long each of the first takes."""
    is_time = one.measure in ("hour", "minute") or one.lasts is not None
    is_count = many.measure is None and many.value is not None and not many.lasts
    between = text[many.number.end : one.number.start]
    return is_time and is_count and _EACH_SO_LONG.fullmatch(between) is not None


def _is_range(text: str, low: Candidate, high: Candidate) -> bool:
    if low.value is None or high.value is None or not low.value < high.value:
        return False
    between = re.sub(r"^ *(?:%|h|x)", "", text[low.number.end : high.number.start])
    if re.search(r"\b(?:et|en)\b", between):
        return bool(_RANGE_STARTS.search(text[: low.number.start]) and _RANGE.match(between))
    return bool(_RANGE.fullmatch(between))
