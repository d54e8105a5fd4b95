"""Phrases as people would write them in a table, turned into what a program can look for.

``a|b`` either, ``a|b?`` with or without, ``...`` up to four words, ``<sms>`` any word of that
list. A word that ends with ``*`` is the beginning of one.
"""

import re
from collections.abc import Iterable, Mapping

_ENDS = r"(?: |$)"


def table(text: str) -> tuple[str, ...]:
    """The phrases of a table, one a line."""
    return tuple(line for line in text.splitlines() if line.strip())


def words(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


def compiled(phrases: Iterable[str], lists: Mapping[str, str]) -> re.Pattern[str]:
    """What finds any of the phrases in words that stand apart by one blank."""
    told = (_phrase(phrase, lists) for phrase in phrases)
    return re.compile(r"(?:^|(?<= ))(?:" + "|".join(told) + ")")


def _phrase(phrase: str, lists: Mapping[str, str]) -> str:
    *pieces, last = phrase.split()
    # At the end, as many of the four as there are.
    end = r"(?:\w+(?: |$)){0,4}" if last == "..." else _piece(last, lists)
    return "".join(_piece(word, lists) for word in pieces) + end


def _piece(word: str, lists: Mapping[str, str]) -> str:
    if word == "...":
        return r"(?:\w+ ){0,4}?"
    spelled = re.sub("<([a-z]+)>", lambda found: lists[found[1]], word.removesuffix("?"))
    choices = "|".join(re.escape(one).replace(r"\*", r"\w*") for one in spelled.split("|"))
    return f"(?:(?:{choices}){_ENDS})" + ("?" if word.endswith("?") else "")
