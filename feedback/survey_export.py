"""The results of a survey as a list for a spreadsheet: what the page shows, and nothing more."""

from collections.abc import Iterator

from sqlmodel import Session

from feedback import survey_results
from feedback.models import Survey
from feedback.survey_results import Result
from hub.i18n import Language, mark, translate
from partnerships import spreadsheets
from partnerships.models import Partnership

_HEADINGS = (
    mark("Question"),
    mark("Who"),
    mark("Answer"),
    mark("Number"),
    mark("Answered (n)"),
    mark("Asked"),
)
_EVERYBODY = mark("Everybody")
_TOO_FEW = mark("fewer than five answers, not shown")


def as_csv(session: Session, survey: Survey, partnership: Partnership, language: Language) -> bytes:
    """Each answer of each question with its number; where that is hidden, how many answered."""
    results = survey_results.results(session, survey, partnership, language)
    rows = [[translate(language, one) for one in _HEADINGS]]
    for result in results:
        rows += _rows(result, language)
    return b"".join(spreadsheets.as_csv(rows))


def _rows(result: Result, language: Language) -> Iterator[list[str]]:
    everybody = translate(language, _EVERYBODY)
    n, asked = str(result.figure.n), str(result.figure.invited)
    for bar in result.bars:
        yield [result.words, everybody, bar.label, str(bar.count), n, asked]
    for row in (*result.parts, *result.earlier):
        counts = (row.figure.counts or {}).values()
        for label, count in zip(result.labels, counts, strict=False):
            yield [result.words, row.label, label, str(count), str(row.figure.n), ""]
    for words in result.said:
        yield [result.words, everybody, words, "", n, asked]
    if not result.bars and not result.said:
        hidden = translate(language, _TOO_FEW) if result.figure.is_hidden else ""
        yield [result.words, everybody, hidden, "", n, asked]
