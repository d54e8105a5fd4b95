"""What must be right in a template before it is kept: every language, every placeholder, 101."""

from collections.abc import Iterable, Iterator

from channels.sms_length import measure
from hub.errors import FieldProblem
from hub.i18n import LANGUAGE_NAMES, Language, mark
from messaging import alarm_line, placeholders
from messaging.models import TemplateUse
from messaging.texts import (
    LONGEST_LONG,
    LONGEST_SPOKEN,
    LONGEST_SUBJECT,
    MOST_SEGMENTS,
    Texts,
    Words,
)

# After these nobody is in danger any more, or there is nobody to follow.
WITH_THE_LINE = (TemplateUse.URGENT_ALERT, TemplateUse.UPDATE)
FIELDS = ("subject", "short", "spoken", "long")
_LONGEST = {"subject": LONGEST_SUBJECT, "spoken": LONGEST_SPOKEN, "long": LONGEST_LONG}

_MISSING = mark("{written_in}: these words are missing. A partnership of this zone reads them.")
_EMPTY = mark("{written_in}: this text is empty.")
_UNKNOWN = mark("{written_in}: {placeholder} stands for nothing. Take one from the list.")
_BROKEN = mark("{written_in}: a brace or a bracket has no other half.")
_IDLE = mark("{written_in}: a part in square brackets needs a placeholder in it.")
_TOO_LONG = mark("{written_in}: at most {count} characters.")
_TOO_MANY_PARTS = mark(
    "{written_in}: {count} SMS parts before anything is filled in. At most {most}."
)


def problems(use: TemplateUse, texts: Texts, needed: Iterable[Language]) -> list[FieldProblem]:
    """Everything wrong with these words, by field path (``texts.fr.short``)."""
    found = [
        FieldProblem(f"texts.{one}", _MISSING, _values(one)) for one in needed if one not in texts
    ]
    for language, words in texts.items():
        found.extend(_problems_of(language, words))
    if use in WITH_THE_LINE:
        # One thing at a time of each field: what is broken there comes first.
        told = {one.field for one in found}
        found.extend(one for one in alarm_line.problems(texts) if one.field not in told)
    return found


def _problems_of(language: Language, words: Words) -> Iterator[FieldProblem]:
    for name in FIELDS:
        path, text = f"texts.{language}.{name}", getattr(words, name)
        if not text.strip():
            if name != "spoken":
                yield FieldProblem(path, _EMPTY, _values(language))
            continue
        yield from _shape_problems(language, path, text)
        most = _LONGEST.get(name)
        if most and len(text) > most:
            yield FieldProblem(path, _TOO_LONG, (*_values(language), ("count", most)))
    segments = measure(placeholders.fixed(words.short)).segments
    if segments > MOST_SEGMENTS:
        values = (*_values(language), ("count", segments), ("most", MOST_SEGMENTS))
        yield FieldProblem(f"texts.{language}.short", _TOO_MANY_PARTS, values)


def _shape_problems(language: Language, path: str, text: str) -> Iterator[FieldProblem]:
    shape = placeholders.shape(text)
    for name in shape.unknown:
        values = (*_values(language), ("placeholder", "{" + name + "}"))
        yield FieldProblem(path, _UNKNOWN, values)
    if shape.is_broken:
        yield FieldProblem(path, _BROKEN, _values(language))
    if shape.has_idle_part:
        yield FieldProblem(path, _IDLE, _values(language))


def _values(language: Language) -> tuple[tuple[str, str | int], ...]:
    return (("written_in", LANGUAGE_NAMES[language]),)
