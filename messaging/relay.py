"""The coordinator's decision (R26): pass a message on, now or later, or say why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import POLICY, Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotAllowed, NotFound
from hub.i18n import Language, mark
from messaging import cold_budget, cold_words, relay_leaving, relay_notices
from messaging.cold_words import OwnTexts, OwnWords
from messaging.models import Broadcast, ColdMessage, Relay, RelayState, RelayText
from messaging.relay_asking import RANK, take
from partnerships import scope
from partnerships.models import Account, Partnership

SHORTEST_REASON, LONGEST_REASON = 5, 500
_SHOWN_FOR = timedelta(days=60)
OPEN = (RelayState.WAITING, RelayState.SCHEDULED)
_SHOWN = (*OPEN, RelayState.RELAYED, RelayState.DECLINED, RelayState.LAPSED, RelayState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that somebody is asked to pass on, and for which partnership."""

    relay: Relay
    message: ColdMessage
    partnership: Partnership
    # Whether it is his turn: the coordinator's always, another's once it has come to him.
    is_mine: bool


def inbox(session: Session, actor: Actor) -> list[Asked]:
    """What was brought to this person, what waits longest first; then what is decided, the newest
    first, for two months."""
    since = clock.now() - _SHOWN_FOR
    found = [one for one in _within_reach(session, actor, since) if one.is_mine]
    waiting = [one for one in found if one.relay.state is RelayState.WAITING]
    others = [one for one in found if one.relay.state is not RelayState.WAITING]
    waiting.sort(key=lambda one: one.relay.asked_at or since)
    others.sort(key=lambda one: one.relay.decided_at or since, reverse=True)
    return [*waiting, *others]


def waiting_for(session: Session, actor: Actor) -> int:
    """How many messages wait for this person."""
    since = clock.now() - _SHOWN_FOR
    waiting = (RelayState.WAITING,)
    return sum(one.is_mine for one in _within_reach(session, actor, since, waiting))


def _within_reach(
    session: Session, actor: Actor, since: datetime, states: Sequence[RelayState] = _SHOWN
) -> list[Asked]:
    rows = session.exec(
        select(Relay, ColdMessage, Partnership)
        .join(ColdMessage, col(ColdMessage.id) == col(Relay.message_id))
        .join(Partnership, col(Partnership.id) == col(Relay.partnership_id))
        .where(
            scope.within_reach(actor, Action.RELAY),
            col(Relay.asked_at) > since,
            col(Relay.state).in_(states),
        )
    )
    return [
        Asked(relay, message, partnership, may_decide(actor, relay, partnership))
        for relay, message, partnership in rows
    ]


def asked_for(session: Session, relay_id: UUID, actor: Actor) -> Asked:
    """One of them; raises ``NotFound`` whether it is absent, not asked yet, or out of reach."""
    row = session.exec(
        select(Relay, ColdMessage, Partnership)
        .join(ColdMessage, col(ColdMessage.id) == col(Relay.message_id))
        .join(Partnership, col(Partnership.id) == col(Relay.partnership_id))
        .where(
            Relay.id == relay_id,
            scope.within_reach(actor, Action.RELAY),
            col(Relay.asked_at).is_not(None),
        )
    ).first()
    if row is None:
        raise NotFound
    relay, message, partnership = row
    return Asked(relay, message, partnership, may_decide(actor, relay, partnership))


def may_decide(actor: Actor, relay: Relay, partnership: Partnership) -> bool:
    """Whether it is this person's to decide: a coordinator's always, the steering group's and the
    officers' once nobody before them is there or answers."""
    come_to = RANK[relay.asked_role] if relay.asked_role else max(RANK.values())
    return any(
        RANK[one.role] <= come_to
        for one in actor.appointments
        if one.role in RANK
        and Action.RELAY in POLICY[one.role]
        and scope.covers(replace(actor, appointments=(one,)), Action.RELAY, partnership)
    )


def pass_on(
    session: Session,
    actor: Actor,
    asked: Asked,
    own: OwnTexts,
    at: datetime | None = None,
) -> bool:
    """Pass a message on to the members, now or ``at`` a moment; whether this call did.

    Raises ``BadInput`` for words that are too long or a moment that will not do, ``NotAllowed``
    before it has come to ``actor``, ``Conflict`` when somebody else has decided, when it was
    withdrawn, and when its time has passed, ``OverBudget`` when it costs more than is left.
    """
    _refuse_others(asked)
    problems = cold_words.own_problems(own) + _moment_problems(asked.message, at)
    if problems:
        raise BadInput(*problems)
    is_later = at is not None and at > clock.now()
    found = relay_leaving.target_now(session, asked.message, asked.partnership)
    if not is_later:
        relay_leaving.refuse_too_late(asked.message, found)
    kept = _kept(session, asked.message, own)
    if asked.relay.state is RelayState.WAITING:
        cold_budget.promise_relay(session, asked, kept, at if is_later else None)
    taken = take(
        session,
        asked.relay,
        RelayState.WAITING,
        state=RelayState.SCHEDULED if is_later else RelayState.RELAYED,
        relay_at=at if is_later else None,
        decided_at=clock.now(),
        decided_by=actor.account_id,
        is_adapted=bool(kept),
    )
    if not taken:
        return _already(session, actor, asked.relay, RelayState.RELAYED, RelayState.SCHEDULED)
    _store(session, asked.relay, kept)
    action = "relay.schedule" if is_later else "relay.relay"
    subject = ("relay", asked.relay.id)
    audit.record(session, action, subject, by=actor.account_id, is_adapted=bool(kept))
    if not is_later:
        _leave(session, actor, asked)
    return True


