"""Reading one file out of a zip that somebody sent, without unpacking a bomb."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark

MOST_BYTES_UNPACKED = 20 * 1024 * 1024
# A shapefile is half a dozen files; with a folder's litter some dozens.
_MOST_FILES = 100
# Coordinates shrink to a half or a third; what shrinks to a hundredth was made to.
_GREATEST_SHRINKAGE = 100
_TOO_SMALL_TO_HARM = 1024 * 1024


class Archive:
    """A zip file in memory. Raises ``BadInput`` when it is none, or would unpack to too much."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise refused(mark("This is not a zip file, or it is damaged.")) from None
        self._files = {one.filename: one for one in self._zip.infolist() if _is_meant(one.filename)}
        if len(self._files) > _MOST_FILES or any(map(_is_a_bomb, self._files.values())):
            raise refused(
                mark("This zip file holds too much. Put only the zone's own files in it.")
            )

    def named(self, suffix: str) -> list[str]:
        """The files whose names end like this, small letters or capitals."""
        return [name for name in self._files if name.lower().endswith(suffix)]

    def read(self, name: str) -> bytes:
        """One file. Raises ``BadInput`` when it is damaged, locked or larger than it says."""
        try:
            with self._zip.open(self._files[name]) as file:
                # Never by the size it claims to have.
                content = file.read(MOST_BYTES_UNPACKED + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
            raise refused(mark("This is not a zip file, or it is damaged.")) from None
        except (RuntimeError, NotImplementedError):
            sentence = mark("This zip file is locked, or packed in a way the hub cannot open.")
            raise refused(sentence) from None
        if len(content) > MOST_BYTES_UNPACKED:
            raise refused(
                mark("This zip file holds too much. Put only the zone's own files in it.")
            )
        return content


def _is_meant(name: str) -> bool:
    """Whether somebody put it there, and not his computer."""
    path = PurePosixPath(name)
    return not (name.endswith("/") or path.name.startswith(".") or "__MACOSX" in path.parts)


def _is_a_bomb(file: zipfile.ZipInfo) -> bool:
    if file.file_size > MOST_BYTES_UNPACKED:
        return True
    shrinkage = file.file_size / max(1, file.compress_size)
    return file.file_size > _TOO_SMALL_TO_HARM and shrinkage > _GREATEST_SHRINKAGE


def refused(message: str, **values: str | int) -> BadInput:
    """A file that cannot be taken, and why."""
    return BadInput(FieldProblem("file", message, tuple(values.items())))
