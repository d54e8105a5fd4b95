"""Lists of members as coordinators have them, made by code, and what the command says of them."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlmodel import select
from typer.testing import CliRunner

from hub.cli import app
from hub.db import unit_of_work
from partnerships.models import ContactPoint, Membership, Partnership, Person

SLUG = "valdor-gare"
# The demo zone's own members of that partnership.
DEMO_MEMBERS = 20


def told(folder: Path, content: bytes, name: str = "list.csv", *words: str) -> dict[str, Any]:
    """What ``plp-hub members import --json`` says of a file with this content."""
    file = folder / name
    file.write_bytes(content)
    said = CliRunner().invoke(
        app,
        ["members", "import", str(file), "--partnership", SLUG, "--json", *words],
        catch_exceptions=False,
    )
    assert said.exit_code == 0, said.output
    result: dict[str, Any] = json.loads(said.stdout)
    return result


def take(folder: Path, *lines: str, encoding: str = "utf-8") -> dict[str, Any]:
    """Import a CSV list of these lines."""
    return told(folder, "\n".join(lines).encode(encoding))


def look(folder: Path, *lines: str) -> dict[str, Any]:
    """Only look at it."""
    return told(folder, "\n".join(lines).encode(), "list.csv", "--dry-run")


def workbook(*rows: tuple[Any, ...], title: str = "Leden") -> bytes:
    """An Excel file of one sheet."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(made)


def saved(made: Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def with_part(content: bytes, part: str, old: str, new: str) -> bytes:
    """The same archive with some words of one part replaced."""
    parts = parts_of(content)
    assert old in parts[part], parts[part]
    return archive({**parts, part: parts[part].replace(old, new, 1)})


def parts_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def archive(parts: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in parts.items():
            written.writestr(name, text)
    return made.getvalue()


def with_shared_texts(content: bytes) -> bytes:
    """The same workbook as Excel itself writes it: texts in a part of their own, in runs."""
    parts, texts = parts_of(content), []

    def shared(found: re.Match[str]) -> str:
        texts.append(found[1])
        return f't="s"><v>{len(texts) - 1}</v></c>'

    sheet = "xl/worksheets/sheet1.xml"
    inline = r't="inlineStr"><is><t>([^<]*)</t></is></c>'
    parts[sheet] = re.sub(inline, shared, parts[sheet])
    runs = "".join(
        f"<si><r><t>{one[:1]}</t></r><r><t>{one[1:]}</t></r>{_SAID}</si>" for one in texts
    )
    parts["xl/sharedStrings.xml"] = f'<?xml version="1.0"?><sst>{runs}</sst>'
    return archive(parts)


_SAID = '<rPh sb="0" eb="1"><t>how it is said</t></rPh>'


def refusals(result: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["row"], one["field"]) for one in result["refused"]]


def reasons(result: dict[str, Any]) -> str:
    return " ".join(one["reason"] for one in result["refused"])


def people_named(name: str) -> list[Person]:
    with unit_of_work(read_only=True) as session:
        return [one for one in session.exec(select(Person)) if one.name == name]


def ways_of(name: str) -> list[tuple[str, str]]:
    """The numbers and addresses of the one person of this name, in his order."""
    [person] = people_named(name)
    with unit_of_work(read_only=True) as session:
        points = session.exec(select(ContactPoint).where(ContactPoint.person_id == person.id))
        return [(p.kind.value, p.value) for p in sorted(points, key=lambda one: one.position)]


def members() -> int:
    """How many memberships of the partnership are open."""
    with unit_of_work(read_only=True) as session:
        place = session.exec(select(Partnership).where(Partnership.slug == SLUG)).one()
        found = select(Membership).where(Membership.partnership_id == place.id)
        return sum(one.left_at is None for one in session.exec(found))
