"""Every string in every language, fit for where it is shown: a page, a text, a call, a mail."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog

from channels.sms_length import measure
from feedback.text_answers import ANSWERS
from hub.i18n import Language, catalogue, translate
from hub.templating import environment
from messaging.texts import Words
from scripts import messages

# Numbers to call, keys to press, words to text back.
FIXED = re.compile(r"(?<![%{\w])(?:\d+|STOP|START)\b")

translated_language = pytest.mark.parametrize("language", messages.LANGUAGES)
any_language = pytest.mark.parametrize("language", list(Language))


@pytest.fixture(scope="module")
def found() -> dict[str, messages.Source]:
    return messages.sources()


def translations(language: str) -> Iterator[tuple[str, str]]:
    """Each English string with its translation; each plural form on its own."""
    for message in messages.read(language):
        for form in messages.forms(message.string):
            if message.id and form:
                yield messages.forms(message.id)[0], form


@translated_language
def test_every_string_is_translated_and_none_is_left_over(
    language: str, found: dict[str, messages.Source]
) -> None:
    assert messages.problems(messages.read(language), found) == []


@translated_language
def test_every_catalogue_is_read_and_holds_no_guess(language: str) -> None:
    read = messages.read(language)
    assert [message.id for message in read if message.id and message.fuzzy] == []
    assert catalogue(Language(language)).gettext("Sign in") != "Sign in"


@translated_language
def test_what_is_filled_in_has_the_same_names_in_every_language(language: str) -> None:
    for source, form in translations(language):
        assert messages.placeholders(form) == messages.placeholders(source), form


@translated_language
def test_numbers_to_call_keys_to_press_and_words_to_text_stay_as_they_are(language: str) -> None:
    for source, form in translations(language):
        assert FIXED.findall(form) == FIXED.findall(source), form


@translated_language
def test_updating_a_catalogue_that_fits_changes_nothing(
    language: str, found: dict[str, messages.Source]
) -> None:
    again = messages.written(messages.updated(messages.read(language), found))
    assert again == messages.catalogue_file(language).read_text(encoding="utf-8")


@any_language
@pytest.mark.parametrize("said", ANSWERS)
def test_an_answer_by_sms_is_one_part_and_keeps_its_words(said: str, language: Language) -> None:
    answer = translate(language, said)
    length = measure(answer)
    assert (length.encoding, length.segments) == ("GSM-7", 1), length.offending
    assert FIXED.findall(answer) == FIXED.findall(said)


@any_language
@pytest.mark.parametrize("said", ANSWERS[3:])
def test_an_answer_to_somebody_who_may_need_help_says_101(said: str, language: Language) -> None:
    assert "101" in translate(language, said)


@any_language
@pytest.mark.parametrize("name", ["messaging/mail.html", "messaging/mail.txt"])
def test_a_mail_is_written_in_the_members_language_and_says_101(
    name: str, language: Language
) -> None:
    words = Words(subject="PLP", short="PLP", long="1\n\n2")
    context = {"words": words, "urgent": True, "can_answer": True, "unsubscribe_url": ""}
    context["seen_url"] = "https://hub.example/seen/1.x"
    mail = environment(language).get_template(name).render(context)
    reason = "You get this message because you are a member of a Local Prevention Partnership."
    assert translate(language, reason) in mail
    assert mail.count("101") == 2
    assert "STOP" in mail


@any_language
def test_every_page_can_be_made(language: Language) -> None:
    pages = environment(language)
    for name in pages.list_templates():
        pages.get_template(name)


@pytest.mark.parametrize(
    ("language", "none", "one", "two"),
    [
        (Language.FRENCH, "0 partie", "1 partie", "2 parties"),
        (Language.DUTCH, "0 delen", "1 deel", "2 delen"),
        (Language.GERMAN, "0 Teile", "1 Teil", "2 Teile"),
        (Language.ENGLISH, "0 parts", "1 part", "2 parts"),
    ],
)
def test_none_is_one_in_french_and_many_elsewhere(
    language: Language, none: str, one: str, two: str
) -> None:
    count = environment(language).from_string(
        '{{ ngettext("%(num)s part", "%(num)s parts", number) }}'
    )
    assert [count.render(number=number) for number in range(3)] == [none, one, two]


@pytest.mark.parametrize(
    "sentence",
    [
        "Sign in",  # a template
        "%(num)s part",  # a plural
        "This text is empty.",  # marked where it is raised
        "Thank you. You have confirmed the message. Goodbye.",  # translated where it is written
        "Please sign in.",  # below hub.i18n, where nothing can be marked
    ],
)
def test_strings_are_found_wherever_they_are_written(
    sentence: str, found: dict[str, messages.Source]
) -> None:
    assert sentence in found


def test_the_check_names_each_thing_that_is_wrong() -> None:
    wrong = Catalog(locale="fr")
    wrong.add("Empty", "")
    wrong.add("Guessed", "Deviné", flags=["fuzzy"])
    wrong.add("Gone", "Parti")
    wrong.add("Hello, %(name)s", "Bonjour, %(nom)s")
    wrong.add("{count} left", "il en reste")
    wrong.add("one person", "une personne")
    found: dict[str, messages.Source] = {
        one: one for one in ("Empty", "Guessed", "Hello, %(name)s", "{count} left", "New")
    }
    found["one person"] = ("one person", "many people")
    assert messages.problems(wrong, found) == [
        "empty: Empty",
        "fuzzy: Guessed",
        "its plural changed: one person",
        "missing: New",
        "obsolete: Gone",
        "other placeholders: Hello, %(name)s -> Bonjour, %(nom)s",
        "other placeholders: {count} left -> il en reste",
    ]


def test_an_update_keeps_translations_and_drops_what_is_gone() -> None:
    old = Catalog(locale="fr")
    old.add("Gone", "Parti")
    old.add("Kept", "Gardé", user_comments=["on a button"])
    old.add("one person", "une personne")
    new = messages.updated(
        old, {"Kept": "Kept", "New": "New", "one person": ("one person", "many people")}
    )
    assert messages.written(new).split("\n\n", 1)[1] == (
        "# on a button\n"
        'msgid "Kept"\nmsgstr "Gardé"\n\n'
        'msgid "New"\nmsgstr ""\n\n'
        'msgid "one person"\nmsgid_plural "many people"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    )
