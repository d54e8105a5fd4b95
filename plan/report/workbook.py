"""The report as a workbook: a sheet for each section as the ministry lays it out, then the figures
as tidy rows, the definitions and the journal."""

import io
from datetime import UTC
from math import ceil

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from hub.i18n import mark, translate
from plan.report import words
from plan.report.contents import IndicatorLine, Objective, Report, Section, Strategic
from plan.report.sheets import (
    BODY,
    BOLD,
    FILLS,
    HEAD_FILL,
    HEADING,
    SMALL,
    TITLE,
    Names,
    high,
    lines_of,
    on_paper,
    put,
    table,
)
from plan.report.steady_zip import steady

# Of the four columns, in characters; the fifth is hidden and holds ids to read the sheet back by.
_WIDTHS = (48.0, 36.0, 16.0, 60.0)
_ID = 5
_RESULTS_WIDTH = sum(_WIDTHS[1:])


def workbook(report: Report) -> bytes:
    """The XLSX file: the same bytes for the same report."""
    book = Workbook()
    del book[book.sheetnames[0]]
    book.properties.title, book.properties.creator = words.legible(report.title), "PLP Hub"
    book.properties.created = report.made_at.astimezone(UTC).replace(tzinfo=None)
    data, definitions, journal = (
        translate(report.language, name)
        for name in (mark("Data"), mark("Definitions"), mark("Journal"))
    )
    names = Names(data, definitions, journal)
    for section in report.sections:
        _SectionSheet(book.create_sheet(names.free(_short(section))), report, section).write()
    _data(book.create_sheet(data), report)
    _definitions(book.create_sheet(definitions), report)
    _journal(book.create_sheet(journal), report)
    for sheet in book.worksheets:
        on_paper(sheet, report.title, f"{report.municipality} · {words.period(report)}")
    written = io.BytesIO()
    book.save(written)
    return steady(written.getvalue(), report.made_at)


def _short(section: Section) -> str:
    return section.label if section.number is None else f"{section.number} {section.label}"


