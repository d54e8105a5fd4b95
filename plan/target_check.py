"""What the texts of expected results promise, one JSON object with ``raw`` a line."""

from collections.abc import Iterable, Iterator

from hub.json_lines import Answer, NotUnderstood, answers
from plan.targets.reading import read


def check(lines: Iterable[bytes]) -> Iterator[Answer]:
    """For each line ``{kind, comparator, target, unit, period, inferred}`` and, where there are
    any, how a bare number is judged, its condition, and the other ways it can be read."""
    return answers(lines, _answer)


def _answer(asked: dict[str, object]) -> Answer:
    raw = asked.get("raw")
    if not isinstance(raw, str):
        raise NotUnderstood("raw: not a text")
    return read(raw).as_json()
