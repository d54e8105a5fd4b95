"""``plp-hub check phone``: numbers in every habit, and fed as others will."""

import json
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partnerships.phone_check import check

COMMAND = [sys.executable, "-m", "hub.cli", "check", "phone"]
MOBILE = {"e164": "+32475123456", "kind": "mobile", "sms": True}


def told(typed: object) -> dict[str, object]:
    [answer] = check([json.dumps(typed).encode()])
    return answer


@pytest.mark.parametrize(
    "typed",
    [
        "0475/12.34.56",
        "0475 12 34 56",
        "0475-12-34-56",
        "(0475) 12 34 56",
        "+32 475 12 34 56",
        "+32 (0)475 12 34 56",
        "+32(0)475/12.34.56",
        "+320475123456",
        "0032475123456",
        "0032 (0) 475 123 456",
        "475123456",
        "475 12 34 56",
        "32475123456",
        "32 475 12 34 56",
        "475123456.0",
        "'0475123456",
        "GSM: 0475 12 34 56",
        "0475-12-34-56 (gsm)",
        "0475 12 34 56 - privé",
        "Tél. 0475/12.34.56",
        "tel:+32475123456",
        "0475\u00a012\u00a034\u202f56",  # spaces that do not break
        "\u202a0475 12 34 56\u202c",  # marks of direction, as telephones copy them
        "0475\u200b123456",  # a space without width
        "０４７５１２３４５６",
        "＋３２４７５１２３４５６",
        "٠٤٧٥١٢٣٤٥٦",
        "0475–12–34–56",
        "0475·12·34·56",
        "  0475123456  ",
        "0475123456;",
        "\t0475123456\n",
    ],
)
def test_a_belgian_mobile_is_one_however_it_is_written(typed: str) -> None:
    assert told(typed) == MOBILE


@pytest.mark.parametrize(
    "typed",
    ["0475 12 34 56 / 04 223 45 67", "0475123456 ou 0476123456", "042234567, +32475123456"],
)
def test_two_numbers_are_said_to_be_two(typed: str) -> None:
    assert told(typed) == {"error": "These are several numbers. Write one in each field."}


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("02 512 34 56", "+3225123456"),
        ("02/512.34.56", "+3225123456"),
        ("04 200 09 99", "+3242000999"),
        ("+32 4 200 09 99", "+3242000999"),
        ("25123456", "+3225123456"),
        ("081/22 33 44", "+3281223344"),
        ("+49 30 123456", "+4930123456"),
        ("+33 1 42 68 53 00", "+33142685300"),
        ("+31 20 624 1111", "+31206241111"),
    ],
)
def test_a_land_line_takes_no_texts(typed: str, e164: str) -> None:
    assert told(typed) == {"e164": e164, "kind": "landline", "sms": False}


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033 (0)6 12 34 56 78", "+33612345678"),
        ("+31 6 12345678", "+31612345678"),
        ("+49 (0)151 23456789", "+4915123456789"),
        ("+352 621 123 456", "+352621123456"),
        ("00352 621 123 456", "+352621123456"),
    ],
)
def test_a_foreign_mobile_needs_its_country_code(typed: str, e164: str) -> None:
    assert told(typed) == {"e164": e164, "kind": "mobile", "sms": True}


@pytest.mark.parametrize(
    "typed",
    [
        "06 12 34 56 78",
        "621 123 456",
        "0151 23456789",
        # Brussels, or as well Luxembourg.
        "26 12 34 56",
    ],
)
def test_a_foreign_number_without_its_country_code_is_not_guessed(typed: str) -> None:
    assert "country code" in str(told(typed)["error"])


@pytest.mark.parametrize("typed", ["+1 212 555 0123", "+1 604 555 0199"])
def test_where_a_number_does_not_tell_it_is_another_kind(typed: str) -> None:
    answer = told(typed)
    assert (answer.get("kind"), answer.get("sms")) == ("other", True) or "error" in answer


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("101", "too short"),
        ("112", "too short"),
        ("1789", "too short"),
        ("12345", "too short"),
        ("0900 12 345", "service"),
        ("078 15 15 15", "service"),
        ("0800 12 345", "service"),
        ("070 22 22 22", "service"),
        ("0475 12 34 5", "exist"),
        ("0475 12 34 567", "exist"),
        ("0444 12 34 56", "exist"),
        ("+32 475 12 34", "exist"),
        ("+999 123 456 789", "exist"),
        ("4.75E+08", "lost"),
        ("4,75123E+8", "lost"),
        ("02 512 34 56 ext. 12", "extension"),
        ("02/512.34.56 x12", "extension"),
        ("02 512 34 56 poste 3", "extension"),
        ("0475 123 456 / 0476 123 456", "several numbers"),
        ("", "no telephone"),
        ("   ", "no telephone"),
        ("\u200b", "no telephone"),
        ("0475 FLOWERS", "not a telephone"),
        ("jan@demo.example", "not a telephone"),
        ("0475\u0000123456", "not a telephone"),
        ("0475 12 34 56 😀", "not a telephone"),
        ("++32475123456", "not a telephone"),
        ("0475+123456", "not a telephone"),
        ("Infinity", "not a telephone"),
        ("１２", "too short"),
        ("9" * 10_000, "too long"),
        ("+" + "1" * 16, "too long"),
    ],
)
def test_what_is_no_number_of_a_member_is_told_why(typed: str, word: str) -> None:
    answer = told(typed)
    assert set(answer) == {"error"}
    assert word in str(answer["error"]).lower()


@pytest.mark.parametrize("typed", [475123456, 4.75e8, None, True, ["0475123456"], {"a": 1}])
def test_what_is_no_string_is_an_error(typed: object) -> None:
    assert told(typed) == {"error": "not a JSON string"}


@given(st.text(st.characters(exclude_categories=()), max_size=80))
@example("\ud83d")
@example("+")
@example("00")
@example("(((((0)))))")
@example("tel")
@example("x1")
@example("１e١")
def test_any_text_gets_an_answer(text: str) -> None:
    answer = told(text)
    assert "error" in answer or str(answer["e164"]).startswith("+")


@given(st.lists(st.binary(max_size=60)))
def test_whatever_the_line_it_gets_one_answer(lines: list[bytes]) -> None:
    answers = list(check(lines))
    assert len(answers) == len(lines)


def test_wrong_lines_are_named_and_the_others_are_answered() -> None:
    lines = b'"0475/12.34.56"\nnot json\n"101"\n\n\xff\n12\nnull\n"\\ud83d"\n"02 512 34 56"\n'
    done = subprocess.run(COMMAND, input=lines, capture_output=True, timeout=60, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one.get("kind") for one in answers] == ["mobile", *[None] * 7, "landline"]
    assert all("error" in one for one in answers[1:8])
    assert "line 3: " in done.stderr.decode()
    assert done.returncode == 1
