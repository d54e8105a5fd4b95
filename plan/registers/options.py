"""What there is to choose from in a column: a code or an id, and the words for it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from hub.access import POLICY, Action
from hub.i18n import Language, translate
from messaging import phenomena
from messaging.models import ColdSeries
from partnerships.models import Account, Appointment, Partnership
from plan.models import Campaign, CommunicationTool, StaffMember
from plan.registers.circle import Circle
from plan.registers.columns import Column, Source

Options = Sequence[tuple[str, str]]
# A SELECT of a key and its words.
AskedFor = Any
# A list on a phone; older ones are found in the file.
_MOST = 500


def options(session: Session, circle: Circle, column: Column, language: Language) -> Options:
    """Codes or ids with their words, in the order in which they are shown."""
    if column.source is None:
        return [(code, translate(language, said)) for code, said in column.choices]
    if column.source is Source.SERVICE:
        return [(str(one.id), one.name) for one in circle.services]
    if column.source is Source.PHENOMENON:
        return phenomena.labels(language)
    if column.source is Source.WORKER:
        return _staff(session, circle)
    return _read(session, _ASKED[column.source](circle))


def _staff(session: Session, circle: Circle) -> Options:
    # Names are sealed one day: they are sorted here, not by the database.
    wanted = select(col(StaffMember.id), col(StaffMember.name)).where(
        col(StaffMember.municipality_id) == circle.town.id,
        col(StaffMember.service_id).in_(circle.service_ids),
    )
    return sorted(_read(session, wanted), key=lambda one: one[1].casefold())


def _read(session: Session, wanted: AskedFor) -> Options:
    return [(str(key), words) for key, words in session.execute(wanted.limit(_MOST))]


def _campaigns(circle: Circle) -> AskedFor:
    mine = col(Campaign.municipality_id) == circle.town.id
    its = col(Campaign.service_id).in_(circle.service_ids)
    wanted = select(col(Campaign.id), col(Campaign.title)).where(
        mine, col(Campaign.taken_back_at).is_(None)
    )
    wanted = wanted if circle.keeps_all else wanted.where(its)
    return wanted.order_by(col(Campaign.id).desc())


def _tools(circle: Circle) -> AskedFor:
    mine = col(CommunicationTool.municipality_id) == circle.town.id
    its = col(CommunicationTool.service_id).in_(circle.service_ids)
    wanted = select(col(CommunicationTool.id), col(CommunicationTool.name)).where(
        mine, col(CommunicationTool.taken_back_at).is_(None)
    )
    wanted = wanted if circle.keeps_all else wanted.where(its)
    return wanted.order_by(col(CommunicationTool.name))


def _partnerships(circle: Circle) -> AskedFor:
    return (
        select(col(Partnership.id), col(Partnership.name))
        .where(col(Partnership.municipality_id) == circle.town.id)
        .order_by(col(Partnership.name))
    )


def _series(circle: Circle) -> AskedFor:
    return (
        select(col(ColdSeries.id), col(ColdSeries.title))
        .where(col(ColdSeries.author_id) == circle.actor.account_id)
        .order_by(col(ColdSeries.id).desc())
    )


def _accounts(circle: Circle) -> AskedFor:
    """Those who may write for a service of the town."""
    roles = [
        role
        for role, actions in POLICY.items()
        if Action.KEEP_REGISTERS in actions and Action.KEEP_PLAN not in actions
    ]
    held = select(col(Appointment.account_id)).where(
        col(Appointment.scope_id) == circle.town.id, col(Appointment.role).in_(roles)
    )
    return (
        select(col(Account.id), col(Account.email))
        .where(col(Account.id).in_(held), col(Account.disabled_at).is_(None))
        .order_by(col(Account.email))
    )


_ASKED: dict[Source, Callable[[Circle], AskedFor]] = {
    Source.CAMPAIGN: _campaigns,
    Source.TOOL: _tools,
    Source.PARTNERSHIP: _partnerships,
    Source.SERIES: _series,
    Source.ACCOUNT: _accounts,
}
REFERENCES = frozenset(Source) - {Source.PHENOMENON}


def as_key(column: Column, code: str) -> Any:
    """The code as the row keeps it: an id for what has a row of its own."""
    return UUID(code) if column.source in REFERENCES else code
