"""One plan as other municipalities' programs would have written it: its tables in other columns,
broken by other pages, spaced by a scanner, in Markdown or Word."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

FOLDER = Path(__file__).parent / "documents"
PLAN = (FOLDER / "plan-2023-2024.txt").read_text(encoding="utf-8").split("\n")
LEFT_HEAD = "Objectifs opérationnels\tRésultats attendus"

Change = Callable[[list[str]], list[str]]


def is_row(line: str) -> bool:
    return "\t" in line and bool(re.search(r"\w", line))


def without_trailing_tabs(lines: list[str]) -> list[str]:
    return [line.rstrip() for line in lines]


def without_bold_marks(lines: list[str]) -> list[str]:
    return [line.replace("****", " ").replace("**", " ") for line in lines]


def bold_parts_on_lines_of_their_own(lines: list[str]) -> list[str]:
    return [part for line in lines for part in (line.split("**") if "**" in line else [line])]


def columns_the_other_way_round(lines: list[str]) -> list[str]:
    def turned(line: str) -> str:
        cells = line.split("\t")
        return "\t".join(reversed(cells)) if is_row(line) else line

    return [turned(line) for line in lines]


def in_markdown(lines: list[str]) -> list[str]:
    def written(line: str) -> list[str]:
        if not is_row(line):
            return [line]
        row = "| " + " | ".join(line.split("\t")) + " |"
        head = line.startswith(("Objectifs opérationnels", "Indicateurs\t"))
        return [row, "|---" * len(line.split("\t")) + "|"] if head else [row]

    return [row for line in lines for row in written(line)]


def with_windows_endings(lines: list[str]) -> list[str]:
    return [line + "\r" for line in lines]


def with_wide_spaces(lines: list[str]) -> list[str]:
    """As a scanner spaces words; what is compared is then compared without its spaces."""
    return [line.replace(" ", "  ").replace(" >", " \u00a0>") for line in lines]


def with_pages(seed: int) -> Change:
    """A page ends after any line of a table, with its number, and the head comes again."""

    def broken(lines: list[str]) -> list[str]:
        chance, out, head = random.Random(seed), list[str](), ""
        for place, line in enumerate(lines):
            out.append(line)
            if line.startswith(("Objectifs opérationnels\t", "Indicateurs\t")):
                head = line
            elif is_row(line) and head and chance.random() < 0.3:
                out += ["", f"Page {place}", ""]
                if head == LEFT_HEAD and chance.random() < 0.5:
                    out.append(head)
        return out

    return broken


def with_rules_and_blanks(seed: int) -> Change:
    def broken(lines: list[str]) -> list[str]:
        chance = random.Random(seed)
        return [
            more
            for line in lines
            for more in ([line, *chance.choice([[], [], [""], ["", "--\t--"], ["\f"]])])
        ]

    return broken


def with_heads_again(seed: int) -> Change:
    """Indicator tables, too, print their head again on the next page."""

    def broken(lines: list[str]) -> list[str]:
        chance, out, head = random.Random(seed), list[str](), ""
        for line in lines:
            out.append(line)
            if line.startswith(("Indicateurs\t", LEFT_HEAD)):
                head = "" if line == LEFT_HEAD else line
            if is_row(line) and line is not head and head and chance.random() < 0.1:
                out += ["", head]
        return out

    return broken


def with_cells_cut(seed: int) -> Change:
    """A page ends in the middle of a result; what is left of it stands alone in its cell."""

    def broken(lines: list[str]) -> list[str]:
        chance, out, left = random.Random(seed), list[str](), False
        for line in lines:
            if line.startswith(("Objectifs opérationnels\t", "Indicateurs\t")):
                left = line == LEFT_HEAD
            cut = re.search(r"[a-zé] (?=[a-zé]{5})", line[len(line) // 2 :])
            if not (left and is_row(line) and line != LEFT_HEAD and cut and chance.random() < 0.3):
                out.append(line)
                continue
            place = len(line) // 2 + cut.end()
            if line.index("\t") >= place:
                out.append(line)
            else:
                out += [line[:place].rstrip(), "", "\t" + line[place:]]
        return out

    return broken


def with_capitals(lines: list[str]) -> list[str]:
    """Headings in capitals, with accents and a colon."""

    def written(line: str) -> str:
        if "\t" in line or not line.startswith(("PHENOMENE", "Objectifs")):
            return line
        return line.upper().replace("PHENOMENE", "PHÉNOMÈNE").replace("**", " : ", 1)

    return [written(line) for line in lines]


def with_indicators_right_after(lines: list[str]) -> list[str]:
    """Each indicator table under its own objectives, as plans that were never cut have them."""
    out: list[str] = []
    tables: list[list[str]] = []
    places: list[int] = []
    current: list[str] | None = None
    for line in lines:
        if line.startswith("PHENOMENE") or line.startswith("Ce plan stratégique"):
            _put(out, places, tables)
            places, tables, current = [], [], None
        if line.startswith("Prévention policière zonale"):
            # The end of a title, cut by a page: it has no place before its title.
            continue
        if line.startswith("Indicateurs\t"):
            current = [line]
            tables.append(current)
        elif line.startswith("Objectifs opérationnels\t"):
            current = None
            out.append(line)
            places.append(len(out))
        elif current is not None:
            current.append(line)
        else:
            out.append(line)
            if is_row(line) and places:
                places[-1] = len(out)
    return out


def _put(out: list[str], places: list[int], tables: list[list[str]]) -> None:
    for place, table in reversed(list(zip(places, tables, strict=True))):
        out[place:place] = ["", *table]


def with_bullets(mark: str) -> Change:
    """Each expected result after a sign, as lists have it."""

    def listed(lines: list[str]) -> list[str]:
        out, left = list[str](), False
        for line in lines:
            if line.startswith(("Objectifs opérationnels\t", "Indicateurs\t")):
                left = line == LEFT_HEAD
            elif left and is_row(line) and not line.endswith("\t"):
                *before, result = line.split("\t")
                line = "\t".join([*before, mark + result])
            out.append(line)
        return out

    return listed


def as_word(lines: Iterable[str]) -> bytes:
    """A Word document with the tables as tables."""
    body: list[str] = []
    rows: list[list[str]] = []
    for line in [*lines, ""]:
        if is_row(line):
            if line.startswith(("Objectifs opérationnels\t", "Indicateurs\t")):
                _close(body, rows)
            rows.append(line.split("\t"))
            continue
        if line.strip():
            _close(body, rows)
        body += [_paragraph(part) for part in line.split("**") if part.strip()]
    _close(body, rows)
    return word_file("".join(body))


def as_pdf(lines: Iterable[str]) -> bytes:
    """The same on paper: cells in several lines, tables over several pages with their heads."""
    style = getSampleStyleSheet()["Normal"]
    story: list[Flowable] = []
    rows: list[list[str]] = []
    for line in [*lines, ""]:
        if is_row(line):
            if line.startswith(("Objectifs opérationnels\t", "Indicateurs\t")):
                _draw(story, rows)
            rows.append(line.split("\t"))
            continue
        if line.strip():
            _draw(story, rows)
        story += [Paragraph(escape(part), style) for part in line.split("**") if part.strip()]
    _draw(story, rows)
    written = io.BytesIO()
    SimpleDocTemplate(written).build(story)
    return written.getvalue()


def _draw(story: list[Flowable], rows: list[list[str]]) -> None:
    if not rows:
        return
    style = getSampleStyleSheet()["Normal"]
    width = max(len(row) for row in rows)
    cells = [[Paragraph(escape(cell), style) for cell in row] for row in rows]
    filled = [[*row, *[""] * (width - len(row))] for row in cells]
    table = Table(filled, colWidths=[450 / width] * width, repeatRows=1)
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
    story += [table, Spacer(1, 8)]
    rows.clear()


def word_file(body: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", document)
    return written.getvalue()


def _paragraph(text: str) -> str:
    # Word cuts a text where a spelling was looked at.
    half = len(text) // 2
    runs = (text[:half], text[half:])
    said = "".join(f'<w:r><w:t xml:space="preserve">{escape(run)}</w:t></w:r>' for run in runs)
    return f"<w:p>{said}</w:p>"


def _close(body: list[str], rows: list[list[str]]) -> None:
    if rows:
        cells = (
            "<w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
            for row in rows
        )
        body.append(f"<w:tbl>{''.join(cells)}</w:tbl>")
        rows.clear()
