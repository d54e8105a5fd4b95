"""What became of a request to Twilio: refused, unclear, or an answer."""

from collections.abc import Awaitable, Collection, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]  # no types

from channels.answer_shape import tell_unknown
from channels.contract import CarrierUnreachable, Found, Meaning, Refused, Unclear
from channels.error_table import explained
from channels.twilio_errors import meaning_of
from channels.twilio_http import Refusal

T = TypeVar("T")
CLOCK_SLACK = timedelta(minutes=2)

_NOTHING_LEFT = (ClientConnectorError, ConnectionTimeoutError)
_ON_THE_WAY = (ClientError, TimeoutError, OSError)
# What the twilio package raises over a 201 whose body is cut short or is not its own.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, TwilioException)


async def outcome(request: Awaitable[T]) -> T | Refused | Unclear:
    """Await a create request; turn every failure of carrier or network into a result."""
    try:
        return await request
    except Refusal as refusal:
        return _read_refusal(refusal)
    except _NOTHING_LEFT:
        return Refused(Meaning.RETRY, "connect", whole_carrier=True)
    except _ON_THE_WAY as error:
        return Unclear(type(error).__name__)
    except _UNREADABLE:
        return unreadable()


def unreadable() -> Unclear:
    """What an answer is that says yes and nothing more; its shape is logged."""
    tell_unknown()
    return Unclear("unreadable answer")


async def answer(request: Awaitable[T]) -> T:
    """Await a look-up; raise CarrierUnreachable, with the kind of failure only, if it fails."""
    try:
        return await request
    except (Refusal, *_NOTHING_LEFT, *_ON_THE_WAY, *_UNREADABLE) as error:
        # The cause is cut off: its text may hold the URL, and the URL the number.
        raise CarrierUnreachable(type(error).__name__) from None


async def found_by_id(request: Awaitable[Any]) -> Found | None:
    """Await a message or call fetched by its id; None if the carrier knows no such id.

    Raises CarrierUnreachable.
    """
    try:
        one = await request
    except Refusal as refusal:
        if refusal.status == HTTPStatus.NOT_FOUND:
            return None
        raise CarrierUnreachable(type(refusal).__name__) from None
    except (*_NOTHING_LEFT, *_ON_THE_WAY, *_UNREADABLE) as error:
        raise CarrierUnreachable(type(error).__name__) from None
    return Found(one.sid, str(one.status), as_code(getattr(one, "error_code", None)))


def made_after(made: datetime | None, since: datetime) -> bool:
    """Whether the carrier's own date allows for a message that we began to send at `since`."""
    return made is None or made >= since - CLOCK_SLACK


def oldest_first(listed: Sequence[Any], known: Collection[str]) -> list[Any]:
    """The items of a Twilio list, which has the newest first, without those that are `known`."""
    return [one for one in reversed(listed) if one.sid not in known]


def as_count(text: object) -> int | None:
    """A count in a Twilio answer; None for "0", which there means "not known yet"."""
    return int(text) or None if isinstance(text, str) and text.isdigit() else None


def as_code(value: object) -> int | None:
    """An error code in a Twilio answer: an integer or null, but other types are survived."""
    return int(str(value)) if str(value).isdigit() else None


def _read_refusal(refusal: Refusal) -> Refused | Unclear:
    meaning = meaning_of(refusal.code, refusal.status)
    code = str(refusal.code or refusal.status)
    if refusal.code is None or explained(code) is None:
        tell_unknown(refusal.code)
    if meaning is None:
        return Unclear(code)
    return Refused(meaning, code, refusal.retry_after, whole_carrier=refusal.status >= 500)
