"""Spoken messages are kept for a time only; that there was one, and how long, stays."""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col

from feedback.models import Voicemail, VoicemailCall, VoicemailStatus
from hub import clock
from hub.config import settings

# A repeated notice of the carrier comes within a day.
_CALLS_KEPT = timedelta(days=1)
# A carrier that never takes it away is not asked for ever.
_MOST_TRIES = 200


def forget_old(session: Session) -> None:
    """Drop the sound whose time is over, here and at the carrier's, and who called."""
    at = clock.now()
    old = col(Voicemail.received_at) < at - timedelta(days=settings().voicemail_kept_days)
    session.execute(
        update(Voicemail)
        .where(old, col(Voicemail.status) != VoicemailStatus.DROPPED)
        .values(status=VoicemailStatus.DROPPED, sealed=None)
    )
    # What could not be fetched still lies there.
    session.execute(
        update(Voicemail)
        .where(
            old,
            col(Voicemail.deleted_there_at).is_(None),
            col(Voicemail.next_try_at).is_(None),
            col(Voicemail.tries) < _MOST_TRIES,
        )
        .values(next_try_at=at)
    )
    session.execute(delete(VoicemailCall).where(col(VoicemailCall.began_at) < at - _CALLS_KEPT))
