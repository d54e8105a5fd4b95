"""What reports are about (R34): the hub's list of nuisances, and what each town made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from feedback.models import ReportCategory
from hub import audit
from hub.access import Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark, translate
from partnerships.slugs import free_slug
from partnerships.typed_text import tidy

LONGEST_NAME = 60
MOST_OF_A_TOWN = 60

# code: name
STARTER = {
    "dumping": mark("Illegal dumping"),
    "litter": mark("Litter"),
    "noise": mark("Noise"),
    "wild-plants": mark("Plants that grow over the pavement"),
    "vandalism": mark("Vandalism and graffiti"),
    "parking": mark("Parking"),
    "speed": mark("Speed and traffic"),
    "dogs": mark("Dogs and dog mess"),
    "drugs": mark("Nuisance by drugs"),
    "loitering": mark("Groups that hang about"),
    "street-lighting": mark("Street lighting"),
    "road-damage": mark("Damage to a road or pavement"),
    "abandoned-vehicle": mark("Abandoned vehicle"),
    "vacant-building": mark("Vacant building"),
    "vermin": mark("Rats and other vermin"),
    "neighbours": mark("Quarrel between neighbours"),
    "unsafe-feeling": mark("Feeling unsafe"),
    "other": mark("Other"),
}


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of nuisance as a town calls it. ``is_used``: it is offered for new reports."""

    code: str
    name: str
    is_used: bool = True
    is_own: bool = False


def of_town(session: Session, town_id: UUID, language: Language) -> list[Category]:
    """Every category of a town, used or not: by name, "other" last."""
    rows = _rows(session, [town_id])
    unused = {row.code for row in rows if not row.is_used}
    starters = [
        Category(code, translate(language, name), code not in unused)
        for code, name in STARTER.items()
    ]
    own = [Category(row.code, row.name, row.is_used, is_own=True) for row in rows if row.name]
    return sorted([*starters, *own], key=lambda one: (one.code == "other", one.name.casefold()))


def offered(session: Session, town_id: UUID, language: Language) -> list[Category]:
    """Those that a new report of this town can have."""
    return [one for one in of_town(session, town_id, language) if one.is_used]


def names(session: Session, town_ids: Sequence[UUID], language: Language) -> dict[str, str]:
    """Each code of these towns with its name. Two towns with one code of their own and other names
    are read by the first."""
    own = {row.code: row.name for row in reversed(_rows(session, town_ids)) if row.name}
    return {**own, **{code: translate(language, name) for code, name in STARTER.items()}}


def _rows(session: Session, town_ids: Sequence[UUID]) -> Sequence[ReportCategory]:
    wanted = select(ReportCategory).where(col(ReportCategory.municipality_id).in_(town_ids))
    return session.exec(wanted.order_by(col(ReportCategory.id))).all()


def add(session: Session, actor: Actor, town_id: UUID, typed: str) -> ReportCategory:
    """A category of a town's own. Raises ``BadInput`` naming ``category_name``."""
    name = checked_name("category_name", typed)
    known = [one for language in Language for one in of_town(session, town_id, language)]
    if name.casefold() in {one.name.casefold() for one in known}:
        raise BadInput(FieldProblem("category_name", mark("This name is in the list already.")))
    own = {one.code for one in known if one.is_own}
    if len(own) >= MOST_OF_A_TOWN:
        raise BadInput(FieldProblem("category_name", mark("The list is full.")))
    taken = {one.code for one in known}
    made = ReportCategory(
        municipality_id=town_id, code=free_slug(name, "own", taken.__contains__), name=name
    )
    session.add(made)
    session.flush()
    subject = ("report_category", made.id)
    audit.record(session, "report_category.add", subject, by=actor.account_id)
    return made


def checked_name(field: str, typed: str) -> str:
    """A name for a list. Raises ``BadInput`` naming ``field`` for an empty or too long one."""
    name = tidy(typed)
    if not name:
        raise BadInput(FieldProblem(field, mark("Give it a name.")))
    if len(name) > LONGEST_NAME:
        problem = mark("At most {count} characters.")
        raise BadInput(FieldProblem(field, problem, (("count", LONGEST_NAME),)))
    return name


def use(session: Session, actor: Actor, town_id: UUID, code: str, *, is_used: bool) -> None:
    """Offer a category for new reports of a town, or no longer; old ones keep it. Raises
    ``NotFound`` for a code the town does not have, ``BadInput`` for "other", which all need."""
    row = next((one for one in _rows(session, [town_id]) if one.code == code), None)
    if row is None and code not in STARTER:
        raise NotFound
    if code == "other":
        said = mark("This one stays: what fits nowhere else needs a place.")
        raise BadInput(FieldProblem("category_name", said))
    row = row or ReportCategory(municipality_id=town_id, code=code)
    row.is_used = is_used
    session.add(row)
    session.flush()
    subject = ("report_category", row.id)
    audit.record(session, "report_category.use", subject, by=actor.account_id, is_used=is_used)
