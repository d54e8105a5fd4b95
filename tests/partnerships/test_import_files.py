"""Files as coordinators really have them, taken in by the command line."""

import io
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from hub.errors import HubError
from partnerships.members_import import checking, sheet_xml
from partnerships.members_import import workbook as workbooks
from tests.partnerships.lists import (
    look,
    parts_of,
    people_named,
    reasons,
    refusals,
    saved,
    take,
    told,
    ways_of,
    with_part,
    with_shared_texts,
    workbook,
)

pytestmark = pytest.mark.usefixtures("demo_zone")

ANNA = ("Anna Good", "0471 99 00 01")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_any_separator_is_found(tmp_path: Path, separator: str) -> None:
    lines = [
        ("Naam", "GSM", "Adres"),
        ("Anna Good", "0471 99 00 01", '"Kerkstraat 5, 4000 Luik; Belgie | BE"'),
        ("Bert Good", "0471/99.00.02", "Kerkstraat 6"),
    ]
    result = take(tmp_path, *map(separator.join, lines))
    assert (result["added"], result["refused"]) == (2, [])


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman", "cp850"],
)
def test_accents_survive_any_encoding(tmp_path: Path, encoding: str) -> None:
    take(tmp_path, "nom;prénom;gsm", "Noël-Bastin;Chloé;0471990001", encoding=encoding)
    assert people_named("Chloé Noël-Bastin")


def test_accents_that_were_encoded_twice_are_mended(tmp_path: Path) -> None:
    twice = "Chloé Noël".encode().decode("cp1252")
    take(tmp_path, "naam;gsm", f"{twice};0471990001")
    assert people_named("Chloé Noël")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_way(tmp_path: Path, end: str) -> None:
    assert told(tmp_path, end.join(["naam;gsm", "An A;0471990001", ""]).encode())["added"] == 1


def test_the_hint_excel_writes_is_no_row(tmp_path: Path) -> None:
    result = look(tmp_path, "sep=|", "naam|gsm", "Anna Good|0471 99 00 01", "Bert|")
    assert (result["added"], refusals(result)) == (1, [(3, "mobile")])


def test_titles_blank_rows_and_empty_columns_are_passed_over(tmp_path: Path) -> None:
    result = look(
        tmp_path,
        "PLP Valdor-Gare;;;;",
        "Liste des membres au 01/03/2026;;;;",
        ";;;;",
        ";Nom;;GSM;",
        ";Anna Good;;0471 99 00 01;",
        ";;;;",
        ";Nom;;GSM;",
        ";Bert Bad;;12;",
    )
    assert result["rows_read"] == 2
    # The row a spreadsheet shows beside it.
    assert refusals(result) == [(8, "mobile")]


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("Nom;Prénom;N° de GSM;Tél. fixe;Adresse e-mail;Langue", "Good;Anna;{m};{l};{e};français"),
        ("Voornaam;Familienaam;Gsm-nummer;Vaste lijn;E-mailadres;Taal", "Anna;Good;{m};{l};{e};N"),
        ("Vorname;Nachname;Handy;Festnetz;E-Mail;Sprache", "Anna;Good;{m};{l};{e};Deutsch"),
        ("Last name;First name;Mobile;Landline;Email;Language", "Good;Anna;{m};{l};{e};English"),
        ("NAAM EN VOORNAAM;MOBIEL;TELEFOON;MAIL", "Good Anna;{m};{l};{e}"),
        ("Nom et prénom;Téléphone 1;Téléphone 2;Courriel", "Anna Good;{l};{m};{e}"),
        ("full_name;phone;phone_2;e-mail", "Anna Good;{m};{l};{e}"),
        ("Name;Telefon;Mobiltelefon;E-Mail-Adresse", "Anna Good;{l};{m};{e}"),
    ],
)
def test_headings_are_understood_in_four_languages(tmp_path: Path, headings: str, row: str) -> None:
    filled = row.format(m="0471/99.00.01", l="04 200 09 99", e="anna@demo.example")
    result = take(tmp_path, headings, filled)
    assert (result["added"], result["refused"], result["notes"]) == (1, [], [])
    name = "Good Anna" if "Good Anna" in row else "Anna Good"
    assert ways_of(name) == [
        ("mobile", "+32471990001"),
        ("landline", "+3242000999"),
        ("email", "anna@demo.example"),
    ]


