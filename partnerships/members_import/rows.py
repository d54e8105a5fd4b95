"""One row of a list to a candidate, and what is wrong with it, field by field."""

import re
from dataclasses import dataclass, field

from hub.i18n import Language, mark
from partnerships.households import Address
from partnerships.members_import import addresses, contact_cells
from partnerships.members_import.candidates import Candidate, Checked, Finding, Way
from partnerships.members_import.cells import Row, Spoilt
from partnerships.members_import.headings import CONTACT_FIELDS, Field, Mapping
from partnerships.models import ContactKind, FindingKind
from partnerships.spelling import plain

LONGEST_NAME = 120
_ADDRESS_FIELDS = (Field.STREET, Field.HOUSE_NUMBER, Field.BOX, Field.POSTCODE, Field.TOWN)
_YES = (
    "yes|y|oui|o|ja|j|true|vrai|waar|wahr|1|x|xx|v|ok|okay|d accord|accord|akkoord|einverstanden|"
    "✓|✔|☑|✅|agreed|signe|getekend|unterschrieben"
)
_NO = "no|n|non|nee|neen|nein|false|faux|onwaar|falsch|0"
_LANGUAGES = {
    Language.FRENCH: (
        "fr|f|fra|fre|francais|francaise|frans|franstalig|franzosisch|french|francophone"
    ),
    Language.DUTCH: (
        "nl|n|ned|nld|dut|nederlands|nederlandstalig|neerlandais|neerlandophone|vlaams|flamand|"
        "niederlandisch|dutch|flemish"
    ),
    Language.GERMAN: "de|d|all|deu|ger|deutsch|duits|duitstalig|allemand|germanophone|german",
    Language.ENGLISH: "en|e|eng|english|anglais|engels|englisch",
}
_IS_YES, _IS_NO = frozenset(_YES.split("|")), frozenset(_NO.split("|"))
_ADDRESS, _LETTER = re.compile(r"\S@\S+\.\S"), re.compile(r"[^\W\d_]")
_LANGUAGE_OF = {word: code for code, words in _LANGUAGES.items() for word in words.split("|")}


@dataclass(slots=True)
class _Reading:
    """A row while it is read: its cells by field, and what was found."""

    row: int
    cells: dict[Field, list[str]]
    findings: list[Finding] = field(default_factory=list)

    def first(self, wanted: Field) -> str:
        return next(iter(self.cells.get(wanted, ())), "")

    def refuse(self, wanted: Field, message: str, typed: str = "") -> None:
        self.findings.append(Finding(self.row, wanted, FindingKind.REFUSED, message, typed))

    def note(self, wanted: Field, message: str, typed: str) -> None:
        self.findings.append(Finding(self.row, wanted, FindingKind.NOTED, message, typed))


def check(row: Row, mapping: Mapping) -> Checked:
    """A candidate made of a row. There is none without a name, a known language if one is given,
    and a way to be reached; a bad number beside a good one is left out alone."""
    reading = _Reading(row.number, _by_field(row, mapping))
    if any(isinstance(cell, Spoilt) for cell in row.cells):
        _drop_spoilt(reading)
    name = _name(reading)
    language, is_language_good = _language(reading)
    ways = _ways(reading)
    refused = any(one.kind is FindingKind.REFUSED for one in reading.findings)
    if not ways and not refused:
        problem = mark("A mobile, a land line or an email address is needed.")
        reading.refuse(_contact_field(mapping), problem)
    if not (name and is_language_good and ways):
        return Checked(row.number, None, reading.findings)
    candidate = Candidate(
        row.number,
        name,
        language,
        ways,
        address=_address(reading),
        agreed=_agreed(reading, mapping),
    )
    return Checked(row.number, candidate, reading.findings)


def _by_field(row: Row, mapping: Mapping) -> dict[Field, list[str]]:
    cells: dict[Field, list[str]] = {}
    for column, meaning in mapping.items():
        text = row.cells[column] if column < len(row.cells) else ""
        if text:
            cells.setdefault(meaning, []).append(text)
    return cells


def _drop_spoilt(reading: _Reading) -> None:
    """Take out what the spreadsheet has changed: a date that was a house number, say."""
    for meaning, texts in reading.cells.items():
        for text in texts:
            if isinstance(text, Spoilt) and meaning is not Field.CONSENT:
                reading.refuse(meaning, text.reason, text)
        reading.cells[meaning] = [one for one in texts if not isinstance(one, Spoilt)]


def _name(reading: _Reading) -> str:
    parts = (Field.FIRST_NAME, Field.LAST_NAME, Field.NAME)
    name = " ".join(text for part in parts for text in reading.cells.get(part, ()))
    if any(finding.field in parts for finding in reading.findings):
        return ""
    problem = _name_problem(name)
    if problem:
        reading.refuse(Field.NAME, problem, name)
        return ""
    return name


def _name_problem(name: str) -> str | None:
    if not name.strip(" -–—.?"):
        return mark("A name is needed.")
    if len(name) > LONGEST_NAME:
        return mark("This is too long for a name.")
    if _ADDRESS.search(name) or not _LETTER.search(name):
        return mark("This is no name.")
    return None


def _language(reading: _Reading) -> tuple[Language | None, bool]:
    """The language, if one is given; and whether what is given is one."""
    typed = reading.first(Field.LANGUAGE)
    if not typed:
        return None, True
    first_word = next(iter(plain(typed).split()), "")
    found = _LANGUAGE_OF.get(first_word)
    if found is None:
        reading.refuse(Field.LANGUAGE, mark("The language is fr, nl, de or en."), typed)
    return found, found is not None


def _ways(reading: _Reading) -> list[Way]:
    ways: dict[Way, None] = {}
    for meaning in (Field.MOBILE, Field.PHONE, Field.LANDLINE, Field.EMAIL):
        for typed in reading.cells.get(meaning, ()):
            for found in contact_cells.read(typed, meaning):
                if found.problem is not None:
                    reading.refuse(meaning, found.problem, found.typed)
                if found.note is not None:
                    reading.note(meaning, found.note, found.typed)
                if found.way is not None:
                    ways[found.way] = None
    # Mobiles first: texts are the quickest way to somebody.
    return sorted(ways, key=lambda way: _ORDER.index(way[0]))


_ORDER = (ContactKind.MOBILE, ContactKind.LANDLINE, ContactKind.EMAIL)


def _contact_field(mapping: Mapping) -> Field:
    """The field to name when there is no way at all."""
    present = set(mapping.values())
    return next((one for one in CONTACT_FIELDS if one in present), Field.MOBILE)


def _address(reading: _Reading) -> Address:
    parts = {one: reading.first(one) for one in _ADDRESS_FIELDS}
    return addresses.of(parts) if any(parts.values()) else Address()


def _agreed(reading: _Reading, mapping: Mapping) -> bool | None:
    if Field.CONSENT not in mapping.values():
        return None
    typed = reading.first(Field.CONSENT)
    word = plain(typed) or typed
    if word in _IS_YES:
        return True
    if typed and word not in _IS_NO:
        reading.note(
            Field.CONSENT, mark("Only “yes” counts as consent. This was read as no."), typed
        )
    return False
