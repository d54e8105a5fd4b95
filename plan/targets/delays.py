"""Within what something must be done: a promise of its own, or a condition on a count."""

import re
from dataclasses import dataclass

from plan.targets.numbers import NUMBER, numbers
from plan.targets.target import Condition
from plan.targets.vocabulary import AFTERWARDS, BY_DATE, DELAY_UNITS, FORTNIGHT, PRESCRIBED, WITHIN

_UNITS = "|".join(f"(?P<{name}>{words})" for name, words in DELAY_UNITS)
_NAMELESS = re.sub(r"\?P<\w+>", "?:", NUMBER.pattern)
_DELAY = re.compile(
    rf"(?<![a-z])(?:{WITHIN})(?P<number>{_NAMELESS})? ?\(?(?:[0-9]+\) )?(?:{_UNITS})(?![a-z])"
)
_SINCE = re.compile(rf" *{AFTERWARDS}(?: (?:de|la|le))*? *(?P<what>[^:;.,<>=≥≤()]*)")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Delay:
    """A time within which. ``value`` is ``None`` where somebody else sets the day, or where it is
    left blank; ``in_words`` when the number is a word, or only an article ("dans le mois")."""

    start: int
    end: int
    value: float | None
    unit: str
    since: str | None = None
    in_words: bool = False

    def condition(self, raw: str) -> Condition:
        """The same as a condition, in the words of the text it stands in."""
        return Condition(raw[self.start : self.end].strip(), self.value, self.unit, self.since)


def delay_in(text: str, raw: str) -> Delay | None:
    """The first delay of a folded text; ``raw`` is the same text as written."""
    prescribed = PRESCRIBED.search(text)
    if prescribed:
        return Delay(*prescribed.span(), None, "prescribed_deadline")
    for found in _DELAY.finditer(text):
        # "Dans l'année 2024" and "dans les 3 mois d'été" name a time, they set none.
        if not re.match(r" *20[0-9]{2}", text[found.end() :]):
            return _of(found, text, raw)
    fortnight = FORTNIGHT.search(text)
    if fortnight:
        value = 8 if fortnight[0].endswith("huitaine") else 15
        return Delay(*fortnight.span(), value, "day", in_words=True)
    by_date = BY_DATE.search(text)
    return Delay(*by_date.span(), None, "date") if by_date else None


def _of(found: re.Match[str], text: str, raw: str) -> Delay:
    named = numbers(found["number"]) if found["number"] else []
    unit = next(name for name, _words in DELAY_UNITS if found[name])
    since = _SINCE.match(text, found.end())
    end = min(since.end(), found.end() + _LONGEST) if since else found.end()
    what = raw[since.start("what") : end].strip() if since else None
    value = named[0].value if named else 1
    in_words = named[0].in_words if named else True
    return Delay(found.start(), end, value, unit, what or None, in_words)