def test_numbers_of_somebody_else_are_left_aside(tmp_path: Path) -> None:
    take(tmp_path, "Nom;GSM;GSM conjoint;Remarques", "Anna Good;0471990001;0471990002;âgée")
    assert ways_of("Anna Good") == [("mobile", "+32471990001")]


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("0471990001 / 0471990002", ["+32471990001", "+32471990002"]),
        ("0471990001/0471990002", ["+32471990001", "+32471990002"]),
        ("0471/99.00.01 ou 04 200 09 99", ["+32471990001", "+3242000999"]),
        ("0471 99 00 01 (Jan)", ["+32471990001"]),
        ("471990001", ["+32471990001"]),
        ('"=""0471990001"""', ["+32471990001"]),
        ("+33 6 12 34 56 78", ["+33612345678"]),
        ("anna@demo.example", ["anna@demo.example"]),
    ],
)
def test_what_stands_in_a_cell_for_numbers(tmp_path: Path, typed: str, ways: list[str]) -> None:
    take(tmp_path, "naam;gsm", f"Anna Good;{typed}")
    assert [value for _kind, value in ways_of("Anna Good")] == ways


@pytest.mark.parametrize("typed", ["0471/99.00.01/02", "0471 99 00 01 7", "4.71E+08", "ext 12"])
def test_a_number_that_is_not_sure_is_not_taken(tmp_path: Path, typed: str) -> None:
    assert refusals(look(tmp_path, "naam;gsm", f"Anna Good;{typed}")) == [(2, "mobile")]


@pytest.mark.parametrize(
    ("typed", "addresses"),
    [
        (" Anna.GOOD @ demo.example ", ["anna.good@demo.example"]),
        ("Anna Good <anna@demo.example>", ["anna@demo.example"]),
        ("anna@demo.example, anna@work.example", ["anna@demo.example", "anna@work.example"]),
        ("anna@demo.example anna@work.example", ["anna@demo.example", "anna@work.example"]),
        ("mailto:anna@demo.example;", ["anna@demo.example"]),
    ],
)
def test_what_stands_in_a_cell_for_addresses(
    tmp_path: Path, typed: str, addresses: list[str]
) -> None:
    take(tmp_path, "naam\te-mail", f"Anna Good\t{typed}")
    assert [value for _kind, value in ways_of("Anna Good")] == addresses


@pytest.mark.parametrize("typed", ["anna@", "anna demo.example", "a@b", "anna@demo..example", "@"])
def test_what_is_no_address_is_told(tmp_path: Path, typed: str) -> None:
    assert refusals(look(tmp_path, "naam;mail", f"Anna Good;{typed}")) == [(2, "email")]


def test_a_number_in_the_wrong_column_is_moved_and_said(tmp_path: Path) -> None:
    result = take(tmp_path, "naam;gsm;vast", "Anna Good;04 200 09 99;0471 99 00 01")
    assert ways_of("Anna Good") == [("mobile", "+32471990001"), ("landline", "+3242000999")]
    assert [(one["row"], one["field"]) for one in result["notes"]] == [
        (2, "mobile"),
        (2, "landline"),
    ]


def test_an_address_is_taken_apart(tmp_path: Path) -> None:
    take(
        tmp_path,
        "naam;gsm;straat;nr;postcode en gemeente",
        "Anna Good;0471990001;Rue Haute 12 bte 3;;4000 Liège",
        "Bert Good;0471990002;Kerkstraat;5A;4020 Luik",
    )
    result = look(tmp_path, "naam;vast;adres", "Good Bert;04 200 09 98;Kerkstraat 5a, 4020 Luik")
    assert [one["by"] for one in result["duplicates"]] == ["address"]


def test_a_quotation_mark_that_is_never_closed_is_named(tmp_path: Path) -> None:
    lines = ["naam;gsm", 'An "Anneke" Good;0471990001', '"Bert;0471990002']
    with pytest.raises(HubError, match="quotation mark") as refusal:
        look(tmp_path, *lines, *[f"Member {n};0471{n:06}" for n in range(30)])
    assert refusal.value.values == {"row": 3} or "row 3" in str(refusal.value.values)


