"""The lines of a document, whatever it was written with."""

import re
import zipfile

from plan.reading import pdf_lines, word_lines

LARGEST = 20_000_000
MOST_LINES = 10_000
# What no database keeps: the character NUL, and half of a character.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ZIP, _PDF = b"PK\x03\x04", b"%PDF-"


def lines_of(content: bytes, name: str = "") -> list[str]:
    """The lines of a document, numbered from one as its reader would: those of a text as they are;
    of a Word document a line for each paragraph and each row. Raises ``ValueError``."""
    if len(content) > LARGEST:
        raise ValueError("the document is too large")
    lines = [_UNSTORABLE.sub("", line) for line in _lines(content, name)]
    if len(lines) > MOST_LINES:
        raise ValueError("the document has too many lines")
    if not any(line.strip() for line in lines):
        raise ValueError("the document has no text")
    return lines


def _lines(content: bytes, name: str) -> list[str]:
    if content.startswith(_PDF):
        return pdf_lines.lines(content)
    if content.startswith(_ZIP):
        try:
            return word_lines.lines(content)
        except (zipfile.BadZipFile, KeyError):
            raise ValueError("the document is no Word document (docx)") from None
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        kind = f" ({name.rsplit('.', 1)[-1]})" if "." in name else ""
        raise ValueError(f"this kind of file{kind} is not read; text, Word (docx) or PDF is")
    return _text(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What older Windows programs write.
        return content.decode("cp1252", errors="replace")
