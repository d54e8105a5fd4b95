"""What each text of an urgent alert must say and must not, by whatever door it comes in."""

from hub.errors import FieldProblem
from hub.i18n import LANGUAGE_NAMES, mark
from messaging import alarm_line, drill, template_filling
from messaging.texts import Texts

_NO_DRILL = mark("{written_in}: this text says that it is an exercise, and the alert is none.")


def problems(texts: Texts, *, is_drill: bool) -> list[FieldProblem]:
    """Placeholders without a value, the line about 101 left out (R7, R17), an exercise that is
    none; by field path."""
    found = template_filling.unfilled(texts) + alarm_line.problems(texts)
    return found if is_drill else found + _of_an_exercise(texts)


def _of_an_exercise(texts: Texts) -> list[FieldProblem]:
    return [
        FieldProblem(f"texts.{one}.short", _NO_DRILL, (("written_in", LANGUAGE_NAMES[one]),))
        for one, words in texts.items()
        if any(drill.says_so(text) for text in (words.subject, words.short, words.spoken))
    ]
