"""A part of what is in memory, for a browser that seeks in a sound (RFC 9110, section 14).

The framework cuts only what lies in a file; what is kept sealed is opened in memory alone.
"""

import re

from fastapi import Request
from fastapi.responses import Response

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]*)-([0-9]*)\s*", re.IGNORECASE)
_PARTIAL, _OUT_OF_RANGE = 206, 416


def sent_by_parts(request: Request, content: bytes, media_type: str) -> Response:
    """The whole (200), the part that is asked for (206), or that there is no such part (416).

    Several parts at once, and what is no range of bytes, are answered with the whole. So is a
    question with If-Range: nothing that it could name was ever sent.
    """
    asked = request.headers.get("Range", "")
    found = None if "If-Range" in request.headers else _ONE_RANGE.fullmatch(asked)
    first, last = (found[1], found[2]) if found else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        return Response(content, media_type=media_type, headers={"Accept-Ranges": "bytes"})
    start, end = _within(first, last, len(content))
    if start >= end:
        said = {"Accept-Ranges": "bytes", "Content-Range": f"bytes */{len(content)}"}
        return Response(status_code=_OUT_OF_RANGE, headers=said)
    said = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {start}-{end - 1}/{len(content)}"}
    return Response(content[start:end], _PARTIAL, said, media_type)


def _within(first: str, last: str, length: int) -> tuple[int, int]:
    """The first byte and the one after the last; without a first, the last so many."""
    if not first:
        return max(0, length - int(last)), length
    return int(first), min(int(last) + 1, length) if last else length
