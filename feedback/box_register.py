"""The problem boxes of a town: where each hangs, since when, and on which days it is emptied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from feedback import report_checks, reports_reach
from feedback.models import BoxEmptying, ProblemBox
from feedback.report_categories import checked_name
from hub import audit
from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships import days
from partnerships.typed_text import tidy

MOST_OF_A_TOWN = 200
_LONGEST_PLACE = 120
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody says of a box; ``removed_on`` is the first day on which it hung no more."""

    name: str
    place: str
    point: str
    hung_on: date | None
    removed_on: date | None = None
    working_days_only: bool = False


def hang(session: Session, actor: Actor, town_id: UUID, typed: Typed) -> ProblemBox:
    """A box more. Raises ``BadInput`` naming each field, ``NotFound`` for a town out of reach."""
    reports_reach.town_for(session, actor, Action.KEEP_BOXES, town_id)
    box = ProblemBox(municipality_id=town_id, name="", hung_on=days.today())
    if len(boxes_of(session, [town_id])) >= MOST_OF_A_TOWN:
        raise BadInput(FieldProblem("name", mark("The list is full.")))
    _take_over(session, box, typed)
    audit.record(session, "box.hang", ("problem_box", box.id), by=actor.account_id)
    return box


def change(session: Session, actor: Actor, box_id: UUID, typed: Typed) -> ProblemBox:
    """Put right what is said of a box, or take it down. Raises as ``hang`` does."""
    box = box_for(session, actor, box_id, Action.KEEP_BOXES)
    _take_over(session, box, typed)
    audit.record(session, "box.change", ("problem_box", box.id), by=actor.account_id)
    return box


def _take_over(session: Session, box: ProblemBox, typed: Typed) -> None:
    problems: list[FieldProblem] = []
    name, place, (latitude, longitude) = "", tidy(typed.place), (None, None)
    try:
        name = checked_name("name", typed.name)
        _refuse_twin(session, box, name)
    except BadInput as refusal:
        problems += refusal.problems
    try:
        latitude, longitude = report_checks.point(typed.point)
    except BadInput as refusal:
        problems += refusal.problems
    if len(place) > _LONGEST_PLACE:
        said = mark("At most {count} characters.")
        problems.append(FieldProblem("place", said, (("count", _LONGEST_PLACE),)))
    problems += _day_problems(typed)
    if problems or typed.hung_on is None:
        raise BadInput(*problems)
    box.name, box.place, box.latitude, box.longitude = name, place, latitude, longitude
    box.hung_on, box.removed_on = typed.hung_on, typed.removed_on
    box.working_days_only = typed.working_days_only
    session.add(box)
    session.flush()


def _refuse_twin(session: Session, box: ProblemBox, name: str) -> None:
    others = [one for one in boxes_of(session, [box.municipality_id]) if one.id != box.id]
    if name.casefold() in {one.name.casefold() for one in others}:
        raise BadInput(FieldProblem("name", mark("This name is in the list already.")))


def _day_problems(typed: Typed) -> list[FieldProblem]:
    if typed.hung_on is None or not _EARLIEST <= typed.hung_on <= days.today():
        return [FieldProblem("hung_on", mark("Give the day on which it was hung up."))]
    gone = typed.removed_on
    if gone is not None and not typed.hung_on <= gone <= days.today():
        said = mark("It was taken down after it was hung up, and not later than today.")
        return [FieldProblem("removed_on", said)]
    return []


def boxes_of(session: Session, town_ids: Sequence[UUID]) -> list[ProblemBox]:
    """Every box of these towns, by name; those that were taken down last."""
    wanted = select(ProblemBox).where(col(ProblemBox.municipality_id).in_(town_ids))
    found = session.exec(wanted)
    return sorted(found, key=lambda one: (one.removed_on is not None, one.name.casefold()))


def boxes_seen(session: Session, actor: Actor, action: Action) -> list[ProblemBox]:
    """The boxes of all his towns."""
    within = reports_reach.towns(session, actor, action)
    return boxes_of(session, [one.id for one in within])


def box_for(session: Session, actor: Actor, box_id: UUID, action: Action) -> ProblemBox:
    """One box within reach; raises ``NotFound`` whether it is absent or out of reach."""
    found = session.get(ProblemBox, box_id)
    if found is None:
        raise NotFound
    reports_reach.town_for(session, actor, action, found.municipality_id)
    return found


def emptying_for(
    session: Session, actor: Actor, emptying_id: UUID, action: Action
) -> tuple[BoxEmptying, ProblemBox]:
    """One emptying within reach, and its box. Raises ``NotFound``."""
    found = session.get(BoxEmptying, emptying_id)
    if found is None:
        raise NotFound
    return found, box_for(session, actor, found.box_id, action)
