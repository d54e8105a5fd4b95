"""What no database can keep, refused at the door for every route at once: the character NUL, and
half of a character."""

import json
import re
from collections.abc import Iterator
from typing import Any

from fastapi import Request

from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark

_NUL = "\0"
# Two halves that belong together are one character by the time they are looked at.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_WRITTEN_OUT = re.compile(rb"\\u(0000|[dD][89a-fA-F])")
_SENTENCE = mark("This holds a character that cannot be kept.")


async def refuse_unstorable(request: Request) -> None:
    """Raise ``NotFound`` for an address with NUL in it, ``BadInput`` naming each field of a query
    or of a JSON body that holds such a character. Forms leave NUL out (``hub.web.forms``)."""
    if any(_NUL in str(value) for value in request.path_params.values()):
        raise NotFound
    fields = [name for name, value in request.query_params.multi_items() if _NUL in name + value]
    # JSON has them written out only: a body without that is not read twice.
    if _is_json(request) and _WRITTEN_OUT.search(body := await request.body()):
        fields += _in_json(body)
    if fields:
        raise BadInput(*(FieldProblem(_UNSTORABLE.sub("", one), _SENTENCE) for one in fields))


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().endswith("json")


def _in_json(body: bytes) -> list[str]:
    try:
        return list(_paths(json.loads(body), ""))
    except ValueError:
        # No JSON at all: the route says so.
        return []


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and _UNSTORABLE.search(value):
        yield path or "body"
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
        yield from (f"{path}.{name}".lstrip(".") for name in value if _UNSTORABLE.search(name))
    elif isinstance(value, list):
        inner = enumerate(value)
    for name, one in inner:
        yield from _paths(one, f"{path}.{name}".lstrip("."))
