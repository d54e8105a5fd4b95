"""(a) The carrier's limit: one process that posts the same requests and reads nothing but a status.

``python -m benchmarks.baseline_bare --url http://127.0.0.1:8025 --people 10000``
"""

import argparse
import json
import resource
import time
from urllib.parse import urlencode, urlsplit

import uvloop

from benchmarks.bare_client import BarePool, post
from benchmarks.numbers import FIRST_NUMBER
from tests.running_hub import ACCOUNT_SID, WORDS

_PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"


def requests(host: str, people: int) -> list[bytes]:
    """One create request for each member, as a client would write it."""
    made = []
    for number in range(people):
        form = {
            "To": f"+{FIRST_NUMBER + number}",
            "From": "+32460000001",
            "Body": WORDS["fr"]["short"],
            "StatusCallback": f"http://127.0.0.1:8000/webhooks/twilio/sms/status/{number}",
            "ValidityPeriod": "3600",
        }
        made.append(post(host, _PATH, urlencode(form).encode(), "Authorization: Basic QUM="))
    return made


async def send_all(url: str, people: int, concurrency: int) -> float:
    """Seconds from the first request to the last answer."""
    address = urlsplit(url)
    refused = 0

    def on_answer(_request: bytes, status: int, _seconds: float) -> None:
        nonlocal refused
        refused += status != 201

    pool = BarePool(address.hostname or "", address.port or 80, concurrency, on_answer)
    made = requests(address.netloc, people)
    await pool.open()
    started = time.perf_counter()
    for request in made:
        pool.put(request)
    await pool.drained()
    elapsed = time.perf_counter() - started
    pool.close()
    assert not refused, f"{refused} were refused"
    return elapsed


def main() -> None:
    """Print the seconds, and the CPU seconds of this process, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=100)
    asked = parser.parse_args()
    seconds = uvloop.run(send_all(asked.url, asked.people, asked.concurrency))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": seconds, "cpu": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main()
