"""Whoever is given a report hears of it: one mail with the number, the day it is due and a link."""

from datetime import timedelta

from sqlmodel import Session

from feedback.models import Report
from hub import i18n
from hub.access import Actor
from hub.config import settings
from hub.i18n import mark, translate
from partnerships import notices
from partnerships.models import Account, Channel
from partnerships.notices import About, Words

NOTICE_KIND = "report_assigned"
_GOOD_FOR = timedelta(days=3)
_SUBJECT = mark("Report {number} is yours to follow")
# Nothing of what a citizen wrote: a mail lies about, the page is behind a sign-in.
_BODY = mark("You were asked to follow report {number}. Read it and say what you do:\n{link}")
_DUE = mark("It is to be settled by {day}.")


def assigned(session: Session, actor: Actor, report: Report) -> None:
    """Tell the one it is assigned to, unless he took it himself."""
    if report.assigned_to is None or report.assigned_to == actor.account_id:
        return
    account = session.get_one(Account, report.assigned_to)
    language = account.language
    link = f"{settings().base_url}/reports/{report.id}"
    body = translate(language, _BODY, number=report.number, link=link)
    if report.due_on is not None:
        day = i18n.day(report.due_on, language)
        body = f"{body}\n\n{translate(language, _DUE, day=day)}"
    subject = translate(language, _SUBJECT, number=report.number)
    words = Words(language, body, subject)
    about = About("report", report.id)
    notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, _GOOD_FOR)
