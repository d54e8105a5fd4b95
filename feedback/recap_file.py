"""A recap list as a file for a spreadsheet, in which no cell is taken for a formula."""

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import Session

from feedback import recap, report_categories, report_services, report_words
from feedback.models import Report
from feedback.recap import Wish
from hub.access import Actor
from hub.db import unit_of_work
from hub.i18n import Language, mark, moment, translate
from partnerships import spreadsheets

_HEADINGS = (
    mark("Number"),
    mark("Received at"),
    mark("What it is about"),
    mark("Street"),
    mark("House number"),
    mark("How it came in"),
    mark("State"),
    mark("Service"),
    mark("What was reported"),
)
_CUT = mark("Cut here: a file holds {count} reports at most. Ask for a shorter period.")


class Names:
    """What codes and keys are called in one town, read once for a whole list."""

    def __init__(self, session: Session, town_id: UUID, language: Language) -> None:
        self.language = language
        self.categories = report_categories.names(session, [town_id], language)
        self.services = {one.id: one.name for one in report_services.of_towns(session, [town_id])}

    def category(self, code: str) -> str:
        return self.categories.get(code, code)

    def service(self, report: Report) -> str:
        return self.services.get(report.service_id, "") if report.service_id else ""

    def source(self, of: Report | Wish) -> str:
        return report_words.source(of.source, self.language) if of.source else ""

    def status(self, report: Report) -> str:
        return report_words.status(report.status, self.language)


def as_csv(actor: Actor, wish: Wish, language: Language) -> Iterator[bytes]:
    """The file, piece by piece, read in a unit of work of its own. Who reported is not in it: lists
    are handed around."""
    with unit_of_work(read_only=True) as session:
        yield from spreadsheets.as_csv(_rows(session, actor, wish, language))


def _rows(session: Session, actor: Actor, wish: Wish, language: Language) -> Iterator[list[str]]:
    yield [translate(language, heading) for heading in _HEADINGS]
    names = Names(session, wish.town.id, language)
    written = 0
    for report in recap.in_file(session, actor, wish):
        written += 1
        yield _row(report, names)
    if written == recap.MOST_IN_FILE:
        yield [translate(language, _CUT, count=recap.MOST_IN_FILE)]


def _row(report: Report, names: Names) -> list[str]:
    return [
        str(report.number),
        moment(report.received_at, names.language),
        names.category(report.category),
        report.street,
        report.house_number,
        names.source(report),
        names.status(report),
        names.service(report),
        report.words,
    ]
