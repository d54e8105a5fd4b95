"""What has become of each reply: what its card on a page links to instead of offering it anew."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from feedback import sightings, voicemail_listening
from feedback.inbox_list import Reply


def made_of(session: Session, replies: Iterable[Reply] | None) -> dict[str, Any]:
    """The sightings made from these replies, and the voice messages among them, by the reply's id,
    as the cards want them."""
    ids = [one.id for one in replies or ()]
    return {
        "sighted": sightings.made_from(session, ids),
        "voices": voicemail_listening.of_replies(session, ids),
    }
