"""The forms a report is handed over in."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from plan.report.contents import Report
from plan.report.paper import paper
from plan.report.word_document import word_document
from plan.report.workbook import workbook


class Kind(StrEnum):
    XLSX = "xlsx"
    PDF = "pdf"
    DOCX = "docx"


_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Mapping[Kind, str] = {
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    Kind.PDF: "application/pdf",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
}
_MAKERS: Mapping[Kind, Callable[[Report], bytes]] = {
    Kind.XLSX: workbook,
    Kind.PDF: paper,
    Kind.DOCX: word_document,
}


def made(report: Report, kind: Kind) -> bytes:
    """The report as such a file; the same bytes for the same report."""
    return _MAKERS[kind](report)