def test_numbers_that_excel_has_made_of_numbers_are_read(tmp_path: Path) -> None:
    result = told(
        tmp_path,
        workbook(
            ("Ledenlijst 2026",),
            (),
            ("Naam", None, "GSM", "Vast", "Postcode", "Gemeente"),
            ("Anna Good", None, 471990001, 42000999, 4000, "Luik"),
            ("Bert Good", None, 32471990002.0, None, None, None),
        ),
        "leden.xlsx",
    )
    assert (result["added"], result["refused"]) == (2, [])
    assert ways_of("Anna Good") == [("mobile", "+32471990001"), ("landline", "+3242000999")]
    assert ways_of("Bert Good") == [("mobile", "+32471990002")]


def test_what_excel_has_spoilt_is_told(tmp_path: Path) -> None:
    result = told(
        tmp_path,
        workbook(
            ("Naam", "GSM", "Huisnummer", "Straat"),
            (date(2026, 3, 1), "0471 99 00 01", 1, "Kerkstraat"),
            ("Anna Good", "0471 99 00 02", date(2026, 2, 1), "Kerkstraat"),
            ("Bert Good", 4.75123456e20, 1, "Kerkstraat"),
            ('=CONCATENATE("Carl"," Good")', "0471 99 00 04", 1, "Kerkstraat"),
            ("#REF!", "0471 99 00 05", 1, "Kerkstraat"),
        ),
        "leden.xlsx",
        "--dry-run",
    )
    assert refusals(result) == [
        (2, "name"),
        (3, "house_number"),
        (4, "mobile"),
        (5, "name"),
        (6, "name"),
    ]
    for word in ("date", "digits are lost", "formula", "error"):
        assert word in reasons(result)
    assert result["added"] == 1


def test_a_formula_is_read_as_excel_showed_it_and_never_worked_out(tmp_path: Path) -> None:
    made = workbook(("Naam", "GSM"), ("=1+1", "0471 99 00 01"))
    shown = with_part(
        made, "xl/worksheets/sheet1.xml", "<f>1+1</f><v></v>", "<f>1+1</f><v>Anna Good</v>"
    )
    shown = with_part(shown, "xl/worksheets/sheet1.xml", '<c r="A2">', '<c r="A2" t="str">')
    assert told(tmp_path, shown, "leden.xlsx")["added"] == 1
    assert people_named("Anna Good")


def test_the_sheet_that_is_a_list_is_taken_and_hidden_ones_are_not(tmp_path: Path) -> None:
    made = Workbook()
    first = made.active
    assert first is not None
    first.append(("Uitleg", "Vul het volgende blad in"))
    hidden = made.create_sheet("Oud")
    hidden.sheet_state = "hidden"
    hidden.append(("Naam", "GSM", "E-mail", "Taal"))
    hidden.append(("Old Member", "0471990009", "", "nl"))
    real = made.create_sheet("Leden")
    real.append(("Naam", "GSM"))
    real.append(ANNA)
    result = told(tmp_path, saved(made), "leden.xlsx")
    assert result["added"] == 1
    assert people_named("Anna Good")


XLSX = workbook(("Naam", "GSM"), ANNA)


