"""What each line of a plan is: a heading, the head of a table, a row, a rule; or several at once.

Documents print headings in many ways: bold marks inside a line, two headings on one line, a title
cut by a page. Only the ministry's closed lists and the fixed words of its form are relied on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from hub.languages import Language
from messaging import phenomena
from plan import objectives
from plan.targets.folding import folded, words


class Kind(StrEnum):
    BLANK = "blank"
    RULE = "rule"
    TABLE_HEAD = "table_head"
    ROW = "row"
    GENERAL = "general"
    STRATEGIC = "strategic"
    PHENOMENON = "phenomenon"
    PHENOMENON_NAME = "phenomenon_name"
    COORDINATION = "coordination"
    OBJECTIVE = "objective"
    EVALUATION = "evaluation"
    AFTER = "after"
    PAGE = "page"
    PLAIN = "plain"


class Column(StrEnum):
    STRATEGIC = "strategic"
    OPERATIONAL = "operational"
    RESULT = "result"
    INDICATOR = "indicator"
    ANALYSIS = "analysis"
    COLOUR = "colour"
    MOTIVATION = "motivation"
    RESPONSIBLE = "responsible"
    DUE = "due"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or a part of one. ``code`` is that of the catalogue, ``rest`` what a title that was
    cut has still to say, ``starts_line`` whether nothing stands before it on its line."""

    line: int
    kind: Kind
    text: str
    code: str | None = None
    rest: str = ""
    number: int | None = None
    cells: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    starts_line: bool = True


_COLUMNS = (
    (Column.STRATEGIC, r"objectifs? strategiques?|strategische doelstelling(?:en)?|axes?"),
    (Column.OPERATIONAL, r"objectifs? operationnels?|operationele doelstelling(?:en)?"),
    (Column.RESULT, r"resultats? attendus?|(?:verwachte|beoogde) resulta(?:a)?t(?:en)?"),
    (Column.INDICATOR, r"indicateurs?(?: de \w+)?|indicator(?:en)?"),
    (Column.ANALYSIS, r"analyse (?:du |van de )?(?:spf|fod)(?: ?-? ?(?:ibz|interieur|bibz))?"),
    (Column.COLOUR, r"(?:evaluat(?:ion|ie) ?:? ?)?(?:code couleur|kleurcode)|evaluation code"
                    r"|couleur"),
    (Column.MOTIVATION, r"(?:(?:evaluation|evaluatie) ?:? ?)?(?:motivation|motivering)"),
    (Column.RESPONSIBLE, r"responsables?|verantwoordelijken?"),
    (Column.DUE, r"echeances?|deadlines?|termijn"),
)  # fmt: skip
_COLUMN = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _COLUMNS))
_MARKS = (
    (Kind.GENERAL, r"objectifs? gener(?:al|aux)|algemene doelstelling(?:en)?"),
    (Kind.STRATEGIC, r"objectifs? strategiques?(?! (?:phenomene|coordination|de la coord))"
                     r"|strategische doelstelling(?:en)?(?! (?:fenom|coord))"),
)  # fmt: skip
_PHENOMENON = re.compile(
    r"(?:phenomene|fenomeen|verschijnsel) ?(?:n[°or.]* ?)?([0-9]{1,2})? ?[:.)-]? *"
)
_AFTER = re.compile(
    r"phenomenes?$|fenomenen$|objectifs? strategiques? (?:de la |des )?(?:phenomene|coordination)"
    r"|ce plan strategique .{0,60}signe|dit (?:strategisch )?.{0,60}ondertekend|pour l'etat federal"
    r"|fait a .{2,40}en (?:deux|2|trois|3) exemplaires"
)
_PAGE = re.compile(r"(?:page|pagina|p\.)? ?-? ?[0-9]{1,3} ?(?:(?:/|sur|van|de) ?[0-9]{1,3})? ?-?")
_RULE = re.compile(r"[\s\-|:=_+*]*[-|=_+][\s\-|:=_+*]*")
_LONGEST_HEADING = 400
_ALIKE = 0.88
_SHORTEST_CUT = 15


_OBJECTIVES = [
    (code, words(name).strip(" ."))
    for code, names in objectives.CATALOGUE.items()
    for name in names
]
_PHENOMENA = [
    (code, words(name))
    for language in (Language.FRENCH, Language.DUTCH)
    for code, name in phenomena.labels(language)
]


def pieces(lines: list[str]) -> list[Piece]:
    """The pieces of every line, in order; each line gives at least one."""
    running = _running_lines(lines)
    return [
        piece
        for number, line in enumerate(lines, start=1)
        for piece in _of_line(number, line, running)
    ]


