"""What a police zone has decided for its partnerships."""

from sqlmodel import Session, select

from hub import audit
from hub.errors import HubError
from hub.i18n import mark
from partnerships.models import Organisation, OrganisationKind


def allow_whatsapp(session: Session, slug: str, is_allowed: bool) -> None:
    """Let non-urgent messages of a police zone go by WhatsApp, or no longer.

    The federal guidance keeps what concerns the police off WhatsApp, so it is off until a zone
    decides otherwise; urgent alerts never go that way. Raises ``HubError`` for an unknown zone.
    """
    zone = session.exec(
        select(Organisation).where(
            Organisation.slug == slug, Organisation.kind == OrganisationKind.POLICE_ZONE
        )
    ).first()
    if zone is None:
        raise HubError(mark("There is no police zone called {slug}."), slug=slug)
    zone.allows_whatsapp = is_allowed
    session.add(zone)
    subject = ("organisation", zone.id)
    audit.record(session, "zone.allow_whatsapp", subject, by=None, is_allowed=is_allowed)
