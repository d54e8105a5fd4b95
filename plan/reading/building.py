"""From the pieces of a document to the plan's tree. Nothing is dropped: what has no place is kept
as such."""

import re

from plan import objectives
from plan.reading import rows
from plan.reading.found import (
    IndicatorTable,
    PlanRead,
    Result,
    Role,
    Section,
    Service,
    Strategic,
)
from plan.reading.pieces import (
    Column,
    Kind,
    Piece,
    is_tail,
    phenomenon_code,
    pieces,
    strategic_objective,
)
from plan.targets.folding import words

_QUIET = (Kind.BLANK, Kind.RULE, Kind.PAGE)
_SHORT_NAME = 9
_NAMES_A_SERVICE = re.compile(r"(?:service|dienst)s?\b|.* x$")
# Once where the line ended, once where the page did.
_MOST_TAILS = 2
_ROLES = {
    Kind.RULE: Role.RULE,
    Kind.PAGE: Role.PAGE,
    Kind.EVALUATION: Role.EVALUATION,
    Kind.GENERAL: Role.HEADING,
    Kind.STRATEGIC: Role.HEADING,
}


def build(lines: list[str]) -> PlanRead:
    """The tree of a plan, its indicators still in their tables."""
    builder = Builder(pieces(lines))
    builder.run()
    builder.plan.line_count = len(lines)
    return builder.plan


