"""Mails about what is owed to the ministry: a fortnight before, three days before, and when it is
overdue; each once, however many timetables run."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, update
from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action
from hub.config import settings
from hub.db import Condition
from hub.i18n import day, mark, translate
from partnerships import notices, who_may
from partnerships.days import today
from partnerships.models import Account, Channel
from partnerships.notices import About, Words
from plan.models import Obligation

NOTICE_KIND = "obligation_due"
_GOOD_FOR = timedelta(days=2)
# Older ones were given up long ago: a hub that starts anew reminds nobody of last year.
_REMINDED_FOR = timedelta(days=60)
_DAYS_BEFORE = (14, 3)
_SUBJECT = mark("{title}: due on {day}")
_SUBJECT_LATE = mark("{title}: was due on {day}")
_BODY = mark(
    "{title} is due on {day} and is not marked as sent.\n\nMark it as sent, or change the day:\n"
    "{link}"
)
_BODY_LATE = mark(
    "{title} was due on {day} and is not marked as sent.\n\nMark it as sent, or change the day:\n"
    "{link}"
)


def due(session: Session) -> Sequence[UUID]:
    """The obligations that somebody must be reminded of now."""
    return session.exec(select(Obligation.id).where(_is_due())).all()


def _is_due() -> Condition:
    now = today()
    # How many reminders its day asks for by now.
    asked = case(
        (col(Obligation.due_on) < now, 3),
        (col(Obligation.due_on) <= now + timedelta(days=_DAYS_BEFORE[1]), 2),
        (col(Obligation.due_on) <= now + timedelta(days=_DAYS_BEFORE[0]), 1),
        else_=0,
    )
    return (
        col(Obligation.sent_on).is_(None)
        & col(Obligation.taken_back_at).is_(None)
        & (col(Obligation.due_on) > now - _REMINDED_FOR)
        & (col(Obligation.reminders) < asked)
    )


def remind(session: Session, obligation_id: UUID) -> int:
    """Write the mails about one obligation; to how many people. Of reminders that were missed only
    the last is written."""
    obligation = session.get_one(Obligation, obligation_id)
    before = obligation.due_on - today()
    level = 3 if before < timedelta() else 2 if before <= timedelta(days=_DAYS_BEFORE[1]) else 1
    taken = session.execute(
        update(Obligation)
        .where(col(Obligation.id) == obligation_id, _is_due())
        .values(reminders=level, reminded_at=clock.now())
        .returning(col(Obligation.id))
        .execution_options(synchronize_session=False)
    ).all()
    # Those who keep the registers of the whole town.
    town = obligation.municipality_id
    people = who_may.in_scope(session, town, Action.KEEP_PLAN) if taken else []
    for account in people:
        _write(session, account, obligation, is_late=level == 3)
    return len(people)


def _write(session: Session, account: Account, obligation: Obligation, *, is_late: bool) -> None:
    language = account.language
    values = {
        "title": obligation.title,
        "day": day(obligation.due_on, language),
        "link": f"{settings().base_url}/registers/obligations/{obligation.id}",
    }
    subject = translate(language, _SUBJECT_LATE if is_late else _SUBJECT, **values)
    body = translate(language, _BODY_LATE if is_late else _BODY, **values)
    about = About("obligation", obligation.id)
    words = Words(language, body, subject)
    notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, _GOOD_FOR)
