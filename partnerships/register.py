"""Finding partnerships in the register: by name, by what they are, within somebody's reach."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from hub import clock
from hub.access import Action, Actor
from hub.db import Condition
from partnerships.models import (
    CommunicationPlan,
    Membership,
    Organisation,
    Partnership,
    PartnershipKind,
    PartnershipStatus,
)
from partnerships.scope import within_reach
from partnerships.slugs import slug_of

_RENEWAL_IS_NEAR = timedelta(days=60)
# They are renewed no more.
_OVER = (PartnershipStatus.ENDED, PartnershipStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for; what is empty narrows nothing. Organisations by their slug."""

    words: str = ""
    status: PartnershipStatus | None = None
    kind: PartnershipKind | None = None
    police_zone: str = ""
    municipality: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the register."""

    partnership: Partnership
    municipality: str
    members: int
    plan_version: int | None


def count(session: Session, actor: Actor, search: Search) -> int:
    """How many partnerships within reach fit."""
    found = select(func.count(col(Partnership.id))).where(*_conditions(actor, search))
    return session.exec(found).one()


def by_name(
    session: Session, actor: Actor, search: Search, limit: int, offset: int
) -> list[Listed]:
    """Those within reach that fit, by name, a page at a time."""
    ordered = _matching(actor, search).order_by(col(Partnership.name), col(Partnership.id))
    return _listed(session, list(session.exec(ordered.limit(limit).offset(offset))))


def after_slug(
    session: Session, actor: Actor, search: Search, limit: int, cursor: str
) -> list[Partnership]:
    """Those within reach that fit and come after ``cursor`` in the order of their slugs."""
    found = _matching(actor, search).where(col(Partnership.slug) > cursor)
    return list(session.exec(found.order_by(col(Partnership.slug)).limit(limit)))


def _matching(actor: Actor, search: Search) -> SelectOfScalar[Partnership]:
    return select(Partnership).where(*_conditions(actor, search))


def _conditions(actor: Actor, search: Search) -> list[Condition]:
    conditions = [within_reach(actor, Action.SEE_PARTNERSHIPS)]
    if search.words.strip():
        conditions.append(_is_called(search.words.strip()))
    if search.status is not None:
        conditions.append(col(Partnership.status) == search.status)
    if search.kind is not None:
        conditions.append(col(Partnership.kind) == search.kind)
    if search.police_zone:
        conditions.append(col(Partnership.police_zone_id).in_(_organisation(search.police_zone)))
    if search.municipality:
        conditions.append(col(Partnership.municipality_id).in_(_organisation(search.municipality)))
    return conditions


def _is_called(words: str) -> Condition:
    # SQLite knows the case of plain letters only; slugs have neither case nor accents.
    spelled = slug_of(words)
    named = col(Partnership.name).icontains(words, autoescape=True)
    return or_(named, col(Partnership.slug).contains(spelled)) if spelled else named


def _organisation(slug: str) -> SelectOfScalar[UUID]:
    return select(Organisation.id).where(Organisation.slug == slug)


def _listed(session: Session, partnerships: list[Partnership]) -> list[Listed]:
    ids = [one.id for one in partnerships]
    towns = _names(session, {one.municipality_id for one in partnerships})
    members, plans = _members(session, ids), _plan_versions(session, ids)
    return [
        Listed(one, towns[one.municipality_id], members.get(one.id, 0), plans.get(one.id))
        for one in partnerships
    ]


def _names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(ids)))
    return {one.id: one.name for one in found}


def _members(session: Session, ids: list[UUID]) -> dict[UUID, int]:
    counted = (
        select(Membership.partnership_id, func.count())
        .where(col(Membership.partnership_id).in_(ids), col(Membership.left_at).is_(None))
        .group_by(col(Membership.partnership_id))
    )
    return dict(session.exec(counted).all())


def _plan_versions(session: Session, ids: list[UUID]) -> dict[UUID, int]:
    """The version in force now of each that has one."""
    newest = (
        select(CommunicationPlan.partnership_id, func.max(CommunicationPlan.version))
        .where(
            col(CommunicationPlan.partnership_id).in_(ids),
            col(CommunicationPlan.in_force_from) <= clock.now(),
        )
        .group_by(col(CommunicationPlan.partnership_id))
    )
    return {plan_of: version for plan_of, version in session.exec(newest) if plan_of}


def municipalities_within_reach(session: Session, actor: Actor) -> list[Organisation]:
    """The municipalities in which there are partnerships to see, by name."""
    seen = select(Partnership.municipality_id).where(within_reach(actor, Action.SEE_PARTNERSHIPS))
    towns = select(Organisation).where(col(Organisation.id).in_(seen))
    return list(session.exec(towns.order_by(Organisation.name)))


def renewal_state(partnership: Partnership, today: date) -> str:
    """``near`` within sixty days of the renewal, ``passed`` after it, else nothing."""
    due = partnership.renewal_due_on
    if due is None or partnership.status in _OVER or due > today + _RENEWAL_IS_NEAR:
        return ""
    return "passed" if due < today else "near"
