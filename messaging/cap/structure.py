"""Whether a document has the shape of CAP 1.2: what stands where, how often, and in which words."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from hub.errors import FieldProblem
from hub.i18n import mark
from messaging.cap.vocabulary import ALERT, NAMESPACE, SIGNATURE_NAMESPACE, Slot

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NUMBER = re.compile(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)\s*")

_NOT_CAP = mark("This is no alert of CAP 1.2: its first element is {name} in {namespace}.")
_UNKNOWN = mark("CAP 1.2 knows no such element here.")
_OUT_OF_ORDER = mark("It stands too late: the standard puts it before {name}.")
_TOO_MANY = mark("It may stand only once.")
_MISSING = mark("It is missing.")
_EMPTY = mark("It is empty.")
_WRONG_WORD = mark("“{word}” is none of the words of the standard: {words}.")
_NO_MOMENT = mark(
    "“{word}” is no moment as CAP writes it: date, time and offset in figures, such as"
    " 2026-03-01T14:00:00+01:00, without Z and without parts of a second."
)
_NO_NUMBER = mark("“{word}” is no number.")

# Long enough to be recognised, short enough for a sentence.
_QUOTED_LENGTH = 60


def problems(root: Element) -> list[FieldProblem]:
    """Everything wrong with the shape of a document, by the path of its element."""
    namespace, name = split_tag(root.tag)
    if (namespace, name) != (NAMESPACE, "alert"):
        values = (("name", name[:_QUOTED_LENGTH]), ("namespace", namespace[:_QUOTED_LENGTH] or "–"))
        return [FieldProblem("alert", _NOT_CAP, values)]
    return list(_in(root, "alert", ALERT))


def split_tag(tag: str) -> tuple[str, str]:
    """Namespace and name of an element."""
    namespace, _, name = tag.rpartition("}")
    return namespace.removeprefix("{"), name


def _in(parent: Element, path: str, slots: Mapping[str, Slot]) -> Iterator[FieldProblem]:
    order = list(slots)
    furthest, counts = 0, dict.fromkeys(order, 0)
    for child in parent:
        namespace, name = split_tag(child.tag)
        if path == "alert" and namespace == SIGNATURE_NAMESPACE:
            continue
        where = f"{path}.{name[:_QUOTED_LENGTH]}"
        if namespace != NAMESPACE or name not in slots:
            yield FieldProblem(where, _UNKNOWN)
            continue
        counts[name] += 1
        if order.index(name) < furthest:
            yield FieldProblem(where, _OUT_OF_ORDER, (("name", order[furthest]),))
        furthest = max(furthest, order.index(name))
        yield from _of(child, numbered(where, slots[name], counts[name]), slots[name])
    yield from _counted(path, slots, counts)


def numbered(path: str, slot: Slot, number: int) -> str:
    """The path of the n-th element of this name, where there may be several."""
    return path if slot.most == 1 else f"{path}[{number}]"


def _counted(
    path: str, slots: Mapping[str, Slot], counts: Mapping[str, int]
) -> Iterator[FieldProblem]:
    for name, slot in slots.items():
        if counts[name] < slot.least:
            yield FieldProblem(f"{path}.{name}", _MISSING)
        elif slot.most is not None and counts[name] > slot.most:
            yield FieldProblem(f"{path}.{name}", _TOO_MANY)


def _of(element: Element, path: str, slot: Slot) -> Iterator[FieldProblem]:
    if slot.holds is not None:
        yield from _in(element, path, slot.holds)
        return
    said = element.text or ""
    word = (("word", said.strip()[:_QUOTED_LENGTH]),)
    if slot.least and not said.strip():
        yield FieldProblem(path, _EMPTY)
    elif slot.words and said not in slot.words:
        yield FieldProblem(path, _WRONG_WORD, (*word, ("words", ", ".join(slot.words))))
    elif slot.is_moment and not _MOMENT.fullmatch(said):
        yield FieldProblem(path, _NO_MOMENT, word)
    elif slot.is_number and not _NUMBER.fullmatch(said):
        yield FieldProblem(path, _NO_NUMBER, word)