def other_archive(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "<a/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("list.xls", b"\xd0\xcf\x11\xe0" + bytes(512), "old Excel"),
        ("list.xlsx", b"\xd0\xcf\x11\xe0" + bytes(512), "password"),
        ("list.xlsx", b"naam;gsm\nAnna;0471990001", "no Excel file"),
        ("list.csv", XLSX, "Excel file"),
        ("list.pdf", b"%PDF-1.7 ...", "PDF"),
        ("list.csv", b"%PDF-1.7 ...", "PDF"),
        ("list.csv", b"\x89PNG\r\n\x1a\n", "picture"),
        ("list.xls", b"<html><table><tr><td>Naam", "web page"),
        ("list.csv", bytes(range(1, 30)) * 100, "no text"),
        ("list.docx", b"naam;gsm", "ends in"),
        ("list.xlsx", other_archive("word/document.xml"), "no Excel sheet"),
        ("list.ods", other_archive("content.xml"), "OpenDocument"),
        ("list.xlsx", XLSX[: len(XLSX) // 2], "damaged"),
        ("list.xlsx", other_archive("xl/workbook.xml"), "no sheet"),
        ("list.csv", b"", "empty"),
        ("list.csv", b"\xef\xbb\xbf \r\n\r\n", "empty"),
        ("list.csv", b"x" * (32 * 1024 * 1024 + 1), "larger"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(
    tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    with pytest.raises(HubError) as refusal:
        told(tmp_path, content, name)
    assert word in refusal.value.message


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "_MOST_UNPACKED_BYTES", 1_000_000)
    bomb = with_part(XLSX, "xl/worksheets/sheet1.xml", "</worksheet>", "</worksheet>" + " " * 10**6)
    with pytest.raises(HubError, match="too large"):
        told(tmp_path, bomb, "list.xlsx")


def bomb(folder: Path, unit: bytes, times: int, begin: bytes = b"<sst>") -> bytes:
    """A workbook whose shared texts are one thing again and again, written without keeping it."""
    file, some = folder / "bomb.xlsx", unit * 1000
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts_of(XLSX).items():
            archive.writestr(name, text)
        with archive.open("xl/sharedStrings.xml", "w") as part:
            part.write(begin)
            for _thousand in range(times // 1000):
                part.write(some)
            part.write(b"</sst>")
    return file.read_bytes()


def most_memory(folder: Path, content: bytes, match: str) -> float:
    """The megabytes it takes to refuse this file with that word."""
    tracemalloc.start()
    try:
        with pytest.raises(HubError, match=match):
            told(folder, content, "list.xlsx", "--dry-run")
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_a_bomb_of_a_workbook_is_refused_with_the_reason_before_it_goes_off(
    tmp_path: Path,
) -> None:
    # 240 MB in half a megabyte: twelve million texts.
    content = bomb(tmp_path, b"<si><t>aaaa</t></si>", 12_000_000)
    assert len(content) < 2_000_000
    assert most_memory(tmp_path, content, "hundred times") < 64


def test_a_workbook_of_endless_texts_is_refused_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that was packed badly on purpose passes the first look, and is counted as it is read.
    monkeypatch.setattr(workbooks, "_GREATEST_SHRINKAGE", 10_000)
    monkeypatch.setattr(sheet_xml, "_MOST_TEXTS", 200_000)
    many = bomb(tmp_path, b"<si><t>aaaa</t></si>", 1_000_000)
    assert most_memory(tmp_path, many, "more text than any list") < 64
    monkeypatch.setattr(sheet_xml, "_MOST_TEXT_BYTES", 1_000_000)
    long = bomb(tmp_path, b"<si><t>" + b"a" * 1900 + b"</t></si>", 20_000)
    assert most_memory(tmp_path, long, "more text than any list") < 64
    for begin in (b"<sst><si><t>", b'<sst><si x="'):
        endless = bomb(tmp_path, b"a" * 5000, 20_000, begin)
        assert most_memory(tmp_path, endless, "damaged") < 64


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    parts = {
        "xl/worksheets/sheet1.xml": "<worksheet",
        "xl/workbook.xml": "<workbook ",
        "xl/styles.xml": "<styleSheet",
        "xl/sharedStrings.xml": "<sst",
    }
    for part, begin in parts.items():
        laughs = f'<!DOCTYPE a [<!ENTITY b "ha">]>{begin}'
        with pytest.raises(HubError, match="damaged"):
            told(tmp_path, with_part(with_shared_texts(XLSX), part, begin, laughs), "list.xlsx")


def test_texts_that_excel_keeps_apart_are_put_together(tmp_path: Path) -> None:
    result = told(tmp_path, with_shared_texts(XLSX), "list.xlsx")
    assert (result["added"], result["refused"]) == (1, [])
    assert people_named("Anna Good")


def test_a_list_of_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MOST_ROWS", 3)
    with pytest.raises(HubError, match="more than"):
        look(tmp_path, "naam;gsm", *[f"Member {n};0471{n:06}" for n in range(4)])


@pytest.mark.parametrize(
    "rows",
    [
        [("Naam", "GSM"), ("", "0471990001")],
        [("Naam", "GSM"), ("0471990001", "0471990001")],
        [("Naam", "GSM"), ("anna@demo.example", "0471990001")],
        [("Naam", "GSM"), ("—", "0471990001")],
        [("Naam", "GSM"), ("A" * 200, "0471990001")],
    ],
)
def test_what_is_no_name_is_told(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    assert refusals(look(tmp_path, *(";".join(row) for row in rows))) == [(2, "name")]
