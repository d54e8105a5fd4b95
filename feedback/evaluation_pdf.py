"""The yearly evaluation on paper: the same words, bars and tables as on its page."""

import io
from collections.abc import Sequence
from typing import Any, Literal
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from feedback.evaluation_charts import Bars
from feedback.evaluations import Side
from feedback.models import EvaluationMark
from hub.i18n import Language, day, mark, moment, translate

_MARGIN = 18 * mm
# The frame of a page keeps 6 points free on either side.
_WIDTH = A4[0] - 2 * _MARGIN - 12
_INK, _MUTED, _LINE, _BAND = (
    HexColor("#16223a"),
    HexColor("#4d5870"),
    HexColor("#b9c0cc"),
    HexColor("#14305a"),
)
_WHITE = HexColor("#ffffff")
# Legible in grey too: from light to dark, as they are stacked.
_PARTS = tuple(HexColor(one) for one in ("#f2a900", "#3a76d0", "#1b7a46", "#b8231a", "#6b7487"))
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, textColor=_INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=8.5, leading=11, textColor=_MUTED)
_CELL = ParagraphStyle("cell", _BODY, fontSize=9, leading=11)
_NARROW = ParagraphStyle("narrow", _CELL, fontSize=7.5, leading=10)
_MANY_COLUMNS = 7
_TITLE = ParagraphStyle("title", _BODY, fontName="Helvetica-Bold", fontSize=20, leading=25)
_HEADING = ParagraphStyle(
    "heading",
    _BODY,
    fontName="Helvetica-Bold",
    fontSize=13,
    leading=17,
    spaceBefore=12,
    spaceAfter=4,
)
_LABEL = ParagraphStyle("label", _BODY, fontName="Helvetica-Bold", spaceBefore=6)
_MARKS = {
    EvaluationMark.TOO_LITTLE: mark("too little"),
    EvaluationMark.ENOUGH: mark("enough"),
    EvaluationMark.TOO_MUCH: mark("too much"),
}
_SIDES = {
    Side.OFFICER: mark("For the police: the mandated officer"),
    Side.COORDINATOR: mark("For the members: the coordinator"),
}

# The bars and their table, or the first lines.
_KEPT_WITH_HEADING = 2

Said = dict[str, Any]


def paper(told: Said, language: Language) -> bytes:
    """The PDF of ``feedback.evaluation_pages.told``, A4, in one language."""
    writer = _Writer(told, language)
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=20 * mm,
        title=writer.title,
        author="PLP Hub",
        lang=language.value,
    )
    document.build(writer.story(), onFirstPage=writer.foot, onLaterPages=writer.foot)
    return file.getvalue()


