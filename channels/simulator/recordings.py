"""What members say after the tone: small WAV files, and Twilio's Recordings resource."""

import io
import math
import struct
import wave

from aiohttp import web

from channels.simulator.door import Door
from channels.simulator.twilio_shape import error
from channels.simulator.world import World

PATH = "/2010-04-01/Accounts/{account}/Recordings"
RATE = 8000
LONGEST_SECONDS = 60
_PITCHES = (180.0, 220.0, 165.0, 200.0)


def spoken(seconds: int) -> bytes:
    """So many seconds of something like a voice: a tone that changes four times a second."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(_quarters(seconds * 4)))
    return sound.getvalue()


def _quarters(count: int) -> list[bytes]:
    each = [_quarter(pitch) for pitch in _PITCHES]
    return [each[number % len(each)] for number in range(count)]


def _quarter(pitch: float) -> bytes:
    samples = RATE // 4
    # Loudest in its middle, so that it does not click.
    return struct.pack(
        f"<{samples}h",
        *(
            int(9000 * math.sin(math.pi * n / samples) * math.sin(2 * math.pi * pitch * n / RATE))
            for n in range(samples)
        ),
    )


class Recordings:
    """Handed out to our account, and taken away."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._door = Door(world)

    def routes(self) -> list[web.RouteDef]:
        """Where the resource lives."""
        return [
            web.get(f"{PATH}/{{sid}}.wav", self.fetch),
            web.delete(f"{PATH}/{{sid}}.json", self.delete),
        ]

    async def fetch(self, request: web.Request) -> web.Response:
        """One recording's sound."""
        if away := self._door.turned_away(request):
            return away
        content = self._world.recordings.get(request.match_info["sid"])
        return web.Response(body=content, content_type="audio/x-wav") if content else _unknown()

    async def delete(self, request: web.Request) -> web.Response:
        """Take one away."""
        if away := self._door.turned_away(request):
            return away
        found = self._world.recordings.pop(request.match_info["sid"], None)
        return web.Response(status=204) if found is not None else _unknown()


def _unknown() -> web.Response:
    return error(20404, 404)
