"""Mails about answers that are due: to whoever follows it up, a day later to the officers; each
once, however many timetables run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from feedback.models import Answer, AnswerStatus, Report, Sighting
from hub import clock, log
from hub.access import POLICY, Action
from hub.config import settings
from hub.db import Condition
from hub.i18n import Language, mark, translate
from hub.roles import Role
from partnerships import appointments, notices
from partnerships.models import Account, Appointment, Channel, Organisation
from partnerships.notices import About, Words

_log = log.get(__name__)

NOTICE_KIND = "answer_due"
AGAIN_AFTER = timedelta(days=1)
# Older ones were given up long ago: a hub that starts anew reminds nobody of last year.
_REMINDED_FOR = timedelta(days=30)
_GOOD_FOR = timedelta(days=2)
# Who is asked when those who follow it up did not.
_IN_CHARGE = (Role.MANDATED_OFFICER, Role.DEPUTY_OFFICER, Role.PREVENTION_OFFICER)
# Who answers as his daily work; a dispatcher, who may, has other things to do at night.
_FOLLOW_UP = (*_IN_CHARGE, Role.NEIGHBOURHOOD_INSPECTOR)

_ONE = mark(
    "An answer is due to somebody who told us something. He waits for it since {day}.\n\n"
    "Answer here:\n{link}"
)
_SEVERAL = mark(
    "{count} answers are due to people who told us something. The first waits for it since {day}."
    "\n\nAnswer here:\n{link}"
)
_SUBJECT = mark("An answer is due")
_SUBJECT_AGAIN = mark("An answer is a day late")


@dataclass(frozen=True, slots=True)
class _Told:
    """Which column says that it was reminded of, since when it had to be due, and what it says."""

    column: Mapped[datetime | None]
    late: timedelta
    subject: str


_ONCE = _Told(col(Answer.reminded_at), timedelta(), _SUBJECT)
_AGAIN = _Told(col(Answer.reminded_again_at), AGAIN_AFTER, _SUBJECT_AGAIN)


def due(session: Session) -> list[UUID]:
    """The police zones and towns that owe answers somebody must be reminded of."""
    waits = select(Answer.police_zone_id, Answer.municipality_id).where(
        _is_due(_ONCE) | _is_due(_AGAIN)
    )
    found = session.exec(waits.distinct()).all()
    return sorted({one for pair in found for one in pair if one is not None})


def remind(session: Session, organisation_id: UUID) -> int:
    """Write the mails about the answers of one police zone or town; to how many people."""
    organisation = session.get_one(Organisation, organisation_id)
    written = _remind(session, organisation, _ONCE, _FOLLOW_UP)
    return written + _remind(session, organisation, _AGAIN, _IN_CHARGE)


def _is_due(told: _Told) -> Condition:
    at = clock.now()
    return (
        (col(Answer.status) == AnswerStatus.OWED)
        & (col(Answer.due_at) <= at - told.late)
        & (col(Answer.due_at) > at - _REMINDED_FOR)
        & told.column.is_(None)
    )


def _remind(
    session: Session, organisation: Organisation, told: _Told, roles: Sequence[Role]
) -> int:
    its = (col(Answer.police_zone_id) == organisation.id) | (
        col(Answer.municipality_id) == organisation.id
    )
    taken = session.execute(
        update(Answer)
        .where(its, _is_due(told))
        .values({told.column: clock.now()})
        .returning(col(Answer.id))
        .execution_options(synchronize_session=False)
    ).all()
    answers = session.exec(
        select(Answer).where(col(Answer.id).in_([one for (one,) in taken]))
    ).all()
    by_account: dict[UUID, list[Answer]] = {}
    everyone = {one.id: one for one in _who(session, organisation, roles)}
    for answer in answers:
        his = _follower(session, answer, everyone) if told is _ONCE else None
        for account_id in [his] if his else everyone:
            by_account.setdefault(account_id, []).append(answer)
    for account_id, owed in by_account.items():
        _write(session, everyone[account_id], organisation, told, owed)
    if by_account:
        _log.info("answers_due", organisation_id=str(organisation.id), told=len(by_account))
    return len(by_account)


def _follower(session: Session, answer: Answer, among: dict[UUID, Account]) -> UUID | None:
    """Who took it up, where he still may answer: he alone is reminded first."""
    if answer.report_id is not None:
        his = session.get_one(Report, answer.report_id).assigned_to
    else:
        his = session.get_one(Sighting, answer.sighting_id).completed_by
    return his if his in among else None


def _who(session: Session, organisation: Organisation, roles: Sequence[Role]) -> list[Account]:
    """Those in these roles who may answer for it: the zone's own, and for a town also its own."""
    at = clock.now()
    scopes = [organisation.id, organisation.part_of_id]
    may = [
        role
        for role in roles
        if Action.ANSWER_REPORT in POLICY[role] or Action.ANSWER_SIGHTING in POLICY[role]
    ]
    held = (
        select(Account)
        .join(Appointment, col(Appointment.account_id) == col(Account.id))
        .where(
            col(Appointment.scope_id).in_([one for one in scopes if one]),
            col(Appointment.role).in_(may),
            col(Appointment.starts_at) <= at,
            appointments.not_over(at),
            col(Account.disabled_at).is_(None),
        )
        .order_by(col(Account.id))
    )
    return list({one.id: one for one in session.exec(held)}.values())


def _write(
    session: Session,
    account: Account,
    organisation: Organisation,
    told: _Told,
    owed: Sequence[Answer],
) -> None:
    language = account.language
    about = About("answers_of", organisation.id)
    subject = f"{organisation.name}: {translate(language, told.subject)}"
    words = Words(language, _body(language, owed), subject)
    notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, _GOOD_FOR)


def _body(language: Language, owed: Sequence[Answer]) -> str:
    first = min(one.owed_since for one in owed)
    values = {
        "day": clock.in_brussels(first).strftime("%d/%m/%Y"),
        "link": f"{settings().base_url}/answers?show=overdue",
    }
    if len(owed) == 1:
        return translate(language, _ONE, **values)
    return translate(language, _SEVERAL, count=len(owed), **values)
