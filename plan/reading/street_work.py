"""Street work, as the method of 2011 prints it: an objective and what is done for it on one line,
then what is expected beside its indicator.

Known by this shape alone: tables of results beside indicators, in which no objective stands.
"""

import re
from dataclasses import replace

from plan.reading import rows
from plan.reading.found import (
    Indicator,
    Operational,
    PlanRead,
    Result,
    Role,
    Section,
    Service,
    Strategic,
)
from plan.reading.pieces import Column, Kind, Piece, pieces, strategic_objective
from plan.targets.folding import words
from plan.targets.reading import read
from plan.targets.target import Target

METHOD = "street_work"
_ABOUT = re.compile(r"(?:travail|travailleurs?|travailleuses?) de rue|straathoekwerk|straatwerk")
_STRATEGIC = re.compile(
    r"^[#*\s]*(?:objectifs? stratégiques?|strategische doelstelling(?:en)?)\s*:", re.I
)
_OPERATIONAL = re.compile(
    r"^[#*\s]*(?:objectifs? opérationnels?|operationele doelstelling(?:en)?)\s*:", re.I
)
_PHENOMENON = re.compile(r"^[#*\s]*(?:phénomènes?|fenomeen|fenomenen)\s*:", re.I)
_SLIDE = re.compile(r"[\s:*]*(?:\d{1,3})?[\s:*]*$")


def is_one(lines: list[str]) -> bool:
    """Whether a document is of street work: it says so, and its tables have this shape."""
    every = pieces(lines)
    heads = [one.columns for one in every if one.kind is Kind.TABLE_HEAD]
    numbered = any(one.kind is Kind.PHENOMENON and one.number is not None for one in every)
    return (
        not numbered
        and any(_is_head(one) for one in heads)
        and not any(Column.OPERATIONAL in one for one in heads)
        and any(_ABOUT.search(words(line)) for line in lines)
    )


def _is_head(columns: tuple[Column, ...]) -> bool:
    return Column.RESULT in columns and Column.INDICATOR in columns


def title(lines: list[str]) -> str | None:
    """The first line that says what the document is about."""
    return next((one.strip("#* \t") for one in lines if _ABOUT.search(words(one))), None)


def build(lines: list[str]) -> PlanRead:
    """The tree, each indicator at the result it stands beside."""
    building = _Building(lines)
    for number, line in enumerate(lines, start=1):
        building.take(number, line)
    building.settle()
    return building.plan


