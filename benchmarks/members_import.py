"""Taking in a list of 100,000 members on both databases: rows a second, and how memory grows.

``python -m benchmarks.members_import [rows]``. The list has a name in two columns, the mobile, the
mail and the address of each, as CSV and as Excel. Each import is the command in a process of its
own, start included; the memory is the most that process had, beside that of a list of 2,000.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from benchmarks.databases import Database, database

ROWS = 100_000
FEW_ROWS = 2_000
HEADINGS = ("Nom", "Prénom", "GSM", "E-mail", "Rue", "N°", "Code postal", "Localité", "Langue")
KINDS = ("sqlite", "postgresql")
PARTNERSHIP = "valdor-gare"


@dataclass(frozen=True)
class Measured:
    """What one command took: seconds from start to end, those of the processor (the command's, and
    the database server's), and the most memory of the command in MB."""

    seconds: float
    cpu_seconds: float
    megabytes: int


def row(number: int) -> tuple[str, ...]:
    """One member; of every third mobile the zero was eaten."""
    digits = f"48{number:07}"
    mobile = digits if number % 3 == 0 else f"0{digits[:3]}/{digits[3:]}"
    mail, street = f"resident{number}@demo.example", f"Rue {'ABCDEFGHIJ'[number % 10]}"
    return ("Dupont", f"Jean{number}", mobile, mail, street, str(number), "4000", "Liège", "fr")


def write_csv(file: Path, rows: int) -> None:
    """A list as a Belgian Excel saves it."""
    with file.open("w", encoding="cp1252") as opened:
        opened.write(";".join(HEADINGS) + "\n")
        opened.writelines(";".join(row(number)) + "\n" for number in range(rows))


def write_workbook(file: Path, rows: int) -> None:
    """The same as an Excel file."""
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet()
    sheet.append(HEADINGS)
    for number in range(rows):
        sheet.append(row(number))
    made.save(file)


def environment(where: Database, folder: Path) -> dict[str, str]:
    """The settings of a hub over this database."""
    return {
        **os.environ,
        "HUB_DATABASE_URL": where.url,
        "HUB_DATA_DIR": str(folder),
        "HUB_SECRET_KEY": "a-secret-key-for-the-benchmark-of-the-import",
    }


@dataclass(frozen=True)
class Hub:
    """A hub with its demo zone over a database of its own."""

    where: Database
    folder: Path

    def command(self, *words: str) -> tuple[str, Measured]:
        """Run ``plp-hub``: what it printed, and what it took."""
        began, server = time.monotonic(), self.where.cpu_seconds()
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", *words],
            env=environment(self.where, self.folder),
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        printed = process.stdout.read().decode()
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, printed
        cpu = used.ru_utime + used.ru_stime + self.where.cpu_seconds() - server
        return printed, Measured(time.monotonic() - began, cpu, used.ru_maxrss // 1024)

    def import_list(self, file: Path, rows: int, *words: str) -> Measured:
        """Import a list, or look at it, and see that every row was good."""
        words = ("members", "import", str(file), "--partnership", PARTNERSHIP, "--json", *words)
        printed, measured = self.command(*words)
        told = json.loads(printed)
        assert (told["rows_read"], told["imported"]) == (rows, rows), printed[:500]
        return measured


def show(what: str, rows: int, took: Measured) -> None:
    """One line of the answer."""
    paces = f"{took.seconds:>8.1f} s{rows / took.seconds:>8,.0f}/s{took.cpu_seconds:>8.1f} s of CPU"
    print(f"{what:<36}{rows:>8,}{paces}{took.megabytes:>6} MB", flush=True)


def measure(kind: str, rows: int) -> None:
    """Look at a short list and at a long one, take it in, take it in again, take it out."""
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as where:
        hub, folder = Hub(where, Path(name)), Path(name)
        few, long, workbook = folder / "few.csv", folder / "all.csv", folder / "all.xlsx"
        write_csv(few, FEW_ROWS)
        write_csv(long, rows)
        write_workbook(workbook, rows)
        hub.command("migrate")
        hub.command("demo", "--json")
        show(f"{kind}: look at a short list", FEW_ROWS, hub.import_list(few, FEW_ROWS, "--dry-run"))
        show(f"{kind}: look at it, CSV", rows, hub.import_list(long, rows, "--dry-run"))
        show(f"{kind}: look at it, Excel", rows, hub.import_list(workbook, rows, "--dry-run"))
        show(f"{kind}: take it in", rows, hub.import_list(long, rows))
        show(f"{kind}: take it in again, all known", rows, hub.import_list(long, rows))
        out = ("members", "export", "--partnership", PARTNERSHIP, "--output", str(folder / "out"))
        show(f"{kind}: take it out, CSV", rows, hub.command(*out)[1])


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    for kind in KINDS:
        measure(kind, rows)


if __name__ == "__main__":
    main()
