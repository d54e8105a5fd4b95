"""How a message that can wait leaves: as a broadcast of the delivery engine, on its bulk queue."""

from collections.abc import Sequence

from sqlmodel import Session, select

from hub import clock
from hub.access import Actor
from hub.errors import Conflict
from hub.i18n import Language, mark
from messaging import attachments, broadcasts, by_the_plan, leaving, second_person
from messaging.by_the_plan import Target
from messaging.cold_words import ColdWords, OwnTexts, put_together
from messaging.models import (
    Broadcast,
    BroadcastPartnership,
    BroadcastStatus,
    BroadcastText,
    ColdBroadcast,
    ColdMessage,
    ColdText,
    Step,
)
from messaging.texts import Texts
from partnerships.models import Partnership


def words_of(session: Session, message: ColdMessage) -> dict[Language, ColdWords]:
    """What its writer wrote, in the order in which the hub lists languages."""
    rows = session.exec(select(ColdText).where(ColdText.message_id == message.id))
    found = {
        row.language: ColdWords(**row.model_dump(exclude={"message_id", "language"}))
        for row in rows
    }
    return {language: found[language] for language in Language if language in found}


def as_members_read_it(
    session: Session, message: ColdMessage, own: OwnTexts | None = None, relayed_for: str = ""
) -> Texts:
    """The words that leave, put together for each language."""
    enclosed = attachments.enclosed(session, message)
    return put_together(message.kind, words_of(session, message), enclosed, own, relayed_for)


def straight(
    session: Session, actor: Actor, message: ColdMessage, found: Sequence[Target]
) -> Broadcast:
    """Let a message leave to partnerships whose plans ask no coordinator.

    Where one of the plans asks for a second person, it waits for that one.
    """
    texts = as_members_read_it(session, message)
    broadcast = _draft(session, message, found, texts, f"cold-{message.id}")
    told = second_person.asks_now(session, broadcast, found)
    # Whoever has read it for the police is the second person.
    if told and message.reviewed_by is None:
        broadcasts.ask_for_approval(session, actor, broadcast, told)
    else:
        broadcasts.release(session, actor, broadcast, found, BroadcastStatus.DRAFT)
    return broadcast


def through_the_coordinator(
    session: Session,
    actor: Actor,
    message: ColdMessage,
    partnership: Partnership,
    own: OwnTexts,
) -> Broadcast:
    """Let a message leave in the words of the coordinator who passes it on.

    He has read what another wrote, so no plan needs a second person. Raises ``Conflict`` for a
    partnership that has ended, and when its hours begin too late for the message.
    """
    found = target_now(session, message, partnership)
    refuse_too_late(message, found)
    texts = as_members_read_it(session, message, own, partnership.name)
    broadcast = _draft(session, message, [found], texts, f"relay-{message.id}-{partnership.id}")
    broadcasts.release(session, actor, broadcast, [found], BroadcastStatus.DRAFT)
    return broadcast


def target_now(session: Session, message: ColdMessage, partnership: Partnership) -> Target:
    """The partnership under its plan of this moment. Raises ``Conflict`` when it has ended."""
    found = by_the_plan.targets(session, [partnership], message.kind, clock.now())
    if not found:
        raise Conflict(
            mark("There is no partnership called {slug} with an agreed plan."),
            slug=partnership.slug,
        )
    by_the_plan.refuse_ended(found)
    return found[0]


def refuse_too_late(message: ColdMessage, found: Target) -> None:
    """Raise ``Conflict`` when the hours agreed on begin after the message is worth sending."""
    if leaving.last_start([found], clock.now()) >= message.good_until:
        raise Conflict(mark("The time of this message has passed: nobody would get it any more."))


def _draft(
    session: Session,
    message: ColdMessage,
    found: Sequence[Target],
    texts: Texts,
    request_id: str,
) -> Broadcast:
    broadcast = Broadcast(
        client_request_id=request_id,
        kind=message.kind,
        step=Step.FIRST,
        author_id=message.author_id,
        created_at=clock.now(),
        expires_at=message.good_until,
        ends_as_said=True,
    )
    session.add(broadcast)
    session.flush()
    session.add(ColdBroadcast(broadcast_id=broadcast.id, message_id=message.id))
    session.add_all(
        BroadcastPartnership(
            broadcast_id=broadcast.id,
            partnership_id=one.partnership.id,
            communication_plan_id=one.plan.id,
        )
        for one in found
    )
    session.add_all(
        BroadcastText(
            broadcast_id=broadcast.id,
            language=language,
            subject=words.subject,
            short=words.short,
            long=words.long,
        )
        for language, words in texts.items()
    )
    session.flush()
    return broadcast


def broadcasts_of(session: Session, message: ColdMessage) -> list[Broadcast]:
    """The broadcasts by which it has left so far, oldest first."""
    left = select(Broadcast).join(ColdBroadcast).where(ColdBroadcast.message_id == message.id)
    return sorted(session.exec(left), key=lambda one: one.created_at)
