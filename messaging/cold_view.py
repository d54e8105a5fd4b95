"""What the pages and the API show of a message that can wait, and of who has passed it on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub.access import Action, Actor
from messaging import (
    attachments,
    cold_reach,
    cold_review,
    composer,
    relay,
    relay_leaving,
)
from messaging.cold_words import OwnTexts
from messaging.composer import Preview
from messaging.models import (
    Broadcast,
    ColdAttachment,
    ColdMessage,
    Relay,
    RelayState,
)
from messaging.texts import Texts
from partnerships import scope
from partnerships.models import Account, Partnership


@dataclass(frozen=True, slots=True)
class Line:
    """One partnership of a message: what became of it there, and by whom."""

    relay: Relay
    partnership: Partnership
    decided_by: str
    # What its coordinator added, by language.
    own: OwnTexts

    @property
    def is_silent(self) -> bool:
        return self.relay.state is RelayState.WAITING


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a page or the API shows it to one reader."""

    message: ColdMessage
    texts: Texts
    lines: Sequence[Line]
    papers: Sequence[ColdAttachment]
    broadcasts: Sequence[Broadcast]
    author: str
    reviewer: str
    may_change: bool
    may_rewrite: bool
    may_review: bool
    counts: Counter[RelayState] = field(default_factory=Counter)

    @property
    def adapted(self) -> int:
        return sum(one.relay.is_adapted for one in self.lines)

    @property
    def overdue(self) -> int:
        return sum(one.is_silent and one.relay.overdue_at is not None for one in self.lines)


def shown(session: Session, actor: Actor, message: ColdMessage) -> Shown:
    """The whole of a message within reach. The lines are those of the reader's partnerships."""
    partnerships = cold_reach.partnerships_of(session, message)
    lines = _lines(session, actor, message)
    return Shown(
        message=message,
        texts=relay_leaving.as_members_read_it(session, message),
        lines=lines,
        papers=attachments.of_message(session, message),
        broadcasts=relay_leaving.broadcasts_of(session, message),
        author=_name(session, message.author_id),
        reviewer=_name(session, message.reviewed_by),
        may_change=cold_reach.may_change(actor, message, partnerships),
        may_rewrite=not message.is_own or message.author_id == actor.account_id,
        may_review=cold_reach.may_review(actor, message, partnerships),
        counts=Counter(one.relay.state for one in lines),
    )


def _name(session: Session, account_id: UUID | None) -> str:
    account = session.get(Account, account_id) if account_id else None
    return account.name if account else ""


def _lines(session: Session, actor: Actor, message: ColdMessage) -> list[Line]:
    rows: Any = session.exec(
        select(Relay, Partnership, Account.name)
        .join(Partnership, col(Partnership.id) == col(Relay.partnership_id))
        .outerjoin(Account, col(Account.id) == col(Relay.decided_by))
        .where(Relay.message_id == message.id, scope.within_reach(actor, Action.SEE_COLD))
        .order_by(col(Partnership.name))
    )
    found = [(one, partnership, name or "") for one, partnership, name in rows]
    own = relay.own_words_of(session, [one.id for one, *_rest in found if one.is_adapted])
    return [Line(one, partnership, name, own.get(one.id, {})) for one, partnership, name in found]


def _wants_attention(one: Relay) -> int:
    """What is overdue first, then what waits, then what was declined."""
    if one.overdue_at is not None and one.state is RelayState.WAITING:
        return 0
    return {RelayState.WAITING: 1, RelayState.DECLINED: 2}.get(one.state, 3)


def reach(session: Session, message: ColdMessage, texts: Texts) -> Preview:
    """Who would get it, under the plans in force now, if every coordinator passed it on."""
    chosen = cold_reach.partnerships_of(session, message)
    return composer.preview(session, chosen, message.kind, texts, message.good_until)


def needs_review(session: Session, actor: Actor, message: ColdMessage) -> bool:
    """Whether releasing it brings it to the police first."""
    return cold_review.is_needed(session, message, actor)
