"""What people type about incidents and messages, read from their forms."""

import hashlib
from collections.abc import Iterable
from uuid import uuid4

from hub.i18n import Language, language_from
from hub.web.forms import Form
from messaging.texts import Texts, Words

LONGEST_REQUEST_ID = 100


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
        )
        for language in languages
        if language
    }


def request_id(form: Form, texts: Texts, partnerships: Iterable[str]) -> str:
    """The same for the same form with the same content, and only then.

    Going back, changing a word and sending again must not find the first draft.
    """
    content = "\0".join(
        [
            *sorted(partnerships),
            *(
                f"{language}\0{words.subject}\0{words.short}\0{words.long}"
                for language, words in sorted(texts.items())
            ),
        ]
    )
    digest = hashlib.sha256(content.encode()).hexdigest()[:24]
    return f"{form.text('form_id')[:40]}-{digest}"
