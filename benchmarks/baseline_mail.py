"""(b) for mail: a bare loop over aiosmtplib, one connection for each of ``concurrency`` loops.

``python -m benchmarks.baseline_mail --port 8026 --people 10000``. No row is read or written, and
every mail has the same content.
"""

import argparse
import asyncio
import json
import resource
import time
from email.message import EmailMessage

import uvloop
from aiosmtplib import SMTP

from tests.running_hub import WORDS


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "alert@plp-hub.example"
    mail["To"] = f"member{number}@members.example"
    mail["Subject"] = WORDS["fr"]["subject"]
    mail["Message-ID"] = f"<{number}@plp-hub.example>"
    mail.set_content(WORDS["fr"]["long"])
    mail.add_alternative(f"<p>{WORDS['fr']['long']}</p>", subtype="html")
    return mail


async def send_all(port: int, people: int, concurrency: int) -> float:
    """Seconds from the first mail to the last answer, on connections that are open."""
    numbers = iter(range(people))
    doors = [SMTP(hostname="127.0.0.1", port=port, start_tls=False) for _ in range(concurrency)]
    for door in doors:
        await door.connect()

    async def send_some(door: SMTP) -> None:
        for number in numbers:
            await door.send_message(_mail(number))

    started = time.perf_counter()
    await asyncio.gather(*(send_some(door) for door in doors))
    elapsed = time.perf_counter() - started
    for door in doors:
        await door.quit()
    return elapsed


def main() -> None:
    """Print the seconds, and the CPU seconds of this process, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=8)
    asked = parser.parse_args()
    seconds = uvloop.run(send_all(asked.port, asked.people, asked.concurrency))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": seconds, "cpu": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main()