class _Building:
    """Walks down the lines and remembers under which objective, and in which table, it is."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.plan = PlanRead(method=METHOD, line_count=len(lines))
        self.kinds: dict[int, Piece] = {}
        for one in pieces(lines):
            self.kinds.setdefault(one.line, one)
        self.section: Section | None = None
        self.strategic: Strategic | None = None
        self.operational: Operational | None = None
        self.columns: tuple[Column, ...] = ()
        self.phenomenon: tuple[int, str] | None = None

    def take(self, number: int, line: str) -> None:
        if not line.strip():
            return
        piece = self.kinds[number]
        if piece.kind is Kind.TABLE_HEAD:
            self.columns = piece.columns if _is_head(piece.columns) else ()
            self.plan.other.append((number, line, Role.TABLE_HEAD))
        elif piece.kind in (Kind.RULE, Kind.PAGE):
            role = Role.RULE if piece.kind is Kind.RULE else Role.PAGE
            self.plan.other.append((number, line, role))
        elif not self.heading(number, line):
            self.in_table(piece, line)

    def heading(self, number: int, line: str) -> bool:
        """Whether the line names an objective, or the phenomenon."""
        for sign, name in ((_STRATEGIC, self.begin), (_OPERATIONAL, self.add)):
            said = sign.match(line)
            if said:
                name(number, line[said.end() :].strip(" *"))
                return True
        phenomenon = _PHENOMENON.match(line)
        if phenomenon and self.section is None:
            self.phenomenon = (number, line[phenomenon.end() :].strip(" *"))
            self.plan.other.append((number, line, Role.HEADING))
            return True
        if " / " in line and "\t" not in line and self.heads_a_table(number):
            strategic, operational = _SLIDE.sub("", line).strip("#* ").rsplit(" / ", 1)
            self.begin(number, strategic.strip())
            self.add(number, operational.strip())
            return True
        return False

    def heads_a_table(self, number: int) -> bool:
        """Whether the next that says something is a table's head."""
        following = self.following(number)
        return following is not None and self.kinds[following].kind is Kind.TABLE_HEAD

    def heads_an_objective(self, number: int) -> bool:
        """Whether the next that says something names an objective: then this is a slide's title."""
        at = self.following(number)
        if at is None:
            return False
        text = self.lines[at - 1]
        named = any(one.match(text) for one in (_STRATEGIC, _OPERATIONAL, _PHENOMENON))
        return named or (" / " in text and self.heads_a_table(at))

    def following(self, number: int) -> int | None:
        for at in range(number + 1, len(self.lines) + 1):
            if self.lines[at - 1].strip() and self.kinds[at].kind not in (Kind.PAGE, Kind.RULE):
                return at
        return None

    def begin(self, number: int, printed: str) -> None:
        self.columns, self.operational = (), None
        section = self.opened(number)
        every = section.services[0].strategic
        same = next((one for one in every if words(one.printed) == words(printed)), None)
        self.strategic = same or _objective(number, printed)
        if same is None:
            every.append(self.strategic)
        else:
            self.plan.other.append((number, self.lines[number - 1], Role.HEADING))

    def opened(self, number: int) -> Section:
        if self.section is None:
            line, label = self.phenomenon or (number, "")
            self.section = Section(label or "Travail de rue", line, False, number=1)
            self.section.services.append(Service(None, None))
            self.section.inferred += ["catalogue"] if label else ["label", "catalogue"]
            self.plan.sections.append(self.section)
        return self.section

    def add(self, number: int, label: str) -> None:
        if self.strategic is None:
            self.begin(number, "")
        assert self.strategic
        self.columns = ()
        self.operational = Operational(label, number, lines=[number])
        self.strategic.operational.append(self.operational)

    def in_table(self, piece: Piece, line: str) -> None:
        if self.section is None:
            self.plan.other.append((piece.line, line, Role.BEFORE))
        elif piece.kind is not Kind.ROW and self.heads_an_objective(piece.line):
            self.plan.other.append((piece.line, line, Role.HEADING))
        elif self.operational is None or not self.columns:
            self.plan.not_placed.append((piece.line, line))
        elif piece.kind is Kind.ROW:
            self.row(piece)
        else:
            self.lone(piece.line, line.strip())

    def row(self, piece: Piece) -> None:
        cells, beyond = rows.by_column(piece, self.columns)
        if cells.get(Column.RESULT):
            self.result(piece.line, cells[Column.RESULT])
        if cells.get(Column.INDICATOR):
            self.indicator(piece.line, cells[Column.INDICATOR])
        self.plan.not_placed += [(piece.line, one) for one in beyond]

    def lone(self, number: int, text: str) -> None:
        """A line that has lost its column: result and indicator take turns."""
        assert self.operational
        last = self.operational.results[-1] if self.operational.results else None
        if last is None or last.indicators:
            self.result(number, text).inferred.append("column")
        else:
            self.indicator(number, text)

    def result(self, number: int, text: str) -> Result:
        assert self.operational
        made = Result(text, number, read(text), lines=[number])
        self.operational.results.append(made)
        return made

    def indicator(self, number: int, text: str) -> None:
        assert self.operational
        assert self.strategic
        made = Indicator(text, number, lines=[number])
        self.strategic.indicators.append(made)
        if self.operational.results:
            of_it = self.operational.results[-1]
            of_it.indicators.append(made)
            made.target = _own_target(text, of_it)
        else:
            self.plan.not_placed.append((number, text))

    def settle(self) -> None:
        """A title that was repeated stands where it stood first."""
        self.plan.other.sort(key=lambda one: one[0])


def _objective(number: int, printed: str) -> Strategic:
    known = strategic_objective(printed)
    made = Strategic(printed, number, printed, known[0] if known else None)
    if known is None:
        # "usagers de drogues/jeunes": two of the ministry's list in one.
        made.inferred.append("catalogue")
    return made


def _own_target(text: str, result: Result) -> Target | None:
    """What an indicator promises by itself; where it names no period, its result's is meant."""
    own = read(text)
    if not own.parts and (not own.is_stated or "target" in own.inferred):
        return None
    if "period" in own.inferred and own.parts is None:
        return replace(own, period=result.target.period)
    return own
