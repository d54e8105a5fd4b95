"""Days as plans print them: a day, or words from which a last day follows."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from plan.targets.folding import words

_MONTHS = (
    ("janvier", "januari"), ("fevrier", "februari"), ("mars", "maart"), ("avril", "april"),
    ("mai", "mei"), ("juin", "juni"), ("juillet", "juli"), ("aout", "augustus"),
    ("septembre", "september"), ("octobre", "oktober"), ("novembre", "november"),
    ("decembre", "december"),
)  # fmt: skip
_DAY = re.compile(
    r"\b[0-9]{1,2}(?:er)? ?[-/. ] ?(?:1[0-2]|0?[1-9]|[a-z]+) ?[-/. ] ?(?:19|20)[0-9]{2}\b"
)
_YEAR_END = re.compile(r"\b(?:fin|eind|einde)(?: de| van)? (20[0-9]{2})\b")
_QUARTER = re.compile(r"\b[tk]([1-4]) ?[-/]? ?(20[0-9]{2})\b")
_SEMESTER = re.compile(r"\bs([12]) ?[-/]? ?(20[0-9]{2})\b")
_WITHIN = re.compile(r"\b(?:dans les|binnen(?: de)?) ([0-9]+|[a-z]+) (?:mois|maanden)\b")
_NUMBERS = (
    ("un", "een"), ("deux", "twee"), ("trois", "drie"), ("quatre", "vier"), ("cinq", "vijf"),
    ("six", "zes"), ("sept", "zeven"), ("huit", "acht"), ("neuf", "negen"), ("dix", "tien"),
    ("onze", "elf"), ("douze", "twaalf"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day in a printed text; ``is_inferred`` where the text prints no day."""

    day: date
    is_inferred: bool


def day(text: str) -> date | None:
    """``31-12-2027`` or ``31 decembre 2027``, in folded words; none where it is no day."""
    number, month, year = re.split(r"[-/. ]+", text.replace("1er", "1").strip())[:3]
    named = next((at for at, names in enumerate(_MONTHS, start=1) if month in names), None)
    try:
        return date(int(year), named or int(month), int(number))
    except ValueError:
        return None


def last_day(printed: str, starts_on: date) -> LastDay | None:
    """By when, from what a plan prints; months are counted from the plan's first day. None where
    the text tells no day, or more than one."""
    text = words(printed)
    told = [LastDay(printed_day, False) for f in _DAY.finditer(text) if (printed_day := day(f[0]))]
    told += [LastDay(date(int(f[1]), 12, 31), True) for f in _YEAR_END.finditer(text)]
    told += [_end(int(f[2]), 3 * int(f[1])) for f in _QUARTER.finditer(text)]
    told += [_end(int(f[2]), 6 * int(f[1])) for f in _SEMESTER.finditer(text)]
    told += [one for f in _WITHIN.finditer(text) if (one := _months_on(starts_on, f[1]))]
    return told[0] if len(told) == 1 else None


def _end(year: int, month: int) -> LastDay:
    after = date(year + month // 12, month % 12 + 1, 1)
    return LastDay(after - timedelta(days=1), True)


def _months_on(start: date, told: str) -> LastDay | None:
    named = next((at for at, names in enumerate(_NUMBERS, start=1) if told in names), None)
    months = named or (int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 0)
    if not months:
        return None
    years, month = divmod(start.month - 1 + months, 12)
    first = date(start.year + years, month + 1, 1)
    return LastDay(
        min(first + timedelta(days=start.day - 1), _end(first.year, first.month).day), True
    )
