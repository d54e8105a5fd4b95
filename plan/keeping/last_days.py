"""The day by which an objective is to be reached, as people type it."""

from datetime import date

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.typed_text import tidy

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def parsed(typed: str) -> date | None:
    """``2027-12-31`` or ``31/12/2027``; none for nothing. Raises ``BadInput`` naming ``due_on``."""
    text = tidy(typed)
    if not text:
        return None
    day, slash, rest = text.partition("/")
    month, _slash, year = rest.partition("/")
    try:
        found = date.fromisoformat(f"{year}-{month:0>2}-{day:0>2}" if slash else text[:10])
    except ValueError:
        found = None
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        sentence = mark("Give a day, such as 2027-12-31 or 31/12/2027.")
        raise BadInput(FieldProblem("due_on", sentence))
    return found
