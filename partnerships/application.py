"""What somebody typed to become a member, read and checked field by field."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, language_from, mark
from partnerships import ways
from partnerships.models import ContactKind, Purpose
from partnerships.ways import Way

_LONGEST = {"name": 120, "telephone": 40, "email": 254, "street": 200}
# "Rue Haute 12 bte 3", "Hoogstraat 12/3": a number that ends it. "Rue du 11 Novembre" has none.
_STREET_AND_NUMBER = re.compile(
    r"(?P<street>.*?\D)[\s,]+(?P<number>\d+\s?[a-z]?(?:\s*(?:/|-|,|bte|boîte|boite|bus|b)\.?\s*\w+)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they came, so that a page can show them again."""

    name: str = ""
    telephone: str = ""
    email: str = ""
    street: str = ""
    language: str = ""
    purposes: tuple[str, ...] = ()
    has_stated: bool = False
    # Yes to being called on a number that takes no texts.
    may_be_called: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """A request to join with nothing wrong in it."""

    name: str
    telephone: Way | None
    email: Way | None
    street: str
    house_number: str
    language: Language
    purposes: tuple[Purpose, ...]


def read(typed: Typed) -> Application:
    """What was typed, in its one spelling. Raises ``BadInput`` naming every field at once."""
    problems: list[FieldProblem] = list(_problems(typed))
    telephone = _way("telephone", typed.telephone, problems)
    email = _way("email", typed.email, problems)
    if not typed.telephone.strip() and not typed.email.strip():
        problem = mark("Give a telephone number or an email address: how else can we warn you?")
        problems.append(FieldProblem("telephone", problem))
    if _needs_a_yes(typed, telephone):
        problems.append(FieldProblem("telephone", _NO_TEXTS))
    if problems:
        raise BadInput(*problems)
    street, house_number = parted(typed.street)
    return Application(
        name=" ".join(typed.name.split()),
        telephone=telephone,
        email=email,
        street=street,
        house_number=house_number,
        language=language_from(typed.language) or Language.FRENCH,
        purposes=tuple(one for one in Purpose if one in typed.purposes),
    )


_NO_TEXTS = mark(
    "This number cannot take texts. We can call you instead: tick the box under the number, or "
    "give a mobile number."
)


def _needs_a_yes(typed: Typed, telephone: Way | None) -> bool:
    return telephone is not None and not telephone.takes_texts and not typed.may_be_called


def takes_no_texts(typed: str) -> bool:
    """Whether this is a good number to which no text can go: the page then offers a call."""
    try:
        way = ways.read("telephone", typed)
    except BadInput:
        return False
    return way.kind is ContactKind.LANDLINE


def _problems(typed: Typed) -> list[FieldProblem]:
    checks: tuple[tuple[str, str, Callable[[], bool]], ...] = (
        ("name", mark("Your name is needed."), lambda: not typed.name.strip()),
        ("language", mark("Choose one of these languages."), lambda: not _is_language(typed)),
        (
            "purposes",
            mark("Without a yes to urgent alerts nobody can be a member: they are what it is for."),
            lambda: Purpose.URGENT_ALERTS not in typed.purposes,
        ),
        (
            "statement",
            mark("Only adults who live or work in the zone can be members."),
            lambda: not typed.has_stated,
        ),
    )
    found = [FieldProblem(field, sentence) for field, sentence, is_wrong in checks if is_wrong()]
    return found + _too_long(typed)


def _is_language(typed: Typed) -> bool:
    return typed.language in [language.value for language in Language]


def _too_long(typed: Typed) -> list[FieldProblem]:
    sentence = mark("This is too long: {most} characters at most.")
    return [
        FieldProblem(field, sentence, (("most", most),))
        for field, most in _LONGEST.items()
        if len(getattr(typed, field)) > most
    ]


def _way(field: str, typed: str, problems: list[FieldProblem]) -> Way | None:
    if not typed.strip() or len(typed) > _LONGEST[field]:
        return None
    try:
        return ways.read(field, _as_meant(field, typed))
    except BadInput as refusal:
        problems.extend(refusal.problems)
        return None


def _as_meant(field: str, typed: str) -> str:
    """A mail address in the field for numbers is no number, and the other way round."""
    if ("@" in typed) == (field == "email"):
        return typed
    sentence = (
        mark("This is not an email address.")
        if field == "email"
        else mark("This is not a telephone number.")
    )
    raise BadInput(FieldProblem(field, sentence))


def parted(typed: str) -> tuple[str, str]:
    """Street and house number; the number is empty where none was given."""
    line = " ".join(typed.split())
    found = _STREET_AND_NUMBER.fullmatch(line)
    return (found["street"].rstrip(" ,"), found["number"]) if found else (line, "")
