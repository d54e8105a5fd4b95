"""Questions about a partnership: the police pass one on, its coordinator answers it.

R17: what members report never passes through a coordinator. So nothing on which an incident or a
sighting hangs is passed on, and a coordinator sees the words of a question, whose it is only where
that is a member of his, and nothing else of the inbox.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import Session, col, select

from feedback import inbox_list
from feedback.models import InboundKind, InboundMessage, Meaning, Sighting
from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark, translate
from partnerships import notices, scope, ways
from partnerships.models import ContactPoint, ContactStop, Membership, Partnership, Person
from partnerships.notices import About, Words

LONGEST_ANSWER = 600
_GOOD_FOR = timedelta(days=3)
_NO_QUESTION = mark("Only a question of a member can be passed on, and nothing about an incident.")
_SUBJECT = mark("Answer to your question")
_ANSWER = mark("{partnership}, your coordinator answers: {answer} Urgent? Call 101.")


@dataclass(frozen=True, slots=True)
class Question:
    """As a coordinator sees it. ``name`` is empty where its writer is no member of his."""

    id: UUID
    body: str
    name: str
    partnership: str
    passed_on_at: datetime
    answer: str
    answered_at: datetime | None


def passable(session: Session, actor: Actor, reply_id: UUID) -> InboundMessage:
    """A question that may be passed on, held until the commit.

    Raises ``NotFound`` out of reach and ``Conflict`` where it is no question, nobody knows whose,
    or an incident or a sighting hangs on it.
    """
    found = question_for(session, actor, reply_id)
    if found.incident_id is not None:
        raise Conflict(_NO_QUESTION)
    return found


def question_for(session: Session, actor: Actor, reply_id: UUID) -> InboundMessage:
    """A member's question, held until the commit; it may stand beside an alert yet.

    Raises ``NotFound`` out of reach and ``Conflict`` where it is no question, nobody knows whose,
    or an incident or a sighting was made of it.
    """
    wanted = select(InboundMessage).where(
        InboundMessage.id == reply_id,
        inbox_list.within_reach(actor),
        InboundMessage.kind == InboundKind.MESSAGE,
    )
    found = session.exec(wanted.with_for_update(of=InboundMessage)).first()
    if found is None:
        raise NotFound
    if not _may_be_a_question_alone(session, found):
        raise Conflict(_NO_QUESTION)
    return found


def _may_be_a_question_alone(session: Session, reply: InboundMessage) -> bool:
    return (
        reply.meaning is Meaning.QUESTION
        and reply.person_id is not None
        and not reply.is_shared
        and reply.opened_incident_id is None
        and not session.scalar(select(exists().where(col(Sighting.message_id) == reply.id)))
    )


def set_apart(session: Session, actor: Actor, reply_id: UUID) -> None:
    """Take a question off the incident to which it was joined only because it came soon after its
    alert; an officer has read it. A second time changes nothing.

    Raises ``NotFound`` out of reach and ``Conflict`` where it is no question, or where an incident
    or a sighting was made of it.
    """
    reply = question_for(session, actor, reply_id)
    if reply.incident_id is None:
        return
    incident_id, reply.incident_id = reply.incident_id, None
    session.add(reply)
    session.flush()
    subject = ("inbound_message", reply.id)
    audit.record(
        session, "question.set_apart", subject, by=actor.account_id, incident=str(incident_id)
    )


def partnerships_of_writer(session: Session, reply: InboundMessage) -> list[Partnership]:
    """Those whose coordinators may be asked: where its writer is a member now."""
    his = (
        select(Partnership)
        .join(Membership, col(Membership.partnership_id) == col(Partnership.id))
        .where(Membership.person_id == reply.person_id, col(Membership.left_at).is_(None))
    )
    return list(session.exec(his.order_by(Partnership.name)))


def pass_on(session: Session, actor: Actor, reply_id: UUID, slug: str) -> None:
    """Hand a question to a partnership's coordinators; a second time changes nothing.

    Raises as ``passable`` does, and ``BadInput`` for a partnership its writer is no member of.
    """
    reply = passable(session, actor, reply_id)
    if reply.for_partnership_id is not None:
        return
    chosen = [one for one in partnerships_of_writer(session, reply) if one.slug == slug]
    if not chosen:
        problem = mark("Choose a partnership its writer is a member of.")
        raise BadInput(FieldProblem("partnership", problem))
    reply.for_partnership_id = chosen[0].id
    reply.passed_on_by, reply.passed_on_at = actor.account_id, clock.now()
    session.add(reply)
    audit.record(session, "question.pass_on", ("inbound_message", reply.id), by=actor.account_id)


def questions(session: Session, actor: Actor, limit: int = 100) -> list[Question]:
    """What was passed on to the coordinators ``actor`` is one of: open ones first, then newest."""
    rows = session.exec(
        select(InboundMessage, Partnership, Person, Membership)
        .join(Partnership, col(Partnership.id) == col(InboundMessage.for_partnership_id))
        .outerjoin(Person, col(Person.id) == col(InboundMessage.person_id))
        .outerjoin(
            Membership,
            (col(Membership.person_id) == col(InboundMessage.person_id))
            & (col(Membership.partnership_id) == col(Partnership.id))
            & col(Membership.left_at).is_(None),
        )
        .where(scope.within_reach(actor, Action.SEE_QUESTIONS))
        .order_by(
            col(InboundMessage.question_answered_at).is_not(None),
            col(InboundMessage.passed_on_at).desc(),
            col(InboundMessage.id).desc(),
        )
        .limit(limit)
    )
    return [_question(*row) for row in rows]


def _question(
    message: InboundMessage,
    partnership: Partnership,
    person: Person | None,
    membership: Membership | None,
) -> Question:
    return Question(
        id=message.id,
        body=message.body,
        name=person.name if person and membership else "",
        partnership=partnership.name,
        passed_on_at=message.passed_on_at or message.received_at,
        answer=message.question_answer,
        answered_at=message.question_answered_at,
    )


def answer(session: Session, actor: Actor, question_id: UUID, words: str) -> None:
    """Answer a question, once, by a mail or text to its writer.

    Raises ``NotFound``, ``BadInput`` naming ``answer``, and ``Conflict`` where it was answered.
    """
    message, partnership = _held(session, actor, question_id)
    if message.question_answered_at is not None:
        raise Conflict(mark("This question was answered already."))
    text = words.replace("\0", "").strip()
    if not text:
        raise BadInput(FieldProblem("answer", mark("Write an answer.")))
    if len(text) > LONGEST_ANSWER:
        problem = mark("At most {most} characters.")
        raise BadInput(FieldProblem("answer", problem, (("most", LONGEST_ANSWER),)))
    message.question_answer = text
    message.question_answered_by = actor.account_id
    message.question_answered_at = clock.now()
    session.add(message)
    _tell(session, message, partnership, text)
    subject = ("inbound_message", message.id)
    audit.record(session, "question.answer", subject, by=actor.account_id)


def _held(session: Session, actor: Actor, question_id: UUID) -> tuple[InboundMessage, Partnership]:
    wanted = (
        select(InboundMessage, Partnership)
        .join(Partnership, col(Partnership.id) == col(InboundMessage.for_partnership_id))
        .where(InboundMessage.id == question_id, scope.within_reach(actor, Action.SEE_QUESTIONS))
    )
    found = session.exec(wanted.with_for_update(of=InboundMessage)).first()
    if found is None:
        raise NotFound
    return found


def _tell(session: Session, message: InboundMessage, partnership: Partnership, text: str) -> None:
    """By the way he asked, if it is proved to be his and still open."""
    asked_by = message.contact_point_id
    point = session.get(ContactPoint, asked_by) if asked_by else None
    channel = notices.CHANNEL_OF_NOTICE.get(point.kind) if point else None
    if point is None or channel is None or not ways.is_proved(point):
        return
    if session.get(ContactStop, (point.id, channel)) is not None:
        return
    language = message.language
    said = translate(language, _ANSWER, partnership=partnership.name, answer=text)
    told = Words(language, said, translate(language, _SUBJECT))
    about = About("inbound_message", message.id)
    notices.write(session, "question_answer", about, channel, point.value, told, _GOOD_FOR)
