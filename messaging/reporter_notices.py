"""What whoever reported something is told of the decision: in plain words, with thanks, and 101.

What the police wrote for themselves, and what they know of the facts, is not in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from hub import clock
from hub.i18n import Language, mark, translate
from messaging.models import LaunchDecision, LaunchReason
from partnerships import notices
from partnerships.models import Channel
from partnerships.notices import About, Words

NOTICE_KIND = "reporter_told"
_GOOD_FOR = timedelta(days=1)

_SENT = mark(
    "Police: thank you for your message of {time}. The alert was sent. Something urgent? Call 101."
)
_NOT_SENT = mark(
    "Police: thank you for your message of {time}. No alert is sent, because {why}."
    " Something urgent? Call 101."
)
_NOT_SENT_AND_NO_MORE = mark(
    "Police: thank you for your message of {time}. We have looked at it; no alert is sent."
    " Something urgent? Call 101."
)
_SUBJECT = mark("Your message to the police")
# As they end a sentence. Another reason stands in words that are for the police only.
BECAUSE: Mapping[LaunchReason, str] = {
    LaunchReason.TOO_OLD: mark("it happened too long ago"),
    LaunchReason.NOTHING_TO_LOOK_FOR: mark("there is nothing that members could look out for"),
    LaunchReason.NO_DANGER: mark("there is no danger any more"),
    LaunchReason.INQUIRY: mark("it could harm the inquiry"),
    LaunchReason.AT_NIGHT: mark("at night we alert only to what is going on"),
    LaunchReason.OUTSIDE_ZONE: mark("no partnership is near"),
}


def write(
    session: Session,
    decision: LaunchDecision,
    reported_at: datetime,
    channel: Channel,
    to: str,
    languages: Sequence[Language],
    leaves_at: datetime,
) -> None:
    """One text or mail at ``leaves_at``, in each of these languages one after the other."""
    subject = " / ".join(translate(one, _SUBJECT) for one in languages)
    words = Words(
        languages[0],
        "\n".join(body(decision, reported_at, one) for one in languages),
        subject if channel is Channel.EMAIL else "",
    )
    about = About("incident", decision.incident_id)
    notices.write(session, NOTICE_KIND, about, channel, to, words, _GOOD_FOR, leaves_at)


def body(decision: LaunchDecision, reported_at: datetime, language: Language) -> str:
    """What he reads in this language."""
    values = {"time": _time(reported_at)}
    if decision.launched:
        return translate(language, _SENT, **values)
    because = BECAUSE.get(decision.reason)
    if because is None:
        return translate(language, _NOT_SENT_AND_NO_MORE, **values)
    return translate(language, _NOT_SENT, why=translate(language, because), **values)


def _time(moment: datetime) -> str:
    local, today = clock.in_brussels(moment), clock.in_brussels(clock.now())
    return local.strftime("%H:%M" if local.date() == today.date() else "%d/%m %H:%M")
