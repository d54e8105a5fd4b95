"""Telling a coordinator that his partnership was not called, and why (R30).

Neither place nor phenomenon is said: where the facts were, and who reported them, stays with the
police.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlmodel import Session

from hub import clock
from hub.i18n import Language, mark, translate
from messaging.models import Incident
from partnerships import appointments, notices
from partnerships.models import Channel, Partnership
from partnerships.notices import About, Words

NOTICE_KIND = "not_launched"
_GOOD_FOR = timedelta(days=1)


def tell_not_launched(
    session: Session, incident: Incident, partnership: Partnership, why: Callable[[Language], str]
) -> int:
    """One mail to each of those who stand for the partnership now; how many."""
    told = appointments.coordinator_or_deputy(session, partnership.id, clock.now())
    accounts = told.accounts if told else ()
    for account in accounts:
        language = account.language
        subject = translate(language, mark("The partnership was not called"))
        words = Words(
            language,
            _body(incident, partnership, why(language), language),
            f"{partnership.name}: {subject}",
        )
        about = About("incident", incident.id)
        notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, _GOOD_FOR)
    return len(accounts)


def _body(incident: Incident, partnership: Partnership, why: str, language: Language) -> str:
    sentence = mark(
        "The police have dealt with what was reported to them on {day} at {time}. {partnership} was"
        " not called. The reason: {why}.\n\nIf a member asks why nothing came, you may tell him so."
        " Please thank whoever called 101."
    )
    reported = clock.in_brussels(incident.reported_at)
    return translate(
        language,
        sentence,
        day=reported.strftime("%d/%m/%Y"),
        time=reported.strftime("%H:%M"),
        partnership=partnership.name,
        why=why,
    )
