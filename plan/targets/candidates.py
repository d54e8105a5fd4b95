"""The numbers of a text that may be its target, each with what stands around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from plan.targets import units
from plan.targets.numbers import Number, numbers
from plan.targets.vocabulary import (
    ABOUT,
    AFTER,
    BEFORE,
    EVERY,
    EVERY_UNIT,
    FRACTIONS,
    HOURS,
    MINUTES,
    PER,
    PERCENT,
    TIMES,
    TREND,
)

SURE, LIKELY, POSSIBLE = 3, 2, 1
_MONTH = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
    "|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
)
# Numbers that name or date something and count nothing.
_NO_COUNTS = re.compile(
    rf"[0-9]{{1,2}} ?[/.-] ?[0-9]{{1,2}} ?[/.-] ?(?:19|20)?[0-9]{{2}}(?![0-9])"
    rf"|[0-9]{{1,2}}(?:er)? (?:{_MONTH})(?: (?:19|20)[0-9]{{2}})?"
    r"|(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)?[0-9]{2}(?![0-9])"
    r"|(?:\ben|\ban(?:nee)?s?|depuis|loi du|arrete du|fin|debut|in|jaar) (?:l'annee )?"
    r"(?:19|20)[0-9]{2}(?![0-9])"
    r"|24 ?h?(?:eures)? ?(?:/|sur) ?24 ?h?|[57] ?j?(?:ours)? ?(?:/|sur) ?7 ?j?(?![0-9a-z])"
    r"|[0-9]{1,2} ?h ?[0-9]{0,2} ?(?:-|a|et) ?[0-9]{1,2} ?h ?[0-9]{0,2}(?![0-9]*(?: ?/))"
    r"|(?:(?:plus|moins) (?:de|que) |\+ ?de |[+-] ?)?[0-9]{1,2} ?(?:(?:-|a|et|/) ?[0-9]{1,2} ?)?"
    r"ans\b(?: et (?:plus|moins))?"
    r"|(?:phenomenes?|fenomeen|axes?|art(?:icles?|\.)|niveaux?|zones?|quartiers?|n°|nr\.?|numeros?"
    r"|contingent|page|phases?|annexes?|codes?|lignes?|chapitres?|lots?|etapes?|mesures?|fiches?"
    r"|objectifs?|programmes?|wijken|wijk|artikel|paix|covid-?|periode|plan|projet|commune"
    r"|fonctionnement|contrat|service) ?(?:[0-9]+(?:er?|e)?(?![0-9.,]*(?: ?[%x/]| ?fois| ?h\b))"
    r"(?: ?(?:,|et|en|-|a) ?[0-9]+(?![0-9]*(?: ?[%x/])))*|x{1,4}(?![a-z]))"
    r"|[a-z][a-z]*-?[0-9]+[a-z]?(?![0-9a-z])(?! ?(?:/|%|x\b|fois))"
)
_AND_MORE = re.compile(r" ?\+(?= ?(?:/|par |per |x |fois|keer|$))")
_TIMES_EVERY = re.compile(
    r" *(?:x(?= ?/))? *(?:\w+ ){0,3}?(?:(?:tous|toutes) les|om de|/|par|per) *"
)
_CLOCK = re.compile(r"([0-9]{1,2}) ?h ?([0-5][0-9])(?![0-9])")
_SHARE = re.compile(r"([0-9]+) (?:\w+ )?(?:sur|op de) ([0-9]+)(?![0-9,.]| ?h| ?(?:jours|mois|ans))")
_RANGE = re.compile(r" *(?:-|a|tot|ou|of|et|en) *(?:a )?$")
_RANGE_STARTS = re.compile(r"(?:entre|tussen) *(?:les )?$")
_NEAR = 60
_ENDS = re.compile(r" *[.:;,)»\"'$]* *$")
_DEFINITE = re.compile(r"(?:\bles|\bces|\bnos|\bleurs|\baux|\bdeze|\bses|\bvan de) *$")
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
    closed = [one.span() for one in _NO_COUNTS.finditer(text)]
    if taken:
        closed.append(taken)
    return list(_joined(text, _single(text, closed)))


def _single(text: str, closed: list[tuple[int, int]]) -> Iterator[Candidate]:
    consumed = 0
    for number in _with_clocks(text):
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


def _with_clocks(text: str) -> list[Number]:
    parts = _fractions(text)
    clocks = {one.start(): one for one in _CLOCK.finditer(text)}
    found: list[Number] = []
    for number in numbers(text):
        clock = clocks.get(number.start)
        if clock:
            hours = _whole(round(int(clock[1]) + int(clock[2]) / 60, 4))
            found.append(Number(number.start, clock.end(2), hours))
        elif not found or number.start >= found[-1].end:
            found.append(number)
    outside = [one for one in found if not any(p.start <= one.start < p.end for p in parts)]
    return sorted((*outside, *parts), key=lambda one: one.start)


def _fractions(text: str) -> list[Number]:
    """Shares in words ("deux tiers des demandes"), each as its per cents: a reading."""
    found = ((share, one.span()) for share, words in FRACTIONS for one in words.finditer(text))
    return [
        Number(start, end, share, in_words=True, doubtful=True) for share, (start, end) in found
    ]


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


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
    found = Candidate(
        number,
        comparator or after or _after_period(text, end),
        measure,
        near,
        unit,
        _trend(text, number, end) if measure == "percent" and not comparator else None,
        bool(ABOUT.search(left)),
    )
    every = _every(text, left, number)
    if every:
        return replace(found, every=every, strength=SURE), end
    strength = _strength(text, found, direct=period is not None, end=end)
    return replace(found, strength=strength), end


def _measure(text: str, number: Number) -> tuple[str | None, int]:
    if _CLOCK.match(text, number.start):
        return "hour", number.end
    if any(words.match(text, number.start) for _share, words in FRACTIONS):
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


def _trend(text: str, number: Number, end: int) -> str | None:
    """Whether a share is by how much something is to change: "une diminution de 15 %"."""
    left = text[max(0, number.start - 80) : number.start]
    for name, words in TREND:
        found = list(words.finditer(left))
        if found and len(left) - found[-1].end() < _NEAR:
            return name
    named = re.match(r" *(?:de |d'|van )?(?:la )?", text[end : end + _NEAR])
    start = end + (named.end() if named else 0)
    for name, words in TREND:
        if words.match(text, start):
            return name
    after = re.search(r"(?:en|de) (plus|moins)(?! d)", text[end : end + _NEAR])
    return {"plus": "increase", "moins": "decrease"}[after[1]] if after else None


def _every(text: str, left: str, number: Number) -> str | None:
    if not EVERY.search(left) or number.value is None:
        return None
    for period, words in EVERY_UNIT.items():
        if words.match(text, number.end):
            return period
    return None


def _strength(text: str, found: Candidate, *, direct: bool, end: int) -> int:
    number = found.number
    if number.value is None:
        return _strength_of_blank(text, found, direct)
    if found.comparator or found.measure in ("percent", "times") or direct:
        if number.in_words and number.value == 1 and found.comparator and not found.measure:
            return SURE if direct or found.unit else 0
        return SURE
    if _PLAIN_SIGNS.search(text[: number.start]):
        return 0
    if found.measure == "hour" and found.period:
        return SURE
    if _ENDS.match(text, end) and re.search(r"(?::|=|-) *$", text[: number.start]):
        return 0 if number.in_words and number.value == 1 else SURE
    if number.in_words and number.value == 1:
        # An article, unless somebody counts by it.
        return LIKELY if found.period and found.unit else 0
    if _DEFINITE.search(text[: number.start]):
        return POSSIBLE if found.unit or not number.in_words else 0
    if found.unit or found.measure or not text[: number.start].strip():
        return LIKELY
    return 0 if number.in_words else POSSIBLE


def _strength_of_blank(text: str, found: Candidate, direct: bool) -> int:
    begins = found.number.start == 0 and text[0] != "x"
    if found.comparator or found.measure or direct or (begins and found.unit and found.period):
        return SURE
    is_letter = text[found.number.start] == "x"
    if found.number.start == 0 or not is_letter:
        return 0
    return SURE if found.unit or found.period else LIKELY


def _joined(text: str, found: Iterator[Candidate]) -> Iterator[Candidate]:
    """Shares ("8 sur 10") and ranges ("2 à 3") as the one thing they are."""
    waiting: Candidate | None = None
    shares = {one.start(): one for one in _SHARE.finditer(text)}
    ends: set[int] = set()
    for one in found:
        share = shares.get(one.number.start)
        if share and int(share[2]) and int(share[1]) <= int(share[2]):
            value = _whole(round(100 * int(share[1]) / int(share[2]), 2))
            number = Number(one.number.start, share.end(), value, doubtful=True)
            ends.add(share.start(2))
            one = replace(one, number=number, measure="percent", strength=SURE)
        elif one.number.start in ends:
            continue
        if waiting and one.every and waiting.value is not None:
            between = text[waiting.number.end : one.number.start]
            if _TIMES_EVERY.fullmatch(between):
                comparator = waiting.comparator
                waiting = replace(one, repeats=waiting.value, comparator=comparator)
                continue
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


def _is_range(text: str, low: Candidate, high: Candidate) -> bool:
    if low.value is None or high.value is None or not low.value < high.value:
        return False
    between = text[low.number.end : high.number.start]
    if re.search(r"\b(?:et|en)\b", between):
        return bool(_RANGE_STARTS.search(text[: low.number.start]) and _RANGE.match(between))
    return bool(_RANGE.fullmatch(re.sub(r"^ *(?:%|h|x)", "", between)))
