"""What the first rows of a list look like, and whom they would make."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from string import ascii_uppercase

from hub.i18n import Language
from partnerships.contact import readable
from partnerships.members_import import rows
from partnerships.members_import.candidates import Candidate
from partnerships.members_import.checking import members_of
from partnerships.members_import.headings import Field, Heading
from partnerships.members_import.reading import MembersList
from partnerships.members_import.sheet_xml import MOST_COLUMNS as MOST_COLUMNS
from partnerships.members_import.words import field_name, sentence
from partnerships.models import ContactKind

_EXAMPLES = 3
_PEOPLE = 5
_ROWS_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its number, the letter a spreadsheet gives it, its heading and what is in it."""

    number: int
    letter: str
    heading: str
    examples: Sequence[str]
    meaning: Field | None


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Whom one of the first rows would make, or what is wrong with it."""

    row: int
    person: Candidate | None
    numbers: str
    address: str
    remarks: Sequence[str]


def columns(members: MembersList, heading: Heading) -> list[Column]:
    """The columns that hold anything."""
    below = list(islice(members_of(members.rows(), heading), _ROWS_LOOKED_AT))
    width = max([len(heading.texts), *(len(row.cells) for row in below)])
    found = []
    for number in range(min(width, MOST_COLUMNS)):
        cells = [row.cells[number] for row in below if number < len(row.cells)]
        text = heading.texts[number] if number < len(heading.texts) else ""
        examples = list(islice(dict.fromkeys(filter(None, cells)), _EXAMPLES))
        if text or examples:
            meaning = heading.mapping.get(number)
            found.append(Column(number, letter_of(number), text, examples, meaning))
    return found


def letter_of(number: int) -> str:
    """A, B, … Z, AA: what a spreadsheet calls a column."""
    before = letter_of(number // 26 - 1) if number >= 26 else ""
    return before + ascii_uppercase[number % 26]


def people(members: MembersList, heading: Heading, language: Language) -> list[FirstPerson]:
    """Whom the first rows make."""
    if not heading.mapping:
        return []
    first = islice(members_of(members.rows(), heading), _PEOPLE)
    checked = [rows.check(row, heading.mapping) for row in first]
    return [
        FirstPerson(
            one.row,
            one.candidate,
            _numbers(one.candidate),
            _address(one.candidate),
            [f"{field_name(f.field, language)}: {sentence(f, language)}" for f in one.findings],
        )
        for one in checked
    ]


def _numbers(person: Candidate | None) -> str:
    ways = person.ways if person else []
    return ", ".join(
        value if kind is ContactKind.EMAIL else readable(value) for kind, value in ways
    )


def _address(person: Candidate | None) -> str:
    if person is None:
        return ""
    where = person.address
    street = " ".join(filter(None, (where.street, where.house_number)))
    return ", ".join(filter(None, (street, " ".join(filter(None, (where.postcode, where.town))))))


def first_row(members: MembersList) -> int:
    """The first row that holds anything."""
    return next((row.number for row in members.first_rows() if not row.is_blank), 1)
