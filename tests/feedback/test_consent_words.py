"""STOP and START as people write them."""

import pytest

from feedback.models import InboundKind
from feedback.reading.meaning import read


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        "stop.",
        "Stop. Merci",
        "ARRÊT",
        "arret svp",
        "Stoppen aub",
        "STOPP bitte",
        "STOP SMS",
    ],
)
def test_a_goodbye_is_understood_in_each_language(body: str) -> None:
    assert read(body).kind is InboundKind.STOP


@pytest.mark.parametrize("body", ["START", "Start, merci", "hervatten", "anmelden bitte"])
def test_coming_back_is_understood(body: str) -> None:
    assert read(body).kind is InboundKind.START


@pytest.mark.parametrize(
    "body",
    [
        "Stop, un homme escalade la clôture",
        "Il s'est arrêté devant le 12",
        "OUI",
        "JA",
        "yes",
        "merci",
        "",
        "1",
    ],
)
def test_everything_else_is_a_message_to_the_police(body: str) -> None:
    assert read(body).kind is InboundKind.MESSAGE


@pytest.mark.parametrize(
    "body", ["STOP PLP", "stop bin 482193", "STOP NIN bitte", "Quitter le PLP", "BIN verlaten aub"]
)
def test_leaving_the_partnership_is_told_from_silence_on_one_number(body: str) -> None:
    assert read(body).kind is InboundKind.LEAVE


@pytest.mark.parametrize("body", ["PLP", "BIN 482193", "Stop au PLP les vols continuent"])
def test_the_name_of_a_partnership_alone_is_no_goodbye(body: str) -> None:
    assert read(body).kind is InboundKind.MESSAGE
