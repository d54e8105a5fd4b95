"""How long texts are as SMS, one JSON string a line: for comparing with other counters."""

from collections.abc import Iterable, Iterator

from channels.sms_length import measure
from hub.json_lines import Answer, answers_to_texts


def check(lines: Iterable[bytes]) -> Iterator[Answer]:
    """For each line `{encoding, segments, units}`, or `{error}` for one that is no JSON string.

    Reads a line, answers it, and reads the next: nothing is kept.
    """
    return answers_to_texts(lines, _measured)


def _measured(text: str) -> Answer:
    length = measure(text)
    return {"encoding": length.encoding, "segments": length.segments, "units": length.units}
