"""The script of a drill: which member texts what, how long after a message arrived."""

import re
from dataclasses import dataclass

_LONGEST_WAIT = 3600.0
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """What one phone texts back, so many seconds after each message that arrives."""

    after: float
    text: str


def read_script(script: str) -> dict[str, list[ScriptLine]]:
    """Lines "number; after seconds; text"; empty lines are passed over.

    Raises ValueError, naming the line, for one that cannot be read.
    """
    lines: dict[str, list[ScriptLine]] = {}
    for place, line in enumerate(script.splitlines(), start=1):
        if line.strip():
            number, spoken = _read(place, line)
            lines.setdefault(number, []).append(spoken)
    return lines


def _read(place: int, line: str) -> tuple[str, ScriptLine]:
    number, _, rest = (part.strip() for part in line.partition(";"))
    after, _, text = (part.strip() for part in rest.partition(";"))
    seconds = _seconds(after)
    if not _NUMBER.fullmatch(number) or seconds is None or not text:
        raise ValueError(f"line {place} of the script: number; seconds; text")
    return number, ScriptLine(seconds, text)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= _LONGEST_WAIT else None