class _Writer:
    """Puts the parts one under the other."""

    def __init__(self, told: Said, language: Language) -> None:
        self._told, self._language = told, language
        self._kept = told["kept"]
        about = self._say(mark("evaluation {year}"), year=told["year"].number)
        self.title = f"{told['partnership'].name}: {about}"

    def _say(self, words: str, **values: str | int) -> str:
        return translate(self._language, words, **values)

    def story(self) -> list[Flowable]:
        """All that is on the paper, from its title to its signatures."""
        return [
            Paragraph(_plain(self.title), _TITLE),
            Paragraph(self._counted(), _SMALL),
            *self._hot(),
            *self._cold(),
            *self._part(mark("The year month by month"), self._drawn("months")),
            *self._follow_up(),
            *self._crime(),
            *self._part(
                mark("The feeling of safety"), [*self._survey(), *self._words("safety_words")]
            ),
            *self._words_only(mark("Citizens and police"), "relation_words"),
            *self._members(),
            *self._words_only(mark("Conclusion, and what comes next"), "conclusion"),
            self._signatures(),
        ]

    def foot(self, canvas: Canvas, document: Any) -> None:
        """The page's number and what it is a page of."""
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(_MUTED)
        canvas.drawString(_MARGIN, 11 * mm, _known(self.title))
        canvas.drawRightString(A4[0] - _MARGIN, 11 * mm, str(document.page))
        canvas.restoreState()

    def _counted(self) -> str:
        at = moment(self._told["as_of"], self._language)
        counted = self._say(mark("Counted on {time}."), time=at)
        left_out = self._say(
            mark(
                "Drills are left out. What members tell 101 by telephone, and what they write to "
                "the police, is not counted here."
            )
        )
        return _plain(f"{counted} {left_out}")

    def _part(self, heading: str, parts: Sequence[Flowable]) -> list[Flowable]:
        head = Paragraph(_plain(self._say(heading)), _HEADING)
        # A heading never stands alone at the foot of a page.
        return [KeepTogether([head, *parts[:_KEPT_WITH_HEADING]]), *parts[_KEPT_WITH_HEADING:]]

    def _hot(self) -> list[Flowable]:
        now = self._told["now"]
        about = ", ".join(
            f"{self._told['phenomenon'](code)} ({count})"
            for code, count in now["messages"]["phenomena"].items()
        )
        not_called = ", ".join(
            f"{self._told['reason'](code)} ({count})"
            for code, count in now["not_launched"]["reasons"].items()
        )
        facts = [
            (mark("About:"), about or "0"),
            (
                mark("Updates, all clears and corrections after them"),
                now["messages"]["later_steps"],
            ),
            (
                mark("People reached, of those they were meant for"),
                self._of(now["reach"]["reached"], now["reach"]["meant"]),
            ),
            (mark("Drills"), now["messages"]["drills"]),
            (mark("Not called, and the coordinator was told why"), not_called or "0"),
            (mark("How is this felt?"), self._felt("hot_felt")),
        ]
        return self._part(mark("Hot messages"), [*self._drawn("hot"), self._facts(facts)])

    def _cold(self) -> list[Flowable]:
        relay = self._told["now"]["relay"]
        facts = [
            (
                mark("Brought to the coordinator, and passed on"),
                self._of(relay["passed_on"], relay["asked"]),
            ),
            (mark("Declined, with a reason"), relay["declined"]),
            (mark("Half of them were decided within"), self._hours(relay["median_hours"])),
            (mark("How is this felt?"), self._felt("cold_felt")),
        ]
        return self._part(mark("Cold messages"), [*self._drawn("cold"), self._facts(facts)])

    def _follow_up(self) -> list[Flowable]:
        given = self._told["now"]["feedback"]
        facts = [
            (
                mark("Alerts whose members were told how it ended"),
                self._of(given["given"], given["owed"]),
            ),
            (
                mark("Within the time the communication plan promises"),
                self._of(given["in_time"], given["owed"]),
            ),
            (mark("Half of them were told within"), self._hours(given["median_hours"])),
        ]
        heading = mark("How it ended: feedback to the members")
        return self._part(heading, [self._facts(facts), *self._words("follow_up_words")])

    def _crime(self) -> list[Flowable]:
        figures = self._kept.crime_figures if self._kept else {}
        columns, rows = self._told["crime_columns"], self._told["crime_rows"]
        table = [
            ["", *columns.values()],
            *(
                [name, *(str(figures.get(row, {}).get(one, "—")) for one in columns)]
                for row, name in rows.items()
            ),
        ]
        said = mark(
            "The police type these figures; the hub does not know them. A change of them proves "
            "nothing about the partnership by itself."
        )
        drawn = self._told["burglaries"]
        parts: list[Flowable] = [Paragraph(_plain(self._say(said)), _SMALL)]
        if drawn:
            parts += [_bars(drawn), _bars_table(drawn, self._say(mark("Together"))), _gap()]
        return self._part(mark("Crime"), [*parts, _table(table)])

    def _survey(self) -> list[Flowable]:
        survey, years = self._told["survey"], self._told["years"]
        if not survey:
            return [Paragraph(_plain(self._say(mark("No survey was held."))), _BODY)]
        head = [self._say(mark("What the survey says")), *(str(one["year"]) for one in years)]
        said = mark(
            "In brackets: how many answered, of those who were asked. Fewer than five answers are "
            "not shown."
        )
        table = _table([head, *([question, *answers] for question, answers in survey)])
        return [table, Paragraph(_plain(self._say(said)), _SMALL)]

    def _members(self) -> list[Flowable]:
        members = self._told["now"]["members"]
        facts = [
            (mark("Joined"), members["joined"]),
            (mark("Left the partnership"), members["left"]),
        ]
        parts = [*self._drawn("members"), self._facts(facts), *self._words("activities_words")]
        return self._part(mark("Members and activities"), parts)

    def _words_only(self, heading: str, name: str) -> list[Flowable]:
        return self._part(heading, self._words(name))

    def _words(self, name: str) -> list[Flowable]:
        said = getattr(self._kept, name) if self._kept else ""
        lines = (said or "—").split("\n")
        return [_gap(), *(Paragraph(_plain(line) or "&nbsp;", _BODY) for line in lines)]

    def _drawn(self, name: str) -> list[Flowable]:
        bars: Bars = self._told["charts"][name]
        if bars.is_empty:
            said = self._say(mark("Nothing in these years."))
            return [Paragraph(_plain(f"{bars.title}: {said}"), _BODY)]
        return [_bars(bars), _bars_table(bars, self._say(mark("Together")))]

    def _facts(self, facts: Sequence[tuple[str, str | int]]) -> Flowable:
        rows = [[self._say(name), str(value)] for name, value in facts]
        return _table(rows, widths=(_WIDTH * 0.6, _WIDTH * 0.4), has_head=False)

    def _of(self, part: int, whole: int) -> str:
        share = self._told["percent"](part, whole)
        return f"{part} / {whole}" + (f" ({share} %)" if share is not None else "")

    def _hours(self, figure: int | None) -> str:
        if figure is None:
            return self._say(mark("not known"))
        return self._say(mark("{hours} hours"), hours=figure)

    def _felt(self, name: str) -> str:
        said = getattr(self._kept, name) if self._kept else None
        return self._say(_MARKS[said] if said else mark("nothing said"))

    def _signatures(self) -> Flowable:
        signed = {side: (name, at) for side, name, at in self._told["signed"]}
        cells = []
        for side, label in _SIDES.items():
            who = signed.get(side)
            below = f"{who[0]}, {day(who[1], self._language)}" if who else "\n\n"
            cells.append(f"{self._say(label)}\n\n{below}")
        parts: list[Flowable] = [
            Paragraph(_plain(self._say(mark("Signatures"))), _HEADING),
            _table([cells], widths=(_WIDTH / 2, _WIDTH / 2), has_head=False),
        ]
        if self._kept and self._kept.sha256:
            said = self._say(mark("Fingerprint of what was signed:"))
            parts.append(Paragraph(_plain(f"{said} {self._kept.sha256}"), _SMALL))
        return KeepTogether(parts)


