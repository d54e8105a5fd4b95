"""What replies mean: the rules against replies as people write them, and the errors that hurt."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from feedback.models import InboundKind, Meaning
from feedback.reading.meaning import read

_HERE = Path(__file__).parent
_OTHER = {Meaning.QUESTION: Meaning.OTHER}


Heard = list[tuple[set[str], str, str]]


def _heard(name: str) -> Heard:
    """Meanings that are right, the language ("-" none, "*" not asked), the reply."""
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(set(meant.split("/")), language, text) for meant, language, text in rows]


def _told(text: str) -> str:
    meaning = read(text).meaning
    return _OTHER.get(meaning, meaning)


@pytest.fixture(params=["replies_heard.tsv", "replies_tricky.tsv", "replies_fresh.tsv"])
def heard(request: pytest.FixtureRequest) -> Heard:
    return _heard(request.param)


def test_nobody_is_silenced_who_did_not_ask_for_it(heard: Heard) -> None:
    silenced = [
        text for meant, _language, text in heard if "stop" not in meant and _told(text) == "stop"
    ]
    assert silenced == []


def test_nobody_is_harassed_who_asked_for_silence(heard: Heard) -> None:
    missed = [text for meant, _language, text in heard if meant == {"stop"} - {_told(text)}]
    assert missed == []


def test_meanings_and_languages_are_right_but_for_very_few(heard: Heard) -> None:
    right = sum(_told(text) in meant for meant, _language, text in heard)
    asked = [(language, text) for _meant, language, text in heard if language != "*"]
    known = sum((read(text).language or "-") == language for language, text in asked)
    assert right / len(heard) > 0.97
    assert known / len(asked) > 0.93


@pytest.mark.parametrize(
    "body",
    [
        "Stop, un homme escalade la clôture",
        "stop, er loopt een man rond",
        "STOP! 1-ABC-234",
        "stop à l'aide",
        "ne m'envoyez plus rien, un homme est dans mon jardin rue Haute",
    ],
)
def test_a_stop_that_may_be_a_sighting_is_a_message_to_the_police(body: str) -> None:
    assert read(body).kind is InboundKind.MESSAGE


def test_a_stop_with_words_nobody_understands_is_heard_and_read_by_the_police() -> None:
    reading = read("unsubscribe me please, zorgvliet perron krokodil")
    assert reading.kind is InboundKind.STOP
    assert reading.has_more


def test_whatever_is_typed_something_is_read_in_time() -> None:
    for body in (
        "stop " * 4_000,
        "a b " * 5_000,
        "\0",
        "\ud800",
        "‮stop",
        "né " * 9_000,
        "(" * 9_000,
    ):
        read(body)


def test_replies_are_read_from_the_command_line() -> None:
    lines = '"Stop. Merci"\nno json\n"ja gezien"\n"Is die man al gevonden?"\n7\n'
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "check", "reply"],
        input=lines.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"meaning": "stop", "language": "fr"},
        {"error": "not a JSON string"},
        {"meaning": "seen", "language": "nl"},
        {"meaning": "other", "language": "nl"},
        {"error": "not a JSON string"},
    ]
