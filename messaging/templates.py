"""Templates: the words a police zone keeps ready, version after version; else the hub's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import Language, mark
from messaging import phenomena, starter_templates, template_checks
from messaging.models import COLD_KINDS, MessageTemplate, MessageTemplateText, TemplateUse
from messaging.texts import Texts, Words
from partnerships.models import (
    LIVING_STATUSES,
    Channel,
    Organisation,
    OrganisationKind,
    Partnership,
)

_CHANGED_MEANWHILE = mark(
    "Somebody else saved these words meanwhile. What you typed is kept here: compare it with the"
    " version in use, then save again."
)


@dataclass(frozen=True, slots=True)
class Template:
    """The words in use for one purpose and phenomenon. Version 0 is the hub's own."""

    use: TemplateUse
    phenomenon: str
    version: int
    texts: Texts
    saved: MessageTemplate | None = None


def in_use(session: Session, zone_id: UUID, use: TemplateUse, phenomenon: str) -> Template:
    """The words for this phenomenon: the zone's own for it, its own for any, else the hub's."""
    newest = _newest(session, zone_id, use, phenomenon)
    for code in dict.fromkeys((phenomenon, "")):
        row = newest.get(code)
        if row is not None and not row.is_given_up:
            return Template(use, code, row.version, _texts(session, row), row)
    return Template(use, phenomenon, 0, starter_templates.starter(use, phenomenon))


def exactly(session: Session, zone_id: UUID, use: TemplateUse, phenomenon: str) -> Template:
    """What the zone keeps for this very phenomenon, or the hub's words to begin it with. The
    version is that of the newest, whether it is in use or was given up."""
    row = _newest(session, zone_id, use, phenomenon).get(phenomenon)
    if row is None or row.is_given_up:
        words = starter_templates.starter(use, phenomenon)
        return Template(use, phenomenon, row.version if row else 0, words, row)
    return Template(use, phenomenon, row.version, _texts(session, row), row)


def kept_by(session: Session, zone_id: UUID) -> list[MessageTemplate]:
    """The newest version of each template of a zone, those given up left out."""
    rows = session.exec(
        select(MessageTemplate)
        .where(MessageTemplate.police_zone_id == zone_id)
        .order_by(MessageTemplate.use, MessageTemplate.phenomenon, col(MessageTemplate.version))
    )
    newest = {(row.use, row.phenomenon): row for row in rows}
    return [row for row in newest.values() if not row.is_given_up]


def versions(
    session: Session, zone_id: UUID, use: TemplateUse, phenomenon: str
) -> Sequence[MessageTemplate]:
    """Every version of one template, the newest first."""
    wanted = _of(zone_id, use).where(MessageTemplate.phenomenon == phenomenon)
    return session.exec(wanted.order_by(col(MessageTemplate.version).desc())).all()


def texts_of_version(
    session: Session, zone_id: UUID, use: TemplateUse, phenomenon: str, version: int
) -> Texts:
    """The words of one version; raises ``NotFound`` when there is none."""
    wanted = _of(zone_id, use).where(
        MessageTemplate.phenomenon == phenomenon, MessageTemplate.version == version
    )
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return _texts(session, found)


def save(
    session: Session,
    actor: Actor,
    zone_id: UUID,
    use: TemplateUse,
    phenomenon: str,
    texts: Texts,
    based_on: int,
) -> MessageTemplate:
    """Keep these words as the next version.

    ``based_on`` is the version they were written over: when another was saved meanwhile,
    ``Conflict`` is raised and nothing is kept. Raises ``NotFound`` out of reach, and ``BadInput``
    naming language and field of each fault.
    """
    _refuse_out_of_reach(session, actor, zone_id, use)
    if phenomenon and phenomenon not in phenomena.CODES:
        raise BadInput(FieldProblem("phenomenon", mark("Choose a phenomenon from the list.")))
    found = template_checks.problems(use, texts, languages_of_zone(session, zone_id))
    if found:
        raise BadInput(*found)
    return _next_version(session, actor, zone_id, use, phenomenon, texts, based_on)


def give_up(
    session: Session,
    actor: Actor,
    zone_id: UUID,
    use: TemplateUse,
    phenomenon: str,
    based_on: int,
) -> MessageTemplate:
    """Use the hub's own words again; the zone's stay to be read. Raises as ``save`` does."""
    _refuse_out_of_reach(session, actor, zone_id, use)
    return _next_version(session, actor, zone_id, use, phenomenon, {}, based_on)


