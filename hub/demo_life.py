"""What came back lately in a fictional zone: texts, a voice message, sightings, a survey that is
over, and two more people to sign in as. Nobody in it exists, and nothing of it leaves the hub."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

from sqlmodel import Session, col, select

from channels.simulator.recordings import spoken
from feedback import (
    inbox,
    sighting_entry,
    survey_answers,
    survey_course,
    surveys,
    voicemail,
    voicemail_fetching,
)
from feedback.inbox import IncomingText
from feedback.models import (
    InboundMessage,
    QuestionKind,
    SurveyInvitation,
    Voicemail,
    VoicemailStatus,
)
from feedback.sighting_facts import Facts
from feedback.survey_reading import Given
from feedback.survey_templates import SAFETY
from hub import clock
from hub.access import Actor
from hub.roles import Role
from hub.sealing import seal
from partnerships import accounts, days
from partnerships.models import ContactKind, ContactPoint, Membership, Organisation, Partnership

_STRANGER = "+32470990001"
_SECONDS_SPOKEN = 6
_SURVEY_DAYS = 14


class _Said(NamedTuple):
    """Which member of the partnership wrote it (``None``: somebody unknown), and when."""

    member: int | None
    minutes_ago: int
    words: str


_TEXTS = (
    _Said(0, 12, "Vu une camionnette blanche 1-XYZ-987 rue du Lavoir Fictif, deux hommes"),
    _Said(1, 55, "Wanneer is de volgende vergadering van onze BIN?"),
    _Said(2, 190, "Merci pour l'information, tout est calme ici."),
    _Said(None, 340, "Bonjour, une voiture tourne depuis une heure autour de la gare"),
    _Said(3, 1300, "Ik zag gisteravond iemand over de haag klimmen, donkere jas"),
)
# What the police made of the texts by their place above.
_SIGHTINGS = (
    (0, "Camionnette blanche", "1-XYZ-987", "Deux hommes", "Rue du Lavoir Fictif"),
    (4, "", "", "Donkere jas, over de haag", "Kerkstraat (fictief)"),
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody more to sign in as."""

    role: Role
    email: str
    name: str


PEOPLE = (
    DemoPerson(Role.PEACE_OFFICER, "guard@demo.example", "Gaëtan Gardien"),
    DemoPerson(Role.SERVICE_WORKER, "worker@demo.example", "Sarah Sociale"),
)


def fill(session: Session, partnership: Partnership, police: Actor) -> None:
    """All of it; ``police`` is who made the sightings and asked the survey."""
    numbers = _numbers(session, partnership)
    texts = [_text(session, number, one, numbers) for number, one in enumerate(_TEXTS)]
    for place, vehicle, plate, person, street in _SIGHTINGS:
        message = texts[place]
        facts = Facts(
            observed_at=message.received_at - timedelta(minutes=4),
            vehicle=vehicle,
            plate=plate,
            person_seen=person,
            place=street,
        )
        sighting_entry.from_message(session, police, message.id, facts, incident_id=None)
    _voice(session, numbers[4])
    _survey(session, partnership, police)


def appoint(session: Session, person: DemoPerson, town: Organisation, password: str) -> None:
    """Make the account of one more person of the town."""
    made = accounts.create(session, email=person.email, name=person.name, password=password)
    accounts.appoint(session, made, person.role, town.id)


def _numbers(session: Session, partnership: Partnership) -> list[str]:
    rows = (
        select(ContactPoint.value)
        .join(Membership, col(Membership.person_id) == col(ContactPoint.person_id))
        .where(Membership.partnership_id == partnership.id, ContactPoint.kind == ContactKind.MOBILE)
        .order_by(col(ContactPoint.id))
    )
    return list(session.exec(rows))


def _text(session: Session, number: int, said: _Said, numbers: list[str]) -> InboundMessage:
    sender = _STRANGER if said.member is None else numbers[said.member]
    inbox.receive(session, IncomingText(f"demo-text-{number}", sender, said.words))
    return _moved_back(session, f"demo-text-{number}", said.minutes_ago)


def _moved_back(session: Session, carrier_id: str, minutes: int) -> InboundMessage:
    message = inbox.stored(session, carrier_id)
    assert message is not None
    message.received_at -= timedelta(minutes=minutes)
    session.add(message)
    session.flush()
    return message


def _voice(session: Session, number: str) -> None:
    """Somebody called and spoke; the sound is here already, and lies at no carrier's."""
    recording = "RE" + "d" * 32
    voicemail.note_call(session, "demo-call", number)
    voicemail.take(session, voicemail.Recorded(recording, "demo-call", "", _SECONDS_SPOKEN))
    content = spoken(_SECONDS_SPOKEN)
    its = select(Voicemail).where(Voicemail.recording_id == recording)
    row = session.exec(its).one()
    row.status, row.media_type, row.size = VoicemailStatus.KEPT, "audio/wav", len(content)
    row.sealed = seal(voicemail_fetching.PURPOSE, content)
    row.fetched_at = row.deleted_there_at = clock.now()
    row.next_try_at = None
    session.add(row)
    _moved_back(session, recording, minutes=30)


def _survey(session: Session, partnership: Partnership, police: Actor) -> None:
    """Asked, answered by most and closed at once, before any of its texts could leave."""
    chance = random.Random(2026)  # noqa: S311 - the same fiction every time, and no secret
    survey = surveys.create(session, police, partnership, SAFETY)
    closes_on = days.today() + timedelta(days=_SURVEY_DAYS)
    survey_course.start(session, police, survey, partnership, closes_on, reminds=False)
    asked = surveys.questions_of(session, survey.id)
    invited = select(SurveyInvitation).where(
        SurveyInvitation.survey_id == survey.id, SurveyInvitation.skipped == ""
    )
    for invitation in session.exec(invited.order_by(col(SurveyInvitation.id))).all():
        if chance.random() < 0.6:
            said = {
                one.number: Given(value=chance.choice((3, 4, 4, 5)))
                for one in asked
                if one.kind is QuestionKind.SCALE
            }
            # Drawn when somebody is asked, and gone when the survey closes.
            invitation.response_id = uuid4()
            survey_answers.take_all(session, invitation.id, said)
    survey_course.close(session, survey, police.account_id)