def _gap() -> Spacer:
    return Spacer(0, 2 * mm)


def _known(words: str) -> str:
    # The fonts every PDF reader has know the letters of Western Europe.
    return words.encode("cp1252", "replace").decode("cp1252")


def _plain(words: str) -> str:
    return escape(_known(words))


def _table(
    rows: Sequence[Sequence[str]],
    widths: Sequence[float] | None = None,
    *,
    has_head: bool = True,
) -> Table:
    count = len(rows[0])
    first = _WIDTH * (0.24 if count > _MANY_COLUMNS else 0.34) if count > 2 else _WIDTH / count
    usual = (first, *((_WIDTH - first) / (count - 1) for _one in range(count - 1)))
    font = _NARROW if count > _MANY_COLUMNS else _CELL
    cells = [[Paragraph(_plain(one).replace("\n", "<br/>"), font) for one in row] for row in rows]
    style: list[Any] = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
    ]
    if count > _MANY_COLUMNS:
        style += [("LEFTPADDING", (1, 0), (-1, -1), 2), ("RIGHTPADDING", (1, 0), (-1, -1), 1)]
    if has_head:
        style.append(("LINEBELOW", (0, 0), (-1, 0), 1, _BAND))
    table = Table(cells, colWidths=widths or usual, repeatRows=1 if has_head else 0)
    table.setStyle(TableStyle(style))
    return table


def _bars_table(bars: Bars, together: str) -> Table:
    rows = [["", *bars.categories]]
    rows += [[one.name, *(str(value) for value in one.values)] for one in bars.series]
    if len(bars.series) > 1:
        rows.append([together, *(str(total) for total in bars.totals)])
    table = _table(rows)
    for number, color in enumerate(_PARTS[: len(bars.series)], start=1):
        table.setStyle(TableStyle([("LINEBEFORE", (0, number), (0, number), 6, color)]))
    return table


_HEIGHT, _GROUND, _TOP = 52 * mm, 7 * mm, 42 * mm


def _bars(bars: Bars) -> Drawing:
    """The title, the bars, their totals above and what they are below."""
    drawing = Drawing(_WIDTH, _HEIGHT)
    drawing.add(_string(0, _HEIGHT - 4 * mm, bars.title, size=10, color=_INK, bold=True))
    drawing.add(Line(0, _GROUND, _WIDTH, _GROUND, strokeColor=_MUTED, strokeWidth=0.6))
    step = _WIDTH / len(bars.categories)
    for number, category in enumerate(bars.categories):
        middle = step * (number + 0.5)
        top = _bar(drawing, bars, number, middle, min(step * 0.6, 16 * mm))
        total = str(bars.totals[number])
        drawing.add(_string(middle, top + 3, total, color=_INK, bold=True, anchor="middle"))
        drawing.add(_string(middle, _GROUND - 11, category, anchor="middle"))
    return drawing


def _bar(drawing: Drawing, bars: Bars, number: int, middle: float, width: float) -> float:
    """One bar, piece upon piece; how high it came."""
    at = _GROUND
    for series, color in zip(bars.series, _PARTS, strict=False):
        height = (_TOP - _GROUND) * series.values[number] / bars.highest
        if not height:
            continue
        piece = Rect(middle - width / 2, at, width, height)
        piece.fillColor, piece.strokeColor, piece.strokeWidth = color, _WHITE, 0.5
        drawing.add(piece)
        at += height
    return at


def _string(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 8,
    color: Color = _MUTED,
    bold: bool = False,
    anchor: Literal["start", "middle"] = "start",
) -> String:
    font = "Helvetica-Bold" if bold else "Helvetica"
    return String(
        x, y, _known(words), fontName=font, fontSize=size, fillColor=color, textAnchor=anchor
    )
