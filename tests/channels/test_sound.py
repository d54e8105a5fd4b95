"""What a call can play is told by the bytes."""

import pytest

from channels.sound import Sound, read_sound
from tests import sounds


@pytest.mark.parametrize(
    ("content", "media_type", "seconds"),
    [
        (sounds.wav(3), "audio/wav", 3),
        (sounds.wav(2, rate=16_000), "audio/wav", 2),
        (sounds.wav(2, bits=8, coding=7), "audio/wav", 2),
        (sounds.mp3(5), "audio/mpeg", 5),
        (sounds.mp3(5, titled=True), "audio/mpeg", 5),
    ],
)
def test_what_a_call_can_play_is_known_with_its_length(
    content: bytes, media_type: str, seconds: float
) -> None:
    found = read_sound(content)
    assert isinstance(found, Sound)
    assert found.media_type == media_type
    assert found.seconds == pytest.approx(seconds, abs=0.03)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ID3",
        b"RIFF",
        b"just some words",
        sounds.WEBM,
        sounds.OGG,
        sounds.MP4,
        sounds.wav(0),
        sounds.wav(1, bits=32, coding=3),
        sounds.wav(1, bits=24),
        sounds.wav(1)[:30],
        b"\xff\xfb\x90\x64" + bytes(2000),
        b"<html>" + sounds.mp3(1),
    ],
)
def test_anything_else_is_not_sound(content: bytes) -> None:
    assert read_sound(content) is None


def test_a_file_that_was_cut_off_plays_as_long_as_there_is_sound() -> None:
    whole = sounds.wav(10)
    found = read_sound(whole[: len(whole) // 2])
    assert found is not None
    assert found.seconds == pytest.approx(5, abs=0.1)
