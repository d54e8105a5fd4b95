"""What marks an exercise: a word at the head of every text, in the language of the text."""

from dataclasses import replace

from hub.i18n import Language
from messaging.texts import Texts, Words

PREFIX = {
    Language.FRENCH: "EXERCICE",
    Language.DUTCH: "OEFENING",
    Language.GERMAN: "ÜBUNG",
    Language.ENGLISH: "EXERCISE",
}


def marked(texts: Texts) -> dict[Language, Words]:
    """The texts with the word before each of them; one that has it already stays as it is."""
    return {language: _marked(words, PREFIX[language]) for language, words in texts.items()}


def _marked(words: Words, prefix: str) -> Words:
    return replace(
        words,
        subject=_with(prefix, words.subject),
        short=_with(prefix, words.short),
        long=_with(prefix, words.long),
        spoken=_with(prefix, words.spoken),
    )


def _with(prefix: str, text: str) -> str:
    has_it = not text.strip() or text.lstrip().startswith(prefix)
    return text if has_it else f"{prefix}: {text.lstrip()}"


def spoken(language: Language) -> str:
    """What is said before a message that somebody recorded: no word can be put into that."""
    return f"{PREFIX[language].capitalize()}."


def unmarked(text: str) -> str:
    """A text without the word, as it was before it was made one of an exercise."""
    for prefix in PREFIX.values():
        if text.lstrip().startswith(f"{prefix}: "):
            return text.lstrip().removeprefix(f"{prefix}: ")
    return text


def says_so(text: str) -> bool:
    """Whether a text begins as one of an exercise."""
    return text.lstrip().upper().startswith(tuple(PREFIX.values()))
