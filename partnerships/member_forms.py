"""What a coordinator types about a member, read from the forms."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, language_from, mark
from hub.web.forms import Form
from partnerships import paper_consent
from partnerships.households import Address
from partnerships.members import Changes, NewMember
from partnerships.models import Purpose
from partnerships.paper_consent import Agreement

_LONGEST_LINE = 120
ADDRESS_FIELDS = ("street", "house_number", "postcode", "town")


@dataclass(frozen=True, slots=True)
class Read:
    """A new member as typed, and what is wrong with the fields that nobody else is asked about."""

    member: NewMember
    problems: Sequence[FieldProblem]


def new_member(form: Form) -> Read:
    """A new member, with every wrong field of the form told at once."""
    problems: list[FieldProblem] = []
    language = language_from(form.text("language"))
    if language is None:
        problems.append(FieldProblem("language", mark("Choose a language.")))
    member = NewMember(
        name=form.text("name"),
        language=language or Language.FRENCH,
        ways=(form.text("ways.0"), form.text("ways.1")),
        address=_address(form, problems),
        agreement=_agreement_if_any(form, problems),
        is_shared=bool(form.text("is_shared")),
    )
    return Read(member, problems)


def _address(form: Form, problems: list[FieldProblem]) -> Address:
    lines = {name: " ".join(form.text(name).split()) for name in ADDRESS_FIELDS}
    for name, line in lines.items():
        if len(line) > _LONGEST_LINE:
            problem = mark("At most {count} characters.")
            problems.append(FieldProblem(name, problem, (("count", _LONGEST_LINE),)))
    return Address(**lines)


def _agreement_if_any(form: Form, problems: list[FieldProblem]) -> Agreement | None:
    if not form.all("purposes"):
        return None
    try:
        return agreement(form)
    except BadInput as refusal:
        problems.extend(refusal.problems)
        return None


def agreement(form: Form) -> Agreement:
    """What a member agreed to, as a coordinator writes it down. Raises ``BadInput`` naming
    ``purposes``, ``how``, ``on`` or ``proof``."""
    purposes = [one for one in Purpose if one.value in form.all("purposes")]
    read = paper_consent.checked(purposes, form.text("how"), form.text("on"), form.text("proof"))
    if not purposes:
        raise BadInput(FieldProblem("purposes", mark("Tick what he agreed to.")))
    return read


def changes(form: Form) -> Changes:
    """Changes to a member. Raises ``BadInput`` with every wrong field."""
    problems: list[FieldProblem] = []
    language = language_from(form.text("language"))
    if language is None:
        problems.append(FieldProblem("language", mark("Choose a language.")))
    address = _address(form, problems)
    if problems:
        raise BadInput(*problems)
    return Changes(
        name=form.text("name"),
        language=language,
        address=address,
        takes_calls=bool(form.text("takes_calls")),
        weekly_mail=bool(form.text("weekly_mail")),
    )
