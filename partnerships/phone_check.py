"""What telephone numbers are, one JSON string a line: for comparing with other programs."""

from collections.abc import Iterable, Iterator

from hub.json_lines import Answer, answers_to_texts
from partnerships import telephone
from partnerships.telephone import NoNumber


def check(lines: Iterable[bytes]) -> Iterator[Answer]:
    """For each line `{e164, kind, sms}`, or `{error}` where it is no number or no JSON string.

    Reads a line, answers it, and reads the next: nothing is kept.
    """
    return answers_to_texts(lines, _told)


def _told(typed: str) -> Answer:
    try:
        number = telephone.read(typed)
    except NoNumber as refusal:
        return {"error": refusal.message}
    return {"e164": number.e164, "kind": number.line.value, "sms": number.takes_sms}