def _kept(session: Session, message: ColdMessage, own: OwnTexts) -> dict[Language, OwnWords]:
    """What he added, in the languages of the message; words for a passage only where it is open
    and he changed it."""
    texts = relay_leaving.words_of(session, message)
    kept = {}
    for language, words in own.items():
        if language not in texts:
            continue
        passage = words.passage.strip()
        opened = texts[language].passage.strip()
        mine = replace(words, passage=passage if opened and passage != opened else "")
        if not mine.is_empty:
            kept[language] = mine
    return kept


def _moment_problems(message: ColdMessage, at: datetime | None) -> list[FieldProblem]:
    if at is None:
        return []
    if at <= clock.now():
        return [FieldProblem("relay_at", mark("This moment has passed."))]
    if at >= message.good_until:
        problem = mark("The message is not worth sending any more by then.")
        return [FieldProblem("relay_at", problem)]
    return []


def _store(session: Session, relay: Relay, own: Mapping[Language, OwnWords]) -> None:
    session.execute(delete(RelayText).where(col(RelayText.relay_id) == relay.id))
    session.add_all(
        RelayText(
            relay_id=relay.id,
            language=language,
            introduction=words.introduction.strip(),
            closing=words.closing.strip(),
            passage=words.passage.strip(),
        )
        for language, words in own.items()
    )
    session.flush()


def own_words_of(session: Session, relays: Sequence[UUID]) -> dict[UUID, dict[Language, OwnWords]]:
    """What the coordinators of these relays added; nothing for those who added nothing."""
    rows = session.exec(select(RelayText).where(col(RelayText.relay_id).in_(relays)))
    found: dict[UUID, dict[Language, OwnWords]] = {}
    for row in rows:
        added = OwnWords(row.introduction, row.closing, row.passage)
        found.setdefault(row.relay_id, {})[row.language] = added
    return found


def own_words(session: Session, relay: Relay) -> dict[Language, OwnWords]:
    """What its coordinator added."""
    return own_words_of(session, [relay.id]).get(relay.id, {})


def _leave(session: Session, actor: Actor, asked: Asked) -> Broadcast:
    own = own_words(session, asked.relay)
    return relay_leaving.through_the_coordinator(
        session, actor, asked.message, asked.partnership, own
    )


def leave_as_scheduled(session: Session, actor: Actor, asked: Asked) -> bool:
    """Let a message leave at the moment its coordinator chose; whether this call did."""
    scheduled = RelayState.SCHEDULED
    if asked.relay.state is scheduled:
        cold_budget.promise_relay(session, asked, own_words(session, asked.relay))
    if not take(session, asked.relay, scheduled, state=RelayState.RELAYED):
        return False
    audit.record(session, "relay.relay", ("relay", asked.relay.id), by=actor.account_id)
    _leave(session, actor, asked)
    return True


def take_back(session: Session, actor: Actor, asked: Asked) -> bool:
    """Undo a moment that was chosen, so that it waits for a decision again; whether this did."""
    _refuse_others(asked)
    # Asked anew: his deputy is not to hear at once that nobody answers.
    values = {
        "relay_at": None,
        "decided_at": None,
        "decided_by": None,
        "asked_at": clock.now(),
    }
    taken = take(session, asked.relay, RelayState.SCHEDULED, state=RelayState.WAITING, **values)
    if taken:
        audit.record(session, "relay.take_back", ("relay", asked.relay.id), by=actor.account_id)
    return taken


def decline(session: Session, actor: Actor, asked: Asked, reason: str) -> bool:
    """Do not pass a message on, and say why; its writer is told. Whether this call did.

    Raises ``BadInput`` naming ``reason``, ``NotAllowed`` and ``Conflict`` as ``pass_on`` does.
    """
    _refuse_others(asked)
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        problem = mark("Say in a few words why: its writer reads it.")
        raise BadInput(FieldProblem("reason", problem))
    if problems := cold_words.too_long("reason", said, LONGEST_REASON):
        raise BadInput(*problems)
    taken = take(
        session,
        asked.relay,
        *OPEN,
        state=RelayState.DECLINED,
        reason=said,
        relay_at=None,
        decided_at=clock.now(),
        decided_by=actor.account_id,
    )
    if not taken:
        return _already(session, actor, asked.relay, RelayState.DECLINED)
    audit.record(session, "relay.decline", ("relay", asked.relay.id), by=actor.account_id)
    author = session.get_one(Account, asked.message.author_id)
    relay_notices.declined(session, asked.relay, asked.partnership, author)
    return True


def _refuse_others(asked: Asked) -> None:
    if not asked.is_mine:
        raise NotAllowed


def _already(session: Session, actor: Actor, relay: Relay, *same: RelayState) -> bool:
    """False when this person has done this very thing before; else ``Conflict`` saying who did."""
    if relay.decided_by == actor.account_id and relay.state in same:
        return False
    if relay.state is RelayState.WITHDRAWN:
        raise Conflict(mark("This message was withdrawn by its writer. Nothing leaves any more."))
    if relay.state is RelayState.LAPSED:
        raise Conflict(mark("The time of this message has passed: nobody would get it any more."))
    account = session.get(Account, relay.decided_by) if relay.decided_by else None
    name = account.name if account else ""
    sentence = {
        RelayState.DECLINED: mark("{name} has declined this message already."),
        RelayState.SCHEDULED: mark("{name} has chosen a moment for this message already."),
    }.get(relay.state, mark("{name} has passed this message on already."))
    raise Conflict(sentence, name=name)
