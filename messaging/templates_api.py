"""Templates for machines."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import NotFound
from hub.i18n import Language
from messaging import phenomena, templates, zone_writing
from messaging.models import MessageTemplate, MissingText, TemplateUse
from messaging.texts import Words

router = APIRouter(prefix="/api/v1", tags=["templates"])

ANY = "any"


class TemplateWords(BaseModel):
    """One language. What is open is in braces; a part in square brackets is left out where a
    placeholder in it has no value."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(description="Of the mail.")
    short: str = Field(description="The SMS.")
    long: str = Field(description="The mail.")
    spoken: str = Field(default="", description="The call; empty where it reads the SMS.")


class TemplateInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    texts: dict[Language, TemplateWords]
    based_on: int = Field(ge=0, description="The version these words replace; 0 for the first.")


class TemplateOutput(BaseModel):
    use: TemplateUse
    phenomenon: str = Field(description="A code of the list; empty is any.")
    version: int = Field(description="0 is the hub's own words.")
    texts: dict[Language, TemplateWords]


class TemplateVersion(BaseModel):
    use: TemplateUse
    phenomenon: str
    version: int
    is_given_up: bool
    saved_at: datetime


class WritingInput(BaseModel):
    """How a zone writes."""

    model_config = ConfigDict(extra="forbid")

    near_metres: int = Field(description="Partnerships this near to a place are called as well.")
    missing_text: MissingText = Field(
        description="Without a text in a member's language: refuse to send; the first language of"
        " his partnership; or its first two languages in one message."
    )


@router.get("/zones/{zone_slug}/templates")
def list_templates(
    zone_slug: str,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    session: DbSession,
) -> list[TemplateVersion]:
    """The templates a police zone keeps itself; for all else the hub's own words are used."""
    zone = templates.zone_for(session, actor, zone_slug)
    return [_version(one) for one in templates.kept_by(session, zone.id)]


@router.get("/zones/{zone_slug}/templates/{use}/{phenomenon}")
def show_template(
    zone_slug: str,
    use: TemplateUse,
    phenomenon: str,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    session: DbSession,
) -> TemplateOutput:
    """The words in use for a phenomenon, or for ``any``."""
    zone = templates.zone_for(session, actor, zone_slug)
    found = templates.in_use(session, zone.id, use, _code(phenomenon))
    texts = {language: _words(words) for language, words in found.texts.items()}
    return TemplateOutput(
        use=found.use, phenomenon=found.phenomenon, version=found.version, texts=texts
    )


@router.put("/zones/{zone_slug}/templates/{use}/{phenomenon}")
def save_template(
    zone_slug: str,
    use: TemplateUse,
    phenomenon: str,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    wanted: TemplateInput,
    session: DbSession,
) -> TemplateVersion:
    """Keep these words as the next version. 409 when another was saved meanwhile."""
    zone = templates.zone_for(session, actor, zone_slug)
    texts = {
        language: Words(one.subject, one.short, one.long, one.spoken)
        for language, one in wanted.texts.items()
    }
    code = _code(phenomenon)
    return _version(templates.save(session, actor, zone.id, use, code, texts, wanted.based_on))


@router.delete("/zones/{zone_slug}/templates/{use}/{phenomenon}")
def give_up_template(
    zone_slug: str,
    use: TemplateUse,
    phenomenon: str,
    based_on: int,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    session: DbSession,
) -> TemplateVersion:
    """Use the hub's own words again; earlier versions stay on record."""
    zone = templates.zone_for(session, actor, zone_slug)
    code = _code(phenomenon)
    return _version(templates.give_up(session, actor, zone.id, use, code, based_on))


@router.put("/zones/{zone_slug}/writing")
def settle_writing(
    zone_slug: str,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    wanted: WritingInput,
    session: DbSession,
) -> WritingInput:
    """How far around a place the zone calls, and what it does where a text is missing."""
    zone = templates.zone_for(session, actor, zone_slug)
    settled = zone_writing.settle(session, actor, zone.id, wanted.near_metres, wanted.missing_text)
    return WritingInput(near_metres=settled.near_metres, missing_text=settled.missing_text)


def _code(phenomenon: str) -> str:
    if phenomenon == ANY:
        return ""
    code = phenomena.code_of(phenomenon)
    if code is None:
        raise NotFound
    return code


def _words(words: Words) -> TemplateWords:
    return TemplateWords(
        subject=words.subject, short=words.short, long=words.long, spoken=words.spoken
    )


def _version(saved: MessageTemplate) -> TemplateVersion:
    return TemplateVersion.model_validate(saved, from_attributes=True)
