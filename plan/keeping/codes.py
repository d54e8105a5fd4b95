"""The short names of a plan's parts, such as ``p1.s2.o1.r3``: given once, and kept."""

import re
from collections.abc import Container

from plan.models import NodeKind
from plan.targets.folding import words

RESULT, INDICATOR = "r", "i"
_LETTERS = {
    NodeKind.PHENOMENON: "p",
    NodeKind.GENERAL: "g",
    NodeKind.STRATEGIC: "s",
    NodeKind.OPERATIONAL: "o",
}
_LONGEST_NAME = 40
COORDINATION = "coord"
# What somebody may type as one in a spreadsheet.
SHAPE = re.compile(r"[a-z0-9][a-z0-9._-]{0,299}")


def of_node(kind: NodeKind, above: str, label: str, taken: Container[str]) -> str:
    """A code for a new part under the one with the code ``above``."""
    if kind is NodeKind.SECTION:
        return _free(COORDINATION, taken)
    if kind is NodeKind.SERVICE:
        name = re.sub(r"[^a-z0-9]+", "-", words(label)).strip("-")[:_LONGEST_NAME] or "service"
        return _free(_under(above, name), taken)
    return numbered(_LETTERS[kind], above, taken)


def numbered(letter: str, above: str, taken: Container[str]) -> str:
    """The first that is free: ``p1.s1.o3`` after ``p1.s1.o2``."""
    number = 1
    while _under(above, f"{letter}{number}") in taken:
        number += 1
    return _under(above, f"{letter}{number}")


def _free(code: str, taken: Container[str]) -> str:
    number, free = 1, code
    while free in taken:
        number += 1
        free = f"{code}-{number}"
    return free


def _under(above: str, own: str) -> str:
    return f"{above}.{own}" if above else own
