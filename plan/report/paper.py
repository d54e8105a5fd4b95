"""The report on paper: the same order and tables as on its page, A4 lying, as a PDF."""

import io
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from hub.i18n import mark, translate
from plan.models import Colour
from plan.report import words
from plan.report.contents import IndicatorLine, Report, Section, Strategic

_PAGE = landscape(A4)
_MARGIN = 15 * mm
# The frame of a page keeps 6 points free on either side.
_WIDTH = _PAGE[0] - 2 * _MARGIN - 12
_INK, _MUTED, _LINE, _HEAD = (
    HexColor("#16223a"),
    HexColor("#4d5870"),
    HexColor("#8a93a3"),
    HexColor("#dce4f0"),
)
# As in the workbook: light enough for the black word on them.
_FILLS = {
    Colour.GREEN: HexColor("#a9ddb7"),
    Colour.ORANGE: HexColor("#ffcf87"),
    Colour.RED: HexColor("#f4a19a"),
    Colour.GREY: HexColor("#d9dce1"),
}
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=12.5, textColor=_INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=8, leading=10, textColor=_MUTED)
_BOLD = ParagraphStyle("bold", _BODY, fontName="Helvetica-Bold")
_TITLE = ParagraphStyle("title", _BOLD, fontSize=18, leading=23, spaceAfter=4)
_SECTION = ParagraphStyle("section", _BOLD, fontSize=14, leading=18, spaceAfter=4)
_HEADING = ParagraphStyle("heading", _BOLD, fontSize=11, leading=14, spaceBefore=8, spaceAfter=3)
_TABLE_1 = (_WIDTH * 0.4, _WIDTH * 0.6)
_TABLE_2 = (_WIDTH * 0.42, _WIDTH * 0.18, _WIDTH * 0.12, _WIDTH * 0.28)
# A heading never stands alone at the foot of a page.
_ROOM_BELOW_HEADING = 45 * mm
_Cells = list[Flowable | str]
_SAME = {"≥": ">=", "≤": "<=", "−": "-", "\u202f": "\u00a0"}
# A row is at most this long, for a row cannot be split where a page is full.
_LONGEST_PIECE = 1400


