"""Telephone numbers as Belgians type them: what each one is, or why it is none.

The rules are those of the numbering plans, as ``phonenumbers`` keeps them. A number is never
guessed: one that may be two things is refused with a word on how to write it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumberFormat,
    PhoneNumberType,
)

from hub.errors import HubError
from hub.i18n import mark
from partnerships.typed_text import plain_digits, tidy


class Line(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    # Internet and personal numbers, and where a country does not tell the two apart.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that exists, in E.164. ``takes_sms``: texts may arrive there."""

    e164: str
    line: Line
    takes_sms: bool


class NoNumber(HubError):
    """What was typed is no number of a person; the message says why."""

    status = 422


class UnusableNumber(NoNumber):
    """What was typed is a number, or was one, and cannot be used: no other is to be looked for."""


_LINES = {
    PhoneNumberType.MOBILE: (Line.MOBILE, True),
    PhoneNumberType.FIXED_LINE: (Line.LANDLINE, False),
    # North America: nothing in the number tells.
    PhoneNumberType.FIXED_LINE_OR_MOBILE: (Line.OTHER, True),
    PhoneNumberType.PERSONAL_NUMBER: (Line.OTHER, False),
    PhoneNumberType.VOIP: (Line.OTHER, False),
}
_LONGEST_TYPED = 60
_AROUND = " '’\"`;:,☎✆📞📱"
# Of E.164, the country code included.
_MOST_DIGITS = 15
_SHORT_NUMBER_DIGITS = 6
_LABEL = re.compile(
    r"(?:tel|tél|téléphone|telephone|telefoon|telefon|gsm|mob|mobile|mobiel|handy|fixe|vast|t|m)"
    r"(?:\s*[.:]+|\s+(?=[+(\d]))\s*",
    re.IGNORECASE,
)
# "0475 12 34 56 (gsm)", "… privé": said after the number.
_LABEL_AFTER = re.compile(
    r"(?<=\d)\s*[-–,]?\s*[(\[]?\s*(?:tel|tél|gsm|mob|mobile|mobiel|handy|fixe|vast|priv[eé]|privat|bureau|"
    r"maison|domicile|thuis|werk|travail|arbeit|zuhause|home|work|perso)\.?\s*[)\]]?$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"(?:\+|0)\d(?:[\s./\-]?\d){7,13}\s*(?:/|,|;|\||&|\bou\b|\bet\b|\bof\b|\ben\b|\boder\b|\bund\b|\bor\b|"
    r"\band\b|\s-\s)\s*(?:\+|0)\d(?:[\s./\-]?\d){7,13}",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\d\s*[,;(]?\s*(?:ext|extension|poste|toestel|tst|int|intern|durchwahl|dw|x|#)[\s.:=#]*\d{1,7}\)?$",
    re.IGNORECASE,
)
# What a spreadsheet shows of a number it has taken for a sum: 4,75E+08.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?\s*[eE]\s*\+?\s*\d{1,2}")
_FRACTION = re.compile(r"(\+?\d{7,14})[.,]0+")
_ZERO_IN_BRACKETS = re.compile(r"\(\s*0\s*\)")
_SEPARATORS = re.compile(r"[\s./\-()·•_,]+")
_NUMBER = re.compile(r"\+?\d+")
# The library's types call each step of the way to a pattern optional; for Belgium none is missing.
_BELGIUM: Any = PhoneMetadata.metadata_for_region("BE")
_BELGIAN_MOBILE = re.compile(_BELGIUM.mobile.national_number_pattern)
_BELGIAN_LANDLINE = re.compile(_BELGIUM.fixed_line.national_number_pattern)
# Eight digits after the zero, that a spreadsheet has eaten: alone, they are written together.
_TOGETHER = re.compile(r"\d+")
_NATIONAL_LANDLINE = 8


def read(typed: str) -> Number:
    """The number somebody typed, as a Belgian reads it. Raises ``NoNumber`` with the reason."""
    text = _cleaned(typed)
    compact = _international(text)
    if _may_be_foreign(compact, text):
        raise NoNumber(_unknown(compact))
    return _belgian(compact) or _existing(compact)


def _cleaned(typed: str) -> str:
    if len(typed) > _LONGEST_TYPED:
        raise NoNumber(mark("This is too long for a telephone number."))
    if "\0" in typed:
        raise NoNumber(mark("This is not a telephone number."))
    text = plain_digits(tidy(typed)).strip(_AROUND)
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    text = _LABEL_AFTER.sub("", text)
    if not text:
        raise NoNumber(mark("There is no telephone number."))
    if _SEVERAL.search(text):
        raise NoNumber(mark("These are several numbers. Write one in each field."))
    if _ROUNDED.fullmatch(text):
        raise UnusableNumber(
            mark(
                "The spreadsheet has rounded this number: its last digits are lost. Make the "
                "column a text column and type the number again."
            )
        )
    whole = _FRACTION.fullmatch(text)
    return whole[1] if whole else text


def _international(text: str) -> str:
    """Digits alone, with + where a country code was typed."""
    if _EXTENSION.search(text):
        raise UnusableNumber(mark("An extension cannot be dialled. Give a direct number."))
    compact = _SEPARATORS.sub("", text)
    if compact.startswith(("+", "00")):
        compact = _SEPARATORS.sub("", _ZERO_IN_BRACKETS.sub("", text))
    if not _NUMBER.fullmatch(compact):
        raise NoNumber(mark("This is not a telephone number."))
    compact = f"+{compact[2:]}" if compact.startswith("00") else compact
    digits = len(compact.lstrip("+"))
    if digits > _MOST_DIGITS:
        raise NoNumber(mark("This is too long for a telephone number."))
    if digits <= _SHORT_NUMBER_DIGITS:
        raise NoNumber(mark("This number is too short to be a member's own."))
    return compact


def _belgian(compact: str) -> Number | None:
    """Nearly every number there is: by the library's own patterns, without its tenth of a
    millisecond, which is ten seconds for a list of 100,000."""
    significant = compact.removeprefix("+32").removeprefix("0")
    if _BELGIAN_MOBILE.fullmatch(significant):
        return Number(f"+32{significant}", Line.MOBILE, True)
    if _BELGIAN_LANDLINE.fullmatch(significant):
        return Number(f"+32{significant}", Line.LANDLINE, False)
    return None


def _existing(compact: str) -> Number:
    try:
        number = phonenumbers.parse(compact, "BE")
    except NumberParseException:
        raise NoNumber(_unknown(compact)) from None
    number_type = phonenumbers.number_type(number)
    if number_type == PhoneNumberType.UNKNOWN:
        raise NoNumber(_unknown(compact))
    if number_type not in _LINES:
        raise UnusableNumber(mark("This is the number of a service, not of a member."))
    line, takes_sms = _LINES[number_type]
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Number(e164, line, takes_sms)


def _may_be_foreign(compact: str, text: str) -> bool:
    """Eight digits in groups without a zero before them: Brussels, or as well Luxembourg."""
    is_national = not compact.startswith(("+", "0"))
    return is_national and len(compact) == _NATIONAL_LANDLINE and _TOGETHER.fullmatch(text) is None


def _unknown(compact: str) -> str:
    if compact.startswith("+"):
        return mark("This telephone number does not exist.")
    return mark(
        "This number does not exist in Belgium. Write a foreign one with + and its country code."
    )
