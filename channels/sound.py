"""Sound that a carrier can play in a call: told by its bytes, never by the name of its file."""

import struct
from dataclasses import dataclass

_PCM, _MU_LAW = 1, 7
# Kilobits per second of MPEG layer III, by four bits of a frame's head (ISO 11172-3, 13818-3).
_RATES_MPEG_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_RATES_MPEG_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_SAMPLE_RATES = {
    3: (44_100, 48_000, 32_000),
    2: (22_050, 24_000, 16_000),
    0: (11_025, 12_000, 8_000),
}
_LAYER_3 = 1
# Other bytes may look like the head of one frame, but not like two in a row.
_FEWEST_FRAMES = 2


@dataclass(frozen=True, slots=True)
class Sound:
    """What the bytes are, and how long they play."""

    media_type: str
    seconds: float


def read_sound(content: bytes) -> Sound | None:
    """WAV (8 or 16 bit, or mu-law) or MP3; ``None`` for anything else, and for one cut to nothing.

    Twilio plays a few more formats, but none that a browser or a telephone records.
    """
    found = _wav(content) if content[:4] == b"RIFF" else _mp3(content)
    return found if found is not None and found.seconds > 0 else None


def _wav(content: bytes) -> Sound | None:
    chunks = _chunks(content)
    form, samples = chunks.get(b"fmt "), chunks.get(b"data")
    if content[8:12] != b"WAVE" or form is None or samples is None or len(form) < 16:
        return None
    coding, channels, _rate, bytes_a_second, _block, bits = struct.unpack("<HHIIHH", form[:16])
    plays = (coding == _PCM and bits in (8, 16)) or (coding == _MU_LAW and bits == 8)
    if not plays or channels not in (1, 2) or not bytes_a_second:
        return None
    return Sound("audio/wav", len(samples) / bytes_a_second)


def _chunks(content: bytes) -> dict[bytes, bytes]:
    """The parts of a RIFF file by name; a size that says too much is cut to what there is."""
    found: dict[bytes, bytes] = {}
    place = 12
    while place + 8 <= len(content):
        name, size = (
            content[place : place + 4],
            int.from_bytes(content[place + 4 : place + 8], "little"),
        )
        found.setdefault(name, content[place + 8 : place + 8 + size])
        place += 8 + size + size % 2
    return found


def _mp3(content: bytes) -> Sound | None:
    place, frames, seconds = _after_tag(content), 0, 0.0
    while (frame := _frame(content[place : place + 4])) is not None:
        size, lasts = frame
        if place + size > len(content):
            break
        place, frames, seconds = place + size, frames + 1, seconds + lasts
    return Sound("audio/mpeg", seconds) if frames >= _FEWEST_FRAMES else None


def _after_tag(content: bytes) -> int:
    """Where the sound begins: titles and pictures may stand before it (ID3v2, 7 bits a byte)."""
    if content[:3] != b"ID3" or len(content) < 10:
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _frame(head: bytes) -> tuple[int, float] | None:
    """The size in bytes and the length in seconds of the frame that begins with these four."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rates, rate_index = _SAMPLE_RATES.get(version), head[2] >> 2 & 3
    if rates is None or layer != _LAYER_3 or rate_index == 3:
        return None
    is_first = version == 3
    kilobits = (_RATES_MPEG_1 if is_first else _RATES_MPEG_2)[head[2] >> 4]
    if not kilobits:
        return None
    rate, samples, padding = rates[rate_index], 1152 if is_first else 576, head[2] >> 1 & 1
    return samples // 8 * kilobits * 1000 // rate + padding, samples / rate
