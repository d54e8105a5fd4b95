"""Reading a number or an address of a form in which every wrong field is named at once."""

from hub.errors import BadInput, FieldProblem
from partnerships import contact
from partnerships.models import ContactKind


def address(field: str, typed: str, problems: list[FieldProblem]) -> str:
    """The address in its one spelling; empty, with the problem added, when it is none."""
    return _read(field, typed, ContactKind.EMAIL, problems)


def telephone(field: str, typed: str, problems: list[FieldProblem]) -> str | None:
    """The number in E.164; ``None`` when left empty, or, with the problem added, when it is none.

    It may be a land line or a mobile: it is for people to call, nothing is sent to it.
    """
    if not typed.strip():
        return None
    return _read(field, typed, ContactKind.LANDLINE, problems) or None


def _read(field: str, typed: str, kind: ContactKind, problems: list[FieldProblem]) -> str:
    try:
        return contact.normalised(field, typed, kind)
    except BadInput as refusal:
        problems.extend(refusal.problems)
        return ""
