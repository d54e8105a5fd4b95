"""What stands in a cell for numbers or addresses: one, several, or one of another kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phonenumbers import PhoneNumberFormat, PhoneNumberMatch, PhoneNumberMatcher, format_number

from hub.errors import BadInput
from hub.i18n import mark
from partnerships import contact, telephone
from partnerships.members_import.candidates import Way
from partnerships.members_import.headings import Field
from partnerships.models import ContactKind
from partnerships.spelling import plain
from partnerships.telephone import Line, NoNumber, Number, UnusableNumber

# Between two numbers or addresses. A stroke alone stands inside many a Belgian number.
_BETWEEN = re.compile(
    r"\s*(?:[;|\n&]|,\s|\s/\s|\s-\s|//|\s(?:ou|of|or|oder|et|en|und|and|puis|dan)\s)\s*",
    re.IGNORECASE,
)
_ADDRESSES_BETWEEN = re.compile(
    r"[;,|\n/]\s*|\s+(?:ou|of|or|oder|et|en|und|and)\s+|\s+(?=\S+@)", re.IGNORECASE
)
_EMPTY = re.compile(
    r"[\s\-–—/.?xX0]*|geen|aucun|keine?|none|néant|neant|nvt|n/a|/|nihil", re.IGNORECASE
)
_MOST_IN_A_CELL = 5

IS_LAND_LINE = mark("This is a land line. It is kept as one: it gets calls, no text messages.")
IS_MOBILE = mark("This is a mobile. It is kept as one.")
IS_ADDRESS = mark("This is an email address. It is kept as one.")
IS_NUMBER = mark("This is a telephone number. It is kept as one.")
WORDS_LEFT_OUT = mark("The other words beside this number were left out.")


@dataclass(frozen=True, slots=True)
class Found:
    """One number or address of a cell: a way, a note on what was done to it, or a problem."""

    typed: str
    way: Way | None = None
    note: str | None = None
    problem: str | None = None


def read(typed: str, meaning: Field) -> Iterator[Found]:
    """Everything that stands in a cell of a column with this meaning."""
    if _EMPTY.fullmatch(typed):
        return
    if "@" in typed:
        yield from _addresses(typed, meaning)
    elif meaning is Field.EMAIL:
        yield from _numbers_among_addresses(typed)
    else:
        yield from _numbers(typed, meaning)


def _addresses(typed: str, meaning: Field) -> Iterator[Found]:
    for part in _address_parts(typed):
        if "@" not in part:
            # A number beside an address.
            yield from _numbers(part, meaning)
            continue
        try:
            way = (ContactKind.EMAIL, contact.address(meaning, part))
        except BadInput as refusal:
            yield Found(part, problem=refusal.problems[0].message)
        else:
            yield Found(part, way, None if meaning is Field.EMAIL else IS_ADDRESS)


def _address_parts(typed: str) -> list[str]:
    if typed.count("@") == 1:
        return [typed]
    return [part for part in _ADDRESSES_BETWEEN.split(typed) if part.strip()][:_MOST_IN_A_CELL]


def _numbers_among_addresses(typed: str) -> Iterator[Found]:
    try:
        number = telephone.read(typed)
    except NoNumber:
        yield Found(typed, problem=mark("This is not an email address."))
    else:
        yield Found(typed, _way(number, Field.PHONE), IS_NUMBER)


def _numbers(typed: str, meaning: Field) -> Iterator[Found]:
    try:
        yield _placed(typed, telephone.read(typed), meaning)
    except UnusableNumber as refusal:
        yield Found(typed, problem=refusal.message)
    except NoNumber as refusal:
        parts = [part for part in _BETWEEN.split(typed) if part.strip()][:_MOST_IN_A_CELL]
        if len(parts) > 1:
            for part in parts:
                yield from _numbers(part, meaning)
        else:
            yield from _numbers_within(typed, meaning, refusal.message)


def _numbers_within(typed: str, meaning: Field, problem: str) -> Iterator[Found]:
    """Numbers written together, or with words around them: "0475123456/0476123456 (Jan)"."""
    matches = list(PhoneNumberMatcher(typed, "BE"))[:_MOST_IN_A_CELL]
    beside = typed
    for match in matches:
        beside = beside.replace(match.raw_string, " ", 1)
    # A digit more or less is another number.
    if not matches or any(character.isdigit() for character in beside):
        yield Found(typed, problem=problem)
        return
    for match in matches:
        yield from _one_within(match, meaning)
    if plain(beside):
        yield Found(typed, note=WORDS_LEFT_OUT)


def _one_within(match: PhoneNumberMatch, meaning: Field) -> Iterator[Found]:
    e164 = format_number(match.number, PhoneNumberFormat.E164)
    try:
        yield _placed(match.raw_string, telephone.read(e164), meaning)
    except NoNumber as refusal:
        yield Found(match.raw_string, problem=refusal.message)


def _placed(typed: str, number: Number, meaning: Field) -> Found:
    way = _way(number, meaning)
    note = None
    if meaning is Field.MOBILE and way[0] is ContactKind.LANDLINE:
        note = IS_LAND_LINE
    elif meaning is Field.LANDLINE and way[0] is ContactKind.MOBILE:
        note = IS_MOBILE
    return Found(typed, way, note)


def _way(number: Number, meaning: Field) -> Way:
    if number.line is Line.OTHER:
        is_mobile = number.takes_sms and meaning is not Field.LANDLINE
    else:
        is_mobile = number.line is Line.MOBILE
    return (ContactKind.MOBILE if is_mobile else ContactKind.LANDLINE, number.e164)
