"""Sending one chunk: take a portion, hand it over to many at once, write down what came back.

No transaction is open while a carrier is asked. The database is written from a thread, so that
answers keep coming in meanwhile. All channels of a chunk are worked on at once: calls need not
wait until a slow carrier has taken the last text. After two seconds a turn ends if anything else
waits in the queue, and after ten in any case: then the bell rings for the rest.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID

from channels.contract import Meaning, Refused
from hub.db import unit_of_work
from hub.queue import Bell, ring
from messaging.broadcasts import DELIVER_JOB, QUEUE_OF_KIND
from messaging.carriers import Carriers
from messaging.claims import channels_due, chunk_with_work, claim
from messaging.models import Broadcast, BroadcastStatus
from messaging.outcomes import outcome_of, record
from messaging.rendering import Letter, letter_of
from messaging.turn import Turn
from partnerships.models import Channel

_AT_ONCE = 500


def never() -> bool:
    """For callers that are never asked to stop."""
    return False


async def deliver_chunk(
    carriers: Carriers,
    broadcast_id: UUID,
    chunk: int,
    must_stop: Callable[[], bool] = never,
) -> int:
    """Send what is due, beginning with this chunk, for one turn; how many deliveries were taken.

    Rings for the rest when the turn ends before the work does. One bad recipient stops nobody
    else. A worker that dies in here leaves leases that end.
    """
    opened = await asyncio.to_thread(_open, broadcast_id, chunk)
    if opened is None:
        return 0
    letter, chunk, channels = opened
    turns = []
    for channel in channels:
        if carriers.routes(channel):
            turns.append(Turn(carriers, letter, chunk, channel, must_stop))
        else:
            await asyncio.to_thread(_refuse, letter, chunk, channel)
    taken = await asyncio.gather(*(turn.run() for turn in turns))
    unfinished = {turn.chunk for turn in turns if turn.is_cut_short}
    if unfinished and not must_stop():
        queue = QUEUE_OF_KIND[letter.kind]
        bells = [Bell(DELIVER_JOB, (str(broadcast_id), one), queue) for one in unfinished]
        await asyncio.to_thread(ring, bells)
    return sum(taken)


def _refuse(letter: Letter, chunk: int, channel: Channel) -> None:
    """End what no carrier is set up for at once, so that people's next way is taken."""
    with unit_of_work() as session:
        broadcast = session.get_one(Broadcast, letter.broadcast_id)
        refusal = Refused(Meaning.FAULT, "no_carrier")
        while portion := claim(session, broadcast, chunk, channel, _AT_ONCE):
            record(session, [outcome_of(one, refusal, letter.expires_at) for one in portion])


def _open(broadcast_id: UUID, chunk: int) -> tuple[Letter, int, list[Channel]] | None:
    """What to say, where to begin and by which channels; None when nothing is due."""
    with unit_of_work(read_only=True) as session:
        broadcast = session.get(Broadcast, broadcast_id)
        if broadcast is None or broadcast.status is BroadcastStatus.DRAFT:
            return None
        channels = channels_due(session, broadcast, chunk)
        if not channels:
            # Others have done it: they began here because it was last, or it was rung for twice.
            further = chunk_with_work(session, broadcast)
            if further is None:
                return None
            chunk, channels = further, channels_due(session, broadcast, further)
        return letter_of(session, broadcast), chunk, channels
