"""Office files are zip archives that note the second they were written: made anew without it, so
that the same content is the same bytes."""

import io
import re
import zipfile
from datetime import UTC, datetime

# The oldest that a zip archive can note.
_NEVER = (1980, 1, 1, 0, 0, 0)
_CHANGED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def steady(content: bytes, made_at: datetime) -> bytes:
    """The same archive; its parts are of 1980, and it was last changed when it was made."""
    at = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _CHANGED.sub(rb"\g<1>" + at + rb"\g<2>", part)
            new.writestr(zipfile.ZipInfo(name, _NEVER), part, zipfile.ZIP_DEFLATED)
    return written.getvalue()