def _running_lines(lines: list[str]) -> frozenset[str]:
    """Lines with the number of their page in them that come again on every page."""
    counts: dict[str, int] = {}
    for line in lines:
        text = words(line)
        if re.search(r"(?:page|pagina|p\.) ?[0-9]+|[0-9]+ ?/ ?[0-9]+$", text) and "\t" not in line:
            shape = re.sub(r"[0-9]+", "0", text)
            counts[shape] = counts.get(shape, 0) + 1
    return frozenset(shape for shape, number in counts.items() if number >= 3)


def _of_line(number: int, line: str, running: frozenset[str]) -> Iterator[Piece]:
    text = words(line).strip(" *#")
    if not text:
        yield Piece(number, Kind.BLANK, line)
    elif _RULE.fullmatch(line):
        yield Piece(number, Kind.RULE, line)
    elif _PAGE.fullmatch(text) or re.sub(r"[0-9]+", "0", text) in running:
        yield Piece(number, Kind.PAGE, line)
    elif columns := _columns(line):
        only = {Column.ANALYSIS, Column.COLOUR, Column.MOTIVATION}
        kind = Kind.EVALUATION if set(columns) <= only else Kind.TABLE_HEAD
        yield Piece(number, kind, line, columns=columns)
    elif "\t" in line or _is_piped(line):
        yield from _rows(number, line)
    else:
        yield from _headings(number, line)


def _is_piped(line: str) -> bool:
    return line.strip().startswith("|") or line.count(" | ") >= 1


_BREAK = re.compile(r" *<br */?> *", re.IGNORECASE)


def cells_of(line: str) -> tuple[str, ...]:
    """The cells of a row: parted by tabs, or by bars as Markdown has them."""
    if "\t" in line and not line.strip().startswith("|"):
        return tuple(cell.strip() for cell in line.split("\t"))
    inner = re.sub(r"^\s*\||(?<!\\)\|\s*$", "", line)
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner))


def _rows(number: int, line: str) -> Iterator[Piece]:
    """A row; where Markdown breaks lines within its cells, one for each. An objective before its
    results is one however it is broken."""
    first, *others = ([*_BREAK.split(cell)] for cell in cells_of(line))
    if any(cell != [""] for cell in others):
        first = [" ".join(first)]
    cells = (first, *others)
    for at in range(max(map(len, cells))):
        parts = tuple(cell[at] if at < len(cell) else "" for cell in cells)
        yield Piece(number, Kind.ROW, line, cells=parts)


def _columns(line: str) -> tuple[Column, ...]:
    """The columns of a table's head; none if the line is none. Heads are fixed words and nothing
    else, so it does not matter what parts them."""
    text = words(line).replace("*", "").strip(" |")
    if len(text) > _LONGEST_HEADING or not re.search(
        r"operation|result|indicat|analyse|evaluati|motiv|kleurcode|code couleur", text
    ):
        return ()
    if "\t" in line or _is_piped(line):
        return _columns_of_cells(line)
    found = list(_COLUMN.finditer(text))
    left = _COLUMN.sub("", text).strip(" |:.-/")
    names = tuple(Column(one.lastgroup or "") for one in found)
    return names if not left and _makes_a_table(names) else ()


def _columns_of_cells(line: str) -> tuple[Column, ...]:
    names = tuple(_column(cell) for cell in cells_of(line))
    while names and names[-1] is Column.OTHER and not cells_of(line)[len(names) - 1]:
        names = names[:-1]
    known = [one for one in names if one is not Column.OTHER]
    return names if _makes_a_table(tuple(known)) and 2 * len(known) >= len(names) else ()


def _column(cell: str) -> Column:
    found = _COLUMN.fullmatch(words(cell).strip(" *:."))
    return Column(found.lastgroup or "") if found else Column.OTHER


def _makes_a_table(names: tuple[Column, ...]) -> bool:
    if set(names) == {Column.STRATEGIC}:
        return False
    tables = {Column.OPERATIONAL, Column.RESULT, Column.INDICATOR}
    evaluated = {Column.ANALYSIS, Column.COLOUR, Column.MOTIVATION}
    return bool(tables & set(names)) or (bool(names) and set(names) <= evaluated)


def _headings(number: int, line: str) -> Iterator[Piece]:
    # A scanner's wide spaces mean nothing in a title.
    parts = (" ".join(part.split()) for part in re.split(r"\*\*|__|^#+", line))
    first = True
    for part in filter(None, parts):
        for piece in _of_part(number, part):
            yield piece if first else _following(piece)
            first = False


def _following(piece: Piece) -> Piece:
    return Piece(
        piece.line, piece.kind, piece.text, piece.code, piece.rest, piece.number, starts_line=False
    )


