"""Amounts of money: whole millionths of a euro, since a mail may cost less than a thousandth."""

from decimal import ROUND_HALF_UP, Decimal

from babel.core import Locale
from babel.numbers import format_currency

from hub.languages import Language

EURO = 1_000_000
# Beyond this somebody typed cents, or a telephone number.
LARGEST = 10_000_000 * EURO

_CENT = Decimal("0.01")


class Money(int):
    """An amount within a sentence: it is written as the reader's language writes money."""


def millionths(amount: float) -> int:
    """An amount in euros, as set by an operator."""
    return round(amount * EURO)


def euros(amount: int) -> Decimal:
    """The same in euros, to the cent."""
    return (Decimal(amount) / EURO).quantize(_CENT, ROUND_HALF_UP)


def shown(amount: int, language: Language) -> str:
    """As this language writes money: 12,40 € or € 12,40."""
    return format_currency(euros(amount), "EUR", locale=Locale(language.value))


def plain(amount: int) -> str:
    """Without a sign, as it is typed: 1250,40."""
    return f"{euros(amount)}".replace(".", ",")
