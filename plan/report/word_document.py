"""The report in Word, for those who write on in it: the same order and tables."""

import io
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Written
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from plan.models import Colour
from plan.report import words
from plan.report.contents import IndicatorLine, Report, Section, Strategic
from plan.report.steady_zip import steady

_LONG, _SHORT, _MARGIN = Mm(297), Mm(210), Mm(15)
_TABLE_1 = (Mm(107), Mm(160))
_TABLE_2 = (Mm(107), Mm(48), Mm(32), Mm(80))
_MUTED = RGBColor(0x4D, 0x58, 0x70)
_HEAD = "DCE4F0"
# As in the workbook: light enough for the black word on them.
_FILLS = {
    Colour.GREEN: "A9DDB7",
    Colour.ORANGE: "FFCF87",
    Colour.RED: "F4A19A",
    Colour.GREY: "D9DCE1",
}


def word_document(report: Report) -> bytes:
    """The DOCX file: the same bytes for the same report."""
    document = Document()
    _set_up(document, report)
    document.add_heading(words.legible(report.title), 0)
    for name, value in words.facts(report):
        line = document.add_paragraph()
        line.add_run(f"{name}: ").bold = True
        line.add_run(words.legible(value))
    for number, section in enumerate(report.sections):
        if number:
            document.add_page_break()
        _section(document, section, report)
    written = io.BytesIO()
    document.save(written)
    return steady(written.getvalue(), report.made_at)


def _set_up(document: Written, report: Report) -> None:
    about = document.core_properties
    about.title, about.author = words.legible(report.title)[:255], "PLP Hub"
    about.language, about.comments = report.language.value, ""
    about.created = about.modified = report.made_at.replace(tzinfo=None, microsecond=0)
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = _LONG, _SHORT
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = _MARGIN
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    normal.paragraph_format.space_after = Pt(3)
    foot = page.footer.paragraphs[0]
    foot.add_run(words.legible(f"{report.municipality} · {words.period(report)}\t\t"))
    _field(foot, "PAGE")
    foot.add_run(" / ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that Word fills in itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)


def _section(document: Written, section: Section, report: Report) -> None:
    titles = words.titles(report.language)
    document.add_heading(words.legible(words.heading(section, report.language)), 1)
    _small(document.add_paragraph(), words.distribution(section, report.language))
    if section.general:
        document.add_heading(titles.general, 2)
    for one in section.general:
        document.add_paragraph(words.legible(one))
    service = ""
    for strategic in section.strategic:
        if strategic.service and strategic.service != service:
            document.add_heading(words.legible(strategic.service), 2)
        service = strategic.service
        document.add_heading(words.legible(f"{titles.strategic}: {strategic.label}"), 3)
        _objectives(document, strategic, report)
        document.add_paragraph()
        _indicators(document, strategic.indicators, report)


def _objectives(document: Written, strategic: Strategic, report: Report) -> None:
    titles = words.titles(report.language)
    table = _table(document, [titles.objectives, titles.results], _TABLE_1)
    for one in strategic.objectives:
        said = f"{one.label} ({one.responsible})" if one.responsible else one.label
        rows = [_row(table, ["", each.text]) for each in one.results] or [_row(table, ["", ""])]
        label = rows[0].cells[0].merge(rows[-1].cells[0]) if len(rows) > 1 else rows[0].cells[0]
        _say(label, said)


def _indicators(document: Written, indicators: Sequence[IndicatorLine], report: Report) -> None:
    titles, language = words.titles(report.language), report.language
    heads = [titles.indicators, titles.ministry, titles.colour, titles.motivation]
    table = _table(document, heads, _TABLE_2)
    for one in indicators:
        # The ministry's own column stays empty.
        values = [one.text, "", words.colour(one.colour, language), one.motivation]
        row = _row(table, values)
        _fill(row.cells[2], _FILLS[one.colour])
        below = _row(table, ["", "", "", ""])
        wide = below.cells[0].merge(below.cells[3])
        for line in [*words.grey_lines(one, report), *words.why(one, language)]:
            _small(wide.add_paragraph(), line)
        _drop_empty(wide)


def _table(document: Written, heads: Sequence[str], widths: Sequence[Mm]) -> Table:
    table: Table = document.add_table(1, len(heads), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    head = table.rows[0]
    for cell, text, width in zip(head.cells, heads, widths, strict=True):
        cell.width = width
        _say(cell, text, bold=True)
        _fill(cell, _HEAD)
    # On every page the table goes on over.
    _mark(head, "w:tblHeader")
    return table


def _row(table: Table, texts: Sequence[str]) -> _Row:
    row: _Row = table.add_row()
    _mark(row, "w:cantSplit")
    for cell, text in zip(row.cells, texts, strict=True):
        _say(cell, text)
    return row


def _mark(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _say(cell: _Cell, text: str, *, bold: bool = False) -> None:
    if text:
        cell.paragraphs[0].add_run(words.legible(text)).bold = bold


def _small(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(words.legible(text))
    run.font.size, run.font.color.rgb = Pt(8), _MUTED


def _drop_empty(cell: _Cell) -> None:
    # Merging leaves the empty paragraphs of the four before; one must stay.
    for one in cell.paragraphs[:-1]:
        if not one.text:
            one._p.getparent().remove(one._p)


def _fill(cell: _Cell, color: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", color)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