def _of_part(number: int, part: str) -> Iterator[Piece]:
    text = folded(part)
    if len(text) > _LONGEST_HEADING:
        yield Piece(number, Kind.PLAIN, part)
        return
    if _AFTER.match(words(part).strip(" :.*")):
        yield Piece(number, Kind.AFTER, part)
        return
    for kind, mark in _MARKS:
        found = re.search(rf"(?<![a-z])(?:{mark})(?![a-z]) *:?", text)
        if found and _is_a_mark(text, found):
            yield from _around(number, part, found, Piece(number, kind, part[slice(*found.span())]))
            return
    phenomenon = _PHENOMENON.match(text)
    if phenomenon and (phenomenon[1] or _phenomenon(part[phenomenon.end() :])):
        which = int(phenomenon[1]) if phenomenon[1] else None
        yield Piece(number, Kind.PHENOMENON, part[: phenomenon.end()], number=which)
        name = part[phenomenon.end() :].strip(" :.-–—\t")
        if name:
            yield from _of_part(number, name)
        return
    yield from _of_catalogue(number, part)


def _is_a_mark(text: str, found: re.Match[str]) -> bool:
    """Whether the words stand as a heading, and not in a sentence about objectives."""
    before, after = text[: found.start()].strip(), text[found.end() :].strip()
    alone = not before and not after
    return alone or (len(before) < 120 and not re.search(r"\b(?:les|des|aux|ces|de|de)$", before))


def _around(number: int, part: str, found: re.Match[str], mark: Piece) -> Iterator[Piece]:
    if part[: found.start()].strip():
        yield from _of_part(number, part[: found.start()].strip())
    yield mark
    if part[found.end() :].strip():
        yield from _of_part(number, part[found.end() :].strip())


def _of_catalogue(number: int, part: str) -> Iterator[Piece]:
    name = words(part).strip(" :.*")
    if name in ("coordination", "coordinatie"):
        yield Piece(number, Kind.COORDINATION, part)
        return
    objective = strategic_objective(part)
    if objective:
        yield Piece(number, Kind.OBJECTIVE, part, *objective)
        return
    phenomenon = _phenomenon(part)
    if phenomenon:
        yield Piece(number, Kind.PHENOMENON_NAME, part, phenomenon)
        return
    ending = _objective_at_the_end(part)
    if ending:
        yield from _of_part(number, part[:ending].strip())
        yield from _of_part(number, part[ending:].strip())
        return
    yield Piece(number, Kind.PLAIN, part)


def _objective_at_the_end(part: str) -> int | None:
    text = folded(part)
    for _code, name in _OBJECTIVES:
        if len(text) > len(name) + 3 and text.rstrip(" .:").endswith(name):
            return text.rindex(name)
    return None


@lru_cache(maxsize=32_768)
def strategic_objective(printed: str) -> tuple[str, str] | None:
    """The catalogue's code for a printed title, and what it would still have to say where a page
    cut it; ``None`` if it is none of them."""
    text = words(printed).strip(" :.*-")
    for code, name in _OBJECTIVES:
        rest = _cut_after(text, name)
        if rest or _alike(text, name):
            return code, rest
    return None


def _cut_after(text: str, name: str) -> str:
    """What is left of a name of which ``text`` is but the beginning."""
    if len(text) < _SHORTEST_CUT or len(name) < len(text) + 4:
        return ""
    start = name[: len(text)]
    cut = start == text or (len(text) > 40 and len(name) > len(text) + 8 and _alike(start, text))
    return name[len(text) :] if cut else ""


@lru_cache(maxsize=32_768)
def _phenomenon(printed: str) -> str | None:
    text = words(printed).strip(" :.*-")
    return next((code for code, name in _PHENOMENA if _alike(text, name)), None)


def phenomenon_code(printed: str) -> str | None:
    """The catalogue's code for a phenomenon's name as printed."""
    return _phenomenon(printed)


def _alike(left: str, right: str) -> bool:
    if left == right:
        return True
    if abs(len(left) - len(right)) > 0.15 * len(right) + 1 or len(right) < 12:
        return False
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def is_tail(text: str, rest: str) -> bool:
    """Whether a line is the end of a title that was cut before ``rest``, as pages print them:
    perhaps with the cut word again, perhaps misspelt."""
    said, wanted = words(text).strip(" .:"), rest.strip(" .:")
    if len(said) < 3 or len(said) > len(wanted) + 40:
        return False
    if wanted.startswith(said):
        return True
    endings = (wanted, wanted[-len(said) :], *wanted.split()[-1:])
    return any(SequenceMatcher(None, said, one).ratio() >= 0.75 for one in endings if one)
