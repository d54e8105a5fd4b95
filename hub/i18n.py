"""French, Dutch, German and English from the first string, by gettext.

The source strings are English. The catalogues are the ``.po`` files under ``hub/locale``; they are
compiled in memory at start, so nothing compiled is committed and none can be stale.
"""

import gettext
import io
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time, get_month_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hub.clock import in_brussels
from hub.languages import LANGUAGE_NAMES as LANGUAGE_NAMES
from hub.languages import Language as Language
from hub.money import Money, shown

LOCALE_FOLDER = Path(__file__).parent / "locale"


@lru_cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """The translations into ``language``; English needs none."""
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    with (LOCALE_FOLDER / f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=language.value)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(language: Language, message: str, **values: str | int) -> str:
    """``message`` in ``language`` with its ``{placeholders}`` filled.

    Only for messages of our own: a brace in a foreign one would be taken for a placeholder.
    """
    # An empty key is the catalogue's own header.
    if not message:
        return ""
    said = {name: _in_words(value, language) for name, value in values.items()}
    return catalogue(language).gettext(message).format(**said)


def _in_words(value: str | int, language: Language) -> str | int:
    return shown(value, language) if isinstance(value, Money) else value


def mark(message: str) -> str:
    """Marks a string for the catalogues where it is written; it is translated where it is shown."""
    return message


def language_from(code: str | None) -> Language | None:
    """The language of a code such as ``nl`` or ``nl-BE``; ``None`` if we do not speak it."""
    try:
        return Language((code or "")[:2].lower())
    except ValueError:
        return None


def preferred_language(accept_language: str, otherwise: Language = Language.FRENCH) -> Language:
    """The first of ours in a browser's Accept-Language; ``otherwise`` when none fits."""
    for part in accept_language.split(","):
        found = language_from(part.strip().partition(";")[0])
        if found:
            return found
    return otherwise


def moment(value: datetime, language: Language) -> str:
    """Date and time on a Belgian wall, in words of ``language``."""
    pattern = f"{day_number(language)} MMM y HH:mm"
    return format_datetime(in_brussels(value), pattern, locale=Locale(language.value))


def clock_time(value: datetime, language: Language) -> str:
    """Hours, minutes and seconds on a Belgian wall."""
    return format_time(in_brussels(value), "HH:mm:ss", locale=Locale(language.value))


def day(value: date, language: Language) -> str:
    """A date in words of ``language``; of a moment, the date on a Belgian wall."""
    shown = in_brussels(value) if isinstance(value, datetime) else value
    return format_date(shown, f"{day_number(language)} MMM y", locale=Locale(language.value))


def day_number(language: Language) -> str:
    """How a date's pattern begins: German writes the day as an ordinal number, with a point."""
    return "d." if language is Language.GERMAN else "d"


def short_month(month: int, language: Language) -> str:
    """The short name of a month, 1 to 12, in words of ``language``."""
    names = get_month_names("abbreviated", context="stand-alone", locale=Locale(language.value))
    return str(names[month])


def month(value: date, language: Language) -> str:
    """The month and year of a date in words of ``language``."""
    return format_date(value, "LLLL y", locale=Locale(language.value))
