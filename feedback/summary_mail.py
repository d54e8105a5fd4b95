"""The summary of a month to each coordinator of a partnership: once, on the first working day
after it, however many timetables run and whichever of them dies."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from feedback import monthly_summary
from feedback.models import MonthlySummary
from feedback.monthly_summary import Month, Summary
from hub import audit, clock, i18n
from hub.config import settings
from hub.db import insert_new
from hub.i18n import Language, mark, translate
from hub.roles import Role
from partnerships import appointments, days, notices, working_days
from partnerships.models import LIVING_STATUSES, Account, Channel, Partnership
from partnerships.notices import About, Words

NOTICE_KIND = "monthly_summary"
_COORDINATORS = (Role.COORDINATOR, Role.CO_COORDINATOR)
_GOOD_FOR = timedelta(days=3)
# At a time; the rest follows when the timetable comes round again.
_MOST = 100

_SUBJECT = mark("{partnership}: {month} in figures")
_SENT = mark("Messages to members: {alerts} urgent alerts, {follow_ups} follow-ups, {cold} others.")
_DRILLS = mark("Exercises: {count}.")
_ANSWERS = mark("Members who answered: {count}.")
_FEW_ANSWERS = mark("Members who answered: fewer than {count}.")
_ENDED = mark("How the alerts ended was told in time {in_time} times, late {late} times.")
_OWED = mark("Still owed to your members: how {count} alerts ended.")
_RELAYED = mark("Messages you passed on: {relayed}. Declined: {declined}. Unanswered: {lapsed}.")
_MEMBERS = mark("Members: {members}. Joined: {joined}. Left: {left}.")
_SEE = mark("All of it, to print:\n{link}")


def last_month() -> Month:
    """The month that a summary would be written about now."""
    return monthly_summary.month_of(days.today()).before


def due(session: Session) -> list[UUID]:
    """The partnerships whose coordinators are to be told of the last month now."""
    today = days.today()
    if today < working_days.first_working_day(today.year, today.month):
        return []
    month = last_month()
    written = select(MonthlySummary.partnership_id).where(
        MonthlySummary.year == month.year, MonthlySummary.month == month.month
    )
    waiting = select(Partnership.id).where(
        col(Partnership.status).in_(LIVING_STATUSES),
        col(Partnership.created_at) < month.end,
        col(Partnership.id).not_in(written),
    )
    return list(session.exec(waiting.order_by(col(Partnership.id)).limit(_MOST)))


def write(session: Session, partnership_id: UUID) -> int:
    """Write to the coordinators of one partnership about the last month; to how many.

    Its row and its mails are in the database together, or neither is. Where nothing happened and
    nobody is there, there is nothing to say.
    """
    month = last_month()
    if not _is_first(session, partnership_id, month):
        return 0
    partnership = session.get_one(Partnership, partnership_id)
    summary = monthly_summary.of(session, partnership, month, clock.now())
    accounts = [] if summary.is_empty else _coordinators(session, partnership)
    for account in accounts:
        words = _words(partnership, month, summary, account.language)
        about = About("partnership", partnership.id)
        notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, _GOOD_FOR)
    row = session.get_one(MonthlySummary, (partnership_id, month.year, month.month))
    row.people = len(accounts)
    session.flush()
    subject = ("partnership", partnership_id)
    audit.record(session, "summary.write", subject, by=None, month=str(month), people=len(accounts))
    return len(accounts)


def _is_first(session: Session, partnership_id: UUID, month: Month) -> bool:
    row = insert_new(session, MonthlySummary).values(
        partnership_id=partnership_id,
        year=month.year,
        month=month.month,
        written_at=clock.now(),
        people=0,
    )
    added = session.execute(row.returning(col(MonthlySummary.partnership_id)))
    return added.first() is not None


def _coordinators(session: Session, partnership: Partnership) -> Sequence[Account]:
    at = clock.now()
    standing = [
        one
        for one in appointments.holders_at(session, [partnership], at)
        if one.holds_at(at)
        and one.role in _COORDINATORS
        and one.appointment.scope_id == partnership.id
    ]
    return list({one.account.id: one.account for one in standing}.values())


def _words(partnership: Partnership, month: Month, summary: Summary, language: Language) -> Words:
    values = {"partnership": partnership.name, "month": i18n.month(month.first, language)}
    subject = translate(language, _SUBJECT, **values)
    link = f"{settings().base_url}/partnerships/{partnership.slug}/summaries/{month}"
    see = translate(language, _SEE, link=link)
    return Words(language, f"{subject}\n\n{lines(summary, language)}\n\n{see}", subject)


def lines(summary: Summary, language: Language) -> str:
    """The figures as sentences, one a line."""
    ended = summary.ended
    owed = ended.awaited + ended.overdue
    said = [
        translate(
            language,
            _SENT,
            alerts=summary.alerts,
            follow_ups=summary.follow_ups,
            cold=sum(summary.cold.values()),
        ),
        translate(language, _DRILLS, count=summary.drills) if summary.drills else "",
        _answers(summary, language),
        translate(language, _ENDED, in_time=ended.in_time, late=ended.late)
        if summary.alerts
        else "",
        translate(language, _OWED, count=owed) if owed else "",
        translate(
            language,
            _RELAYED,
            relayed=summary.relayed,
            declined=summary.declined,
            lapsed=summary.lapsed,
        ),
        translate(
            language,
            _MEMBERS,
            members=summary.members,
            joined=summary.joined,
            left=summary.left,
        ),
    ]
    return "\n".join(one for one in said if one)


def _answers(summary: Summary, language: Language) -> str:
    if summary.answers is None:
        return translate(language, _FEW_ANSWERS, count=monthly_summary.FEWEST_COUNTED)
    return translate(language, _ANSWERS, count=summary.answers)