def languages_of_zone(session: Session, zone_id: UUID) -> list[Language]:
    """The languages in which this zone's living partnerships are written to."""
    lists = session.exec(
        select(Partnership.languages).where(
            Partnership.police_zone_id == zone_id, col(Partnership.status).in_(LIVING_STATUSES)
        )
    )
    spoken = {Language(code) for codes in lists for code in codes}
    return [one for one in Language if one in spoken]


def zones_of(session: Session, actor: Actor) -> list[Organisation]:
    """The police zones in which this person keeps templates, by name: those of a prevention officer
    are those of his town's zone."""
    reach = actor.reach(Action.KEEP_TEMPLATES)
    towns = select(Organisation.part_of_id).where(col(Organisation.id).in_(reach.municipalities))
    kept = select(Organisation).where(
        Organisation.kind == OrganisationKind.POLICE_ZONE,
        or_(col(Organisation.id).in_(reach.police_zones), col(Organisation.id).in_(towns)),
    )
    return list(session.exec(kept.order_by(Organisation.name)))


def zone_for(session: Session, actor: Actor, slug: str) -> Organisation:
    """One of those zones; raises ``NotFound`` for any other."""
    for zone in zones_of(session, actor):
        if zone.slug == slug:
            return zone
    raise NotFound


def may_keep(session: Session, actor: Actor, zone_id: UUID, use: TemplateUse) -> bool:
    """Whether this person keeps this template: the words of an alert are the police's own."""
    if zone_id in actor.reach(Action.KEEP_TEMPLATES).police_zones:
        return True
    is_cold = use.value in {kind.value for kind in COLD_KINDS}
    return is_cold and any(zone.id == zone_id for zone in zones_of(session, actor))


def _refuse_out_of_reach(session: Session, actor: Actor, zone_id: UUID, use: TemplateUse) -> None:
    if not may_keep(session, actor, zone_id, use):
        raise NotFound


def _next_version(
    session: Session,
    actor: Actor,
    zone_id: UUID,
    use: TemplateUse,
    phenomenon: str,
    texts: Texts,
    based_on: int,
) -> MessageTemplate:
    newest = _newest(session, zone_id, use, phenomenon).get(phenomenon)
    if based_on != (newest.version if newest else 0):
        raise Conflict(_CHANGED_MEANWHILE)
    saved = MessageTemplate(
        police_zone_id=zone_id,
        use=use,
        phenomenon=phenomenon,
        version=based_on + 1,
        is_given_up=not texts,
        saved_by=actor.account_id,
        saved_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(saved)
    except IntegrityError:
        # Two saved the same version at the same moment.
        raise Conflict(_CHANGED_MEANWHILE) from None
    session.add_all(_rows(saved.id, texts))
    session.flush()
    facts = {"use": use.value, "phenomenon": phenomenon, "version": saved.version}
    subject = ("template", saved.id)
    audit.record(session, "template.save", subject, by=actor.account_id, **facts)
    return saved


def _rows(template_id: UUID, texts: Texts) -> Iterable[MessageTemplateText]:
    for language, words in texts.items():
        by_channel = (
            (Channel.SMS, "", words.short),
            (Channel.VOICE, "", words.spoken),
            (Channel.EMAIL, words.subject, words.long),
        )
        for channel, subject, body in by_channel:
            yield MessageTemplateText(
                template_id=template_id,
                language=language,
                channel=channel,
                subject=subject.strip(),
                body=body.strip(),
            )


def _of(zone_id: UUID, use: TemplateUse) -> SelectOfScalar[MessageTemplate]:
    return select(MessageTemplate).where(
        MessageTemplate.police_zone_id == zone_id, MessageTemplate.use == use
    )


def _newest(
    session: Session, zone_id: UUID, use: TemplateUse, phenomenon: str
) -> dict[str, MessageTemplate]:
    """The newest version for this phenomenon, and that for any."""
    wanted = _of(zone_id, use).where(col(MessageTemplate.phenomenon).in_((phenomenon, "")))
    rows = session.exec(wanted.order_by(col(MessageTemplate.version)))
    return {row.phenomenon: row for row in rows}


def _texts(session: Session, row: MessageTemplate) -> dict[Language, Words]:
    rows = session.exec(
        select(MessageTemplateText).where(MessageTemplateText.template_id == row.id)
    ).all()
    by_place = {(one.language, one.channel): one for one in rows}
    spoken = {one.language for one in rows}
    return {
        language: Words(
            by_place[language, Channel.EMAIL].subject,
            by_place[language, Channel.SMS].body,
            by_place[language, Channel.EMAIL].body,
            by_place[language, Channel.VOICE].body,
        )
        for language in Language
        if language in spoken
    }
