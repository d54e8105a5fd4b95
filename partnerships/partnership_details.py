"""What the register says a partnership is, checked field by field, and how that is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit
from hub.access import Actor
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from partnerships.models import Partnership, PartnershipKind, PartnershipStatus
from partnerships.slugs import slug_of
from partnerships.typed_text import tidy

LONGEST_NAME = 120
LONGEST_THEME = 80
LONGEST_REFERENCE = 60
_OVER = (PartnershipStatus.ENDED, PartnershipStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Details:
    """What a partnership is. The languages in the order in which they fall back."""

    name: str
    kind: PartnershipKind | None
    languages: Sequence[Language]
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Administration:
    """What comes with recognition, and whether anybody may ask to join."""

    recognition_reference: str = ""
    renewal_due_on: date | None = None
    takes_requests: bool = True


def change(
    session: Session,
    partnership: Partnership,
    details: Details,
    administration: Administration,
    by: Actor,
) -> None:
    """Let the register say this from now on; the slug stays, links to it are out in the world.

    Raises ``BadInput`` naming every field that will not do.
    """
    zone_id = partnership.police_zone_id
    problems = [
        *detail_problems(session, details, zone_id, partnership.id),
        *_administration_problems(administration),
    ]
    if problems:
        raise BadInput(*problems)
    fill(partnership, details)
    partnership.recognition_reference = tidy(administration.recognition_reference) or None
    partnership.renewal_due_on = administration.renewal_due_on
    partnership.takes_requests = administration.takes_requests
    session.add(partnership)
    session.flush()
    audit.record(session, "partnership.change", ("partnership", partnership.id), by=by.account_id)


def fill(partnership: Partnership, details: Details) -> None:
    """Put checked details into the row."""
    assert details.kind is not None
    is_thematic = details.kind is PartnershipKind.THEMATIC
    partnership.name = tidy(details.name)
    partnership.kind = details.kind
    partnership.theme = tidy(details.theme) if is_thematic else None
    partnership.languages = list(details.languages)


def detail_problems(
    session: Session, details: Details, zone_id: UUID | None, itself: UUID | None = None
) -> list[FieldProblem]:
    """Everything that will not do. In a zone that is not known yet no name is taken."""
    return [
        *_name_problems(session, details, zone_id, itself),
        *_kind_problems(details),
        *_language_problems(details.languages),
    ]


def _name_problems(
    session: Session, details: Details, zone_id: UUID | None, itself: UUID | None
) -> list[FieldProblem]:
    name = tidy(details.name)
    if not 2 <= len(name) <= LONGEST_NAME:
        sentence = mark("A name has 2 to {count} characters.")
        return [FieldProblem("name", sentence, (("count", LONGEST_NAME),))]
    if zone_id and _is_taken(session, name, zone_id, itself):
        sentence = mark("A partnership of this name exists already in this police zone.")
        return [FieldProblem("name", sentence)]
    return []


def _is_taken(session: Session, name: str, zone_id: UUID, itself: UUID | None) -> bool:
    living = select(Partnership).where(
        Partnership.police_zone_id == zone_id, col(Partnership.status).not_in(_OVER)
    )
    # People do not tell apart what differs by case, accents or hyphens alone.
    spelled = slug_of(name)
    others = [one for one in session.exec(living) if one.id != itself]
    return any(slug_of(one.name) == spelled for one in others)


def _kind_problems(details: Details) -> list[FieldProblem]:
    if details.kind is None:
        return [FieldProblem("kind", mark("Choose what kind of partnership it is."))]
    wants_theme = details.kind is PartnershipKind.THEMATIC
    if wants_theme and not 1 <= len(tidy(details.theme)) <= LONGEST_THEME:
        sentence = mark("Say in a few words what unites this partnership.")
        return [FieldProblem("theme", sentence)]
    return []


def _language_problems(languages: Sequence[Language]) -> list[FieldProblem]:
    if not languages:
        return [FieldProblem("languages", mark("Choose at least one language."))]
    if len(set(languages)) != len(languages):
        return [FieldProblem("languages", mark("Choose each language once."))]
    return []


def _administration_problems(administration: Administration) -> list[FieldProblem]:
    if len(tidy(administration.recognition_reference)) > LONGEST_REFERENCE:
        sentence = mark("This is too long: at most {count} characters.")
        values = (("count", LONGEST_REFERENCE),)
        return [FieldProblem("recognition_reference", sentence, values)]
    return []
