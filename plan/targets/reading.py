"""Reading a target: the text's own number first, then what its words imply."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from plan.targets import units, whose
from plan.targets.candidates import POSSIBLE, SURE, Candidate, candidates
from plan.targets.delays import delay_in
from plan.targets.folding import folded
from plan.targets.implied import HOURS_OF, LEADING_BLANK, blank_count, without_number, yes_no
from plan.targets.periods import period_of
from plan.targets.target import Condition, Kind, Target
from plan.targets.vocabulary import (
    DELAY_UNITS,
    EVERYBODY,
    PLAN,
    WAITING,
    YES_NO,
)

LONGEST = 2_000
_MOST_READINGS = 8
_GLUED = re.compile(r"(?<=[=><≥≤ ])a(?=[0-9])")
_WAITED = re.compile(r"(?<![a-z])(?:delais?|attente|wacht\w+|termijn|doorlooptijd)(?![a-z])")
_YEARLY = {"day": 365, "week": 52, "month": 12, "year": 1}


def read(raw: str) -> Target:
    """What the text of an expected result, or of an indicator, promises."""
    # Longer than any cell: what comes after would only be read as doubt.
    text_as_written = unicodedata.normalize("NFC", raw[:LONGEST])
    text = _comparable(text_as_written)
    lead = len(text) - len(text.lstrip(" -•*·o\t")) if text[:1] in " -•*·\t" else 0
    found = whose.told(_read(text[lead:], text_as_written[lead:]), text)
    return found.inferring("target") if len(raw) > LONGEST else found


def _comparable(text: str) -> str:
    """A folded text without the "à" that stands glued to its number (">=à50")."""
    return _GLUED.sub(" ", folded(text))


def _read(text: str, raw: str) -> Target:
    delay = delay_in(text, raw)
    found = candidates(text, (delay.start, delay.end) if delay else None)
    answers_yes = YES_NO.search(text) is not None
    if EVERYBODY.match(text) and all(one.lasts for one in found):
        # "Tout nouvel agent suit une formation de 90 heures": all of them.
        found = []
    if not found:
        return without_number(text, raw, delay, answers_yes)
    condition = delay.condition(raw) if delay else None
    return _of_several(text, found, condition, answers_yes)


def _of_several(
    text: str, found: Sequence[Candidate], condition: Condition | None, answers_yes: bool
) -> Target:
    strongest = max(one.strength for one in found)
    sure = [one for one in found if one.strength == strongest]
    # What stands in brackets explains, and so does how long a thing takes.
    main = min(sure, key=lambda one: (_is_in_brackets(text, one), one.lasts is not None))
    others = [one for one in found if one is not main and one.strength >= min(strongest, 2)]
    others = others[:_MOST_READINGS]
    target = _of_number(text, main, condition)
    if strongest < SURE and len(found) > 1:
        # "200 en 2023, 250 en 2024": one of them was chosen.
        target = target.inferring("target")
    rest = [_of_number(text, one, condition) for one in others]
    rest += _of_range(target, main)
    if answers_yes:
        rest.append(yes_no(text))
    if LEADING_BLANK.match(text):
        return _with_blank(text, target, rest, is_likely=strongest > POSSIBLE)
    if answers_yes and strongest == POSSIBLE:
        # "Convention avec la zone 5340 : oui/non".
        target, rest = rest[-1], [target, *rest[:-1]]
    differ = [one for one in rest if _promise(one) != _promise(target)]
    if not differ:
        return target
    # More than one number, or a number and a yes: which one is meant is for a person to say.
    doubted = _fields_that_differ(target, differ)
    target = target.inferring(*doubted)
    return replace(target, readings=(target, *differ), flags=(*target.flags, "several_readings"))


def _is_in_brackets(text: str, one: Candidate) -> bool:
    left = text[: one.number.start]
    return left.rfind("(") > left.rfind(")") and ")" in text[one.number.end :]


def _with_blank(text: str, target: Target, rest: list[Target], *, is_likely: bool) -> Target:
    blank = blank_count(text)
    if not is_likely:
        flags = dict.fromkeys(("several_readings", *blank.flags))
        return replace(blank, readings=(blank, target, *rest), flags=tuple(flags))
    found = target.inferring("comparator" if target.evaluate_as else "target")
    if rest:
        found = found.inferring(*_fields_that_differ(target, rest))
    return replace(found, readings=(found, blank, *rest), flags=(*target.flags, "x_placeholder"))


def _promise(one: Target) -> tuple[object, ...]:
    return (one.kind, one.comparator, one.target, one.unit, one.period)


def _fields_that_differ(target: Target, others: Sequence[Target]) -> list[str]:
    names = ("kind", "comparator", "target", "unit", "period")
    differ = [
        name for name in names if any(getattr(one, name) != getattr(target, name) for one in others)
    ]
    return differ if "target" in differ else [*differ, "target"]


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
    period = period_of(text, one.period, inferred)
    comparator, evaluate_as = _comparator(one, inferred)
    if kind is Kind.DELAY and evaluate_as:
        comparator, evaluate_as = "<=", None
        inferred[-1] = "comparator"
    half = kind is Kind.COUNT and one.value is not None and one.value != int(one.value)
    # So many euros are as often a fine or a grant; so many months, how long something takes.
    if one.about or one.number.doubtful or half or one.lasts or unit == "euro":
        inferred.append("target")
    if one.number.in_words:
        inferred.append("target_from_words")
    if one.high is not None:
        inferred.append("comparator")
    if one.strength < SURE and not one.unit:
        inferred.append("target")
    target = Target(kind, comparator, one.value, unit, period, (), evaluate_as, condition)
    return target.inferring(*inferred)


def _kind_and_unit(text: str, one: Candidate, inferred: list[str]) -> tuple[Kind, str | None]:
    if one.measure == "percent":
        if one.trend:
            inferred.append("kind")
        return Kind.RATIO, "percent"
    if one.lasts and one.lasts not in ("hour", "minute"):
        inferred.append("kind")
        return Kind.COUNT, one.lasts
    waited = _unit_waited(text, one)
    if waited:
        return Kind.DELAY, waited
    if one.comparator in ("<", "<=") and (waited := _nothing_but_a_time(text, one)):
        inferred.append("kind")
        return Kind.DELAY, waited
    if one.measure in ("hour", "minute"):
        return Kind.HOURS, one.measure
    if HOURS_OF.match(text) and one.measure is None and not one.unit:
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


def _comparator(one: Candidate, inferred: list[str]) -> tuple[str | None, str | None]:
    if one.trend:
        inferred.append("comparator")
        return one.trend, None
    if one.towards:
        inferred.append("comparator")
        return one.towards, None
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
    return target.inferring("comparator", "target", "period")