class Builder:
    """Walks through the pieces and remembers where in the plan it stands."""

    def __init__(self, every: list[Piece]) -> None:
        self.every = every
        self.place = 0
        self.plan = PlanRead()
        self.section: Section | None = None
        self.strategic: Strategic | None = None
        self.columns: tuple[Column, ...] = ()
        self.before_table: tuple[Column, ...] = ()
        # Under which heading plain lines stand: GENERAL, STRATEGIC, PHENOMENON, or none of them.
        self.under: Kind | None = None
        self.broken = False
        self.ended = False
        self.wide_after_blank = False
        self.keeps_tabs = any(one.kind is Kind.ROW and one.cells[:1] == ("",) for one in every)

    def run(self) -> None:
        for place, piece in enumerate(self.every):
            self.place = place
            self.take(piece)
            self.wide_after_blank = piece.kind in _QUIET

    def take(self, piece: Piece) -> None:
        if piece.kind in _QUIET:
            self.broken = True
            if piece.kind is not Kind.BLANK:
                self.note(piece, _ROLES[piece.kind])
            return
        if self.ended and not self.starts_again(piece):
            self.note(piece, Role.AFTER)
            return
        handler = {
            Kind.AFTER: self.after,
            Kind.COORDINATION: self.coordination,
            Kind.PHENOMENON: self.phenomenon,
            Kind.PHENOMENON_NAME: self.phenomenon_name,
            Kind.GENERAL: self.mark,
            Kind.STRATEGIC: self.mark,
            Kind.OBJECTIVE: self.objective,
            Kind.TABLE_HEAD: self.table_head,
            Kind.ROW: self.row,
            Kind.EVALUATION: self.evaluation,
            Kind.PLAIN: self.plain,
        }[piece.kind]
        handler(piece)

    def note(self, piece: Piece, role: Role) -> None:
        self.plan.other.append((piece.line, piece.text, role))

    def lose(self, piece: Piece) -> None:
        self.plan.not_placed.append((piece.line, piece.text))

    def next_kinds(self, number: int = 1) -> list[Piece]:
        """The next pieces that say something."""
        found: list[Piece] = []
        for piece in self.every[self.place + 1 :]:
            if piece.kind not in _QUIET and piece.kind is not Kind.EVALUATION:
                found.append(piece)
            if len(found) == number:
                break
        return found

    def next_kind(self) -> Kind | None:
        following = self.next_kinds()
        return following[0].kind if following else None

    # Sections

    def starts_again(self, piece: Piece) -> bool:
        return piece.kind is Kind.PHENOMENON and piece.number is not None

    def after(self, piece: Piece) -> None:
        # A list of the catalogue may also stand before the plan.
        self.ended = bool(self.plan.sections)
        self.note(piece, Role.AFTER if self.ended else Role.BEFORE)

    def begins_section(self) -> bool:
        """Whether a name heads a part of the plan, and is not one of a list of names."""
        return self.next_kind() in (
            Kind.GENERAL, Kind.STRATEGIC, Kind.OBJECTIVE, Kind.TABLE_HEAD,
        )  # fmt: skip

    def coordination(self, piece: Piece) -> None:
        known = next((one for one in self.plan.sections if one.is_coordination), None)
        if self.next_kind() is Kind.COORDINATION:
            self.note(piece, Role.HEADING)
        elif known and self.begins_section():
            # Its title again, at the top of a later page.
            self.note(piece, Role.HEADING)
            self.section, self.strategic = known, None
            self.columns, self.under = (), None
        elif self.begins_section():
            self.open(Section(piece.text, piece.line, is_coordination=True))
        elif self.section is None:
            self.note(piece, Role.BEFORE)
        else:
            self.plain(piece)

    def phenomenon(self, piece: Piece) -> None:
        self.ended = False
        self.open(Section("", piece.line, is_coordination=False, number=piece.number))
        self.under = Kind.PHENOMENON

    def phenomenon_name(self, piece: Piece) -> None:
        if self.under is Kind.PHENOMENON and self.section:
            self.name_section(piece, piece.code)
        elif self.begins_section():
            self.open(Section(piece.text, piece.line, False, catalogue=piece.code))
            if self.section:
                self.section.inferred.append("number")
        elif self.section is None:
            self.note(piece, Role.BEFORE)
        else:
            self.plain(piece)

    def name_section(self, piece: Piece, code: str | None) -> None:
        if self.section:
            if piece.line != self.section.line:
                self.note(piece, Role.HEADING)
            self.section.label, self.section.catalogue = piece.text, code
            if code is None:
                self.section.inferred.append("catalogue")
        self.under = None

    def open(self, section: Section) -> None:
        if not section.is_coordination and section.number is None:
            numbered = [one for one in self.plan.sections if not one.is_coordination]
            section.number = len(numbered) + 1
        self.plan.sections.append(section)
        self.section, self.strategic = section, None
        self.columns, self.under = (), None

    def current_section(self, piece: Piece) -> Section:
        if self.section is None:
            section = Section("", piece.line, is_coordination=False)
            section.inferred.append("label")
            self.open(section)
        assert self.section
        return self.section

    # Headings within a section

    def mark(self, piece: Piece) -> None:
        if self.section is None and not self.leads_to_a_plan():
            self.note(piece, Role.BEFORE)
            return
        self.current_section(piece)
        self.under, self.columns = piece.kind, ()
        self.strategic = None
        self.note(piece, Role.HEADING)

    def leads_to_a_plan(self) -> bool:
        """Whether a heading before any section is a plan's: a table comes soon after it."""
        return any(one.kind is Kind.TABLE_HEAD for one in self.next_kinds(8))

    def objective(self, piece: Piece) -> None:
        if self.section is None and not self.leads_to_a_plan():
            self.note(piece, Role.BEFORE)
            return
        label = _whole_title(piece)
        self.add_strategic(piece, Strategic(label, piece.line, piece.text, piece.code))

    def add_strategic(self, piece: Piece, strategic: Strategic) -> None:
        section = self.current_section(piece)
        if not section.services:
            section.services.append(Service(None, None))
        section.services[-1].strategic.append(strategic)
        self.strategic, self.columns, self.under = strategic, (), None

    def evaluation(self, piece: Piece) -> None:
        self.note(piece, Role.EVALUATION if self.section else Role.BEFORE)

    def plain(self, piece: Piece) -> None:
        if self.section is None:
            self.note(piece, Role.BEFORE)
        elif self.under is Kind.PHENOMENON:
            self.name_section(piece, phenomenon_code(piece.text))
        elif not self.is_cut_tail(piece.text, piece):
            self.plain_in_section(piece, self.section)

    def plain_in_section(self, piece: Piece, section: Section) -> None:
        following = self.next_kinds(2)
        kinds = [one.kind for one in following]
        names = self.is_service(piece, following, section)
        if names:
            section.services.append(Service(piece.text, piece.line))
            self.strategic, self.columns = None, ()
        elif self.under is Kind.GENERAL:
            section.general.append((piece.line, piece.text))
        elif self.under is Kind.STRATEGIC or (self.leads_to_left_table(kinds) and self.broken):
            free = Strategic(piece.text, piece.line, piece.text, inferred=["catalogue"])
            self.add_strategic(piece, free)
        elif self.columns:
            self.lost_columns(piece)
        else:
            self.lose(piece)

    def leads_to_left_table(self, kinds: list[Kind]) -> bool:
        if kinds[:1] != [Kind.TABLE_HEAD]:
            return False
        return Column.INDICATOR not in self.next_kinds()[0].columns or Column.RESULT in (
            self.next_kinds()[0].columns
        )

    def is_service(self, piece: Piece, following: list[Piece], section: Section) -> bool:
        """A name that is in no list and stands before a strategic objective."""
        kinds = [one.kind for one in following]
        if kinds[:1] in ([Kind.STRATEGIC], [Kind.OBJECTIVE]):
            if self.columns and not self.wide_after_blank and piece.starts_line:
                # Right under a row: its own last one, whose cells were lost.
                return False
            if self.under is not Kind.GENERAL or following[0].line == piece.line:
                return True
            sentence = piece.text.rstrip().endswith(".") or len(piece.text.split()) > _SHORT_NAME
            return bool(section.general) and not sentence and not section.is_coordination
        if kinds != [Kind.PLAIN, Kind.TABLE_HEAD] or self.under is Kind.GENERAL:
            return False
        # Before an objective of the town's own, only its name tells.
        is_named_so = _NAMES_A_SERVICE.match(words(piece.text)) is not None
        return (self.under is Kind.STRATEGIC and is_named_so) or (self.broken and not self.columns)

    def is_cut_tail(self, text: str, piece: Piece) -> bool:
        """Whether this is the end of a title that a page cut; it may stand pages further on."""
        for strategic in self.section.strategic if self.section else []:
            rest = _rest(strategic)
            if rest and len(strategic.tails) < _MOST_TAILS and is_tail(text, rest):
                strategic.tails.append((piece.line, text))
                self.note(piece, Role.TAIL)
                return True
        return False

    # Tables

    def table_head(self, piece: Piece) -> None:
        if self.section is None and Column.RESULT not in piece.columns:
            self.note(piece, Role.BEFORE)
            return
        section = self.current_section(piece)
        self.columns, self.under = piece.columns, None
        self.note(piece, Role.TABLE_HEAD)
        if Column.RESULT in piece.columns or Column.OPERATIONAL in piece.columns:
            self.current_strategic(piece)
        elif Column.INDICATOR in piece.columns:
            section.tables.append(IndicatorTable(piece.line, self.last_strategic(section)))

    def last_strategic(self, section: Section) -> Strategic | None:
        return section.strategic[-1] if section.strategic else None

    def current_strategic(self, piece: Piece) -> Strategic:
        if self.strategic is None:
            section = self.current_section(piece)
            last = self.last_strategic(section)
            if last is not None and not last.operational:
                self.strategic = last
                return last
            columns = self.columns
            named = Strategic("", None, "", inferred=["label"])
            self.add_strategic(piece, named)
            self.columns = columns
            return named
        return self.strategic

    def row(self, piece: Piece) -> None:
        if self.section is None:
            self.note(piece, Role.BEFORE)
            return
        if not any(piece.cells):
            self.note(piece, Role.EMPTY_ROW)
            return
        only = [cell for cell in piece.cells if cell]
        if len(only) == 1 and self.is_cut_tail(only[0], piece):
            return
        if not self.columns:
            self.row_without_head(piece)
            return
        cells, beyond = rows.by_column(piece, self.columns)
        self.place_cells(piece, cells)
        self.plan.not_placed += [(piece.line, cell) for cell in beyond]
        self.broken = False

    def row_without_head(self, piece: Piece) -> None:
        if self.strategic and len(piece.cells) == 2:
            self.columns = (Column.OPERATIONAL, Column.RESULT)
            self.row(piece)
        else:
            self.lose(piece)

    def place_cells(self, piece: Piece, cells: dict[Column, str]) -> None:
        """A row of any table: one may have the columns of both."""
        if cells.get(Column.STRATEGIC):
            self.strategic_cell(piece, cells[Column.STRATEGIC])
        result = None
        if cells.get(Column.OPERATIONAL) or cells.get(Column.RESULT):
            result = self.left_cells(piece, cells)
        right = {Column.INDICATOR, Column.ANALYSIS, Column.COLOUR, Column.MOTIVATION}
        if any(cells.get(column) for column in right):
            self.right_cells(piece, cells, result)
        elif not any(cells.get(one) for one in (Column.OPERATIONAL, Column.RESULT)):
            self.plan.not_placed += [(piece.line, cell) for cell in cells.values() if cell]

    def strategic_cell(self, piece: Piece, text: str) -> None:
        if self.strategic and words(self.strategic.printed) == words(text):
            return
        from_list = Piece(piece.line, Kind.OBJECTIVE, text)
        columns = self.columns
        self.add_strategic(piece, Strategic(text, piece.line, text, _code(from_list)))
        self.columns = columns

    def left_cells(self, piece: Piece, cells: dict[Column, str]) -> Result | None:
        strategic = self.current_strategic(piece)
        label, text = cells.get(Column.OPERATIONAL, ""), cells.get(Column.RESULT, "")
        had = len(strategic.operational)
        if label:
            operational = rows.add_objective(strategic, label, piece.line, broken=self.broken)
        elif strategic.operational:
            operational = strategic.operational[-1]
        else:
            operational = rows.add_objective(strategic, "", piece.line, broken=False)
            operational.inferred.append("label")
        operational.responsible = operational.responsible or cells.get(Column.RESPONSIBLE, "")
        operational.due = operational.due or cells.get(Column.DUE, "")
        if not text:
            return None
        # A new objective begins a new result, even after a page break.
        broken = self.broken and len(strategic.operational) == had
        return rows.add_result(operational, text, piece.line, broken=broken)

    def right_cells(self, piece: Piece, cells: dict[Column, str], result: Result | None) -> None:
        if Column.RESULT in self.columns or Column.OPERATIONAL in self.columns:
            strategic = self.current_strategic(piece)
            found = rows.add_indicator(strategic.indicators, cells, piece.line, broken=self.broken)
            if result and found not in result.indicators:
                result.indicators.append(found)
            return
        section = self.current_section(piece)
        table = section.tables[-1]
        if not cells.get(Column.INDICATOR) and not table.rows:
            self.lose(piece)
            return
        rows.add_indicator(table.rows, cells, piece.line, broken=self.broken)

    def lost_columns(self, piece: Piece) -> None:
        """A line within a table whose tabs were lost, or the second half of a cell that a page
        cut."""
        if Column.INDICATOR in self.columns and Column.RESULT not in self.columns:
            self.right_cells(piece, {Column.INDICATOR: piece.text}, None)
        elif Column.RESULT in self.columns:
            self.lost_left(piece)
        else:
            self.lose(piece)
        self.broken = False

    def lost_left(self, piece: Piece) -> None:
        strategic = self.current_strategic(piece)
        last = strategic.operational[-1] if strategic.operational else None
        if last and last.results:
            before = last.results[-1].raw
            if rows.continues(piece.text, before, broken=True):
                rows.add_result(last, piece.text, piece.line, broken=True)
                return
        # Where rows keep their empty first cell, what stands without a tab is no second cell.
        first = self.keeps_tabs and rows.names_no_target(piece.text)
        if last is None or first or rows.is_objective(piece.text):
            new = rows.add_objective(strategic, piece.text, piece.line, broken=False)
            new.inferred.append("column")
        else:
            result = rows.add_result(last, piece.text, piece.line, broken=False)
            result.inferred.append("column")


def _code(piece: Piece) -> str | None:
    found = strategic_objective(piece.text)
    return found[0] if found else None


def _rest(strategic: Strategic) -> str:
    found = strategic_objective(strategic.printed) if strategic.catalogue else None
    return found[1] if found else ""


def _whole_title(piece: Piece) -> str:
    """The title as the catalogue has it where a page cut it, else as printed."""
    return objectives.label(piece.code) if piece.rest and piece.code else piece.text
