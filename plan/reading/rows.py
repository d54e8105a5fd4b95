"""Rows of the two tables: which cell is an objective, a result or an indicator, and what a page
break cut in two."""

import re

from plan.reading.found import Indicator, Operational, Result, Strategic
from plan.reading.pieces import Column, Piece
from plan.targets.folding import words
from plan.targets.reading import read

_OPEN_END = re.compile(r"[\w,(/'’-]$")
_NEW_ALTHOUGH_SMALL = re.compile(
    r"(?:x|tout|toute|tous|toutes|nombre|nb|au moins|[0-9<>≥≤=\\-])\b|[<>≥≤=\\•*-]"
)
# No text ends with one of these.
_CUT_AFTER = re.compile(
    r"(?:[,(/'-]|\b(?:de|du|des|d|la|le|les|l|un|une|et|ou|a|au|aux|en|par|pour|avec|dans|sur|sous"
    r"|ce|cette|ces|son|sa|ses|leurs?|que|qui|van|het|een|en|of|met|voor|op|in|te))$"
)
# With one of these a text goes on after its number: "2 réunions par an / avec les partenaires".
_GOES_ON = re.compile(
    r"(?:avec|pour|dans|et|ou|de|du|des|d'|a|au|aux|en|par|sur|sous|entre|chez|qui|que|dont|lors"
    r"|durant|pendant|ainsi|afin|selon|via|vers|/|met|voor|van|op|in|door|bij|tijdens)\b"
)
_ENDS_WITH_ITS_TARGET = re.compile(
    r"(?:[0-9%xh…]|\b(?:an|ans|annee|jour|jours|semaine|mois|trimestre|semestre|non|nee|jaar|week"
    r"|maand|dag)) ?[.;]?$"
)
_BEGINS = re.compile(
    r"(?:existence|mise en|[a-z]+(?:tion|sion|ment)s? (?:effectives? |active |annuelle )?"
    r"(?:de|d'|des|du|a|au|aux)\b)"
)
_VERB = re.compile(
    r"(?:s'|se |ne )?(?:[a-z-]{2,}(?:er|ir|oir|uire|ndre|indre|uivre)|(?:\w*mettre|\w*faire|etre"
    r"|inscrire|\w*prendre))s?(?: |,|/|$|-)"
)


def by_column(piece: Piece, columns: tuple[Column, ...]) -> tuple[dict[Column, str], list[str]]:
    """The cells of a row by column, and what stands beyond the last column."""
    named: dict[Column, str] = {}
    beyond = [cell for cell in piece.cells[len(columns) :] if cell]
    for column, cell in zip(columns, piece.cells, strict=False):
        if column is Column.OTHER or (named.get(column)):
            beyond += [cell] if cell else []
        else:
            named[column] = cell
    return named, beyond


# What a word processor makes of its round bullet where only text is kept.
_BULLET = re.compile(r"o (?=[A-ZÀ-Ý0-9])")


def continues(text: str, before: str, *, broken: bool) -> bool:
    """Whether a text goes on with one that a page cut: there was a break, the first has no end, and
    the second no beginning."""
    if not broken or not before or not text[:1].islower() or _BULLET.match(text):
        return False
    said, goes_on = words(before), words(text)
    if not _OPEN_END.search(before) or _NEW_ALTHOUGH_SMALL.match(goes_on):
        return False
    if _CUT_AFTER.search(said) or _GOES_ON.match(goes_on):
        return True
    return not _ENDS_WITH_ITS_TARGET.search(said) and not _BEGINS.match(goes_on)


def joined(before: str, text: str) -> str:
    return before + ("" if before.endswith(("-", "'", "’")) else " ") + text


def is_objective(text: str) -> bool:
    """Whether a text that has lost its column reads as what is to be done, not as what came of
    it."""
    return names_no_target(text) and bool(_VERB.match(words(text)))


def names_no_target(text: str) -> bool:
    target = read(text)
    return not target.is_stated and target.comparator is None


def add_objective(strategic: Strategic, text: str, line: int, *, broken: bool) -> Operational:
    """The operational objective of a row: a new one, the same again, or the end of a cut one."""
    last = strategic.operational[-1] if strategic.operational else None
    if last and words(last.label) == words(text):
        return last
    if last and continues(text, last.label, broken=broken):
        last.label = joined(last.label, text)
        last.inferred.append("joined")
        last.lines.append(line)
        return last
    strategic.operational.append(Operational(text, line, lines=[line]))
    return strategic.operational[-1]


def add_result(operational: Operational, text: str, line: int, *, broken: bool) -> Result:
    """The expected result of a row, or the end of one that a page cut."""
    last = operational.results[-1] if operational.results else None
    if last and continues(text, last.raw, broken=broken):
        last.raw = joined(last.raw, text)
        last.target = read(last.raw)
        last.lines.append(line)
        last.inferred.append("joined")
        return last
    operational.results.append(Result(text, line, read(text), lines=[line]))
    return operational.results[-1]


def add_indicator(
    rows: list[Indicator], cells: dict[Column, str], line: int, *, broken: bool
) -> Indicator:
    """The indicator of a row with what was said of it, or the end of one that a page cut."""
    text = cells.get(Column.INDICATOR, "")
    if rows and (not text or continues(text, rows[-1].text, broken=broken)):
        last = rows[-1]
        last.text = joined(last.text, text) if text else last.text
        last.lines.append(line)
    else:
        rows.append(Indicator(text, line, lines=[line]))
        last = rows[-1]
    own = read(last.text)
    # What an adjective implies is the result's to say; only what is stated twice is a question.
    last.target = own if own.is_stated and "target" not in own.inferred else None
    last.analysis = _more(last.analysis, cells.get(Column.ANALYSIS, ""))
    last.colour = _more(last.colour, cells.get(Column.COLOUR, ""))
    last.motivation = _more(last.motivation, cells.get(Column.MOTIVATION, ""))
    return last


def _more(said: str, more: str) -> str:
    return joined(said, more) if said and more else said or more
