"""Replies: stored once, tied to the member and the incident, and answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from feedback import leaving_by_text, senders, survey_answers, text_answers
from feedback.models import InboundChannel, InboundKind, InboundMessage, Meaning, SurveyInvitation
from feedback.reading.meaning import Reading, read
from feedback.senders import Origin
from hub import audit, clock
from hub.db import insert_new
from hub.many_rows import Row, insert_new_rows
from hub.metrics import inbound_stored
from hub.security import blind_index
from hub.together import APART, Apart
from messaging import mail_addresses, reporters
from messaging.models import BroadcastKind, Delivery
from messaging.receipts import REPLIED, REPLY, Receipt, fold
from partnerships import contact

# More is cut, never refused: it may be a call for help. A text ends at the carrier's 1,600.
_LONGEST_BODY = 10_000


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A reply as it came in. ``opt_out_answered``: the carrier has answered it."""

    carrier_id: str
    sender: str
    body: str
    opt_out_answered: bool = False
    channel: InboundChannel = InboundChannel.SMS
    # How many pictures came by MMS; they are not taken.
    pictures: int = 0
    # Typed on his own page, for his coordinator.
    is_for_coordinator: bool = False


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A new text, what it says, and who it is from; the question it answers, if it plainly does."""

    incoming: IncomingText
    reading: Reading
    origin: Origin
    asked: survey_answers.OpenQuestion | None

    @property
    def is_plain(self) -> bool:
        """Whether it is a message to the police, that changes nothing else of ours."""
        return self.reading.kind is InboundKind.MESSAGE and self.asked is None


def receive(session: Session, incoming: IncomingText) -> str | None:
    """Store a reply once, act on it once, and say what to answer (``None``: nothing).

    A repeat gives the same answer and has no second effect. The sender of a text can be forged, so
    on its word nothing is done but closing and opening his own channel, and taking the alert he
    got last for read. A membership ends by a code that only he can have read.
    """
    answers, arrived = _look_up(session, [incoming])
    for one in arrived:
        if one.asked is not None:
            return _take_survey_answer(session, one, one.asked)
        if not one.is_plain:
            return _take_word(session, one)
    return (answers | _take_plain(session, arrived))[incoming.carrier_id]


def receive_together(session: Session, texts: Sequence[IncomingText]) -> list[str | Apart | None]:
    """The same for many texts in a few statements; ``APART`` for one that must be taken alone.

    Alone is whatever is put on record: the log of decisions is the last lock of a unit of work, and
    two words in one would each lock more rows after it.
    """
    together = [one for one in texts if read(one.body).kind is InboundKind.MESSAGE]
    answers, arrived = _look_up(session, together)
    answers |= _take_plain(session, [one for one in arrived if one.is_plain])
    return [answers.get(one.carrier_id, APART) for one in texts]


def _look_up(
    session: Session, texts: Sequence[IncomingText]
) -> tuple[dict[str, str | None], list[_Arrived]]:
    """What was answered to those that came in before, and the others, each once."""
    answers = _answers_before(session, [one.carrier_id for one in texts])
    new = {one.carrier_id: one for one in reversed(texts) if one.carrier_id not in answers}
    if not new:
        return answers, []
    origins = senders.of_senders(session, [one.sender for one in new.values()])
    points = [point.id for origin in origins.values() for point in origin.points]
    invited = survey_answers.asked_last(session, points)
    # Written at the end and in order, not as each text is looked at.
    with session.no_autoflush:
        arrived = [_arrived(session, one, origins[one.sender], invited) for one in new.values()]
    return answers, arrived[::-1]


def _answers_before(session: Session, carrier_ids: Sequence[str]) -> dict[str, str | None]:
    same = select(InboundMessage.carrier_id, InboundMessage.answer).where(
        col(InboundMessage.carrier_id).in_(carrier_ids)
    )
    return dict(session.exec(same).all()) if carrier_ids else {}


def _arrived(
    session: Session,
    incoming: IncomingText,
    origin: Origin,
    invited: Mapping[UUID, SurveyInvitation],
) -> _Arrived:
    reading = read(incoming.body)
    asked = _survey_question(session, incoming, reading, origin, invited)
    return _Arrived(incoming, reading, _told_by_its_words(origin, reading), asked)


def _take_plain(session: Session, arrived: Sequence[_Arrived]) -> dict[str, str | None]:
    """Store messages to the police; what to answer to each, by its id."""
    if not arrived:
        return {}
    lately = text_answers.lately(session, [one.incoming.sender for one in arrived])
    answers = {one.incoming.carrier_id: _answer(lately, one) for one in arrived}
    _confirm_all(session, arrived)
    _store_all(session, [_row(one, answers[one.incoming.carrier_id]) for one in arrived])
    inbound_stored.inc(len(arrived))
    return answers


def _take_word(session: Session, one: _Arrived) -> str | None:
    """Store STOP, START or a wish to leave, and do it."""
    incoming, origin, kind = one.incoming, one.origin, one.reading.kind
    answer = _answer(text_answers.lately(session, [incoming.sender]), one)
    if kind is not InboundKind.START:
        # Before what is put on record: an escalation takes the delivery first and the log after it.
        _confirm_all(session, [one])
    if not store(session, incoming, reading_to_keep(one.reading), origin, answer):
        # Two repeats at once: the other one stored it and did what it asks.
        return answer
    if kind is InboundKind.LEAVE and answer is not None:
        answer = _ask_or_leave(session, incoming, origin)
    else:
        _act(session, kind, incoming.sender)
    if origin.person is None:
        _act_on_stranger(session, kind, incoming.sender)
    inbound_stored.inc()
    return answer


def reading_to_keep(reading: Reading) -> Reading:
    """Whoever adds words that nobody understood to his STOP is read by the police all the same."""
    return replace(reading, kind=InboundKind.MESSAGE) if reading.has_more else reading


def _told_by_its_words(origin: Origin, reading: Reading) -> Origin:
    """Somebody we do not know is answered in the language he writes."""
    if origin.person is not None or reading.language is None:
        return origin
    return replace(origin, language=reading.language)


def _answer(lately: text_answers.Lately, one: _Arrived) -> str | None:
    """What to answer; counted at once, for the next text of the same sender."""
    if one.incoming.opt_out_answered:
        return None
    answer = text_answers.answer_to(
        lately,
        one.incoming.sender,
        one.reading.kind,
        one.reading.meaning,
        one.origin.language,
        pictures=one.incoming.pictures,
        seen_link=_seen_link(one),
    )
    if answer is not None:
        lately.add(one.incoming.sender, one.reading.meaning)
    return answer


def _seen_link(one: _Arrived) -> str:
    """Where whoever answers an alert tells more of what he saw; empty for any other message."""
    origin = one.origin
    if origin.delivery is None or origin.incident_id is None:
        return ""
    is_urgent = origin.answered is BroadcastKind.URGENT_ALERT
    return mail_addresses.seen_url(origin.delivery.id or 0) if is_urgent else ""


def _survey_question(
    session: Session,
    incoming: IncomingText,
    reading: Reading,
    origin: Origin,
    invited: Mapping[UUID, SurveyInvitation],
) -> survey_answers.OpenQuestion | None:
    """The question of a survey that this text answers, if it plainly answers one."""
    if reading.kind is not InboundKind.MESSAGE or incoming.opt_out_answered or incoming.pictures:
        return None
    points = [point.id for point in origin.points]
    # Whoever asked last is answered.
    asked = max((invited[one] for one in points if one in invited), key=_when_asked, default=None)
    if asked is None:
        return None
    return survey_answers.answered_by(session, asked, points, incoming.body)


def _when_asked(invitation: SurveyInvitation) -> tuple[datetime, UUID]:
    return invitation.asked_at or datetime.min.replace(tzinfo=UTC), invitation.id


def _take_survey_answer(
    session: Session, one: _Arrived, asked: survey_answers.OpenQuestion
) -> str | None:
    """Keep that he answered, and never his words beside his name; the next question goes back."""
    nameless = replace(one.incoming, body="")
    # About no alert: it must not stand in the story of an incident.
    unrelated = replace(one.origin, delivery=None, answered=None, incident_id=None)
    reading = Reading(Meaning.SURVEY, InboundKind.SURVEY, None)
    if not store(session, nameless, reading, unrelated, None):
        twin = stored(session, one.incoming.carrier_id)
        return twin.answer if twin else None
    answer = survey_answers.take(session, asked)
    mine = col(InboundMessage.carrier_id) == one.incoming.carrier_id
    session.execute(update(InboundMessage).where(mine).values(answer=answer))
    inbound_stored.inc()
    return answer


def _ask_or_leave(session: Session, incoming: IncomingText, origin: Origin) -> str:
    """End the membership, or ask first; the answer is kept with the text it answers."""
    answer = leaving_by_text.act(session, incoming.sender, incoming.body, origin.language)
    answered = col(InboundMessage.carrier_id) == incoming.carrier_id
    session.execute(update(InboundMessage).where(answered).values(answer=answer))
    return answer


def confirm(session: Session, delivery: Delivery, incoming: IncomingText) -> None:
    """Whoever answers an alert has read it: he is not called as well.

    Called before the answer is stored: a row that refers to a delivery locks it a little, and two
    who want all of it then would wait for each other for ever.
    """
    if _is_proof(delivery):
        fold(session, [_proof(delivery, incoming)])


def _confirm_all(session: Session, arrived: Sequence[_Arrived]) -> None:
    """The same for many, before they are stored: a row that refers to a delivery locks it a little,
    and two who want all of it then would wait for each other for ever."""
    answered = [(one.origin.delivery, one.incoming) for one in arrived]
    proofs = [
        _proof(delivery, incoming)
        for delivery, incoming in answered
        if delivery and _is_proof(delivery)
    ]
    if proofs:
        fold(session, proofs)


def _is_proof(delivery: Delivery) -> bool:
    """Whether an answer proves that this arrived: what is still in a worker's hands may never have
    left. A STOP that comes in just then holds it back, and a row called delivered would be lost."""
    return delivery.handed_over_at is not None


def _proof(delivery: Delivery, incoming: IncomingText) -> Receipt:
    return Receipt(delivery.id or 0, REPLY, REPLIED, incoming.carrier_id, "", clock.now())


def stored(session: Session, carrier_id: str) -> InboundMessage | None:
    """The message with this id, if it came in before."""
    same = select(InboundMessage).where(InboundMessage.carrier_id == carrier_id)
    return session.exec(same).first()


def store(
    session: Session,
    incoming: IncomingText,
    reading: Reading,
    origin: Origin,
    answer: str | None,
) -> bool:
    """Store a message once; whether this call stored it."""
    row = _row_of(incoming, reading, origin, answer)
    stored = session.execute(
        insert_new(session, InboundMessage).values(**row).returning(col(InboundMessage.id))
    )
    return stored.first() is not None


def _store_all(session: Session, rows: Sequence[Row]) -> None:
    """Store messages that are not there yet; in one order, for those who store the same ones."""
    insert_new_rows(session, InboundMessage, sorted(rows, key=lambda row: str(row["carrier_id"])))


def _row(one: _Arrived, answer: str | None) -> Row:
    return _row_of(one.incoming, reading_to_keep(one.reading), one.origin, answer)


def _row_of(incoming: IncomingText, reading: Reading, origin: Origin, answer: str | None) -> Row:
    return InboundMessage(
        carrier_id=incoming.carrier_id,
        channel=incoming.channel,
        received_at=clock.now(),
        sender=incoming.sender,
        body=incoming.body[:_LONGEST_BODY],
        sender_index=blind_index(incoming.sender),
        pictures=incoming.pictures,
        is_shared=origin.is_shared,
        is_for_coordinator=incoming.is_for_coordinator,
        kind=reading.kind,
        meaning=reading.meaning,
        answer=answer,
        language=origin.language,
        person_id=origin.person.id if origin.person else None,
        contact_point_id=origin.point.id if origin.point else None,
        delivery_id=origin.delivery.id if origin.delivery else None,
        incident_id=origin.incident_id,
        police_zone_id=origin.police_zone_id,
    ).model_dump()


def _act(session: Session, kind: InboundKind, sender: str) -> None:
    if kind not in (InboundKind.STOP, InboundKind.START):
        return
    # Everyone behind this number: a second member on it would still make the telephone ring.
    for point in contact.points_with_value(session, sender):
        if kind is InboundKind.STOP:
            contact.stop_all(session, point, "texted_stop")
        else:
            contact.take_back_stop(session, point)
        audit.record(session, f"member.{kind}", ("contact_point", point.id), by=None)


def _act_on_stranger(session: Session, kind: InboundKind, sender: str) -> None:
    """Whoever reported something may say STOP as well, though there is no way of his to close."""
    if kind in (InboundKind.STOP, InboundKind.LEAVE):
        reporters.stop(session, sender)
    elif kind is InboundKind.START:
        reporters.resume(session, sender)
