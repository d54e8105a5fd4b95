"""The lines of a figure: the zones or the workers that each have a figure of their own."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, or_, select

from hub.errors import NotFound
from partnerships.models import Partnership
from plan.measures.period import Period
from plan.models import ExpectedResult, Plan, StaffMember

ZONE, WORKER = "zone", "worker"


@dataclass(frozen=True, slots=True)
class Line:
    """One of them; of nothing named it is the figure of the whole."""

    area: str = ""
    worker_id: UUID | None = None
    name: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.area and self.worker_id is None

    @property
    def key(self) -> str:
        """As it stands in an address: a slug or an id, no name of a person."""
        return str(self.worker_id) if self.worker_id else self.area


WHOLE = Line()


def of_result(session: Session, plan: Plan, result: ExpectedResult, period: Period) -> list[Line]:
    """By name; none where the result is not for each zone or each worker."""
    if result.per == ZONE:
        return _zones(session, plan)
    return _workers(session, plan, result, period) if result.per == WORKER else []


def chosen(session: Session, plan: Plan, result: ExpectedResult, period: Period, key: str) -> Line:
    """The line of this key; the whole of none. Raises ``NotFound`` for what is no line of it."""
    if not key:
        return WHOLE
    mine = of_result(session, plan, result, period)
    found = next((one for one in mine if one.key == key), None)
    if found is None:
        raise NotFound
    return found


def _zones(session: Session, plan: Plan) -> list[Line]:
    here = select(Partnership.slug, Partnership.name).where(
        Partnership.municipality_id == plan.municipality_id
    )
    rows = session.exec(here.order_by(Partnership.name, Partnership.slug))
    return [Line(area=slug, name=name) for slug, name in rows]


def _workers(session: Session, plan: Plan, result: ExpectedResult, period: Period) -> list[Line]:
    """Those of the result's service who worked there on one of these days."""
    staff = select(StaffMember).where(
        StaffMember.municipality_id == plan.municipality_id,
        StaffMember.service_id == result.service_id,
        StaffMember.started_on <= period.last,
        or_(col(StaffMember.left_on).is_(None), col(StaffMember.left_on) >= period.first),
    )
    # Names are sealed: they are put in order here.
    people = sorted(session.exec(staff), key=lambda one: (one.name.casefold(), one.id))
    return [Line(worker_id=one.id, name=one.name) for one in people]
