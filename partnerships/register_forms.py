"""Reading the forms of the register."""

from collections.abc import Sequence
from datetime import date

from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, language_from, mark
from hub.web.forms import Form
from partnerships.founding import Proposer
from partnerships.models import PartnershipKind
from partnerships.partnership_details import Administration, Details

# As many as the hub speaks: each in its place in the order of fall-back.
LANGUAGE_FIELDS = tuple(f"language.{number}" for number in range(len(Language)))
PROPOSER_FIELDS = ("name", "email", "telephone", "language")
# Rows of the form; more are added on the partnership's own page.
PROPOSERS = 3


def day_from(form: Form, name: str) -> date | None:
    """A day; ``None`` when left empty. Raises ``BadInput`` for what is no date."""
    try:
        return date.fromisoformat(form.text(name)) if form.text(name) else None
    except ValueError:
        raise BadInput(FieldProblem(name, mark("This is not a date."))) from None


def details_from(form: Form) -> Details:
    """What was typed about a partnership, unchecked."""
    kind = form.text("kind")
    chosen = (language_from(form.text(field)) for field in LANGUAGE_FIELDS)
    return Details(
        name=form.text("name"),
        kind=PartnershipKind(kind) if kind in set(PartnershipKind) else None,
        languages=[language for language in chosen if language],
        theme=form.text("theme"),
    )


def administration_from(form: Form) -> Administration:
    """What was typed about recognition and requests, unchecked. Raises ``BadInput`` for no date."""
    return Administration(
        recognition_reference=form.text("recognition_reference"),
        renewal_due_on=day_from(form, "renewal_due_on"),
        takes_requests=form.text("takes_requests") == "yes",
    )


def proposers_from(form: Form) -> Sequence[Proposer]:
    """The rows somebody has filled in; the first one always counts."""
    rows = [proposer_from(form, f"initiators.{number}.") for number in range(PROPOSERS)]
    filled = [number for number, row in enumerate(rows) if not row.is_blank]
    return rows[: max(filled, default=0) + 1]


def proposer_from(form: Form, path: str = "") -> Proposer:
    """One person who proposes a partnership, unchecked."""
    return Proposer(
        name=form.text(f"{path}name"),
        email=form.text(f"{path}email"),
        language=language_from(form.text(f"{path}language")) or Language.FRENCH,
        telephone=form.text(f"{path}telephone"),
    )


def typed_proposers(form: Form) -> dict[str, str]:
    """Every field of the rows as it was typed, for showing it again."""
    fields = [f"initiators.{one}.{field}" for one in range(PROPOSERS) for field in PROPOSER_FIELDS]
    return {field: form.text(field) for field in fields}
