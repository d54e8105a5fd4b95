"""Reading a plan from the file a municipality has."""

import re
from dataclasses import dataclass
from datetime import date

from plan.reading import street_work
from plan.reading.building import build
from plan.reading.days import day
from plan.reading.files import lines_of
from plan.reading.found import PlanRead
from plan.reading.layout import with_columns
from plan.reading.pairing import pair
from plan.reading.pieces import Kind, pieces
from plan.targets.folding import words

_DATE = r"[0-9]{1,2}(?:er)? ?[-/. ] ?(?:[0-9]{1,2}|[a-z]+) ?[-/. ] ?[0-9]{4}"
_PERIOD = re.compile(rf"({_DATE}) *(?:-|au|a|tot|jusqu'au|t/m|/) *(?:le )?({_DATE})")
_ENTRY = re.compile(rf"en vigueur le ({_DATE}).{{0,40}}?(?:termine|fin|expire)\w* le ({_DATE})")
_YEARS = re.compile(r"(20[0-9]{2}) ?- ?(20[0-9]{2})(?![-0-9])")
_TITLE = re.compile(r"plan strategique|strategisch veiligheids|veiligheids- en preventieplan")
# Of Markdown: a heading, and bold words.
_MARKS = re.compile(r"^\s*#+ |\*\*|__")
_MUNICIPALITY = re.compile(r"(?:la )?(?:commune|ville|gemeente|stad)\b(?: de| d')?.{2,60}")


@dataclass(frozen=True, slots=True)
class Sought:
    """Something a plan has, and how often the document has it."""

    what: str
    found: int


class NoPlan(Exception):
    """The document is no plan of this shape: what was looked for, and what of it was found."""

    def __init__(self, reason: str, sought: tuple[Sought, ...] = ()) -> None:
        self.reason, self.sought = reason, sought
        missing = ", ".join(one.what for one in sought if not one.found)
        super().__init__(f"{reason}: {missing}" if missing else reason)


def read(content: bytes, name: str = "") -> PlanRead:
    """The plan in a document: plain text, Markdown, Word or PDF, told apart by its content.

    Raises ``NoPlan`` where it has no objectives with results, or cannot be read at all.
    """
    try:
        lines = lines_of(content, name)
    except ValueError as refusal:
        raise NoPlan(str(refusal)) from None
    rows = with_columns(lines)
    plan = of_lines(rows)
    if rows != lines:
        # Where a cell ends is not printed in such a document: its texts are a reading.
        for one in plan.results:
            one.inferred.append("layout")
    return plan


def of_lines(lines: list[str]) -> PlanRead:
    """The plan in the lines of a document. Raises ``NoPlan``."""
    of_street_work = street_work.is_one(lines)
    plan = street_work.build(lines) if of_street_work else build(lines)
    if not any(one.operational for one in plan.strategic()):
        raise NoPlan("no plan was found in this document; missing", _sought(lines))
    if not of_street_work:
        pair(plan)
    _read_front(plan, lines)
    if of_street_work:
        plan.title = plan.title or street_work.title(lines)
    _account_for(plan, lines)
    return plan


def _account_for(plan: PlanRead, lines: list[str]) -> None:
    """What is neither in the tree nor told to be something else has no place, and is told so."""
    known = {*plan.lines_in_the_tree(), *(line for line, _text, _role in plan.other)}
    known.update(line for line, _text in plan.not_placed)
    for number, line in enumerate(lines, start=1):
        if line.strip() and number not in known:
            plan.not_placed.append((number, line))
    plan.not_placed.sort()


def _sought(lines: list[str]) -> tuple[Sought, ...]:
    every = pieces(lines)

    def number(kind: Kind) -> int:
        return sum(1 for one in every if one.kind is kind)

    heads = [one for one in every if one.kind is Kind.TABLE_HEAD]
    return (
        Sought("« Coordination » / « PHENOMENE n »", number(Kind.PHENOMENON)),
        Sought("« Objectifs généraux »", number(Kind.GENERAL)),
        Sought("« Objectifs stratégiques »", number(Kind.STRATEGIC)),
        Sought("a strategic objective of the ministry's list", number(Kind.OBJECTIVE)),
        Sought(
            "a table « Objectifs opérationnels | Résultats attendus »",
            sum(1 for one in heads if "result" in one.columns),
        ),
        Sought("a table « Indicateurs »", sum(1 for one in heads if "indicator" in one.columns)),
        Sought("rows of a table", number(Kind.ROW)),
    )


def _read_front(plan: PlanRead, lines: list[str]) -> None:
    """Title, municipality and period: from what stands before the first section."""
    last = min((one.line for one in plan.sections), default=1)
    front = [said for line in lines[: last - 1] if (said := _MARKS.sub("", line).strip())]
    plan.title = next((one for one in front if _TITLE.search(words(one))), None)
    plan.municipality = next((o for o in front if _MUNICIPALITY.fullmatch(words(o))), None)
    for line in front:
        found = _PERIOD.search(words(line)) or _ENTRY.search(words(line))
        if found and (start := day(found[1])) and (end := day(found[2])) and start <= end:
            plan.start, plan.end, plan.period_printed = start, end, line
            return
    for line in front:
        years = _YEARS.search(words(line))
        if years and int(years[1]) <= int(years[2]):
            plan.start, plan.end = date(int(years[1]), 1, 1), date(int(years[2]), 12, 31)
            plan.period_printed = line
            return
