"""A hot spot in the demo town, with who was there: fictional, as all of the demo is."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from feedback.models import HotSpot, HotSpotAction, HotSpotActionKind, HotSpotOrigin
from hub import clock


def fill(session: Session, town_id: UUID, officer_id: UUID) -> None:
    """One place that is watched for six weeks, a presence in each of the last three, an action."""
    now = clock.now()
    quarter = now.replace(minute=0, second=0, microsecond=0)
    spot = HotSpot(
        municipality_id=town_id,
        name="Bulles à verre du Haut-Valdor",
        latitude=50.6437,
        longitude=5.5757,
        radius_metres=150,
        category="dumping",
        origin=HotSpotOrigin.BY_HAND,
        why="Sacs déposés à côté des bulles à verre, surtout le lundi.",
        opened_at=now - timedelta(weeks=6),
        opened_by=officer_id,
    )
    session.add(spot)
    session.flush()
    for weeks in (1, 2, 3):
        began = quarter - timedelta(weeks=weeks)
        session.add(
            HotSpotAction(
                hot_spot_id=spot.id,
                kind=HotSpotActionKind.PRESENCE,
                began_at=began,
                ended_at=began + timedelta(minutes=90),
                people=2,
                by=officer_id,
            )
        )
    session.add(
        HotSpotAction(
            hot_spot_id=spot.id,
            kind=HotSpotActionKind.ACTION,
            began_at=quarter - timedelta(weeks=2),
            words="Un panneau a été posé ; les bulles sont vidées deux fois par semaine.",
            by=officer_id,
        )
    )
