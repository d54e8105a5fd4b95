"""The streets members live in: found however they are spelled, without reading an address.

Each residence carries a blind index of its street alone, in one spelling: without capitals,
accents, dots and little words, its kind of way written out ("R. de l'Église" is "rue eglise",
"Kerkstr." is "kerkstraat"). The town is left out: a street is always asked for within partnerships.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from hub.errors import FieldProblem
from hub.i18n import mark
from hub.security import blind_index
from partnerships.models import Membership, Residence
from partnerships.spelling import plain
from partnerships.typed_text import tidy

LONGEST_STREET = 120
MOST_STREETS = 50
_MOST_NEAREST = 3
# How alike two spellings must be for one to be offered in the place of the other.
_ALIKE = 0.75
_ELIDED = re.compile("\\b([dl])['’ʼ`´]")
# Only as a first word: elsewhere "R" is somebody's initial.
_KINDS = {
    "r": "rue",
    **dict.fromkeys(("av", "ave"), "avenue"),
    **dict.fromkeys(("bd", "bld", "blvd", "boul"), "boulevard"),
    **dict.fromkeys(("chee", "chauss"), "chaussee"),
    "pl": "place",
    "rte": "route",
    "sq": "square",
    "imp": "impasse",
}
_SAINTS = {"st", "sint", "sankt"}
_LITTLE_WORDS = {"de", "la", "le", "les", "du", "des", "d", "l", "van", "der", "den", "het"}
# As a last word, or the end of one.
_ENDS = (
    (re.compile("(straat|strasse|str)$"), "straat"),
    (re.compile("(steenweg|steenw|stwg|stw)$"), "steenweg"),
    (re.compile("(laan|ln)$"), "laan"),
    (re.compile("(plein|pln)$"), "plein"),
)

_NOBODY = mark("Nobody in these partnerships lives in {street}, as far as the register knows.")
_NEAREST = mark("Nobody in these partnerships lives in {street}. Nearest: {nearest}.")
_TOO_MANY = mark("At most {count} streets.")
_TOO_LONG = mark("This is too long: {most} characters at most.")


@dataclass(frozen=True, slots=True)
class Street:
    """A street by its index, as one who lives there spells it. ``people`` is how many members
    live in it."""

    index: str
    name: str
    people: int


def index_of(street: str) -> str | None:
    """What finds a street however it is spelled; none for an empty one."""
    key = _key(street)
    return blind_index(f"street {key}") if key else None


def _key(street: str) -> str:
    """One spelling for many, without spaces: "Brusselse Steenweg" is as often one word."""
    words = plain(_ELIDED.sub(" ", street.casefold())).split()
    if words and words[0] in _KINDS:
        words[0] = _KINDS[words[0]]
    words = ["saint" if one in _SAINTS else one for one in words]
    key = "".join(one for one in words if one not in _LITTLE_WORDS) or "".join(words)
    for end, whole in _ENDS:
        key = end.sub(whole, key)
    return key


def lines_of(typed: str) -> list[str]:
    """The streets in what was typed: one a line, or with commas between."""
    return [one for part in re.split(r"[\n,;]", typed) if (one := tidy(part))]


def lived_in(session: Session, partnership_ids: Sequence[UUID]) -> list[Street]:
    """The streets in which present members of these partnerships live, by name."""
    # Somebody who is in two of them lives there once.
    members = (
        select(Membership.person_id)
        .where(
            col(Membership.partnership_id).in_(partnership_ids), col(Membership.left_at).is_(None)
        )
        .distinct()
    )
    street = col(Residence.street_index)
    home = (
        select(
            street.label("index"),
            col(Residence.street).label("name"),
            func.count().over(partition_by=street).label("people"),
            func.row_number()
            .over(partition_by=street, order_by=col(Residence.person_id))
            .label("place"),
        )
        .where(street.is_not(None), col(Residence.person_id).in_(members))
        .subquery("home")
    )
    first = select(home.c.index, home.c.name, home.c.people).where(home.c.place == 1)
    found = [Street(*row) for row in session.execute(first)]
    return sorted(found, key=lambda one: plain(one.name))


def look_up(
    session: Session, partnership_ids: Sequence[UUID], typed: Sequence[str]
) -> tuple[list[Street], list[FieldProblem]]:
    """Each typed street once, and what is wrong with them on ``streets``; one in which nobody of
    these partnerships lives has no people."""
    if not typed:
        return [], []
    if len(typed) > MOST_STREETS:
        return [], [FieldProblem("streets", _TOO_MANY, (("count", MOST_STREETS),))]
    if any(len(one) > LONGEST_STREET for one in typed):
        return [], [FieldProblem("streets", _TOO_LONG, (("most", LONGEST_STREET),))]
    known = {one.index: one for one in lived_in(session, partnership_ids)}
    # What has no letters is the street of nobody, too.
    wanted = {index_of(one) or "": one for one in typed}
    problems = [
        _unknown(f"streets.{place}", name, list(known.values()))
        for place, (index, name) in enumerate(wanted.items())
        if index not in known
    ]
    return [known.get(one, Street(one, name, 0)) for one, name in wanted.items()], problems


def _unknown(field: str, name: str, known: Sequence[Street]) -> FieldProblem:
    nearest = nearest_to(name, known)
    if not nearest:
        return FieldProblem(field, _NOBODY, (("street", name),))
    told = ", ".join(one.name for one in nearest)
    return FieldProblem(field, _NEAREST, (("street", name), ("nearest", told)))


def nearest_to(typed: str, known: Sequence[Street]) -> list[Street]:
    """Those spelled most like what was typed; first those that have it in their name."""
    key, by_key = _key(typed), {_key(one.name): one for one in known}
    inside = [one for one in by_key if key in one]
    alike = get_close_matches(key, by_key, _MOST_NEAREST, _ALIKE)
    return [by_key[one] for one in dict.fromkeys([*inside, *alike])][:_MOST_NEAREST]
