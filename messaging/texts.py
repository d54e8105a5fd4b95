"""The words of a broadcast: what each language needs, and what a carrier can carry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from channels.sms_length import measure
from hub.errors import FieldProblem
from hub.i18n import Language, mark

# Ten parts is what carriers join safely; a text that long is not read at 4 a.m. either.
MOST_SEGMENTS = 10
LONGEST_SUBJECT = 120
LONGEST_LONG = 10_000
# It is said twice, and a carrier takes no more than 4,000 characters for a call.
LONGEST_SPOKEN = 1_200


@dataclass(frozen=True, slots=True)
class Words:
    """One language of a broadcast: a subject, a short text (SMS), a long one (email), a spoken one
    (voice; empty where calls read the short text)."""

    subject: str
    short: str
    long: str
    spoken: str = ""


Texts = Mapping[Language, Words]


def joined(several: Iterable[Words]) -> Words:
    """Several languages in one message, for those whose own language it is not written in."""
    every = list(several)
    return Words(
        " / ".join(words.subject for words in every),
        "\n".join(words.short for words in every),
        "\n\n----\n\n".join(words.long for words in every),
        "\n".join(words.spoken or words.short for words in every),
    )


def problems(texts: Texts, needed: Iterable[Language]) -> list[FieldProblem]:
    """Everything wrong with these texts, by field path (``texts.fr.short``)."""
    found = [
        FieldProblem(f"texts.{language}", mark("The text in this language is missing."))
        for language in needed
        if language not in texts
    ]
    for language, words in texts.items():
        found.extend(_problems_of(f"texts.{language}", words))
    return found


def _problems_of(path: str, words: Words) -> list[FieldProblem]:
    found = [
        FieldProblem(f"{path}.{field}", mark("This text is empty."))
        for field in ("subject", "short")
        if not getattr(words, field).strip()
    ]
    found.extend(_too_long(f"{path}.subject", words.subject, LONGEST_SUBJECT))
    found.extend(_too_long(f"{path}.long", words.long, LONGEST_LONG))
    found.extend(_too_long(f"{path}.spoken", words.spoken, LONGEST_SPOKEN))
    segments = measure(words.short).segments
    if segments > MOST_SEGMENTS:
        problem = mark("Too long: {count} SMS parts. At most {most}.")
        values = (("count", segments), ("most", MOST_SEGMENTS))
        found.append(FieldProblem(f"{path}.short", problem, values))
    return found


def _too_long(path: str, value: str, most: int) -> list[FieldProblem]:
    if len(value) <= most:
        return []
    return [FieldProblem(path, mark("At most {count} characters."), (("count", most),))]
