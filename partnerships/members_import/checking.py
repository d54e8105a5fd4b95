"""A whole list, checked: read row by row, in batches, with flat memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlmodel import Session

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.members_import import rows
from partnerships.members_import.candidates import Checked
from partnerships.members_import.cells import Row, UnreadableList
from partnerships.members_import.duplicates import Decision, Doubles
from partnerships.members_import.headings import (
    CONTACT_FIELDS,
    NAME_FIELDS,
    SEVERAL,
    Field,
    Heading,
)
from partnerships.members_import.reading import MOST_ROWS, MembersList
from partnerships.members_import.scratch import Scratch
from partnerships.models import FindingKind, Partnership

_BATCH = 1000
_OF_TWO = (FindingKind.DOUBLE, FindingKind.DOUBT)


@dataclass(slots=True)
class Tally:
    """How many rows of a list were read, and what would become of them."""

    rows_read: int = 0
    added: int = 0
    updated: int = 0
    # Rows that are left out, whatever the reason.
    refused: int = 0
    # Rows that have somebody in common with an earlier row or with the register.
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list, what its columns mean, and what was decided about rows that looked like doubles."""

    partnership: Partnership
    members: MembersList
    heading: Heading
    decisions: Mapping[int, Decision] = field(default_factory=dict)


def refuse_bad_mapping(heading: Heading) -> None:
    """Raises ``BadInput`` naming ``columns`` for a mapping that no member can be made with."""
    fields = list(heading.mapping.values())
    if not set(fields) & set(NAME_FIELDS):
        raise _bad_columns(mark("Say which column holds the names."))
    if not set(fields) & set(CONTACT_FIELDS):
        raise _bad_columns(mark("Say which column holds the numbers or the email addresses."))
    if any(fields.count(one) > 1 for one in Field if one not in SEVERAL):
        raise _bad_columns(mark("Two columns have the same meaning. Choose one of the two."))


def _bad_columns(problem: str) -> BadInput:
    return BadInput(FieldProblem("columns", problem))


def check(session: Session, wanted: Wanted, scratch: Scratch, tell: Callable[[int], None]) -> Tally:
    """Check a list; candidates and findings are in ``scratch`` afterwards, nothing is stored.

    ``tell`` is called with the number of rows read, every thousand. Raises ``UnreadableList``.
    """
    tally = Tally()
    doubles = Doubles(session, wanted.partnership.id, scratch, wanted.decisions)
    if Field.STREET in wanted.heading.mapping.values():
        doubles.know_addresses()
    members = members_of(wanted.members.rows(), wanted.heading)
    while batch := [rows.check(row, wanted.heading.mapping) for row in islice(members, _BATCH)]:
        doubles.settle(batch)
        scratch.keep(batch)
        _count(tally, batch)
        if tally.rows_read > MOST_ROWS:
            raise UnreadableList(
                mark("This list has more than {count} rows. Cut it in two."), count=MOST_ROWS
            )
        tell(tally.rows_read)
    return tally


def members_of(all_rows: Iterator[Row], heading: Heading) -> Iterator[Row]:
    """The rows below the heading that hold anything; a heading that is repeated is none."""
    for row in all_rows:
        is_heading = heading.row > 0 and tuple(row.cells) == heading.texts
        if row.number > heading.row and not row.is_blank and not is_heading:
            yield row


def _count(tally: Tally, batch: Sequence[Checked]) -> None:
    taken = [one.candidate for one in batch if one.candidate is not None]
    tally.rows_read += len(batch)
    tally.added += sum(one.is_new for one in taken)
    tally.updated += sum(not one.is_new and not one.is_more_of_a_row for one in taken)
    tally.refused += len(batch) - len(taken)
    tally.duplicates += sum(any(found.kind in _OF_TWO for found in one.findings) for one in batch)
