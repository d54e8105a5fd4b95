"""The journal of a report: what was typed and decided about its results, by whom and when."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from hub.i18n import mark, translate
from partnerships.models import Account
from plan.keeping.tree import PlanTree
from plan.models import Entry, EntryStatus, Evaluation, ExpectedResult, IssuedReport
from plan.report import words
from plan.report.choices import Choices
from plan.report.contents import Event

_TYPED = {
    EntryStatus.DRAFT: mark("Figure typed as a draft"),
    EntryStatus.SUBMITTED: mark("Figure submitted"),
    EntryStatus.APPROVED: mark("Figure approved"),
    EntryStatus.SENT_BACK: mark("Figure sent back"),
}
# A database takes only so many values at once.
_AT_ONCE = 500


def events(
    session: Session, whole: PlanTree, shown: Sequence[ExpectedResult], choices: Choices
) -> tuple[Event, ...]:
    """Up to the day asked about, the oldest first."""
    results = {one.id: one for one in shown}
    indicators = {each for result_id in results for each in whole.indicators_of.get(result_id, ())}
    found = [
        *_typed(session, results, choices),
        *_decided(session, whole, sorted(indicators), choices),
        *_issued(session, whole, choices),
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def _typed(
    session: Session, results: dict[UUID, ExpectedResult], choices: Choices
) -> Iterator[Event]:
    for ids in _batches(sorted(results)):
        rows = session.exec(
            select(Entry, Account.name)
            .join(Account, col(Account.id) == col(Entry.entered_by))
            .where(col(Entry.result_id).in_(ids), col(Entry.entered_at) < choices.moment)
        )
        for entry, name in rows:
            if not choices.with_drafts and entry.status is not EntryStatus.APPROVED:
                continue
            result = results[entry.result_id]
            about = f"{result.code} {result.raw}".strip()
            said = translate(choices.language, _TYPED[entry.status])
            yield Event(entry.entered_at, said, about, name)


def _decided(
    session: Session, whole: PlanTree, indicators: Sequence[UUID], choices: Choices
) -> Iterator[Event]:
    decided = mark("Colour decided: {colour} (suggested: {suggested})")
    for ids in _batches(indicators):
        rows = session.exec(
            select(Evaluation, Account.name)
            .join(Account, col(Account.id) == col(Evaluation.decided_by))
            .where(
                col(Evaluation.indicator_id).in_(ids),
                col(Evaluation.decided_at) < choices.moment,
                col(Evaluation.final).is_not(None),
            )
        )
        for one, name in rows:
            if one.final is None:
                continue
            said = translate(
                choices.language,
                decided,
                colour=words.colour(one.final, choices.language),
                suggested=words.colour(one.suggested, choices.language),
            )
            indicator = whole.indicators[one.indicator_id]
            yield Event(one.decided_at, said, f"{indicator.code} {indicator.text}".strip(), name)


def _issued(session: Session, whole: PlanTree, choices: Choices) -> Iterator[Event]:
    rows = session.exec(
        select(IssuedReport.issued_at, Account.name)
        .join(Account, col(Account.id) == col(IssuedReport.issued_by))
        .where(IssuedReport.plan_id == whole.plan.id, col(IssuedReport.issued_at) < choices.moment)
    )
    for at, name in rows:
        yield Event(at, translate(choices.language, mark("Report issued")), whole.plan.title, name)


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
