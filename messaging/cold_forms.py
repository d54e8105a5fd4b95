"""What people type about messages that can wait, read from their forms."""

import hashlib
from datetime import datetime
from uuid import UUID

from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, language_from, mark
from hub.web.forms import Form
from messaging.cold import Wanted
from messaging.cold_words import ColdWords, OwnWords
from messaging.models import BroadcastKind, Topic

PARTS = tuple(ColdWords.__dataclass_fields__)
OWN_PARTS = tuple(OwnWords.__dataclass_fields__)


def kind_in(code: str) -> BroadcastKind:
    """The kind that was chosen. Raises ``BadInput`` naming ``kind``."""
    try:
        return BroadcastKind(code)
    except ValueError:
        raise BadInput(FieldProblem("kind", mark("Choose one of these."))) from None


def texts_in(form: Form) -> dict[Language, ColdWords]:
    """The words in the languages that anything was typed in."""
    found = {
        language: ColdWords(**{part: form.text(f"{language}.{part}") for part in PARTS})
        for code in form.all("languages")
        if (language := language_from(code))
    }
    return {
        language: words
        for language, words in found.items()
        if any(getattr(words, part).strip() for part in PARTS)
    }


def own_in(form: Form) -> dict[Language, OwnWords]:
    """What a coordinator added, in the languages of the form."""
    return {
        language: OwnWords(*(form.text(f"{language}.{part}") for part in OWN_PARTS))
        for code in form.all("languages")
        if (language := language_from(code))
    }


def moment_in(form: Form, name: str) -> datetime | None:
    """A moment, or none where the field was left empty. Raises ``BadInput``."""
    return form.moment(name) if form.text(name).strip() else None


def wanted_in(form: Form) -> Wanted:
    """The whole form. Raises ``BadInput`` naming what is no moment and no kind."""
    topic = form.text("topic")
    return Wanted(
        client_request_id=_request_id(form),
        kind=kind_in(form.text("kind")),
        texts=texts_in(form),
        partnerships=form.all("partnerships"),
        everywhere=bool(form.text("everywhere")),
        group=form.text("group"),
        topic=Topic(topic) if topic in set(Topic) else None,
        phenomenon=form.text("phenomenon"),
        leaves_at=moment_in(form, "leaves_at"),
        good_until=moment_in(form, "good_until"),
        series=_series_in(form),
    )


def _series_in(form: Form) -> UUID | None:
    """The series it is a part of, if any. Raises ``BadInput`` naming ``series``."""
    try:
        return UUID(form.text("series")) if form.text("series") else None
    except ValueError:
        raise BadInput(FieldProblem("series", mark("You have no such series."))) from None


def _request_id(form: Form) -> str:
    """The same for the same form with the same words, and only then."""
    texts = texts_in(form)
    content = "\0".join(
        [
            *sorted(form.all("partnerships")),
            *(f"{one}\0{words}" for one, words in sorted(texts.items())),
            *(form.text(name) for name in ("kind", "group", "everywhere", "leaves_at")),
        ]
    )
    digest = hashlib.sha256(content.encode()).hexdigest()[:24]
    return f"{form.text('form_id')[:40]}-{digest}"
