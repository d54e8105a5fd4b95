"""The words and numbers of the dashboard, as a reader of one language expects them."""

from babel.core import Locale
from babel.numbers import format_decimal

from hub.i18n import Language, mark, translate
from plan.colour_rule import SENTENCES
from plan.models import Colour, EntryState, ResultKind
from plan.standing.judging import Judged
from plan.standing.spans import Span
from plan.standing.values import Reached

# The signs stand for the colours where there is none; the words always stand beside them.
SIGNS = {Colour.GREEN: "●", Colour.ORANGE: "▲", Colour.RED: "■", Colour.GREY: "○"}
_COLOURS = {
    Colour.GREEN: mark("green"),
    Colour.ORANGE: mark("orange"),
    Colour.RED: mark("red"),
    Colour.GREY: mark("grey"),
}
_STATES = {
    EntryState.YES: mark("Yes"),
    EntryState.NO: mark("No"),
    EntryState.IN_PROGRESS: mark("In progress"),
}
_SHARES = (ResultKind.RATIO, ResultKind.DELAY)


class Words:
    """In one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def colour(self, colour: Colour) -> str:
        return translate(self._language, _COLOURS[colour])

    def sign(self, colour: Colour) -> str:
        return SIGNS[colour]

    def number(self, value: float | None) -> str:
        """At most one digit behind the comma; a dash for no figure."""
        if value is None:
            return "—"
        return str(format_decimal(value, "#,##0.#", locale=Locale(self._language.value)))

    def amount(self, value: float | None, one: Judged) -> str:
        """With its percent sign where it is a share."""
        if value is None or one.result.kind not in _SHARES:
            return self.number(value)
        return f"{self.number(value)} %"

    def reached(self, one: Judged) -> str:
        """What was reached, as a figure or as a yes or no."""
        return self.figure(one.reached, one)

    def figure(self, reached: Reached, one: Judged) -> str:
        """The same of another figure of this result, such as a zone's."""
        if reached.state is not None:
            return self.state(reached.state)
        return self.amount(reached.value, one)

    def state(self, state: EntryState) -> str:
        """A yes, a no, or that it is being done."""
        return translate(self._language, _STATES[state])

    def parts(self, one: Judged) -> str:
        """ "12 of 41": what a share was counted from; empty of what is no share."""
        reached = one.reached
        if reached.numerator is None or reached.denominator is None:
            return ""
        return translate(
            self._language,
            mark("{numerator} of {denominator}"),
            numerator=self.number(reached.numerator),
            denominator=self.number(reached.denominator),
        )

    def reason(self, one: Judged) -> str:
        """Why it has its colour; where there is no figure, why there is none."""
        said = translate(self._language, SENTENCES[one.verdict.reason])
        if one.reached.reason and one.reached.value is None:
            return f"{said} {translate(self._language, one.reached.reason)}"
        return said

    def span(self, span: Span) -> str:
        """ "2023", "second quarter of 2023", "the whole plan"."""
        if span.quarter:
            return translate(
                self._language,
                mark("Quarter {quarter} of {year}"),
                quarter=span.quarter,
                year=span.year or 0,
            )
        return str(span.year) if span.year else translate(self._language, mark("The whole plan"))

    def quarter(self, span: Span) -> str:
        """Short, under a bar."""
        short = translate(self._language, mark("Q{quarter}"), quarter=span.quarter or 0)
        return f"{short} {str(span.year or '')[-2:]}"

    def source(self, one: Judged) -> str:
        """Where the figure comes from."""
        if not one.reached.is_known:
            return ""
        if not one.reached.typed:
            return translate(self._language, mark("Counted by the hub"))
        if one.reached.provisional:
            return translate(self._language, mark("Typed in, not approved yet"))
        return translate(self._language, mark("Typed in"))
