"""What replies mean, one JSON string a line: for trying the rules on replies of one's own."""

from collections.abc import Iterable, Iterator

from feedback.models import Meaning
from feedback.reading.meaning import read
from hub.json_lines import Answer, answers_to_texts

# What only the inbox tells apart.
_OTHER = (Meaning.SIGHTING, Meaning.QUESTION, Meaning.SURVEY)


def check(lines: Iterable[bytes]) -> Iterator[Answer]:
    """For each line `{meaning, language}`, or `{error}` for one that is no JSON string.

    Reads a line, answers it, and reads the next: nothing is kept.
    """
    return answers_to_texts(lines, _read)


def _read(text: str) -> Answer:
    reading = read(text)
    told = Meaning.OTHER if reading.meaning in _OTHER else reading.meaning
    return {"meaning": told, "language": reading.language}
