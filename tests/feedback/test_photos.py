"""What is kept of a photo: what it shows, sealed, and nothing its camera wrote into it."""

import io
import struct
import zlib

import pytest
from cryptography.fernet import InvalidToken
from PIL import Image

from feedback.photos import LARGEST_BYTES, cleaned
from hub.errors import BadInput
from hub.sealing import seal, unseal

_ORIENTATION, _MADE_BY = 0x0112, 0x010F


def photo(size: tuple[int, int] = (40, 20)) -> bytes:
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    exif[_MADE_BY] = "Camera of 12 rue Haute"
    exif.get_ifd(0x8825)[2] = (50.0, 30.0, 12.0)
    kept = io.BytesIO()
    Image.new("RGB", size, "red").save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_photo_keeps_what_it_shows_and_nothing_of_its_camera() -> None:
    kept = cleaned(photo())
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert opened.format == "JPEG"
        # Turned upright, as the camera said it was held.
        assert opened.size == (20, 40) == (kept.width, kept.height)
        assert not opened.getexif()
    assert b"rue Haute" not in kept.content


def test_a_large_photo_is_made_small_enough_to_keep() -> None:
    kept = cleaned(photo((5000, 3000)))
    assert max(kept.width, kept.height) == 2048


def test_a_picture_that_is_partly_clear_gets_a_white_ground() -> None:
    sent = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(sent, "PNG")
    with Image.open(io.BytesIO(cleaned(sent.getvalue()).content)) as opened:
        assert opened.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"no photo",
        b"%PDF-1.7 no photo",
        photo()[:200],
        bomb(60_000, 60_000),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["nothing", "words", "pdf", "cut off", "bomb", "drawing"],
)
def test_what_is_no_photo_is_refused_in_words(sent: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        cleaned(sent)
    assert [one.field for one in refused.value.problems] == ["photo"]


def test_a_photo_of_thirty_megabytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInput) as refused:
        cleaned(b"\xff\xd8" + b"\0" * (30 * 1024 * 1024))
    (problem,) = refused.value.problems
    assert dict(problem.values) == {"count": LARGEST_BYTES // (1024 * 1024)}


@pytest.mark.usefixtures("database")
def test_what_is_sealed_opens_only_whole_and_for_what_it_was_sealed() -> None:
    sealed = seal("sighting-photo", b"seen")
    assert b"seen" not in sealed
    assert unseal("sighting-photo", sealed) == b"seen"
    for other, content in (("report", sealed), ("sighting-photo", sealed[:-4] + b"AAAA")):
        with pytest.raises(InvalidToken):
            unseal(other, content)
