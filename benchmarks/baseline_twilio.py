"""(b) A bare loop over the twilio package: ``create_async`` with the package's own pooled client.

``python -m benchmarks.baseline_twilio --url http://127.0.0.1:8025 --people 10000``. No row is read
or written: this is what the package alone can do in one process.
"""

import argparse
import asyncio
import json
import resource
import time
from typing import Any

import uvloop
from twilio.http.async_http_client import (  # type: ignore[import-untyped]  # no types
    AsyncTwilioHttpClient,
)
from twilio.rest import Client  # type: ignore[import-untyped]  # twilio ships no types

from benchmarks.numbers import FIRST_NUMBER
from tests.running_hub import ACCOUNT_SID, AUTH_TOKEN, WORDS

TWILIO = "https://api.twilio.com"


class _ToOurCarrier(AsyncTwilioHttpClient):  # type: ignore[misc]  # an untyped base counts as Any
    """The package's own client; only the host is another."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        return await super().request(method, url.replace(TWILIO, self._url), *rest, **named)


async def send_all(url: str, people: int, concurrency: int) -> float:
    """Seconds from the first request to the last answer; ``concurrency`` at once."""
    http = _ToOurCarrier(url)
    client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)
    numbers = iter(range(people))

    async def send_some() -> None:
        for number in numbers:
            made = await client.messages.create_async(
                to=f"+{FIRST_NUMBER + number}",
                from_="+32460000001",
                body=WORDS["fr"]["short"],
                status_callback=f"http://127.0.0.1:8000/webhooks/twilio/sms/status/{number}",
                validity_period=3600,
            )
            assert made.sid

    started = time.perf_counter()
    await asyncio.gather(*(send_some() for _ in range(concurrency)))
    elapsed = time.perf_counter() - started
    await http.close()
    return elapsed


def main() -> None:
    """Print the seconds, and the CPU seconds of this process, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--uvloop", action="store_true")
    asked = parser.parse_args()
    work = send_all(asked.url, asked.people, asked.concurrency)
    seconds = uvloop.run(work) if asked.uvloop else asyncio.run(work)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": seconds, "cpu": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main()