class _SectionSheet:
    """One section from its top to its last indicator."""

    def __init__(self, sheet: Worksheet, report: Report, section: Section) -> None:
        self._sheet, self._report, self._section = sheet, report, section
        self._titles = words.titles(report.language)
        self._row = 0

    def write(self) -> None:
        sheet = self._sheet
        for letter, width in zip("ABCD", _WIDTHS, strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.column_dimensions["E"].hidden = True
        self._across(self._report.title, TITLE)
        self._across(words.heading(self._section, self._report.language), HEADING)
        # Its name stays in sight, and stands on every printed page.
        sheet.freeze_panes = "A3"
        sheet.print_title_rows = "1:2"
        said = " · ".join(f"{name}: {value}" for name, value in words.facts(self._report))
        self._across(said, SMALL)
        self._across(words.distribution(self._section, self._report.language), SMALL)
        if self._section.general:
            self._across(self._titles.general, BOLD)
        for one in self._section.general:
            self._across(one, BODY)
        service = ""
        for strategic in self._section.strategic:
            if strategic.service and strategic.service != service:
                self._row += 1
                self._across(strategic.service, HEADING)
            service = strategic.service
            self._strategic(strategic)
        # Rows wholly below the last one are not printed.
        sheet.print_area = f"A1:D{self._row}"

    def _strategic(self, strategic: Strategic) -> None:
        self._row += 1
        self._across(f"{self._titles.strategic}: {strategic.label}", HEADING)
        self._heads(self._titles.objectives, self._titles.results)
        for objective in strategic.objectives:
            self._objective(objective)
        self._row += 1
        titles = self._titles
        self._heads(titles.indicators, titles.ministry, titles.colour, titles.motivation)
        for indicator in strategic.indicators:
            self._indicator(indicator)

    def _heads(self, *heads: str) -> None:
        self._row += 1
        for column, head in enumerate(heads, start=1):
            put(self._sheet, self._row, column, head, BOLD, HEAD_FILL, boxed=True)
        if len(heads) == 2:
            self._merge_results(HEAD_FILL)
        high(self._sheet, self._row, 2 if len(heads) > 2 else 1)

    def _objective(self, objective: Objective) -> None:
        first = self._row + 1
        label = objective.label
        if objective.responsible:
            label = f"{label}\n({objective.responsible})"
        # An objective without any result keeps its row: nothing of a plan is dropped.
        results = objective.results or (None,)
        each = ceil(lines_of(label, _WIDTHS[0]) / len(results))
        for result in results:
            self._row += 1
            put(self._sheet, self._row, 1, label if self._row == first else None, boxed=True)
            put(self._sheet, self._row, 2, result.text if result else "", boxed=True)
            put(self._sheet, self._row, _ID, f"result {result.id}" if result else "")
            self._merge_results()
            lines = lines_of(result.text, _RESULTS_WIDTH) if result else 1
            high(self._sheet, self._row, max(lines, each))
        if len(results) > 1:
            self._sheet.merge_cells(
                start_row=first, end_row=self._row, start_column=1, end_column=1
            )

    def _merge_results(self, fill: PatternFill | None = None) -> None:
        for column in (3, 4):
            put(self._sheet, self._row, column, None, BODY, fill, boxed=True)
        self._sheet.merge_cells(
            start_row=self._row, end_row=self._row, start_column=2, end_column=4
        )

    def _indicator(self, one: IndicatorLine) -> None:
        self._row += 1
        language = self._report.language
        # The ministry's own column stays empty.
        values = (one.text, "", words.colour(one.colour, language), one.motivation)
        for column, value in enumerate(values, start=1):
            fill = FILLS[one.colour] if column == 3 else None
            put(self._sheet, self._row, column, value, BODY, fill, boxed=True)
        put(self._sheet, self._row, _ID, f"indicator {one.id}")
        texts = zip(values, _WIDTHS, strict=True)
        high(self._sheet, self._row, max(lines_of(text, width) for text, width in texts))
        for line in [*words.grey_lines(one, self._report), *words.why(one, language)]:
            self._across(line, SMALL)

    def _across(self, text: str, font: Font) -> None:
        """A text over the four columns."""
        self._row += 1
        put(self._sheet, self._row, 1, text, font)
        self._sheet.merge_cells(
            start_row=self._row, end_row=self._row, start_column=1, end_column=4
        )
        high(self._sheet, self._row, lines_of(text, sum(_WIDTHS)) * (1.3 if font is TITLE else 1))


def _data(sheet: Worksheet, report: Report) -> None:
    def say(text: str) -> str:
        return translate(report.language, text)

    heads = (
        ("result_id", 38),
        ("code", 16),
        (say(mark("Section")), 24),
        (say(mark("Operational objective")), 40),
        (say(mark("Expected result")), 48),
        (say(mark("First day")), 12),
        (say(mark("Last day")), 12),
        (say(mark("Zone counted")), 18),
        (say(mark("Measure")), 26),
        (say(mark("Version")), 9),
        (say(mark("Numerator")), 12),
        (say(mark("Denominator")), 12),
        (say(mark("Value")), 12),
        (say(mark("Unknown")), 10),
        (say(mark("State")), 12),
        (say(mark("Source")), 18),
        (say(mark("Status")), 14),
        (say(mark("Taken at")), 18),
        (say(mark("Evidence")), 40),
    )
    rows = [
        (
            one.result_id,
            one.code,
            one.section,
            one.objective,
            one.expected,
            one.first,
            one.last,
            one.area,
            one.measure,
            one.version,
            one.numerator,
            one.denominator,
            one.value,
            one.unknown,
            say(words.STATES[one.state]) if one.state else "",
            say(words.SOURCES[one.source]),
            say(words.STATUSES[one.status]) if one.status else "",
            one.at,
            "\n".join(one.evidence),
        )
        for one in report.rows
    ]
    table(sheet, [name for name, _width in heads], rows, [width for _name, width in heads])


def _definitions(sheet: Worksheet, report: Report) -> None:
    heads = [
        translate(report.language, name)
        for name in (mark("Measure"), mark("Name"), mark("What it counts"), mark("Version"))
    ]
    rows = [(one.code, one.name, one.text, one.version) for one in report.definitions]
    table(sheet, heads, rows, (30, 44, 100, 10))


def _journal(sheet: Worksheet, report: Report) -> None:
    language = report.language
    heads = [
        translate(language, name)
        for name in (mark("When"), mark("What"), mark("About"), mark("By"))
    ]
    rows = [(one.at, one.what, one.about, one.by) for one in report.journal]
    table(sheet, heads, rows, (20, 44, 70, 34))
