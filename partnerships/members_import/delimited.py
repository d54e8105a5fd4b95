"""Rows of a CSV file, whatever its separator and its encoding."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator

from hub.i18n import mark
from partnerships.members_import.cells import Row, UnreadableList, clean

_SEPARATORS = ";\t,|"
_SAMPLE_BYTES = 64 * 1024
_SAMPLE_ROWS = 50
_CHUNK_BYTES = 1024 * 1024
# A quotation mark that is never closed swallows the rows after it.
_MOST_LINES_OF_A_CELL = 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What a Belgian Excel writes, what one on a Mac writes, what programs of the eighties write.
_ONE_BYTE_ENCODINGS = ("cp1252", "mac_roman", "cp850")
# How likely a letter is in the names and streets of Belgium.
_USUAL_LETTERS = (("éèëïçöü", 3), ("êàâäáîíôóùûúñßœæ", 2), ("ÉÈÊËÀÂÄÇÏÎÔÖÙÛÜŒ’‘–€°", 1))
_LIKELINESS = {letter: weight for letters, weight in _USUAL_LETTERS for letter in letters}
# Excel's own hint of the separator; it shows no row for it.
_HINT = "sep="


def rows(content: bytes) -> Iterator[Row]:
    """The rows of a CSV file, blank ones too. Raises ``UnreadableList``."""
    encoding = encoding_of(content)
    sample = content[:_SAMPLE_BYTES].decode(encoding, errors="ignore")
    hint = sample.lstrip("\ufeff").lower().startswith(_HINT)
    separator = sample.lstrip("\ufeff")[len(_HINT)] if hint else separator_of(sample)
    lines = _lines(content, encoding)
    if hint:
        next(lines)
    yield from _read(csv.reader(lines, delimiter=separator, skipinitialspace=True))


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    with io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace", newline="") as text:
        for line in text:
            yield line.replace("\0", "")


def _read(reader: Iterator[list[str]]) -> Iterator[Row]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableList(_NEVER_CLOSED, row=number) from None
        if any(cell.count("\n") > _MOST_LINES_OF_A_CELL for cell in cells):
            raise UnreadableList(_NEVER_CLOSED, row=number)
        yield Row(number, [clean(cell) for cell in cells])


_NEVER_CLOSED = mark("A quotation mark that opens in row {row} is never closed. Correct that row.")


def encoding_of(content: bytes) -> str:
    """The encoding of a text file: by its mark, else what its bytes can be."""
    for byte_order_mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(byte_order_mark):
            return encoding
    sample = content[:_SAMPLE_BYTES]
    # Latin text in UTF-16 has a zero in every other byte.
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    return "utf-8" if _is_utf8(content) else _one_byte_encoding(content)


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(content), _CHUNK_BYTES):
            decoder.decode(content[at : at + _CHUNK_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _one_byte_encoding(content: bytes) -> str:
    """The one in which the letters with accents are those people here write."""
    accents = Counter(byte for byte in content[: 4 * _CHUNK_BYTES] if byte > 127)

    def likeliness(encoding: str) -> int:
        letters = {byte: bytes([byte]).decode(encoding, errors="ignore") for byte in accents}
        return sum(count * _LIKELINESS.get(letters[byte], 0) for byte, count in accents.items())

    return max(_ONE_BYTE_ENCODINGS, key=likeliness)


def separator_of(sample: str) -> str:
    """The separator that cuts the most rows into the same number of cells."""
    lines = sample.splitlines(keepends=True)
    # The last one is cut where the sample ends.
    lines = lines[:-1] if len(lines) > _SAMPLE_ROWS else lines
    return max(_SEPARATORS, key=lambda separator: _fit(lines, separator))


def _fit(lines: list[str], separator: str) -> tuple[int, int]:
    reader = csv.reader(iter(lines), delimiter=separator, skipinitialspace=True)
    widths: Counter[int] = Counter()
    try:
        for _number, cells in zip(range(_SAMPLE_ROWS), reader, strict=False):
            widths[len(cells)] += len(cells) > 1
    except csv.Error:
        return (0, 0)
    if not widths:
        return (0, 0)
    width, count = widths.most_common(1)[0]
    return (count, width)
