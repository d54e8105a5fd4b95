"""What anybody may read: alerts that were marked public, and the certificate that proves them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, select

from hub.access import open_to_all
from hub.config import settings
from hub.db import DbSession
from hub.errors import NotFound
from messaging.cap import feed, signing
from messaging.cap_api import Cursor, Length, document_answer, document_of, feed_answer
from messaging.models import CapReader
from partnerships.models import Organisation, OrganisationKind

router = APIRouter(include_in_schema=False)

_PUBLIC = "What stands in it was marked public by its sender, and names nobody."


@router.get(
    "/cap/certificate",
    response_class=Response,
    dependencies=[open_to_all("A certificate is there to be handed out.")],
)
def show_certificate() -> Response:
    """The certificate with which signed documents are checked."""
    return Response(signing.certificate(), media_type="application/x-pem-file")


@router.get("/cap/public/{slug}", response_class=Response, dependencies=[open_to_all(_PUBLIC)])
def show_public_feed(
    slug: str,
    request: Request,
    session: DbSession,
    before: Cursor = None,
    limit: Length = feed.PAGE_LENGTH,
) -> Response:
    """The alerts of a zone that were marked public: that something happens, and where."""
    place = f"{settings().base_url}/cap/public/{slug}"
    zone = _any_zone(session, slug)
    found = feed.feed(session, zone, CapReader.PUBLIC, place, before, limit)
    return feed_answer(request, found, "public, max-age=15")


@router.get(
    "/cap/public/{slug}/{identifier}",
    response_class=Response,
    dependencies=[open_to_all(_PUBLIC)],
)
def show_public_document(
    slug: str, identifier: str, session: DbSession, signed: bool = False
) -> Response:
    """One public alert as a CAP 1.2 document."""
    zone = _any_zone(session, slug)
    return document_answer(document_of(session, zone, identifier, CapReader.PUBLIC), signed)


def _any_zone(session: Session, slug: str) -> Organisation:
    zone = session.exec(
        select(Organisation).where(
            Organisation.slug == slug, Organisation.kind == OrganisationKind.POLICE_ZONE
        )
    ).first()
    if zone is None:
        raise NotFound
    return zone
