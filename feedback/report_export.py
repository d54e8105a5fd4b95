"""Reports as a file for a spreadsheet: what a list shows, whole, in its reader's language."""

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import Session, col, select

from feedback import report_categories, report_list, report_services, report_words, reports_reach
from feedback.models import Report
from feedback.report_list import Filter
from hub import audit
from hub.access import Action, Actor
from hub.db import unit_of_work
from hub.i18n import Language, day, mark, moment, translate
from partnerships import spreadsheets
from partnerships.models import Account

_HEADINGS = (
    mark("Town"),
    mark("Number"),
    mark("State"),
    mark("How it came in"),
    mark("What it is about"),
    mark("What was reported"),
    mark("Street"),
    mark("House number"),
    mark("Latitude"),
    mark("Longitude"),
    mark("Seen at"),
    mark("Received at"),
    mark("Service"),
    mark("Given to"),
    mark("To be done by"),
    mark("Closed at"),
    mark("Number in another system"),
    mark("What it led to"),
    mark("Confidential"),
)


def export(session: Session, actor: Actor, wish: Filter, language: Language) -> Iterator[bytes]:
    """Note the export in the log of decisions, and give a CSV file piece by piece.

    Who reported is not in it: lists are handed around. The pieces are read in a unit of work of
    their own, by which time the note is committed.
    """
    audit.record(session, "reports.export", ("account", actor.account_id), by=actor.account_id)
    return _file(actor, wish, language)


def _file(actor: Actor, wish: Filter, language: Language) -> Iterator[bytes]:
    with unit_of_work(read_only=True) as session:
        yield from spreadsheets.as_csv(_rows(session, actor, wish, language))


def _rows(session: Session, actor: Actor, wish: Filter, language: Language) -> Iterator[list[str]]:
    yield [translate(language, heading) for heading in _HEADINGS]
    names = _Names(session, actor, language)
    for report in report_list.all_of(session, actor, wish):
        yield names.row(report)


class _Names:
    """What codes and keys are called, read once for a whole file."""

    def __init__(self, session: Session, actor: Actor, language: Language) -> None:
        towns = reports_reach.towns(session, actor, Action.SEE_REPORTS)
        ids = [one.id for one in towns]
        self._language = language
        self._towns = {one.id: one.name for one in towns}
        self._categories = report_categories.names(session, ids, language)
        self._services = {one.id: one.name for one in report_services.of_towns(session, ids)}
        self._accounts = account_names(session, ids)

    def row(self, report: Report) -> list[str]:
        language = self._language
        return [
            self._towns[report.municipality_id],
            str(report.number),
            report_words.status(report.status, language),
            report_words.source(report.source, language),
            self._categories.get(report.category, report.category),
            report.words,
            report.street,
            report.house_number,
            "" if report.latitude is None else f"{report.latitude:.5f}",
            "" if report.longitude is None else f"{report.longitude:.5f}",
            moment(report.observed_at, language) if report.observed_at else "",
            moment(report.received_at, language),
            self._services.get(report.service_id, "") if report.service_id else "",
            self._accounts.get(report.assigned_to, "") if report.assigned_to else "",
            day(report.due_on, language) if report.due_on else "",
            moment(report.closed_at, language) if report.closed_at else "",
            report.external_reference,
            report.led_to,
            translate(language, mark("yes")) if report.is_confidential else "",
        ]


def account_names(session: Session, town_ids: list[UUID]) -> dict[UUID, str]:
    """The names of everybody who was ever given a report of these towns."""
    given = select(Report.assigned_to).where(
        col(Report.municipality_id).in_(town_ids), col(Report.assigned_to).is_not(None)
    )
    found = session.exec(select(Account).where(col(Account.id).in_(given.distinct())))
    return {one.id: one.name for one in found}
