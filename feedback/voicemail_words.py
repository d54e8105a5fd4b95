"""What an officer heard in a voice message, written down: then it is read like any other."""

from uuid import UUID

from sqlmodel import Session, select

from feedback import inbox_list
from feedback.models import InboundChannel, InboundKind, InboundMessage, Meaning
from hub import audit
from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark

LONGEST = 2000
# What a person who speaks may want, as an officer hears it.
MEANINGS = {
    Meaning.SIGHTING: mark("Something he saw"),
    Meaning.NEED_HELP: mark("A call for help"),
    Meaning.QUESTION: mark("A question about the partnership"),
    Meaning.OTHER: mark("Something else"),
}


def message_for(session: Session, actor: Actor, reply_id: UUID) -> InboundMessage:
    """A voice message within reach, held until the commit.

    Raises ``NotFound`` for any other, and ``Conflict`` for one that a coordinator reads by now:
    what is written under his eyes was never asked about.
    """
    wanted = select(InboundMessage).where(
        InboundMessage.id == reply_id,
        inbox_list.within_reach(actor),
        InboundMessage.kind == InboundKind.MESSAGE,
        InboundMessage.channel == InboundChannel.VOICE,
    )
    found = session.exec(wanted.with_for_update(of=InboundMessage)).first()
    if found is None:
        raise NotFound
    if found.for_partnership_id is not None:
        raise Conflict(mark("This was passed on to the coordinator: its words stay as they are."))
    return found


def write_down(session: Session, actor: Actor, reply_id: UUID, typed: str, meaning: str) -> None:
    """Keep what was said and what it is. Raises as ``message_for``, and ``BadInput`` naming
    ``words`` or ``meaning``."""
    message = message_for(session, actor, reply_id)
    words = typed.replace("\0", "").strip()
    problems = _problems(words, meaning)
    if problems:
        raise BadInput(*problems)
    message.body, message.meaning = words, Meaning(meaning)
    session.add(message)
    session.flush()
    subject = ("inbound_message", message.id)
    audit.record(session, "voicemail.write_down", subject, by=actor.account_id)


def _problems(words: str, meaning: str) -> list[FieldProblem]:
    problems = []
    if not words:
        problems.append(FieldProblem("words", mark("Write what was said.")))
    if len(words) > LONGEST:
        too_long = mark("At most {most} characters.")
        problems.append(FieldProblem("words", too_long, (("most", LONGEST),)))
    if meaning not in MEANINGS:
        problems.append(FieldProblem("meaning", mark("Say what it is.")))
    return problems
