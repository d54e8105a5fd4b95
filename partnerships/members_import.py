"""Taking a partnership's register from a CSV file: good rows go in, bad ones are told apart."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session, col, select

from hub import audit
from hub.errors import BadInput, FieldProblem, HubError
from hub.i18n import Language, language_from, mark
from partnerships import consent, contact
from partnerships.models import ContactKind, ContactPoint, Membership, Partnership, Person, Purpose

WORDING = "register-1"
# What people call the columns in their own lists.
_HEADINGS = {
    "name": ("name", "nom", "naam", "full_name"),
    "language": ("language", "langue", "taal", "sprache", "lang"),
    "mobile": ("mobile", "gsm", "mobiel", "handy", "phone", "sms"),
    "landline": ("landline", "fixe", "telephone", "téléphone", "vast", "festnetz"),
    "email": ("email", "e-mail", "mail", "courriel"),
    "consent": ("consent", "consentement", "toestemming", "einwilligung"),
}
_YES = {"yes", "y", "oui", "o", "ja", "j", "true", "1", "x"}
_KINDS = (ContactKind.MOBILE, ContactKind.LANDLINE, ContactKind.EMAIL)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Why one row, or one field of it, was left out. ``row`` counts the heading as 1."""

    row: int
    problem: FieldProblem


@dataclass(slots=True)
class ImportResult:
    """What an import did. A row with one bad number and one good one is taken, and reported."""

    added: int = 0
    updated: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


def import_members(session: Session, file: Path, partnership: Partnership) -> ImportResult:
    """Add or update the members listed in ``file``, a CSV with a heading row.

    Columns: name, language (fr/nl/de/en), mobile, landline, email, consent (yes/no). A person known
    in this partnership by one of his contact points is updated, so a file can be taken twice. With
    no consent column, the list itself is the statement that everyone on it agreed; with one, only
    "yes" does. Raises ``HubError`` when the file cannot be read as such a list at all.
    """
    result = ImportResult()
    for number, row in _rows(file):
        _take_row(session, partnership, number, row, result)
    audit.record(
        session,
        "members.import",
        ("partnership", partnership.id),
        by=None,
        added=result.added,
        updated=result.updated,
        refused=len(result.refused),
    )
    return result


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text = _text(file)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:4096], ",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text), dialect)
    columns = _columns(next(reader, []))
    for number, cells in enumerate(reader, start=2):
        row = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        if any(row.values()):
            yield number, row


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise HubError(mark("The file {path} cannot be read."), path=str(file)) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a Belgian Excel saves as plain CSV.
        return raw.decode("cp1252", errors="replace")


def _columns(heading: list[str]) -> dict[str, int]:
    typed = [cell.strip().lower() for cell in heading]
    found = {
        name: typed.index(word)
        for name, words in _HEADINGS.items()
        for word in words
        if word in typed
    }
    if "name" not in found or not {"mobile", "landline", "email"} & set(found):
        raise HubError(
            mark("The first line must name the columns: name, and mobile, landline or email.")
        )
    return found


def _take_row(
    session: Session,
    partnership: Partnership,
    number: int,
    row: dict[str, str],
    result: ImportResult,
) -> None:
    name, language = row.get("name", ""), _language(row, partnership)
    points, problems = _contact_points(row)
    if not name:
        problems.append(FieldProblem("name", mark("A name is needed.")))
    if language is None:
        problems.append(FieldProblem("language", mark("The language is fr, nl, de or en.")))
    if not points and not problems:
        problem = mark("A mobile, a land line or an email address is needed.")
        problems.append(FieldProblem("mobile", problem))
    result.refused.extend(RefusedRow(number, problem) for problem in problems)
    if not name or language is None or not points:
        return
    person = _known(session, partnership, name, points)
    if person is None:
        person = _join(session, partnership, name, language)
        result.added += 1
    else:
        person.name, person.language = name, language
        result.updated += 1
    session.add(person)
    session.flush()
    _add_missing_points(session, person, points)
    _record_consent(session, person, row)


def _language(row: dict[str, str], partnership: Partnership) -> Language | None:
    if not row.get("language"):
        return Language(partnership.languages[0])
    return language_from(row["language"])


def _contact_points(
    row: dict[str, str],
) -> tuple[list[tuple[ContactKind, str]], list[FieldProblem]]:
    points: list[tuple[ContactKind, str]] = []
    problems: list[FieldProblem] = []
    for kind in _KINDS:
        if not row.get(kind):
            continue
        try:
            points.append((kind, contact.normalised(kind, row[kind], kind)))
        except BadInput as refusal:
            problems.extend(refusal.problems)
    return points, problems


def _known(
    session: Session, partnership: Partnership, name: str, points: list[tuple[ContactKind, str]]
) -> Person | None:
    for kind, value in points:
        for point in contact.points_with_value(session, value):
            person = _member(session, partnership, point)
            # A household shares its land line: there, only the same name is the same person.
            if person and (kind is not ContactKind.LANDLINE or person.name == name):
                return person
    return None


def _member(session: Session, partnership: Partnership, point: ContactPoint) -> Person | None:
    member = (
        select(Person)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(Person.id == point.person_id, Membership.partnership_id == partnership.id)
    )
    return session.exec(member).first()


def _join(session: Session, partnership: Partnership, name: str, language: Language) -> Person:
    person = Person(name=name, language=language)
    session.add(person)
    session.flush()
    session.add(Membership(partnership_id=partnership.id, person_id=person.id))
    return person


def _add_missing_points(
    session: Session, person: Person, points: list[tuple[ContactKind, str]]
) -> None:
    for position, (kind, value) in enumerate(points, start=1):
        known = contact.points_with_value(session, value)
        if all(point.person_id != person.id for point in known):
            contact.add(session, person, kind, value, position)


def _record_consent(session: Session, person: Person, row: dict[str, str]) -> None:
    if "consent" in row and row["consent"].lower() not in _YES:
        return
    for purpose in (Purpose.URGENT_ALERTS, Purpose.PREVENTION):
        consent.give(session, person, purpose, wording=WORDING, how="register")
