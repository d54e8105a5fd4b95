"""What a text says to a question of a survey; and what it may say to the police instead."""

import pytest

from channels.sms_length import measure
from feedback import survey_words
from feedback.models import QuestionKind
from feedback.survey_reading import UNFIT, Given, is_bare, may_be_for_the_police, read
from hub.i18n import Language, translate

SCALE, YES_NO, CHOICE, WORDS = QuestionKind
AMOUNT = ("zu viele", "genau richtig", "trop peu")


@pytest.mark.parametrize(
    ("kind", "body", "value"),
    [
        (SCALE, "3", 3),
        (SCALE, "3 merci", 3),
        (SCALE, " 5. Dank u wel!", 5),
        (SCALE, "4/5", 4),
        (SCALE, "\uff14", 4),
        (SCALE, "2 👍", 2),
        (YES_NO, "ja", 1),
        (YES_NO, "Oui, merci", 1),
        (YES_NO, "Nein danke", 0),
        (YES_NO, "NEE", 0),
        (YES_NO, "non", 0),
        (YES_NO, "yes please", 1),
        (CHOICE, "2", 2),
        (CHOICE, "Genau richtig!", 2),
        (CHOICE, "Trop peu, merci", 3),
    ],
)
def test_an_answer_is_read_with_the_politeness_around_it(
    kind: QuestionKind, body: str, value: int
) -> None:
    assert read(kind, AMOUNT if kind is CHOICE else (), body) == Given(value)


@pytest.mark.parametrize(
    ("kind", "body"),
    [(SCALE, "0"), (SCALE, "6"), (SCALE, "ja"), (YES_NO, "3"), (CHOICE, "4"), (CHOICE, "oui")],
)
def test_a_bare_word_that_the_question_does_not_take_is_asked_again(
    kind: QuestionKind, body: str
) -> None:
    assert read(kind, AMOUNT if kind is CHOICE else (), body) == UNFIT


@pytest.mark.parametrize(
    "body",
    ["", "101", "112", "3 hommes", "1ABC234", "Au secours", "ja, een man met ladder", "👍",
     "not 3", "3 4", "\u0635\u0641\u0631", "oui il est là", "2 camionnettes rue Haute"],
)  # fmt: skip
@pytest.mark.parametrize("kind", [SCALE, YES_NO, CHOICE])
def test_what_is_no_answer_is_left_to_the_police(kind: QuestionKind, body: str) -> None:
    assert read(kind, AMOUNT if kind is CHOICE else (), body) is None


@pytest.mark.parametrize(
    "body",
    ["Help!", "Hilfe", "Au voleur", "1-ABC-234", "Er loopt een man rond", "Qui êtes-vous?",
     "Il y a quelqu'un dans le jardin", "Brand in de straat", "Vite!!", "Numéro 12"],
)  # fmt: skip
def test_free_words_that_may_be_for_the_police_are_no_answer(body: str) -> None:
    assert may_be_for_the_police(body)
    assert read(WORDS, (), body) is None


@pytest.mark.parametrize("body", ["Plus de bancs", "Meer licht", "Mehr Treffen, bitte", "<b>x</b>"])
def test_other_free_words_are_kept(body: str) -> None:
    assert read(WORDS, (), body) == Given(words=body)


def test_long_words_are_cut_and_an_empty_text_is_none() -> None:
    given = read(WORDS, (), "x " * 800)
    assert isinstance(given, Given)
    assert len(given.words) == 500
    assert read(WORDS, (), " \n ") is None


def test_a_late_number_is_told_from_a_message() -> None:
    assert is_bare("4 merci")
    assert not is_bare("4 hommes")
    assert not is_bare("")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("words", [survey_words.THANKS, survey_words.CLOSED, survey_words.DONE])
def test_what_we_answer_is_one_part_of_a_text(words: str, language: Language) -> None:
    length = measure(translate(language, words))
    assert (length.encoding, length.segments) == ("GSM-7", 1), length.offending
