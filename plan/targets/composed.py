"""Numbers that are made of several: a time of the clock, a share, so many times so many hours."""

import re
from collections.abc import Iterator
from itertools import pairwise

from plan.targets.numbers import Number, numbers
from plan.targets.vocabulary import FRACTIONS

CLOCK = re.compile(r"([0-9]{1,2}) ?h ?([0-5][0-9])(?![0-9])")
# "2 x 3 h/semaine": six hours of them.
_SO_MANY_TIMES = re.compile(r"([0-9]+) ?x ?([0-9]+)(?= ?(?:h|heures?|u|uur|uren) ?(?:/|par |per ))")
_OF_SO_MANY = re.compile(r" (?:\w+ ){0,2}(?:sur|op(?: de)?) ")
_OUT_OF = re.compile(r" ?/ ?")
_SCALES = (5, 10, 20, 100)
# "Deux gardiens sur 3 sites", "4 actions sur 2 ans": where and how long.
_NO_WHOLE = re.compile(
    r" ?(?:[,.]?[0-9]|h(?![a-z])|heures|jours|mois|ans|semaines|jaar|maanden|weken|dagen|sites"
    r"|lieux|zones|communes)"
)
_MOST = 1000


def composed(text: str, closed: list[tuple[int, int]]) -> list[Number]:
    """Every number of a folded text, from left to right, each of several as the one it is; those
    that lie in ``closed`` are a part of none."""
    apart = numbers(text)
    open_ones = [one for one in apart if not any(a <= one.start < b for a, b in closed)]
    made = [*_clocks(text), *_fractions(text), *_shares(text, open_ones), *_products(text)]
    kept: list[Number] = []
    for one in sorted(made, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    alone = (one for one in apart if not any(k.start <= one.start < k.end for k in kept))
    return sorted((*kept, *alone), key=lambda one: one.start)


def _clocks(text: str) -> Iterator[Number]:
    for one in CLOCK.finditer(text):
        hours = _whole(round(int(one[1]) + int(one[2]) / 60, 4))
        yield Number(one.start(), one.end(2), hours)


def _fractions(text: str) -> Iterator[Number]:
    """Shares in words ("deux tiers des demandes"), each as its per cents: a reading."""
    for share, words in FRACTIONS:
        for one in words.finditer(text):
            yield Number(*one.span(), share, in_words=True, doubtful=True, is_share=True)


def _shares(text: str, found: list[Number]) -> Iterator[Number]:
    """ "8 sur 10", "neuf jeunes sur dix", "4/5": in per cents."""
    for part, whole in pairwise(found):
        if part.value is None or not whole.value or part.value > whole.value:
            continue
        between = text[part.end : whole.start]
        of_a_scale = _OUT_OF.fullmatch(between) and whole.value in _SCALES
        if not of_a_scale and not _OF_SO_MANY.fullmatch(between):
            continue
        if whole.value > _MOST or _NO_WHOLE.match(text, whole.end):
            continue
        share = _whole(round(100 * part.value / whole.value, 2))
        in_words = part.in_words or whole.in_words
        yield Number(part.start, whole.end, share, in_words, doubtful=True, is_share=True)


def _products(text: str) -> Iterator[Number]:
    for one in _SO_MANY_TIMES.finditer(text):
        yield Number(*one.span(), int(one[1]) * int(one[2]), doubtful=True)


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number
