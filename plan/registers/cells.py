"""What is typed, pasted or sent for a column, as a value; and a value as it is shown and typed."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import LANGUAGE_NAMES, Language, mark, translate
from hub.web.forms import on_the_clock
from messaging import phenomena
from partnerships.days import today
from partnerships.spelling import plain
from partnerships.typed_text import plain_digits, tidy
from plan.registers.circle import Circle
from plan.registers.columns import Column, Kind, Source
from plan.registers.options import REFERENCES, Options, as_key, options

LONGEST_TEXT = 200
LONGEST_NOTE = 1000
_MOST_WORDS = 20
_MOST_PEOPLE = 10_000
# Nothing that a plan of our time counts is older; dates far ahead are slips of the finger.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_BELGIAN_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_PRESENT = re.compile(r"(.*?)\s*:\s*(\d{1,5})")
_YES = frozenset({"yes", "oui", "ja", "true", "1", "x", "on"})
_NO = frozenset({"no", "non", "nee", "nein", "false", "0", ""})

NOT_GIVEN = mark("Give this.")
_NOT_IN_LIST = mark("This is not in the list. Choose one of those shown.")
_SEVERAL = mark("There are several of this name. Choose one on the page.")
_TOO_LONG = mark("At most {count} characters.")
_NO_NUMBER = mark("Give a whole number from {least} to {most}.")
_NO_DAY = mark("Give a day, as 2026-05-31 or 31/05/2026.")
_NO_MONTH = mark("Give a month, as 2026-05.")
_AHEAD = mark("This is still to come.")
_NO_TICK = mark("Give yes or no.")
_NO_WEEKDAYS = mark("Give weekdays as numbers: 1 is Monday, 7 is Sunday.")
_NO_PRESENT = mark("Give each organisation with its number of people: CPAS: 2; Police: 1")


class Cells:
    """Reads and shows the cells of one person's registers; what there is to choose is read once."""

    def __init__(self, session: Session, circle: Circle, language: Language) -> None:
        self._session, self._circle, self._language = session, circle, language
        self._options: dict[str, Options] = {}
        self._codes: dict[str, dict[str, list[str]]] = {}
        self._words: dict[str, dict[str, str]] = {}

    def options(self, column: Column) -> Options:
        name = _key(column)
        if name not in self._options:
            found = options(self._session, self._circle, column, self._language)
            self._options[name] = found
        return self._options[name]

    def value(self, column: Column, typed: str) -> Any:
        """The value of a cell; ``None`` or nothing for an empty one. Raises ``BadInput``."""
        typed = typed.strip()
        if not typed and column.kind is not Kind.TICK:
            if column.needed:
                raise refused(column, NOT_GIVEN)
            return _EMPTY.get(column.kind, None if column.source in REFERENCES else "")
        if column.kind is Kind.CHOICE:
            return self._chosen(column, typed)
        return _READ[column.kind](column, typed)

    def _chosen(self, column: Column, typed: str) -> Any:
        codes = self._codes_of(column)
        # A person's own words first: a list may call a code by another's name.
        found = codes.get(typed.casefold(), [])
        if not found and column.source is Source.PHENOMENON:
            code = phenomena.code_of(typed)
            found = [code] if code else []
        if len(set(found)) > 1:
            raise refused(column, _SEVERAL)
        if not found:
            raise refused(column, _NOT_IN_LIST)
        return as_key(column, found[0])

    def _codes_of(self, column: Column) -> dict[str, list[str]]:
        name = _key(column)
        if name not in self._codes:
            codes: dict[str, list[str]] = {}
            for code, words in self.options(column):
                for one in {code.casefold(), words.casefold(), *_in_all(column, code)}:
                    codes.setdefault(one, []).append(code)
            self._codes[name] = codes
        return self._codes[name]

    def typed(self, column: Column, value: Any) -> str:
        """A value as its field has it: what ``value`` would read again."""
        if value is None:
            return ""
        return _TYPED.get(column.kind, str)(value)

    def in_file(self, column: Column, value: Any) -> str:
        """A value as a file has it: words where the field has a code, if they can be read again."""
        if column.kind is not Kind.CHOICE:
            return self.typed(column, value)
        words = self.words(column, value)
        is_one = len(set(self._codes_of(column).get(words.casefold(), []))) == 1
        return words if is_one else self.typed(column, value)

    def words(self, column: Column, value: Any) -> str:
        """A chosen value as it is called."""
        name = _key(column)
        if name not in self._words:
            self._words[name] = dict(self.options(column))
        code = str(value or "")
        return self._words[name].get(code, code)


def _key(column: Column) -> str:
    return column.source or json.dumps(column.choices)


def _in_all(column: Column, code: str) -> set[str]:
    """What a fixed choice is called in every language: a file may come from a neighbour."""
    said = dict(column.choices).get(code)
    return {translate(one, said).casefold() for one in LANGUAGE_NAMES} if said else set()


def refused(column: Column, sentence: str, **values: int) -> BadInput:
    return BadInput(FieldProblem(column.name, sentence, tuple(values.items())))


