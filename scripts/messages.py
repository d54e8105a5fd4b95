"""Brings the catalogues under hub/locale up to date with the strings in the code and templates.

Run without options it adds new strings (untranslated) and drops those no longer used. With
``--check`` it writes nothing and ends with 1 when a catalogue does not fit the code.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE_FOLDER = ROOT / "hub" / "locale"
TEMPLATE_FOLDER = ROOT / "hub" / "templates"
PACKAGES = ("hub", "channels", "partnerships", "messaging", "feedback", "plan", "workers")
LANGUAGES = ("fr", "nl", "de")

# How hub.templating makes its environments.
_JINJA_OPTIONS = {
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
_JINJA_WORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
# The channels know no translations: one word of each line in their tables is a sentence.
_TABLE_WORDS = {"CarrierError": (2,), "alarm": (2,), "Fault": (1,), "_lost_on_the_way": (1,)}
_PYTHON_WORDS = {**_JINJA_WORDS, **_TABLE_WORDS, "mark": None, "translate": (2,)}
# Below hub.i18n, so nothing can be marked there: its classes hand their sentence to __init__.
_ERRORS = ROOT / "hub" / "errors.py"
_ERROR_WORDS = {"__init__": None}

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%|\{\w*\}")

# Singular alone, or singular and plural.
Source = str | tuple[str, ...]


def sources() -> dict[str, Source]:
    """Every string people can see, as written in the code, by its singular."""
    found: dict[str, Source] = {}
    for source in (*_from_templates(), *_from_python()):
        singular = forms(source)[0]
        if isinstance(source, tuple) or singular not in found:
            found[singular] = source
    return found


def _from_templates() -> Iterator[Source]:
    for path in _files(TEMPLATE_FOLDER, "*.html", "*.txt"):
        method = "jinja2.ext.babel_extract"
        for _, source, _, _ in extract_from_file(
            method, path, _JINJA_WORDS, options=_JINJA_OPTIONS
        ):
            yield source


def _from_python() -> Iterator[Source]:
    for package in PACKAGES:
        for path in _files(ROOT / package, "*.py"):
            words = _ERROR_WORDS if path == _ERRORS else _PYTHON_WORDS
            for _, source, _, _ in extract_from_file("python", path, words):
                yield source


def _files(folder: Path, *patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.rglob(pattern))


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """The singular, and the plural where there is one."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def catalogue_file(language: str) -> Path:
    return LOCALE_FOLDER / f"{language}.po"


def read(language: str) -> Catalog:
    """The catalogue as it is in its file."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def updated(catalogue: Catalog, found: dict[str, Source]) -> Catalog:
    """What the code says now, with the translations there are and the remarks on them."""
    fresh = Catalog(locale=catalogue.locale)
    for singular, source in found.items():
        known = catalogue.get(singular) or Message(singular)
        fresh.add(
            source, _kept(known, source), flags=known.flags, user_comments=known.user_comments
        )
    return fresh


def _kept(known: Message, source: Source) -> Source:
    """The translation there is, unless a plural was added or taken away since."""
    has_plural = isinstance(source, tuple)
    same = known.pluralizable is has_plural
    kept = forms(known.string) if same else ("",) * len(forms(source))
    return kept if has_plural else kept[0]


def written(catalogue: Catalog) -> str:
    """The catalogue as a file without dates, places or wrapped lines: a small change stays small.

    Babel's own header has dates, so it is left out.
    """
    body = io.BytesIO()
    write_po(body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale}\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return header + body.getvalue().decode().rstrip("\n") + "\n"


def problems(catalogue: Catalog, found: dict[str, Source]) -> list[str]:
    """What is wrong with a catalogue, one sentence each."""
    known = {forms(message.id)[0]: message for message in catalogue if message.id}
    missing = [f"missing: {singular}" for singular in found.keys() - known.keys()]
    obsolete = [f"obsolete: {singular}" for singular in known.keys() - found.keys()]
    shared = [(found[singular], known[singular]) for singular in found.keys() & known.keys()]
    wrong = [problem for source, message in shared for problem in _wrong(source, message)]
    return sorted(missing + obsolete + wrong)


def _wrong(source: Source, message: Message) -> Iterable[str]:
    singular = forms(source)[0]
    translations = forms(message.string)
    if message.fuzzy:
        yield f"fuzzy: {singular}"
    if forms(message.id) != forms(source):
        yield f"its plural changed: {singular}"
    elif not all(translations):
        yield f"empty: {singular}"
    elif any(placeholders(one) != placeholders(singular) for one in translations):
        yield f"other placeholders: {singular} -> {' | '.join(translations)}"


def placeholders(text: str) -> set[str]:
    """What is filled in: ``%(name)s`` by templates, ``{name}`` by Python."""
    return set(_PLACEHOLDER.findall(text))


def check(found: dict[str, Source]) -> bool:
    """Say what is wrong with each catalogue; whether all is well."""
    wrong = [f"{name}.po: {one}" for name in LANGUAGES for one in problems(read(name), found)]
    for line in wrong:
        print(line)
    return not wrong


def update(found: dict[str, Source]) -> None:
    """Write each catalogue anew."""
    for language in LANGUAGES:
        catalogue = updated(read(language), found)
        catalogue_file(language).write_text(written(catalogue), encoding="utf-8")
        empty = sum(not all(forms(message.string)) for message in catalogue if message.id)
        print(f"{language}.po: {len(catalogue)} strings, {empty} to translate")


def main() -> None:
    arguments = argparse.ArgumentParser(description="Bring the catalogues up to date.")
    arguments.add_argument("--check", action="store_true", help="change nothing, only look")
    only_look = arguments.parse_args().check
    found = sources()
    if not only_look:
        update(found)
    elif not check(found):
        sys.exit(1)


if __name__ == "__main__":
    main()
