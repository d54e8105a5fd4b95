"""Photos that citizens send: checked, turned upright, and made anew without what the camera wrote
into them (where and when, with what, by whom)."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark

LARGEST_BYTES = 12 * 1024 * 1024
# Enough to read a number plate; a tenth of what a telephone takes.
_LONGEST_SIDE = 2048
_QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MEDIA_TYPE = "image/jpeg"


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo as it is kept: a JPEG made anew from the points of what was sent."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def cleaned(content: bytes, field: str = "photo") -> CleanPhoto:
    """The photo without anything but what it shows.

    Raises ``BadInput`` naming ``field`` for what is too large (12 MB), or no photo we can read.
    """
    if len(content) > LARGEST_BYTES:
        megabytes = (("count", LARGEST_BYTES // (1024 * 1024)),)
        said = mark("This photo is too large: at most {count} MB. Send a smaller one, or none.")
        raise BadInput(FieldProblem(field, said, megabytes))
    try:
        return _made_anew(content)
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError, MemoryError):
        # A broken file makes the reader stumble over many things.
        said = mark("This photo cannot be read. Send it as JPEG or PNG, or leave it out.")
        raise BadInput(FieldProblem(field, said)) from None


def _made_anew(content: bytes) -> CleanPhoto:
    with warnings.catch_warnings():
        # Half of the points that are refused as a bomb: the largest a telephone takes.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            # Reads a JPEG at a fraction of its size, which saves most of the memory.
            opened.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            plain = Image.new("RGB", upright.size, "white")
            plain.paste(upright, mask=upright.getchannel("A"))
    kept = io.BytesIO()
    plain.save(kept, "JPEG", quality=_QUALITY)
    return CleanPhoto(kept.getvalue(), plain.width, plain.height)
