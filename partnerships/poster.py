"""The poster of a partnership: one A4 page for a shop window, with the QR code of its join page."""

import io
from collections.abc import Sequence

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from hub.config import settings
from hub.i18n import Language, mark, translate
from partnerships.models import Partnership

_WIDTH, _HEIGHT = A4
_MIDDLE = _WIDTH / 2
_MARGIN = 18 * mm
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"
# Blue, sun yellow and ink, as on the pages; red for the emergency number.
_BAND, _SUN, _INK, _RED = "#14305a", "#f2a900", "#16223a", "#b8231a"
# Around a QR code nothing may be printed, or telephones do not find it (ISO/IEC 18004).
_QUIET_MODULES = 4
_FOOT, _ADDRESS = 40 * mm, 16 * mm


def join_address(partnership: Partnership) -> str:
    """The public address at which people ask to join."""
    return f"{settings().base_url}/join/{partnership.slug}"


def qr_code(partnership: Partnership) -> str:
    """The QR code of the join page as SVG; it is as large as the page lets it be."""
    picture = io.BytesIO()
    # A quarter of it may be torn off or covered, and it is still read.
    _code(partnership).save(
        picture, kind="svg", border=_QUIET_MODULES, xmldecl=False, omitsize=True, light="#fff"
    )
    return picture.getvalue().decode()


def _code(partnership: Partnership) -> segno.QRCode:
    return segno.make_qr(join_address(partnership), error="q")


def poster(partnership: Partnership) -> bytes:
    """The poster as a PDF, in every language of the partnership."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, lang=Language(partnership.languages[0]).value)
    canvas.setTitle(partnership.name)
    canvas.setAuthor("PLP Hub")
    languages = [Language(one) for one in partnership.languages]
    _head(canvas, partnership)
    bottom = _words(canvas, languages)
    _draw_code(canvas, partnership, bottom)
    _foot(canvas, languages)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, partnership: Partnership) -> None:
    canvas.setFillColor(_BAND)
    canvas.rect(0, _HEIGHT - 50 * mm, _WIDTH, 50 * mm, stroke=0, fill=1)
    canvas.setFillColor(_SUN)
    canvas.rect(0, _HEIGHT - 52 * mm, _WIDTH, 2 * mm, stroke=0, fill=1)
    canvas.setFillColor("#ffffff")
    size = 44
    lines = _lines(partnership.name, _BOLD, size)
    # A long name is set smaller rather than cut.
    while len(lines) > 2 and size > 18:
        size -= 2
        lines = _lines(partnership.name, _BOLD, size)
    canvas.setFont(_BOLD, size)
    top = _HEIGHT - 25 * mm + (len(lines) - 1) * size * 0.6 - size * 0.35
    for number, line in enumerate(lines):
        canvas.drawCentredString(_MIDDLE, top - number * size * 1.2, line)


def _words(canvas: Canvas, languages: Sequence[Language]) -> float:
    """Who we are and what to do, language by language; how far down it came."""
    at = _HEIGHT - 67 * mm
    for language in languages:
        at = _centred(canvas, translate(language, _TITLE), _BOLD, 21, at)
        for sentence in _SENTENCES:
            at = _centred(canvas, translate(language, sentence), _PLAIN, 14, at)
        at -= 5 * mm
    return at


_TITLE = mark("Become a member")
_SENTENCES = (
    mark("The police and your neighbours warn each other."),
    mark("Scan the code and fill in the page: it takes two minutes."),
)
_EMERGENCY = mark("In an emergency always call 101")


def _centred(canvas: Canvas, text: str, font: str, size: int, at: float) -> float:
    canvas.setFillColor(_INK)
    canvas.setFont(font, size)
    for line in _lines(text, font, size):
        canvas.drawCentredString(_MIDDLE, at, line)
        at -= size * 1.3
    return at


def _lines(text: str, font: str, size: int) -> list[str]:
    # The fonts every PDF reader has know the letters of Western Europe.
    known = text.encode("cp1252", "replace").decode("cp1252")
    lines: list[str] = simpleSplit(known, font, size, _WIDTH - 2 * _MARGIN)
    return lines


def _draw_code(canvas: Canvas, partnership: Partnership, top: float) -> None:
    code = _code(partnership)
    rows = [list(row) for row in code.matrix]
    count = len(rows) + 2 * _QUIET_MODULES
    room = top - _FOOT - _ADDRESS
    side = min(125 * mm, room)
    module = side / count
    left, bottom = _MIDDLE - side / 2, top - (room + side) / 2
    canvas.setFillColor("#000000")
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                canvas.rect(
                    left + (x + _QUIET_MODULES) * module,
                    bottom + side - (y + 1 + _QUIET_MODULES) * module,
                    module,
                    module,
                    stroke=0,
                    fill=1,
                )
    _centred(canvas, join_address(partnership), _BOLD, 14, bottom - 2 * mm)


def _foot(canvas: Canvas, languages: Sequence[Language]) -> None:
    canvas.setFillColor(_RED)
    canvas.rect(0, 0, _WIDTH, _FOOT, stroke=0, fill=1)
    canvas.setFillColor("#ffffff")
    size = 22 if len(languages) < 4 else 17
    canvas.setFont(_BOLD, size)
    at = _FOOT / 2 + (len(languages) - 1) * size * 0.65 - size * 0.35
    for number, language in enumerate(languages):
        line = translate(language, _EMERGENCY)
        canvas.drawCentredString(_MIDDLE, at - number * size * 1.3, line)