def _text(column: Column, typed: str) -> str:
    words = tidy(typed)
    if len(words) > LONGEST_TEXT:
        raise refused(column, _TOO_LONG, count=LONGEST_TEXT)
    if not words and column.needed:
        raise refused(column, NOT_GIVEN)
    return words


def _note(column: Column, typed: str) -> str:
    lines = "\n".join(tidy(one) for one in typed.splitlines()).strip()
    if len(lines) > LONGEST_NOTE:
        raise refused(column, _TOO_LONG, count=LONGEST_NOTE)
    return lines


def _whole(column: Column, typed: str) -> int:
    digits = plain_digits(typed)
    # Ten digits are beyond every bound, and Python reads no more than a few thousand.
    if not digits.isdecimal() or len(digits) > 10:
        raise refused(column, _NO_NUMBER, least=column.least, most=column.most)
    if not column.least <= int(digits) <= column.most:
        raise refused(column, _NO_NUMBER, least=column.least, most=column.most)
    return int(digits)


def _day(column: Column, typed: str) -> date:
    belgian = _BELGIAN_DAY.fullmatch(typed)
    try:
        if belgian:
            found = date(int(belgian[3]), int(belgian[2]), int(belgian[1]))
        else:
            found = date.fromisoformat(typed.removesuffix(" 00:00:00"))
    except ValueError:
        raise refused(column, _NO_DAY) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise refused(column, _NO_DAY)
    if found > today() and not column.may_be_ahead:
        raise refused(column, _AHEAD)
    return found


def _month(column: Column, typed: str) -> date:
    try:
        found = date.fromisoformat(f"{typed[:7]}-01")
    except ValueError:
        raise refused(column, _NO_MONTH) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise refused(column, _NO_MONTH)
    if found > today():
        raise refused(column, _AHEAD)
    return found


def _moment(column: Column, typed: str) -> datetime:
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        raise refused(column, mark("Give a date and a time.")) from None
    if not _FIRST_YEAR <= local.year <= _LAST_YEAR:
        raise refused(column, mark("Give a date and a time."))
    found = on_the_clock(column.name, local)
    if found > clock.now():
        raise refused(column, _AHEAD)
    return found


def _tick(column: Column, typed: str) -> bool:
    if typed.casefold() in _YES:
        return True
    if typed.casefold() in _NO:
        return False
    raise refused(column, _NO_TICK)


def _words(column: Column, typed: str) -> list[str]:
    found = list(dict.fromkeys(filter(None, map(tidy, re.split(r"[,;\n]", typed)))))
    if len(found) > _MOST_WORDS or any(len(one) > LONGEST_TEXT for one in found):
        raise refused(column, _TOO_LONG, count=LONGEST_TEXT)
    return found


def _weekdays(column: Column, typed: str) -> list[int]:
    found = sorted(set(re.split(r"[\s,;]+", typed)))
    if not all(one in set("1234567") for one in found):
        raise refused(column, _NO_WEEKDAYS)
    return [int(one) - 1 for one in found]


def _present(column: Column, typed: str) -> dict[str, int]:
    """People by organisation; one that is named twice came with both."""
    found: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for piece in filter(None, map(tidy, re.split(r"[;\n]", typed))):
        numbered = _PRESENT.fullmatch(piece)
        name, people = (numbered[1], int(numbered[2])) if numbered else (piece, 1)
        if not name or len(name) > LONGEST_TEXT or not 1 <= people <= _MOST_PEOPLE:
            raise refused(column, _NO_PRESENT)
        name = spelled.setdefault(plain(name) or name, name)
        found[name] = found.get(name, 0) + people
    return found


_EMPTY: dict[Kind, Any] = {
    Kind.WHOLE: None,
    Kind.DAY: None,
    Kind.MONTH: None,
    Kind.MOMENT: None,
    Kind.WORDS: [],
    Kind.WEEKDAYS: [],
    Kind.PRESENT: {},
}
_READ: Mapping[Kind, Callable[[Column, str], Any]] = {
    Kind.TEXT: _text,
    Kind.NOTE: _note,
    Kind.WHOLE: _whole,
    Kind.DAY: _day,
    Kind.MONTH: _month,
    Kind.MOMENT: _moment,
    Kind.TICK: _tick,
    Kind.WORDS: _words,
    Kind.WEEKDAYS: _weekdays,
    Kind.PRESENT: _present,
}


def _local_time(moment: datetime) -> str:
    local = clock.in_brussels(moment).replace(second=0, microsecond=0)
    is_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    # In the hour that comes twice only the offset tells which.
    return local.isoformat(timespec="minutes")[: None if is_twice else 16]


_TYPED: Mapping[Kind, Callable[[Any], str]] = {
    Kind.DAY: date.isoformat,
    Kind.MONTH: lambda value: str(value.isoformat()[:7]),
    Kind.MOMENT: _local_time,
    Kind.TICK: lambda value: "yes" if value else "no",
    Kind.WORDS: ", ".join,
    Kind.WEEKDAYS: lambda value: " ".join(str(one + 1) for one in value),
    Kind.PRESENT: lambda value: "; ".join(f"{name}: {people}" for name, people in value.items()),
}
