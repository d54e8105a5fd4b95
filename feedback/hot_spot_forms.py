"""What somebody typed about hot spots, read into what the rooms below take."""

import math
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from feedback.counted_reports import Sight, counted
from feedback.density import Measure
from feedback.hot_spot_proposals import Place, checked, usual
from feedback.hot_spots import Wanted
from feedback.models import HotSpot, Report
from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import Form
from partnerships import streets
from partnerships.models import Organisation

USUAL_RADIUS = "150"


def wanted_in(session: Session, form: Form, town: Organisation, sight: Sight) -> Wanted:
    """The hot spot that a form describes. Raises ``BadInput`` naming ``street`` where the place is
    to be that of a street, and nothing with a place was reported there."""
    latitude, longitude = decimal(form.text("latitude")), decimal(form.text("longitude"))
    street = form.text("street").strip()
    if street and not (form.text("latitude").strip() or form.text("longitude").strip()):
        latitude, longitude = _middle_of(session, town, sight, street)
    return Wanted(
        name=form.text("name"),
        latitude=latitude,
        longitude=longitude,
        radius_metres=whole(form.text("radius")),
        category=form.text("category"),
        why=form.text("why"),
    )


def changed_in(form: Form, spot: HotSpot) -> Wanted:
    """An open hot spot as a form wants it to be, where it is."""
    return Wanted(
        name=form.text("name"),
        latitude=spot.latitude,
        longitude=spot.longitude,
        radius_metres=whole(form.text("radius")),
        category=form.text("category"),
        why=form.text("why"),
    )


def _middle_of(
    session: Session, town: Organisation, sight: Sight, street: str
) -> tuple[float, float]:
    """The middle of what was reported in a street: the hub knows no other map of streets."""
    index = streets.index_of(street)
    middle = select(func.avg(Report.latitude), func.avg(Report.longitude)).where(
        *counted(town.id, sight),
        col(Report.street_index) == index,
        col(Report.latitude).is_not(None),
        col(Report.longitude).is_not(None),
    )
    latitude, longitude = session.exec(middle).one()
    if index is None or latitude is None or longitude is None:
        said = mark("No report in this street has a place on the map: point at it, or type it.")
        raise BadInput(FieldProblem("street", said))
    return round(float(latitude), 5), round(float(longitude), 5)


def decimal(typed: str) -> float:
    """A number with a point or a comma; what is none is not a number, and in no range."""
    try:
        return float(typed.strip().replace(",", "."))
    except ValueError:
        return math.nan


def whole(typed: str) -> int:
    """A whole number; what is none is below every range."""
    text = typed.strip()
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def measure_of(metres: str, days: str, threshold: str) -> Measure:
    """The measure that was asked for; what was left out is as usual. Raises ``BadInput``."""
    known = usual()
    return checked(
        whole(metres) if metres else known.metres,
        whole(days) if days else known.days,
        whole(threshold) if threshold else known.threshold,
    )


def place_in(form: Form) -> Place:
    """The proposal that a button stands for. Raises ``BadInput`` for what no page of ours sent."""
    measure = checked(
        *(whole(form.text(name)) for name in ("metres", "days", "threshold")),
    )
    latitude, longitude = decimal(form.text("latitude")), decimal(form.text("longitude"))
    if not (-85 <= latitude <= 85 and -180 <= longitude <= 180):
        said = mark("Give a number from {least} to {most}.")
        raise BadInput(FieldProblem("latitude", said, (("least", -85), ("most", 85))))
    return Place(
        category=form.text("category")[:120],
        is_of_incidents=form.text("of") == "incidents",
        latitude=latitude,
        longitude=longitude,
        measure=measure,
    )


def typed_of(form: Form, *names: str) -> dict[str, str]:
    """What was typed, to be shown again beside what is wrong with it."""
    return {name: form.text(name) for name in names}


def empty(*names: str, **known: str) -> dict[str, str]:
    return {**dict.fromkeys(names, ""), **known}


def presence_times() -> dict[str, str]:
    """What the form begins with: the quarter of an hour that has begun, and an hour from then."""
    local = clock.in_brussels(clock.now()).replace(second=0, microsecond=0)
    begun = local.replace(minute=local.minute - local.minute % 15)
    ended = begun.replace(hour=begun.hour + 1) if begun.hour < 23 else begun
    return {"began_at": _typed(begun), "ended_at": _typed(ended), "people": "1", "words": ""}


def _typed(local: datetime) -> str:
    return local.strftime("%Y-%m-%dT%H:%M")


def moments_in(form: Form, *names: str) -> list[datetime]:
    """Times typed on a Belgian clock. Raises ``BadInput`` naming every one that is none."""
    found: list[datetime] = []
    problems: list[Any] = []
    for name in names:
        try:
            found.append(form.moment(name))
        except BadInput as refusal:
            problems.extend(refusal.problems)
    if problems:
        raise BadInput(*problems)
    return found
