"""STOP and START as people write them."""

import pytest

from feedback.consent_words import kind_of
from feedback.models import InboundKind


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
    assert kind_of(body) is InboundKind.STOP


@pytest.mark.parametrize("body", ["START", "Start, merci", "hervatten", "anmelden bitte"])
def test_coming_back_is_understood(body: str) -> None:
    assert kind_of(body) is InboundKind.START


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
    assert kind_of(body) is InboundKind.MESSAGE
