"""One JSON value a line in, one answer a line out: for comparing the hub's rules with others'."""

import json
from collections.abc import Callable, Iterable, Iterator

from pydantic import ValidationError

NO_JSON = "not a JSON object"
NOT_A_STRING = "not a JSON string"
Answer = dict[str, object]


class NotUnderstood(Exception):
    """A line that is JSON, and no question the rule can answer; its text says why."""


def answers(
    lines: Iterable[bytes], answer: Callable[[dict[str, object]], Answer]
) -> Iterator[Answer]:
    """What ``answer`` says to each line; ``{"error": why}`` to one it cannot answer.

    Reads a line, answers it, and reads the next: nothing is kept.
    """
    for line in lines:
        yield _one(line, answer)


def answers_to_texts(lines: Iterable[bytes], answer: Callable[[str], Answer]) -> Iterator[Answer]:
    """The same where each line is a JSON string."""
    for line in lines:
        text = _string(line)
        yield {"error": NOT_A_STRING} if text is None else answer(text)


def _string(line: bytes) -> str | None:
    try:
        found = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, str) else None


def _one(line: bytes, answer: Callable[[dict[str, object]], Answer]) -> Answer:
    try:
        asked = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {"error": NO_JSON}
    if not isinstance(asked, dict):
        return {"error": NO_JSON}
    try:
        return answer(asked)
    except ValidationError as refusal:
        first = refusal.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return {"error": f"{place}: {first['msg']}"}
    except NotUnderstood as refusal:
        return {"error": str(refusal)}


def _refuse(constant: str) -> float:
    # Python reads NaN and Infinity; JSON has none, and no rule here means anything by them.
    raise ValueError(constant)
