"""``plp-hub check sms`` against a count written from the standard alone, and fed as others will."""

import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.sms_check import check

COMMAND = [sys.executable, "-m", "hub.cli", "check", "sms"]

# GSM 03.38, written down by its code table, row by row, and the extension table.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
).replace("\x1b", "")
EXTENSION = "\f^{}\\[~]|€"


def by_the_standard(text: str) -> dict[str, object]:
    """Each character as the list of what goes over the air, laid into parts one after the other."""
    text = unicodedata.normalize("NFC", text)
    if all(c in TABLE or c in EXTENSION for c in text):
        encoding, alone, part = "GSM-7", 160, 153
        units = [["ESC", c] if c in EXTENSION else [c] for c in text]
    else:
        encoding, alone, part = "UCS-2", 70, 67
        units = [list(pairs(c)) for c in text]
    total = sum(len(one) for one in units)
    if total <= alone:
        return {"encoding": encoding, "segments": 1 if total else 0, "units": total}
    parts: list[list[str]] = [[]]
    for one in units:
        if len(parts[-1]) + len(one) > part:
            parts.append([])
        parts[-1] += one
    return {"encoding": encoding, "segments": len(parts), "units": total}


def pairs(character: str) -> Iterator[str]:
    code = ord(character)
    if code > 0xFFFF:
        yield chr(0xD800 + ((code - 0x10000) >> 10))
        yield chr(0xDC00 + ((code - 0x10000) & 0x3FF))
    else:
        yield character


def told(text: str) -> dict[str, object]:
    [answer] = check([json.dumps(text).encode()])
    return answer


def test_the_table_of_the_standard_is_whole() -> None:
    assert len(set(TABLE)) == 127
    assert all(told(c) == {"encoding": "GSM-7", "segments": 1, "units": 1} for c in TABLE)
    assert all(told(c) == {"encoding": "GSM-7", "segments": 1, "units": 2} for c in EXTENSION)


@given(st.text(st.characters(exclude_categories=()), max_size=400))
@example("\ud83d")
@example("\0")
@example("a" * 152 + "€" + "a")
@example("ç" * 66 + "🚒" + "ç")
def test_any_text_is_counted_as_the_standard_says(text: str) -> None:
    assert told(text) == by_the_standard(text)


@given(st.text(st.sampled_from(TABLE + EXTENSION + "ç🚒"), min_size=60, max_size=1000))
def test_long_texts_are_cut_as_the_standard_says(text: str) -> None:
    assert told(text) == by_the_standard(text)


@given(st.lists(st.binary(max_size=60)))
def test_whatever_the_line_it_gets_one_answer(lines: list[bytes]) -> None:
    answers = list(check(lines))
    assert len(answers) == len(lines)
    assert all("error" in one or "segments" in one for one in answers)


def test_lines_are_answered_one_by_one_while_the_rest_is_not_yet_written() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, segments in (("Bonjour", 1), ("ç" * 71, 2), ("", 0)):
            process.stdin.write(json.dumps(text).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["segments"] == segments
        process.stdin.close()
        assert process.wait(30) == 0


def test_a_wrong_line_is_named_and_the_others_are_answered() -> None:
    lines = b'"one"\nnot json\n[1]\n\n"\\ud83d"\n\xff\n' + json.dumps("ç" * 1_000_000).encode()
    done = subprocess.run(COMMAND, input=lines, capture_output=True, timeout=60, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one.get("segments") for one in answers] == [1, None, None, None, 1, None, 14926]
    assert done.stderr.decode().splitlines() == [
        f"line {number}: not a JSON string" for number in (2, 3, 4, 6)
    ]
    assert done.returncode == 1


@pytest.mark.parametrize("line", [b"[" * 100_000, b"1" * 10_000, b'"\xed\xa0\xbd"', b'"a', b"null"])
def test_a_line_that_breaks_parsers_breaks_nothing(line: bytes) -> None:
    assert list(check([line, b'"a"'])) == [
        {"error": "not a JSON string"},
        {"encoding": "GSM-7", "segments": 1, "units": 1},
    ]
