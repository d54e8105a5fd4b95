"""What a text promises in which no number stands: a blank to fill in, a yes, a delay, a trend, or
what its words imply."""

import re
from collections.abc import Iterator
from dataclasses import replace

from plan.targets import trends, units
from plan.targets.delays import Delay
from plan.targets.periods import period_of
from plan.targets.target import Kind, Target
from plan.targets.vocabulary import (
    ADJECTIVES,
    ANYWHERE,
    DOUBLED,
    EVERYBODY,
    FRACTIONS,
    PLAN,
    STEP_BY_STEP,
    TREND,
    UNSURE,
)

LEADING_BLANK = re.compile(r"x{1,4} +(?![%/x]|fois|pour ?cent)(?=[a-z(«\"])")
_COUNTED = re.compile(r"(?:x{1,4} +)?(?:le |het )?(?:nombre|nbre?|aantal)(?![a-z])")
_SHARE = re.compile(
    r"(?:x{1,4} +)?(?:le |la |het )?(?:taux|pourcentage|proportion|part|percentage|aandeel|%)"
    r"(?![a-z])"
)
HOURS_OF = re.compile(r"(?:x{1,4} +)?(?:(?:nombre|aantal) *(?:d'|de )?)?(?:heures?|uren)(?![a-z])")
_UNREAD = re.compile(
    r"[0-9½¼¾][^ ]{0,2} ?(?:/|%|x(?![a-z])|fois|par (?:an|mois|jour|semaine))(?! ?[0-9])"
)
_NONE_OF = re.compile(r"(?:aucune?|pas (?:de |d')|geen|zonder|sans) ?(?=[a-z])")
# By so many percent something grows that doubles.
_TWICE = 100
# Words that mean two things: what each may mean, the likelier first.
_TWICE_OR_EVERY_TWO = (
    ("mensuel", ((2, "month"), (6, "year"))),
    ("mestriel", ((6, "year"),)),
    ("bisannuel", ((1, "plan"), (2, "year"))),
    ("annuel", ((2, "year"), (1, "plan"))),
    ("hebdomadaire", ((2, "week"), (26, "year"))),
    ("tweemaandelijks", ((6, "year"), (2, "month"))),
)


def without_number(text: str, raw: str, delay: Delay | None, answers_yes: bool) -> Target:
    """What a folded text promises in which no number is its target; ``raw`` is it as written."""
    if answers_yes:
        return _answered(text)
    found = next(_implied(text, raw, delay), None) or _existence(text)
    # Digits that look like a target and could not be read: a person must look.
    unread = _UNREAD.search(text if delay is None else text[: delay.start] + text[delay.end :])
    return found.inferring("target") if unread else found


def _answered(text: str) -> Target:
    found = yes_no(text)
    if not LEADING_BLANK.match(text):
        return found
    # "X ... : Oui/non" says two things: both are shown, and none is a number.
    flags = ("conflicting_kinds", "x_placeholder")
    return replace(found, readings=(found, blank_count(text)), flags=flags)


def yes_no(text: str) -> Target:
    """That something is done or is there, answered by a yes or a no."""
    inferred: list[str] = []
    period = period_of(text, None, inferred)
    return Target(Kind.YES_NO, "=", None, "oui/non", period, tuple(inferred))


def _implied(text: str, raw: str, delay: Delay | None) -> Iterator[Target]:
    condition = delay.condition(raw) if delay else None
    blank = LEADING_BLANK.match(text)
    if not blank:
        yield from _change(text)
    if blank or _COUNTED.match(text) or _SHARE.match(text) or HOURS_OF.match(text):
        yield replace(blank_count(text), condition=condition)
    if _NONE_OF.match(text):
        yield _none_of(text)
    for share, words in FRACTIONS:
        if words.search(text):
            yield _share_in_words(text, share)
    unsure = UNSURE.search(text)
    if unsure:
        yield _unsure(text, unsure[0])
    if EVERYBODY.match(text):
        yield replace(_share_in_words(text, 100), condition=condition)
    if delay:
        yield _delay(text, raw, delay)
    if trends.begins(text):
        yield _trend(text)
    yield from _by_adjective(text)


def _change(text: str) -> Iterator[Target]:
    """What is to grow or fall from one time to the next, or to double."""
    if STEP_BY_STEP.search(text):
        yield _trend(text)
    if DOUBLED.match(text):
        yield _doubled()


def blank_count(text: str) -> Target:
    """A number, a share or hours that the text leaves to be filled in: no target, and no nought."""
    inferred: list[str] = []
    kind, unit = Kind.COUNT, units.first_in(text)
    if _SHARE.match(text):
        kind, unit = Kind.RATIO, "percent"
    elif HOURS_OF.match(text):
        kind, unit = Kind.HOURS, "hour"
    elif unit is None:
        inferred.append("unit")
        unit = units.as_printed(text)
    period = period_of(text, None, inferred)
    flags = ("x_placeholder",) if LEADING_BLANK.match(text) else ("no_target_no_x",)
    return Target(kind, None, None, unit, period, tuple(inferred), flags=flags)


def _none_of(text: str) -> Target:
    """ "Aucun incident": a limit of nought, which is a reading."""
    inferred = ["comparator", "target", "target_from_words"]
    period, unit = period_of(text, None, inferred), units.first_in(text)
    if unit is None:
        inferred.append("unit")
        unit = units.as_printed(text)
    target = Target(Kind.COUNT, "=", 0, unit, period, evaluate_as="<=")
    return target.inferring(*inferred)


def _share_in_words(text: str, share: float) -> Target:
    inferred = ["comparator", "target", "unit"]
    period = period_of(text, None, inferred)
    target = Target(Kind.RATIO, "=", share, "percent", period, evaluate_as=">=")
    return target.inferring(*inferred)


def _unsure(text: str, word: str) -> Target:
    meant = next(one for part, one in _TWICE_OR_EVERY_TWO if part in word.replace("-", ""))
    every = [
        Target(Kind.COUNT, "=", number, units.first_in(text), period, evaluate_as=">=")
        for number, period in meant
    ]
    every = [one.inferring("comparator", "target", "period") for one in every]
    return replace(every[0], readings=tuple(every) if len(every) > 1 else ())


def _delay(text: str, raw: str, delay: Delay) -> Target:
    inferred = ["comparator"]
    period = period_of(text, None, inferred)
    if delay.in_words:
        inferred.append("target_from_words")
    condition = None if delay.unit == "prescribed_deadline" else delay.condition(raw)
    target = Target(Kind.DELAY, "<=", delay.value, delay.unit, period, condition=condition)
    return target.inferring(*inferred)


def _trend(text: str) -> Target:
    inferred: list[str] = []
    period = period_of(text, None, inferred)
    unit = units.first_in(text)
    falls = any(words.search(text) for name, words in TREND if name == "decrease")
    if unit is None:
        inferred.append("unit")
        unit = units.as_printed(text)
    comparator = "decrease" if falls else "increase"
    return Target(Kind.COUNT, comparator, None, unit, period).inferring("comparator", *inferred)


def _doubled() -> Target:
    """ "Doubler le nombre de patrouilles": by a hundred percent more."""
    target = Target(Kind.RATIO, "increase", _TWICE, "percent", PLAN)
    return target.inferring("kind", "comparator", "target", "unit", "period")


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
        yield target.inferring("comparator", "target", *(() if unit else ("unit",)))


def _existence(text: str) -> Target:
    whole_plan = any(words.search(text) for period, words in ANYWHERE if period == PLAN)
    return Target(Kind.EXISTENCE, None, None, None, PLAN, () if whole_plan else ("period",))
