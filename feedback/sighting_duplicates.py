"""Which other sightings may be of the same: shown to an officer, who decides."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from feedback import plates, sightings
from feedback.models import Sighting, SightingStatus
from hub.access import Action, Actor
from hub.db import Condition
from partnerships.ground import Geometry, Surroundings, point
from partnerships.spelling import plain

# A car that is about for some nights.
_PLATE_WITHIN = timedelta(days=3)
# One walk down one street, seen from several windows.
_PLACE_WITHIN = timedelta(minutes=30)
_NEAR_METRES = 300
_MOST = 10
_SHORTEST_WORD = 4
_KINDS_OF_STREET = frozenset(
    plain(
        "avenue place chaussee boulevard chemin route quai square street road pres vers dans near"
        " coin straat laan plein steenweg naast hoek strasse platz allee neben ecke"
    ).split()
)


class Because(StrEnum):
    """Why two may be one."""

    SAME_PLATE = "same_plate"
    LIKE_PLATE = "like_plate"
    SAME_PLACE = "same_place"


@dataclass(frozen=True, slots=True)
class Possible:
    other: sightings.Shown
    because: Because


def of_sighting(session: Session, actor: Actor, sighting: Sighting) -> list[Possible]:
    """Those within reach that may be the same, the newest first by each reason."""
    others: dict[object, tuple[Sighting, Because]] = {}
    for because, found in (
        (Because.SAME_PLATE, _same_plate(session, actor, sighting)),
        (Because.LIKE_PLATE, _like_plate(session, actor, sighting)),
        (Because.SAME_PLACE, _same_place(session, actor, sighting)),
    ):
        for one in found:
            others.setdefault(one.id, (one, because))
    chosen = list(others.values())[:_MOST]
    described = sightings.shown(session, [one for one, _because in chosen])
    return [
        Possible(one, because) for one, (_sighting, because) in zip(described, chosen, strict=True)
    ]


def _same_plate(session: Session, actor: Actor, sighting: Sighting) -> list[Sighting]:
    if sighting.plate_index is None:
        return []
    same = col(Sighting.plate_index) == sighting.plate_index
    return _found(session, actor, sighting, _PLATE_WITHIN, same)


def _like_plate(session: Session, actor: Actor, sighting: Sighting) -> list[Sighting]:
    if not sighting.plate:
        return []
    around = _around(sighting, _PLATE_WITHIN)
    reach = sightings.within_reach(actor, Action.SEE_SIGHTINGS)
    alike = sightings.like(session, sighting.plate, reach, *around)
    return _found(session, actor, sighting, _PLATE_WITHIN, col(Sighting.id).in_(alike))


def _same_place(session: Session, actor: Actor, sighting: Sighting) -> list[Sighting]:
    if sighting.incident_id is None:
        return []
    its = col(Sighting.incident_id) == sighting.incident_id
    found = _found(session, actor, sighting, _PLACE_WITHIN, its)
    return [one for one in found if _is_there(one, sighting) and _may_be_one(one, sighting)]


def _may_be_one(one: Sighting, other: Sighting) -> bool:
    """Not where two plates were read that differ."""
    return not one.plate or not other.plate or plates.may_be_one(one.plate, other.plate)


def _is_there(one: Sighting, other: Sighting) -> bool:
    here, there = _point(one), _point(other)
    if here is not None and there is not None:
        return Surroundings(here).metres_to([there])[0] <= _NEAR_METRES
    return bool(_words(one.place) & _words(other.place))


def _point(one: Sighting) -> Geometry | None:
    if one.latitude is None or one.longitude is None:
        return None
    return point(one.longitude, one.latitude)


def _words(place: str) -> set[str]:
    """Those that tell streets apart: "rue", "du" and "35" are everywhere."""
    words = {one for one in plain(place).split() if len(one) >= _SHORTEST_WORD and one.isalpha()}
    return words - _KINDS_OF_STREET


def _around(sighting: Sighting, within: timedelta) -> tuple[Condition, ...]:
    return (
        col(Sighting.observed_at) >= sighting.observed_at - within,
        col(Sighting.observed_at) <= sighting.observed_at + within,
    )


def _found(
    session: Session, actor: Actor, sighting: Sighting, within: timedelta, *conditions: Condition
) -> list[Sighting]:
    wanted = select(Sighting).where(
        Sighting.id != sighting.id,
        col(Sighting.status) != SightingStatus.DUPLICATE,
        sightings.within_reach(actor, Action.SEE_SIGHTINGS),
        *_around(sighting, within),
        *conditions,
    )
    return list(session.exec(wanted.order_by(col(Sighting.received_at).desc()).limit(50)))
