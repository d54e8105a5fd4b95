"""The rows that were left out, as a file to correct and bring in again: why, in the last column."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from hub.i18n import Language, translate
from partnerships import spreadsheets
from partnerships.members_import.candidates import Finding
from partnerships.members_import.cells import Row
from partnerships.members_import.checking import members_of
from partnerships.members_import.headings import WHY, Heading
from partnerships.members_import.reading import MembersList
from partnerships.members_import.words import FIELD_NAMES, field_name, sentence
from partnerships.models import FindingKind, ImportFinding
from partnerships.spreadsheets import Format


def format_of(members: MembersList) -> Format:
    """The kind of file it is: the one that was brought."""
    return Format.XLSX if members.is_workbook else Format.CSV


def corrected_file(
    members: MembersList,
    heading: Heading,
    findings: Iterable[Finding | ImportFinding],
    language: Language,
) -> Iterator[bytes]:
    """The file, piece by piece. ``findings`` come by row, as the rows do."""
    rows = _rows(members, heading, findings, language)
    return spreadsheets.written(rows, format_of(members))


def _rows(
    members: MembersList,
    heading: Heading,
    findings: Iterable[Finding | ImportFinding],
    language: Language,
) -> Iterator[list[str]]:
    texts = list(heading.texts) or _texts_for(heading, language)
    width = len(texts)
    yield [*texts, translate(language, WHY)]
    rows = members_of(members.rows(), heading)
    for number, told in groupby(filter(is_left_out, findings), attrgetter("row")):
        row = next((one for one in rows if one.number == number), None)
        if row is not None:
            why = " ".join(
                f"{field_name(one.field, language)}: {sentence(one, language)}" for one in told
            )
            yield [*_padded(row, width), why]


def _reason(finding: Finding | ImportFinding, language: Language) -> str:
    return f"{field_name(finding.field, language)}: {sentence(finding, language)}"


def is_left_out(finding: Finding | ImportFinding) -> bool:
    """Whether a finding is about something that was not taken."""
    return finding.kind in (FindingKind.REFUSED, FindingKind.DOUBT)


def _texts_for(heading: Heading, language: Language) -> list[str]:
    """Headings for a list that has none."""
    width = max(heading.mapping) + 1
    names = {column: FIELD_NAMES[field] for column, field in heading.mapping.items()}
    return [translate(language, names.get(column, "")) for column in range(width)]


def _padded(row: Row, width: int) -> list[str]:
    return [*row.cells[:width], *[""] * (width - len(row.cells))]
