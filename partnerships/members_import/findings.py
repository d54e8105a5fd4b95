"""What a check has found in a list, for the page that shows it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from hub.db import Condition
from partnerships.contact import readable
from partnerships.members_import.corrected_file import is_left_out
from partnerships.models import (
    ContactKind,
    ContactPoint,
    FindingKind,
    ImportFinding,
    Person,
)

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Double:
    """A row and whom it may double, side by side: the names, and the ways of who is known."""

    finding: ImportFinding
    name: str
    other_name: str
    other_ways: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """The findings of an import; of each kind the first, and how many there are."""

    refused: Sequence[ImportFinding]
    refused_count: int
    noted: Sequence[ImportFinding]
    noted_count: int
    undecided: Sequence[Double]
    undecided_count: int
    # Rows that are the same person as an earlier row, or as a member: nothing to decide.
    repeated: Sequence[Double]
    repeated_count: int
    known_count: int


def shown(session: Session, import_id: UUID, most: int) -> Shown:
    """What there is to show of an import, ``most`` of each."""
    refused = _Kind(session, import_id, FindingKind.REFUSED)
    noted = _Kind(session, import_id, FindingKind.NOTED)
    doubts = _Kind(session, import_id, FindingKind.DOUBT)
    doubles = _Kind(session, import_id, FindingKind.DOUBLE)
    in_list = col(ImportFinding.same_as_row).is_not(None)
    repeated = doubles.count(in_list)
    return Shown(
        refused.first(most),
        refused.count(),
        noted.first(most),
        noted.count(),
        _doubles(session, doubts.first(most)),
        doubts.count(),
        _doubles(session, doubles.first(most, in_list)),
        repeated,
        doubles.count() - repeated,
    )


def left_out(session: Session, import_id: UUID) -> Iterator[ImportFinding]:
    """The findings about what is not taken, by row."""
    found = select(ImportFinding).where(
        ImportFinding.import_id == import_id, ImportFinding.kind != FindingKind.NOTED
    )
    in_order = found.order_by(col(ImportFinding.row), col(ImportFinding.id))
    rows = session.exec(in_order.execution_options(yield_per=_AT_ONCE))
    return filter(is_left_out, rows)


@dataclass(frozen=True, slots=True)
class _Kind:
    """The findings of one kind in one import."""

    session: Session
    import_id: UUID
    kind: FindingKind

    def first(self, most: int, *more: Condition) -> Sequence[ImportFinding]:
        found = select(ImportFinding).where(self._are_these(), *more)
        return self.session.exec(found.order_by(col(ImportFinding.id)).limit(most)).all()

    def count(self, *more: Condition) -> int:
        found = select(func.count()).select_from(ImportFinding).where(self._are_these(), *more)
        return self.session.exec(found).one()

    def _are_these(self) -> Condition:
        is_of_import = col(ImportFinding.import_id) == self.import_id
        return and_(is_of_import, col(ImportFinding.kind) == self.kind)


def _doubles(session: Session, findings: Sequence[ImportFinding]) -> list[Double]:
    people = {one.same_as_person_id for one in findings if one.same_as_person_id}
    names = dict(
        session.exec(select(Person.id, Person.name).where(col(Person.id).in_(people))).all()
    )
    ways = _ways(session, people)
    doubles = []
    for one in findings:
        name, _, other = one.typed.partition("\n")
        person_id = one.same_as_person_id
        doubles.append(
            Double(one, name, names.get(person_id, other), ways.get(person_id, []))
            if person_id
            else Double(one, name, other, [])
        )
    return doubles


def _ways(session: Session, people: set[UUID]) -> dict[UUID, list[str]]:
    ways: dict[UUID, list[str]] = defaultdict(list)
    points = select(ContactPoint).where(col(ContactPoint.person_id).in_(people))
    for point in session.exec(points.order_by(col(ContactPoint.position))):
        is_mail = point.kind is ContactKind.EMAIL
        ways[point.person_id].append(point.value if is_mail else readable(point.value))
    return ways
