"""Weekly counts from a list: CSV or Excel, a figure each row; and the same list back.

Its columns are found by their headings, in any order and in four languages.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlmodel import Session

from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from messaging import phenomena
from partnerships import spreadsheets
from partnerships.members_import.cells import Row
from partnerships.members_import.reading import open_list
from plan.rises import counts, weeks
from plan.rises.areas import Area
from plan.rises.counts import LARGEST, Counted

MOST_ROWS = 50_000
# So many rows that are wrong are told; who has more has another file in hand.
_MOST_TOLD = 20
_HEADINGS = {
    "week": ("week", "semaine", "woche", "iso week", "semaine iso"),
    "phenomenon": ("phenomenon", "phénomène", "phenomene", "fenomeen", "phänomen", "phaenomen"),
    "area": ("area", "zone", "gebied", "gebiet", "quartier", "wijk", "commune", "gemeente"),
    "count": ("count", "number", "facts", "nombre", "faits", "aantal", "feiten", "anzahl"),
}
_NEEDED = ("week", "phenomenon", "count")


@dataclass(frozen=True, slots=True)
class Read:
    """What a list says of each area: a key of the area, and its figures."""

    by_area: Mapping[str, Sequence[Counted]]


def read(content: bytes, file_name: str, known: Sequence[Area], own: Area) -> Read:
    """The figures of a list. Without a column for the area they are of ``own``.

    Raises ``UnreadableList`` for what is no list, ``BadInput`` naming ``file`` and each row that
    cannot be taken; nothing is kept then.
    """
    rows = (row for row in open_list(content, file_name).rows() if not row.is_blank)
    columns, rest = _columns(rows)
    by_name = _names(known)
    found: dict[str, list[Counted]] = {}
    problems: list[FieldProblem] = []
    for place, row in enumerate(rest):
        if place >= MOST_ROWS:
            said = mark("This list has more than {most} rows. Cut it in two.")
            raise BadInput(FieldProblem("file", said, (("most", MOST_ROWS),)))
        try:
            area, one = _figure(row, columns, by_name, own)
        except BadInput as refusal:
            problems.extend(refusal.problems)
            if len(problems) >= _MOST_TOLD:
                break
            continue
        found.setdefault(area, []).append(one)
    if problems:
        raise BadInput(*problems)
    return Read({area: _once(figures) for area, figures in found.items()})


def _columns(rows: Iterator[Row]) -> tuple[dict[str, int], Iterator[Row]]:
    heading = next(rows, None)
    titles = [cell.strip().casefold() for cell in heading.cells] if heading else []
    found = {
        name: place
        for place, title in enumerate(titles)
        for name, words in _HEADINGS.items()
        if title in words
    }
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        said = mark(
            "The first row must name the columns: week, phenomenon, count, and area if there are"
            " several. Not found: {missing}."
        )
        raise BadInput(FieldProblem("file", said, (("missing", ", ".join(missing)),)))
    return found, chain(rows)


def _names(known: Sequence[Area]) -> dict[str, str]:
    """The key of an area for whatever a list may call it."""
    by_name = {one.name.casefold(): one.key for one in known}
    by_name |= {one.code.casefold(): one.key for one in known if one.code}
    return by_name | {one.key.casefold(): one.key for one in known}


def _figure(
    row: Row, columns: Mapping[str, int], by_name: Mapping[str, str], own: Area
) -> tuple[str, Counted]:
    def cell(name: str) -> str:
        place = columns.get(name, len(row.cells))
        return row.cells[place].strip() if place < len(row.cells) else ""

    area = by_name.get(cell("area").casefold()) if cell("area") else own.key
    if area is None:
        raise _refusal(row, mark("Row {row}: no area of yours is called so."))
    week = weeks.read(cell("week"))
    if week is None:
        raise _refusal(row, mark("Row {row}: write the week as 2026-W07."))
    phenomenon = phenomena.code_of(cell("phenomenon"))
    if phenomenon is None:
        raise _refusal(row, mark("Row {row}: this phenomenon is not in the list."))
    typed = cell("count")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1
    one = Counted(phenomenon, week, number)
    if not 0 <= number <= LARGEST:
        raise _refusal(row, mark("Row {row}: give a whole number from 0 to {most}."))
    if counts.problem_of(one) is not None:
        raise _refusal(row, mark("Row {row}: this week is not over yet, or too long ago."))
    return area, one


def _refusal(row: Row, said: str) -> BadInput:
    values = (("row", row.number), ("most", LARGEST))
    return BadInput(FieldProblem(f"file.{row.number}", said, values))


def _once(figures: Sequence[Counted]) -> list[Counted]:
    """The last figure of a week counts, as if they had been typed one after the other."""
    return list({(one.phenomenon, one.week): one for one in figures}.values())


def written(session: Session, area: Area, language: Language) -> Iterator[list[str]]:
    """Every newest figure of an area as rows of a list that can be read back."""
    yield ["week", "area", "phenomenon", "name", "count"]
    for phenomenon, series in sorted(counts.of_area(session, area).items()):
        name = phenomena.label(phenomenon, language)
        for week in sorted(series):
            yield [str(week), area.key, phenomenon, name, str(series[week])]


def as_csv(rows: Iterator[list[str]]) -> Iterator[bytes]:
    return spreadsheets.as_csv(rows)
