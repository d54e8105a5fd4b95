"""Reading a target: the text's own number first, then what its words imply."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plan.targets import units, whose
from plan.targets.candidates import SURE, Candidate, candidates
from plan.targets.delays import Delay, delay_in
from plan.targets.folding import folded
from plan.targets.target import Condition, Kind, Target
from plan.targets.vocabulary import (
    ADJECTIVES,
    ANYWHERE,
    DELAY_UNITS,
    EVERYBODY,
    FRACTIONS,
    PLAN,
    STEP_BY_STEP,
    UNSURE,
    WAITING,
    YES_NO,
)

LONGEST = 2_000
_MOST_READINGS = 8
_LEADING_BLANK = re.compile(r"x{1,4} +(?![%/x]|fois|pour ?cent)(?=[a-z(«\"])")
_COUNTED = re.compile(r"(?:x{1,4} +)?(?:le |het )?(?:nombre|nbre?|aantal)(?![a-z])")
_SHARE = re.compile(
    r"(?:x{1,4} +)?(?:le |la |het )?(?:taux|pourcentage|proportion|part|percentage|aandeel|%)"
    r"(?![a-z])"
)
_HOURS = re.compile(r"(?:x{1,4} +)?(?:(?:nombre|aantal) *(?:d'|de )?)?(?:heures?|uren)(?![a-z])")
_GLUED = re.compile(r"(?<=[=><≥≤ ])a(?=[0-9])")
_UNREAD = re.compile(
    r"[0-9½¼¾][^ ]{0,2} ?(?:/|%|x(?![a-z])|fois|par (?:an|mois|jour|semaine))(?! ?[0-9])"
)
_WAITED = re.compile(r"(?<![a-z])(?:delais?|attente|wacht\w+|termijn|doorlooptijd)(?![a-z])")
_NONE_OF = re.compile(r"(?:aucune?|pas (?:de |d')|geen|zonder|sans) ?(?=[a-z])")
_YEARLY = {"day": 365, "week": 52, "month": 12, "year": 1}
# Words that mean two things: what each may mean, the likelier first.
_TWICE_OR_EVERY_TWO = (
    ("mensuel", ((2, "month"), (6, "year"))),
    ("mestriel", ((6, "year"),)),
    ("bisannuel", ((1, "plan"), (2, "year"))),
    ("annuel", ((2, "year"), (1, "plan"))),
    ("hebdomadaire", ((2, "week"), (26, "year"))),
    ("tweemaandelijks", ((6, "year"), (2, "month"))),
)


def read(raw: str) -> Target:
    """What the text of an expected result, or of an indicator, promises."""
    # Longer than any cell: what comes after would only be read as doubt.
    text_as_written = unicodedata.normalize("NFC", raw[:LONGEST])
    text = _comparable(text_as_written)
    lead = len(text) - len(text.lstrip(" -•*·o\t")) if text[:1] in " -•*·\t" else 0
    found = whose.told(_read(text[lead:], text_as_written[lead:]), text)
    return _inferring(found, "target") if len(raw) > LONGEST else found


def _comparable(text: str) -> str:
    """A folded text without the "à" that stands glued to its number (">=à50")."""
    return _GLUED.sub(" ", folded(text))


def _read(text: str, raw: str) -> Target:
    delay = delay_in(text, raw)
    found = candidates(text, (delay.start, delay.end) if delay else None)
    answers_yes = YES_NO.search(text) is not None
    if not found:
        return _without_number(text, raw, delay, answers_yes)
    condition = delay.condition(raw) if delay else None
    return _of_several(text, found, condition, answers_yes)


# With a number


def _of_several(
    text: str, found: Sequence[Candidate], condition: Condition | None, answers_yes: bool
) -> Target:
    strongest = max(one.strength for one in found)
    main = next(one for one in found if one.strength == strongest)
    others = [one for one in found if one is not main and one.strength >= min(strongest, 2)]
    others = others[:_MOST_READINGS]
    target = _of_number(text, main, condition)
    if strongest < SURE and len(found) > 1:
        # "200 en 2023, 250 en 2024": one of them was chosen.
        target = _inferring(target, "target")
    rest = [_of_number(text, one, condition) for one in others]
    rest += _of_range(target, main)
    if answers_yes:
        rest.append(_yes_no(text))
    if _LEADING_BLANK.match(text):
        return _with_blank(text, target, rest)
    differ = [one for one in rest if _promise(one) != _promise(target)]
    if not differ:
        return target
    # More than one number, or a number and a yes: which one is meant is for a person to say.
    doubted = _fields_that_differ(target, differ)
    target = _inferring(target, *doubted)
    return replace(target, readings=(target, *differ), flags=(*target.flags, "several_readings"))


def _with_blank(text: str, target: Target, rest: list[Target]) -> Target:
    blank = _blank_count(text)
    found = _inferring(target, "comparator" if target.evaluate_as else "target")
    if rest:
        found = _inferring(found, *_fields_that_differ(target, rest))
    return replace(found, readings=(found, blank, *rest), flags=(*target.flags, "x_placeholder"))


def _promise(one: Target) -> tuple[object, ...]:
    return (one.kind, one.comparator, one.target, one.unit, one.period)


def _fields_that_differ(target: Target, others: Sequence[Target]) -> list[str]:
    names = ("kind", "comparator", "target", "unit", "period")
    differ = [
        name for name in names if any(getattr(one, name) != getattr(target, name) for one in others)
    ]
    return differ if "target" in differ else [*differ, "target"]


_ORDER = (
    "kind", "comparator", "target", "target_from_words", "unit", "evaluate_as", "period",
)  # fmt: skip


def _inferring(target: Target, *names: str) -> Target:
    every = dict.fromkeys((*target.inferred, *names))
    return replace(target, inferred=tuple(sorted(every, key=_ORDER.index)))


def _of_range(target: Target, main: Candidate) -> list[Target]:
    if main.high is None:
        return []
    return [
        replace(target, target=main.high, comparator="<="),
        replace(target, target=main.high, comparator=">="),
    ]


def _of_number(text: str, one: Candidate, condition: Condition | None) -> Target:
    if one.every:
        return _of_interval(text, one, one.every)
    inferred: list[str] = []
    kind, unit = _kind_and_unit(text, one, inferred)
    period = _period(text, one.period, inferred)
    comparator, evaluate_as = _comparator(one, inferred)
    if kind is Kind.DELAY and evaluate_as:
        comparator, evaluate_as = "<=", None
        inferred[-1] = "comparator"
    half = kind is Kind.COUNT and one.value is not None and one.value != int(one.value)
    if one.about or one.number.doubtful or half:
        inferred.append("target")
    if one.number.in_words:
        inferred.append("target_from_words")
    if one.high is not None:
        inferred.append("comparator")
    if one.strength < SURE and not one.unit:
        inferred.append("target")
    target = Target(kind, comparator, one.value, unit, period, (), evaluate_as, condition)
    return _inferring(target, *inferred)


def _kind_and_unit(text: str, one: Candidate, inferred: list[str]) -> tuple[Kind, str | None]:
    if one.measure == "percent":
        if one.trend:
            inferred.append("kind")
        return Kind.RATIO, "percent"
    waited = _unit_waited(text, one)
    if waited:
        return Kind.DELAY, waited
    if one.comparator in ("<", "<=") and (waited := _nothing_but_a_time(text, one)):
        inferred.append("kind")
        return Kind.DELAY, waited
    if one.measure in ("hour", "minute"):
        return Kind.HOURS, one.measure
    if _HOURS.match(text) and one.measure is None and not one.unit:
        return Kind.HOURS, "hour"
    unit = (one.unit if one.measure is None else None) or units.first_in(text) or one.unit
    if unit is None:
        inferred.append("unit")
        unit = units.as_printed(text)
    return Kind.COUNT, unit


def _unit_waited(text: str, one: Candidate) -> str | None:
    """The unit of time of a number of which the text says that it is a time to wait."""
    if not WAITING.match(text) or one.measure in ("percent", "times") or one.period:
        return None
    right = text[one.number.end :].lstrip()
    return next((name for name, words in DELAY_UNITS if re.match(words, right)), None)


def _nothing_but_a_time(text: str, one: Candidate) -> str | None:
    """The unit of "< 2 semaines", of which no word says what it limits."""
    right = text[one.number.end :].strip(" .;")
    found = [(name, re.match(words, right)) for name, words in DELAY_UNITS]
    unit, rest = next(((name, right[m.end() :]) for name, m in found if m), (None, ""))
    waits = _WAITED.search(text) is not None
    says_more = re.search(r"[a-z]{4}", text[: one.number.start].replace("maximaal", "")) or rest
    return unit if waits or not says_more else None


def _period(text: str, stated: str | None, inferred: list[str]) -> str:
    if stated:
        return stated
    found = list(dict.fromkeys(period for period, words in ANYWHERE if words.search(text)))
    if len(found) != 1:
        inferred.append("period")
        return found[0] if found else PLAN
    # An adjective may belong to another noun than the number does.
    if any(words.search(text) for _period, words in ADJECTIVES):
        inferred.append("period")
    return found[0]


def _comparator(one: Candidate, inferred: list[str]) -> tuple[str | None, str | None]:
    if one.trend:
        inferred.append("comparator")
        return one.trend, None
    if one.comparator:
        return one.comparator, None
    if one.value is None:
        inferred.append("comparator")
    inferred.append("evaluate_as")
    # None of something ("0 incident") is the one bare number that is a limit.
    return "=", "<=" if one.value == 0 else ">="


def _of_interval(text: str, one: Candidate, every: str) -> Target:
    """ "Tous les deux mois": so many times a year, when the year has a whole number of them."""
    times = one.repeats * _YEARLY[every] / (one.value or 1)
    whole = times >= 1
    target = Target(
        Kind.COUNT,
        one.comparator or "=",
        int(times) if whole else 1,
        units.first_in(text),
        "year" if whole else PLAN,
        evaluate_as=None if one.comparator else ">=",
        flags=("interval",),
    )
    return _inferring(target, "comparator", "target", "period")


# Without a number


def _without_number(text: str, raw: str, delay: Delay | None, answers_yes: bool) -> Target:
    if answers_yes:
        return _answered(text)
    found = next(_implied(text, raw, delay), None) or _existence(text)
    # Digits that look like a target and could not be read: a person must look.
    unread = _UNREAD.search(text if delay is None else text[: delay.start] + text[delay.end :])
    return _inferring(found, "target") if unread else found


def _answered(text: str) -> Target:
    found = _yes_no(text)
    if not _LEADING_BLANK.match(text):
        return found
    # "X ... : Oui/non" says two things: both are shown, and none is a number.
    flags = ("conflicting_kinds", "x_placeholder")
    return replace(found, readings=(found, _blank_count(text)), flags=flags)


def _yes_no(text: str) -> Target:
    inferred: list[str] = []
    period = _period(text, None, inferred)
    return Target(Kind.YES_NO, "=", None, "oui/non", period, tuple(inferred))


def _implied(text: str, raw: str, delay: Delay | None) -> Iterator[Target]:
    blank = _LEADING_BLANK.match(text)
    if blank or _COUNTED.match(text) or _SHARE.match(text) or _HOURS.match(text):
        found = _blank_count(text)
        yield replace(found, condition=delay.condition(raw) if delay else None)
    if _NONE_OF.match(text):
        yield _none_of(text)
    for share, words in FRACTIONS:
        if words.search(text):
            yield _share_in_words(text, share)
    unsure = UNSURE.search(text)
    if unsure:
        yield _unsure(text, unsure[0])
    if EVERYBODY.match(text) and not STEP_BY_STEP.search(text):
        found = _share_in_words(text, 100)
        yield replace(found, condition=delay.condition(raw) if delay else None)
    if delay:
        yield _delay(text, raw, delay)
    if STEP_BY_STEP.search(text):
        yield _trend(text)
    yield from _by_adjective(text)


def _blank_count(text: str) -> Target:
    inferred: list[str] = []
    kind, unit = Kind.COUNT, units.first_in(text)
    if _SHARE.match(text):
        kind, unit = Kind.RATIO, "percent"
    elif _HOURS.match(text):
        kind, unit = Kind.HOURS, "hour"
    elif unit is None:
        inferred.append("unit")
        unit = units.as_printed(text)
    period = _period(text, None, inferred)
    flags = ("x_placeholder",) if _LEADING_BLANK.match(text) else ("no_target_no_x",)
    return Target(kind, None, None, unit, period, tuple(inferred), flags=flags)


def _none_of(text: str) -> Target:
    """ "Aucun incident": a limit of nought, which is a reading."""
    inferred = ["comparator", "target", "target_from_words"]
    period, unit = _period(text, None, inferred), units.first_in(text)
    if unit is None:
        inferred.append("unit")
        unit = units.as_printed(text)
    target = Target(Kind.COUNT, "=", 0, unit, period, evaluate_as="<=")
    return _inferring(target, *inferred)


def _share_in_words(text: str, share: float) -> Target:
    inferred = ["comparator", "target", "unit"]
    period = _period(text, None, inferred)
    target = Target(Kind.RATIO, "=", share, "percent", period, evaluate_as=">=")
    return _inferring(target, *inferred)


def _unsure(text: str, word: str) -> Target:
    meant = next(one for part, one in _TWICE_OR_EVERY_TWO if part in word.replace("-", ""))
    every = [
        Target(Kind.COUNT, "=", number, units.first_in(text), period, evaluate_as=">=")
        for number, period in meant
    ]
    every = [_inferring(one, "comparator", "target", "period") for one in every]
    return replace(every[0], readings=tuple(every) if len(every) > 1 else ())


def _delay(text: str, raw: str, delay: Delay) -> Target:
    inferred = ["comparator"]
    period = _period(text, None, inferred)
    if delay.in_words:
        inferred.append("target_from_words")
    condition = None if delay.unit == "prescribed_deadline" else delay.condition(raw)
    target = Target(Kind.DELAY, "<=", delay.value, delay.unit, period, condition=condition)
    return _inferring(target, *inferred)


def _trend(text: str) -> Target:
    inferred: list[str] = []
    period = _period(text, None, inferred)
    unit = units.first_in(text)
    return Target(Kind.COUNT, "increase", None, unit, period, ("comparator", *inferred))


def _by_adjective(text: str) -> Iterator[Target]:
    """ "Réunion mensuelle": one a month, which is a reading."""
    for period, words in (*ADJECTIVES, *ANYWHERE):
        found = words.search(text)
        if not found or period == PLAN:
            continue
        unit = units.right_before(text, found.start()) or units.first_in(text)
        is_adjective = words in [one for _period, one in ADJECTIVES]
        kept_up = is_adjective and (unit is None or unit in units.KEPT_UP)
        target = Target(
            Kind.EXISTENCE if kept_up else Kind.COUNT,
            "=",
            1,
            unit or units.as_printed(text),
            period,
            evaluate_as=">=",
            recurrence=found[0],
        )
        yield _inferring(target, "comparator", "target", *(() if unit else ("unit",)))


def _existence(text: str) -> Target:
    whole_plan = any(words.search(text) for period, words in ANYWHERE if period == PLAN)
    return Target(Kind.EXISTENCE, None, None, None, PLAN, () if whole_plan else ("period",))
