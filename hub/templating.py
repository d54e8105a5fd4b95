"""Jinja environments, one per language, with everything escaped and nothing undefined."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from hub.i18n import Language, catalogue, clock_time, day, moment, month
from hub.money import shown

TEMPLATE_FOLDER = Path(__file__).parent / "templates"


@lru_cache
def environment(language: Language) -> Environment:
    """The templates in ``language``. ``.html`` is escaped; ``.txt`` is for mail and is not."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATE_FOLDER),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.globals["language_code"] = language.value
    made.filters["moment"] = lambda value: moment(value, language)
    made.filters["day"] = lambda value: day(value, language)
    made.filters["month"] = lambda value: month(value, language)
    made.filters["clock_time"] = lambda value: clock_time(value, language)
    made.filters["euros"] = lambda amount: shown(amount, language)
    made.tests["seen"] = str.isprintable
    return made
