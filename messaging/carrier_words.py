"""What the carriers answered, in words for a dispatch desk, with the code for the helpdesk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from channels.error_table import explained
from hub.i18n import Language, mark, translate
from messaging.models import Broadcast, Delivery, DeliveryState

# The carrier's no is the last word, or the last so far.
NOT_REACHED = (DeliveryState.FAILED, DeliveryState.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class Answer:
    """One code of one carrier and the number of messages that it met."""

    code: str
    count: int


def sentence(code: str, language: Language) -> str:
    """What a code means, in ``language``."""
    known = explained(code)
    if known is not None:
        return translate(language, known.sentence)
    return translate(language, mark("The carrier gave a code we do not know ({code})."), code=code)


def in_language(language: Language) -> Callable[[str], str]:
    """The same for a page, which has one language."""
    return lambda code: sentence(code, language)


def answers(session: Session, broadcast: Broadcast) -> Sequence[Answer]:
    """Why messages of a broadcast did not arrive, in the carriers' codes; the most frequent first.

    Counts deliveries: who was reached by another way is counted here all the same.
    """
    count: Any = func.count()
    found = session.execute(
        select(col(Delivery.carrier_code), count)
        .where(
            col(Delivery.broadcast_id) == broadcast.id,
            col(Delivery.carrier_code).is_not(None),
            col(Delivery.state).in_(NOT_REACHED),
        )
        .group_by(col(Delivery.carrier_code))
        .order_by(count.desc(), col(Delivery.carrier_code))
    )
    return [Answer(code, number) for code, number in found]
