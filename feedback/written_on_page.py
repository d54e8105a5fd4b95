"""What a member writes on his own page: a message like any other, kept once per form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from feedback import inbox, senders
from feedback.inbox import IncomingText
from feedback.models import (
    Answer,
    AnswerStatus,
    InboundChannel,
    InboundKind,
    InboundMessage,
    Meaning,
    Report,
    Sighting,
)
from feedback.reading.meaning import read
from hub import clock
from hub.db import Condition
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.metrics import inbound_stored
from partnerships.models import ContactPoint, Person

LONGEST = 2000
_MOST_IN_AN_HOUR = 10
_SHOWN = 10
# Whomever he meant it for.
_FOR_POLICE_ALONE = (Meaning.SIGHTING, Meaning.NEED_HELP)


@dataclass(frozen=True, slots=True)
class Written:
    """One message as its writer sees it again: where it is, and what he was answered.

    ``answer`` is the coordinator's, ``police_answer`` what the police or the town answered.
    """

    body: str
    written_at: datetime
    is_for_coordinator: bool
    is_passed_on: bool
    answer: str
    police_answer: str


def write(
    session: Session,
    person: Person,
    point: ContactPoint | None,
    typed: str,
    form_id: str,
    *,
    is_for_coordinator: bool = False,
) -> None:
    """Store what he wrote, once per ``form_id``; it is answered at ``point``, by which he came.

    Read by the same rules as a text, but never acted on: the page has buttons for that. What is for
    his coordinator is a question that the police pass on: what members saw never passes through a
    coordinator (R17), and not everybody knows whom he tells it. Raises ``BadInput`` naming
    ``message``.
    """
    body = typed.replace("\0", "").strip()
    _refuse(session, person, body)
    reading = replace(read(body), kind=InboundKind.MESSAGE)
    is_question = is_for_coordinator and reading.meaning not in _FOR_POLICE_ALONE
    if is_question:
        reading = replace(reading, meaning=Meaning.QUESTION)
    sender = point.value if point else ""
    # No alert is named on this page: he writes to his partnership, and tells what he saw elsewhere.
    origin = senders.of_person(session, person, point)
    message = IncomingText(
        f"web-{person.id}-{form_id}",
        sender,
        body,
        channel=InboundChannel.WEB,
        is_for_coordinator=is_question,
    )
    if inbox.store(session, message, reading, origin, None):
        inbound_stored.inc()


def _refuse(session: Session, person: Person, body: str) -> None:
    if not body:
        raise BadInput(FieldProblem("message", mark("Write what you want to ask or tell.")))
    if len(body) > LONGEST:
        problem = mark("At most {most} characters.")
        raise BadInput(FieldProblem("message", problem, (("most", LONGEST),)))
    lately = select(func.count()).where(
        *_his(person), col(InboundMessage.received_at) > clock.now() - timedelta(hours=1)
    )
    if (session.scalar(lately) or 0) >= _MOST_IN_AN_HOUR:
        problem = mark("You wrote often this hour. Try again later. Is it urgent? Call 101.")
        raise BadInput(FieldProblem("message", problem))


def newest(session: Session, person: Person, point: ContactPoint | None) -> list[Written]:
    """What he wrote here, newest first; only what came by ``point``, if that is given."""
    wanted = select(InboundMessage).where(*_his(person))
    if point is not None:
        wanted = wanted.where(InboundMessage.contact_point_id == point.id)
    newest_first = wanted.order_by(col(InboundMessage.received_at).desc())
    rows = session.exec(newest_first.limit(_SHOWN)).all()
    answered = _answered(session, [one.id for one in rows])
    return [_written(one, answered.get(one.id, "")) for one in rows]


def _written(message: InboundMessage, police_answer: str) -> Written:
    return Written(
        message.body,
        message.received_at,
        message.is_for_coordinator,
        message.for_partnership_id is not None,
        message.question_answer,
        police_answer,
    )


def _answered(session: Session, messages: Sequence[UUID]) -> dict[UUID, str]:
    """What was answered to the sighting or the report that was made of each of these messages."""
    given = col(Answer.status) == AnswerStatus.GIVEN
    found: dict[UUID, str] = {}
    for made, its in ((Sighting, Answer.sighting_id), (Report, Answer.report_id)):
        rows = (
            select(made.message_id, Answer.words)
            .join(Answer, col(its) == col(made.id))
            .where(col(made.message_id).in_(messages), given)
        )
        found |= {message: words for message, words in session.exec(rows) if message and words}
    return found


def _his(person: Person) -> tuple[Condition, ...]:
    return (
        col(InboundMessage.person_id) == person.id,
        col(InboundMessage.channel) == InboundChannel.WEB,
    )
