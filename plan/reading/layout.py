"""Tables whose columns are only kept apart by space, as in the text of a PDF: made rows again.

A cell runs over several lines there, and nothing says where the next begins. What is known is how
wide a column is: a line that ends where the next word would still have fitted ends its cell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plan.reading.pieces import Kind, pieces

_CHUNK = re.compile(r"\S+(?: \S+)*")
_GAP = re.compile(r"\S {3,}\S")
_ASIDE = 4
_OPEN = re.compile(
    r"(?:[,:(/-]| (?:de|du|des|la|le|les|l'|et|ou|à|au|aux|en|par|pour|van|de|het))$"
)
# How full a line must be for the next to be its continuation: less, if that begins small.
_FULL, _FULL_ENOUGH = 1.0, 0.8


# For a table of so many columns, how long the longest line in each is.
_Widths = dict[int, list[int]]


@dataclass(slots=True)
class _Cell:
    line: int
    column: int
    parts: list[str]
    last: int


def with_columns(lines: list[str]) -> list[str]:
    """The same lines, each row of such a table on the line it begins on, its cells parted by tabs;
    the lines it ran on over are empty. Other lines stay as they are."""
    found = list(lines)
    tables = list(_tables(lines))
    widths: _Widths = {}
    for head, end in tables:
        _widen(widths, lines, head, end)
    for head, end in tables:
        _rewrite(found, lines, head, end, widths)
    return found


def _tables(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The head of each table, and the line after it."""
    if not any(_GAP.search(line) for line in lines):
        return
    kinds = [_kind(line) for line in lines]
    at = 0
    while at < len(lines):
        end = at + 1
        if kinds[at] is Kind.TABLE_HEAD and "\t" not in lines[at] and _GAP.search(lines[at]):
            starts = _starts(lines[at])
            while end < len(lines) and _belongs(lines, kinds, end, starts):
                end += 1
            yield at, end
        at = end


def _starts(head: str) -> list[int]:
    return [one.start() for one in _CHUNK.finditer(head)]


def _widen(widths: _Widths, lines: list[str], head: int, end: int) -> None:
    starts = _starts(lines[head])
    known = widths.setdefault(len(starts), [0] * len(starts))
    for line in lines[head + 1 : end]:
        for one in _CHUNK.finditer(line):
            column = _column(one, starts)
            known[column] = max(known[column], len(one[0]))


def _kind(line: str) -> Kind:
    return pieces([line])[0].kind


def _rewrite(found: list[str], lines: list[str], head: int, end: int, widths: _Widths) -> None:
    starts = _starts(lines[head])
    found[head] = "\t".join(one[0] for one in _CHUNK.finditer(lines[head]))
    cells = list(_cells(lines, head + 1, end, starts, widths[len(starts)]))
    for line in range(head + 1, end):
        row = {one.column: " ".join(one.parts) for one in cells if one.line == line}
        found[line] = "\t".join(row.get(at, "") for at in range(len(starts))) if row else ""


def _belongs(lines: list[str], kinds: list[Kind], at: int, starts: list[int]) -> bool:
    if kinds[at] in (Kind.BLANK, Kind.PAGE):
        following = next((k for k in range(at + 1, len(lines)) if kinds[k] is not Kind.BLANK), None)
        return (
            following is not None
            and kinds[following] is not Kind.PAGE
            and (_is_row(lines, kinds, following, starts))
        )
    return _is_row(lines, kinds, at, starts)


def _is_row(lines: list[str], kinds: list[Kind], at: int, starts: list[int]) -> bool:
    if kinds[at] not in (Kind.PLAIN, Kind.ROW, Kind.EVALUATION):
        return False
    chunks = list(_CHUNK.finditer(lines[at]))
    if not all(any(abs(one.start() - start) <= _ASIDE for start in starts) for one in chunks):
        return False
    if len(chunks) > 1 or len(starts) == 1 or _column(chunks[0], starts) > 0:
        return True
    # Alone in the first column: a cell, unless it is too long for one, or heads what comes next.
    return len(chunks[0][0]) < starts[1] - starts[0] and not _is_heading(lines, kinds, at)


def _is_heading(lines: list[str], kinds: list[Kind], at: int) -> bool:
    after = next((k for k in range(at + 1, len(lines)) if kinds[k] is not Kind.BLANK), None)
    heads = (Kind.STRATEGIC, Kind.OBJECTIVE, Kind.PHENOMENON, Kind.AFTER, Kind.TABLE_HEAD)
    return after is not None and kinds[after] in heads and not lines[at - 1].strip()


def _column(chunk: re.Match[str], starts: list[int]) -> int:
    return min(range(len(starts)), key=lambda at: abs(starts[at] - chunk.start()))


def _cells(
    lines: list[str], first: int, end: int, starts: list[int], widths: list[int]
) -> Iterator[_Cell]:
    current: dict[int, _Cell] = {}
    last_line = first
    for at in range(first, end):
        line = [(_column(one, starts), one[0]) for one in _CHUNK.finditer(lines[at])]
        begins = bool(line) and line[0][0] == 0 and len(starts) > 1
        begins = begins and not _goes_on(current.get(0), line[0][1], widths, last_line)
        for column, text in line:
            cell = current.get(column)
            # Where an objective begins, everything on its line begins.
            if cell and not begins and _goes_on(cell, text, widths, last_line):
                cell.parts.append(text)
                cell.last = at
                continue
            if cell:
                yield cell
            current[column] = _Cell(at, column, [text], at)
        last_line = at
    yield from current.values()


def _goes_on(cell: _Cell | None, text: str, widths: list[int], last_line: int) -> bool:
    # A cell that had nothing on the last line had ended; and none is parted by an empty line.
    if cell is None or cell.last != last_line:
        return False
    if _OPEN.search(cell.parts[-1]):
        return True
    filled = len(cell.parts[-1]) + 1 + len(text.split()[0])
    small = not text[:1].isupper()
    return filled > widths[cell.column] * (_FULL_ENOUGH if small else _FULL)
