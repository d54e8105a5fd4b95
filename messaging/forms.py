"""What people type about incidents and messages, read from their forms."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from hub.i18n import Language, language_from
from hub.web.forms import Form
from messaging import drill
from messaging.facts import TYPED, Facts
from messaging.texts import Texts, Words

LONGEST_REQUEST_ID = 100
FIELDS = ("subject", "short", "spoken", "long")


def new_form_id() -> str:
    """Marks one showing of a form, so that a double click is one message."""
    return uuid4().hex


def texts_in(form: Form) -> dict[Language, Words]:
    """The words in the languages this form was shown in."""
    languages = [language_from(code) for code in form.all("languages")]
    return {
        language: Words(
            form.text(f"{language}.subject"),
            form.text(f"{language}.short"),
            form.text(f"{language}.long"),
            form.text(f"{language}.spoken"),
        )
        for language in languages
        if language
    }


def request_id(form: Form, texts: Texts, partnerships: Iterable[str], *further: str) -> str:
    """The same for the same form with the same content, and only then.

    Going back, changing a word and sending again must not find the first draft.
    """
    content = "\0".join(
        [
            *sorted(partnerships),
            *further,
            *(
                f"{language}\0{words.subject}\0{words.short}\0{words.long}\0{words.spoken}"
                for language, words in sorted(texts.items())
            ),
        ]
    )
    digest = hashlib.sha256(content.encode()).hexdigest()[:24]
    return f"{form.text('form_id')[:40]}-{digest}"


@dataclass(frozen=True, slots=True)
class Typed:
    """Everything on the composer's page, as it was typed: kept whatever becomes of it."""

    form_id: str
    facts: Facts
    facts_at: str
    drawn: str
    ground: str
    metres: str
    kind: str
    find: str
    partnerships: tuple[str, ...]
    # Those the page had ticked itself: one of them that is not ticked was taken out by hand.
    offered: tuple[str, ...]
    only_languages: tuple[Language, ...]
    # One a line, and the ids of groups of members.
    streets: str
    groups: tuple[str, ...]
    texts: Texts
    # Marks of the words the page had filled in, by "fr.short": other words were typed by hand.
    made: dict[str, str]
    is_drill: bool
    # Whether the page was one of an exercise until now.
    was_drill: bool
    deviation_reason: str
    # Whether the page asked what happened, where and when: not of an incident already told.
    has_happened: bool

    def is_by_hand(self, language: Language, name: str) -> bool:
        """Whether this text is somebody's own, not what the page had filled in."""
        if language not in self.texts:
            return False
        text, made = getattr(self.texts[language], name), self.made.get(f"{language}.{name}", "")
        return made != mark_of(text) if made else bool(text.strip())


def mark_of(text: str) -> str:
    """By which a text is known again when it comes back with the form, in an exercise or not."""
    plain = "\n".join(line.rstrip() for line in drill.unmarked(text).strip().splitlines())
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def typed_in(form: Form) -> Typed:
    """What somebody has on the composer's page at this moment."""
    anew = form.text("anew")
    texts = texts_in(form)
    marks = {f"{one}.{name}" for one in texts for name in FIELDS} - {anew}
    if anew:
        texts = _without(texts, anew)
    return Typed(
        form_id=form.text("form_id")[:40],
        facts=_facts_in(form),
        facts_at=form.text("facts_at"),
        drawn=form.text("drawn"),
        ground=form.text("ground"),
        metres=form.text("metres"),
        kind=form.text("kind"),
        find=form.text("find").strip(),
        partnerships=tuple(dict.fromkeys(form.all("partnerships"))),
        offered=tuple(form.text("offered").split()),
        only_languages=tuple(one for one in Language if one in form.all("only_languages")),
        streets=form.text("streets"),
        groups=tuple(dict.fromkeys(form.all("groups"))),
        texts=texts,
        made={one: form.text(f"{one}.made") for one in marks},
        is_drill=bool(form.text("is_drill")),
        was_drill=bool(form.text("was_drill")),
        deviation_reason=form.text("deviation_reason"),
        has_happened=bool(form.text("has_happened")),
    )


def _facts_in(form: Form) -> Facts:
    typed: dict[str, Any] = {name: form.text(name).strip() for name in TYPED}
    return Facts(phenomenon=form.text("phenomenon"), place=form.text("place").strip(), **typed)


def _without(texts: Texts, field: str) -> dict[Language, Words]:
    """The texts with one field emptied, to be filled in anew."""
    code, _, name = field.partition(".")
    return {
        language: replace(words, **{name: ""}) if language == code and name in FIELDS else words
        for language, words in texts.items()
    }
