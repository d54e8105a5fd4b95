"""A number as somebody types it: with a comma or a point."""

import re

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark

MOST = 1_000_000_000
_SPACES = dict.fromkeys(map(ord, " \t\u00a0\u202f"))
_PLAIN = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{1,6})?", re.ASCII)
# 1.250 is a thousand and more to one reader, one and a quarter to another.
_TWO_READINGS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)


def read(field: str, typed: str) -> float | None:
    """``None`` of nothing typed: that is no nought. Raises ``BadInput`` naming the field."""
    plain = typed.strip().translate(_SPACES)
    if not plain:
        return None
    if plain.startswith(("-", "−")):
        raise BadInput(FieldProblem(field, mark("A number below 0 cannot be.")))
    if _TWO_READINGS.fullmatch(plain):
        said = mark(
            "This can be read in two ways. Write 1250 or 1,25, without a mark for thousands."
        )
        raise BadInput(FieldProblem(field, said))
    if not _PLAIN.fullmatch(plain):
        raise BadInput(FieldProblem(field, mark("Write a number, such as 12 or 12,5.")))
    return checked(field, float(plain.replace(",", ".")))


def checked(field: str, value: float) -> float:
    """The same number, if it can be a figure. Raises ``BadInput`` naming the field."""
    if not value >= 0:
        raise BadInput(FieldProblem(field, mark("A number below 0 cannot be.")))
    if value > MOST:
        problem = mark("At most {most}.")
        raise BadInput(FieldProblem(field, problem, (("most", MOST),)))
    return value


def written(value: float | None) -> str:
    """As ``read`` reads it, with a comma; empty of no number."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")
