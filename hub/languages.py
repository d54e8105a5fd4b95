"""The languages the hub speaks."""

from enum import StrEnum


class Language(StrEnum):
    FRENCH = "fr"
    DUTCH = "nl"
    GERMAN = "de"
    ENGLISH = "en"


# How each language calls itself: the one thing on a page that is never translated.
LANGUAGE_NAMES = {
    Language.FRENCH: "Français",
    Language.DUTCH: "Nederlands",
    Language.GERMAN: "Deutsch",
    Language.ENGLISH: "English",
}
