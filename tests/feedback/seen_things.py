"""An alert that has left, and people who saw something: for the tests about sightings."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from PIL import Image
from sqlmodel import col, select

from feedback import seen_links
from feedback.models import Sighting
from hub import clock
from hub.db import unit_of_work
from messaging import fan_out
from messaging.models import Delivery, DeliveryState
from partnerships import contact
from tests.citizens import Citizen, field
from tests.running_hub import Api

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
DISPATCHER, OFFICER = "dispatcher@demo.example", "officer@demo.example"
INSPECTOR, COORDINATOR = "inspector@demo.example", "coordinator@demo.example"
DUTCH = "+32470001002"


def at(moment: timedelta) -> None:
    clock.set_source(lambda: NOON + moment)


def alert(api: Api, place: str = "rue du Moulin") -> tuple[str, int]:
    """An incident, and the delivery of its alert to the Dutch-speaking member, which has left."""
    incident = api.incident(place=place, facts_at=clock.now().isoformat())["id"]
    broadcast = api.send("haut-valdor", incident_id=incident)
    return incident, delivered(broadcast)


def delivered(broadcast_id: str, to: str = DUTCH) -> int:
    """The delivery to this number, which has left."""
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(broadcast_id))
        (point,) = contact.points_with_value(session, to)
        its = select(Delivery).where(
            Delivery.broadcast_id == UUID(broadcast_id), Delivery.person_id == point.person_id
        )
        found = session.exec(its).one()
        found.state, found.handed_over_at = DeliveryState.SENT, clock.now()
        session.add(found)
        return found.id or 0


def path_of(delivery_id: int) -> str:
    link = seen_links.seen_link(delivery_id)
    return link.partition("://")[2].partition("/")[2].join(("/", ""))


def tell(
    delivery_id: int, citizen: Citizen | None = None, photo: bytes = b"", **typed: Any
) -> httpx.Response:
    """Open the page by the link and send it; the page that comes next."""
    somebody = citizen or Citizen()
    path = path_of(delivery_id)
    page = somebody.get(path)
    assert page.status_code == 200, page.text
    return send(somebody, path, photo, **typed)


def send(citizen: Citizen, path: str, photo: bytes = b"", **typed: Any) -> httpx.Response:
    hidden = {one: field(citizen.page, one) for one in ("form_token", "form_id")}
    files = {"photo": ("me.jpg", photo, "image/jpeg")} if photo else {"photo": ("", b"")}
    citizen.page = citizen.http.post(
        path, data={**hidden, **typed}, files=files, follow_redirects=True
    )
    return citizen.page


def number_on(page: httpx.Response) -> str:
    found = re.search(r'id="number">([^<]+)<', page.text)
    assert found, page.text
    return found[1]


def kept() -> list[Sighting]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Sighting).order_by(col(Sighting.id))))


def photo_with_place() -> bytes:
    """As a telephone makes it: where it was taken stands in it."""
    image = Image.new("RGB", (640, 480), "navy")
    exif = Image.Exif()
    exif[0x010F] = "Fictional Phone"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (50.0, 30.0, 0.0), "E", (4.0, 20.0, 0.0)
    into = io.BytesIO()
    image.save(into, "JPEG", exif=exif)
    return into.getvalue()
