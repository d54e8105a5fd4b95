"""Amounts in euros as people type them."""

import re

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.money import EURO, LARGEST, Money

# 1250 or 1 250 or 1.250, and cents after a comma or a point.
_AMOUNT = re.compile(r"(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d+)(?:[.,](\d{1,2}))?")
# Longer ones are above every limit, and Python reads no number of thousands of digits.
_MOST_DIGITS = 15


def amount_in(field: str, text: str) -> int:
    """What somebody typed, in millionths of a euro. Raises ``BadInput`` naming ``field`` when it is
    no amount."""
    found = _AMOUNT.fullmatch(text.strip().removeprefix("€").removesuffix("€").strip())
    if found is None:
        raise BadInput(FieldProblem(field, mark("Give an amount in euros, such as 1250 or 99,50.")))
    whole, cents = re.sub(r"\D", "", found[1]), (found[2] or "").ljust(2, "0")
    amount = int(whole[:_MOST_DIGITS]) * EURO + int(cents) * (EURO // 100)
    if amount > LARGEST:
        problem = mark("At most {amount}.")
        raise BadInput(FieldProblem(field, problem, (("amount", Money(LARGEST)),)))
    return amount
