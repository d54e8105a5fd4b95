"""Targets that no reader was made for: as other towns' officers would write theirs, with what a
person reads in each ("*": not asked, as the hub may have another word for it)."""

import csv
from pathlib import Path

from plan.targets.reading import read

_TABLE = Path(__file__).parent / "targets_fresh.tsv"
_FIELDS = ("kind", "comparator", "target", "unit", "period")


def _wrong() -> tuple[int, list[tuple[str, list[str], bool]]]:
    """How many texts there are, and those misread: which fields, and whether the number is said
    to be inferred."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong = []
    for raw, meant in rows:
        found = read(raw).as_json()
        differ = [
            field
            for field, one in zip(_FIELDS, meant.split(), strict=True)
            if one not in ("*", str(found[field]))
        ]
        if differ:
            wrong.append((raw, differ, "target" in str(found["inferred"])))
    return len(rows), wrong


def test_targets_that_nobody_prepared_are_read_right_but_for_very_few() -> None:
    count, wrong = _wrong()
    assert len(wrong) <= 0.05 * count, wrong


def test_no_number_is_wrong_and_silent_about_it() -> None:
    _count, wrong = _wrong()
    assert [raw for raw, fields, is_said in wrong if "target" in fields and not is_said] == []
