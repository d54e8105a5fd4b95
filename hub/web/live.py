"""Live parts of a page: a fragment is sent whenever it has changed, over server-sent events.

The rows are asked, not Redis: the page stays true when the bell is gone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from fastapi import Request
from fastapi.sse import ServerSentEvent

EVERY_SECONDS = 0.5
# Proxies close a stream that says nothing for a minute.
_SIGN_OF_LIFE_ROUNDS = 30


async def changes(
    request: Request, event: str, fragment: Callable[[], tuple[str, bool]]
) -> AsyncIterator[ServerSentEvent]:
    """Send ``fragment()`` now and at each change, until it says it is the last or the server stops.

    ``fragment`` runs in a thread and gives the HTML and whether nothing will follow.
    """
    last, rounds = "", 0
    stopping: asyncio.Event = request.app.state.stopping
    while not stopping.is_set():
        html, is_last = await asyncio.to_thread(fragment)
        if html != last:
            last = html
            yield ServerSentEvent(event=event, raw_data=html)
        elif rounds % _SIGN_OF_LIFE_ROUNDS == 0:
            yield ServerSentEvent(comment="alive")
        if is_last:
            # The page closes its stream on this; else the browser would come back for more.
            yield ServerSentEvent(event="end", raw_data="end")
            return
        rounds += 1
        await asyncio.sleep(EVERY_SECONDS)