def paper(report: Report) -> bytes:
    """The PDF: the same bytes for the same report."""
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=_PAGE,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=18 * mm,
        title=_known(report.title),
        author="PLP Hub",
        lang=report.language.value,
        # No clock in the file: its own day is printed on it.
        invariant=1,
    )

    def foot(canvas: Canvas, at: Any) -> None:
        _foot(canvas, at.page, report)

    document.build(list(_story(report)), onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def _foot(canvas: Canvas, page: int, report: Report) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(_MUTED)
    canvas.drawString(_MARGIN, 10 * mm, _known(f"{report.municipality} · {report.title}")[:150])
    said = translate(report.language, mark("page {number}"), number=page)
    canvas.drawRightString(_PAGE[0] - _MARGIN, 10 * mm, _known(said))
    canvas.restoreState()


def _story(report: Report) -> Iterator[Flowable]:
    yield Paragraph(_plain(report.title), _TITLE)
    for name, value in words.facts(report):
        yield Paragraph(f"<b>{_plain(name)}:</b> {_plain(value)}", _BODY)
    yield Spacer(0, 4 * mm)
    for number, section in enumerate(report.sections):
        if number:
            yield PageBreak()
        yield from _section(section, report)
    yield from _definitions(report)


def _section(section: Section, report: Report) -> Iterator[Flowable]:
    titles = words.titles(report.language)
    yield Paragraph(_plain(words.heading(section, report.language)), _SECTION)
    yield Paragraph(_plain(words.distribution(section, report.language)), _SMALL)
    if section.general:
        yield Paragraph(_plain(titles.general), _HEADING)
        yield from (Paragraph(_plain(one), _BODY) for one in section.general)
    service = ""
    for strategic in section.strategic:
        yield CondPageBreak(_ROOM_BELOW_HEADING)
        if strategic.service and strategic.service != service:
            yield Paragraph(_plain(strategic.service), _SECTION)
        service = strategic.service
        yield Paragraph(_plain(f"{titles.strategic}: {strategic.label}"), _HEADING)
        yield _objectives(strategic, report)
        yield Spacer(0, 3 * mm)
        yield CondPageBreak(_ROOM_BELOW_HEADING)
        yield _indicators(strategic.indicators, report)


def _objectives(strategic: Strategic, report: Report) -> Table:
    titles = words.titles(report.language)
    rows: list[_Cells] = [_cells([titles.objectives, titles.results], _BOLD)]
    drawn: list[tuple[Any, ...]] = [("LINEBEFORE", (1, 0), (1, -1), 0.5, _LINE)]
    for one in strategic.objectives:
        said = f"{one.label} ({one.responsible})" if one.responsible else one.label
        first = len(rows)
        for number, text in enumerate([each.text for each in one.results] or [""]):
            rows.append(_cells([said if not number else "", text], _BODY))
            # What belongs together has no line between, and may still be parted by a page.
            at = first + number
            drawn.append(("LINEABOVE", (1 if number else 0, at), (-1, at), 0.5, _LINE))
    return _table(rows, _TABLE_1, drawn)


def _indicators(indicators: Sequence[IndicatorLine], report: Report) -> Table:
    titles, language = words.titles(report.language), report.language
    heads = [titles.indicators, titles.ministry, titles.colour, titles.motivation]
    rows: list[_Cells] = [_cells(heads, _BOLD)]
    drawn: list[tuple[Any, ...]] = []
    for one in indicators:
        at = len(rows)
        pieces = _pieces(one.motivation)
        word = words.colour(one.colour, language)
        rows.append(_cells([one.text, "", word, pieces[0]], _BODY))
        rows.extend(_cells(["", "", "", piece], _BODY) for piece in pieces[1:])
        drawn.append(("LINEABOVE", (0, at), (-1, at), 0.5, _LINE))
        drawn.append(("LINEBEFORE", (1, at), (-1, len(rows) - 1), 0.5, _LINE))
        drawn.append(("BACKGROUND", (2, at), (2, len(rows) - 1), _FILLS[one.colour]))
        said = [*words.grey_lines(one, report), *words.why(one, language)]
        for line in said:
            drawn.append(("SPAN", (0, len(rows)), (-1, len(rows))))
            rows.append([Paragraph(_plain(line), _SMALL), "", "", ""])
        # The figure stays with what it is the figure of.
        drawn.append(("NOSPLIT", (0, at), (-1, min(at + 1, len(rows) - 1))))
    return _table(rows, _TABLE_2, drawn)


def _definitions(report: Report) -> Iterator[Flowable]:
    if not report.definitions:
        return
    language = report.language
    yield PageBreak()
    yield Paragraph(_plain(translate(language, mark("Definitions"))), _SECTION)
    heads = [
        translate(language, name)
        for name in (mark("Measure"), mark("What it counts"), mark("Version"))
    ]
    rows = [_cells(heads, _BOLD)]
    rows += [
        _cells([f"{one.name} ({one.code})", one.text, str(one.version)], _BODY)
        for one in report.definitions
    ]
    drawn: list[tuple[Any, ...]] = [
        ("LINEABOVE", (0, at), (-1, at), 0.5, _LINE) for at in range(1, len(rows))
    ]
    yield _table(rows, (_WIDTH * 0.34, _WIDTH * 0.58, _WIDTH * 0.08), drawn)


def _cells(texts: Sequence[str], style: ParagraphStyle) -> _Cells:
    return [Paragraph(_plain(text).replace("\n", "<br/>"), style) for text in texts]


def _pieces(text: str) -> list[str]:
    """A long text in pieces that fit on a page, cut between words."""
    pieces = [""]
    for word in text.split(" "):
        if pieces[-1] and len(pieces[-1]) + len(word) > _LONGEST_PIECE:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {word}".lstrip(" ")
    return pieces


def _table(rows: Sequence[_Cells], widths: Sequence[float], drawn: list[tuple[Any, ...]]) -> Table:
    made = Table(rows, colWidths=widths, repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
                ("BOX", (0, 0), (-1, -1), 0.6, _LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                *drawn,
            ]
        )
    )
    return made


def _known(text: str) -> str:
    # The fonts every PDF reader has know the letters of Western Europe.
    for sign, same in _SAME.items():
        text = text.replace(sign, same)
    return words.legible(text).encode("cp1252", "replace").decode("cp1252")


def _plain(text: str) -> str:
    return escape(_known(text))
