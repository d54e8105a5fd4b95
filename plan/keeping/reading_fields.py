"""How a person says what a result promises: each field as typed, checked, with what is wrong."""

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.typed_text import plain_digits, tidy
from plan.models import Comparator, ExpectedResult, ResultKind, TargetPeriod

FIELDS = (
    *("kind", "comparator", "evaluate_as", "target", "unit", "period", "aggregation", "per"),
    *("condition_text", "condition_value", "condition_unit"),
)
AGGREGATIONS = ("", "sum", "distinct", "last", "mean", "ratio_of_sums")
EACH = ("", "worker", "zone")
LONGEST_TEXT = 2000
_LONGEST_WORD = 60
_LARGEST = 1_000_000_000
_NUMBER = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,4})?")
_IS_NO_NUMBER = (ResultKind.YES_NO,)
_Words = TypeVar("_Words", bound=StrEnum)
_CHOOSE = mark("Choose one of the list.")


def parsed(typed: Mapping[str, str]) -> dict[str, Any]:
    """The columns of an expected result that hold its reading. Raises ``BadInput`` naming each
    field. A blank target is none, never nought."""
    check = _Checking(typed)
    fields = check.fields()
    if check.problems:
        raise BadInput(*check.problems)
    return fields


def number(text: str) -> float | None:
    """A number as people type it (``1 250,5``); ``None`` for what is none."""
    plain = re.sub(r"\s", "", plain_digits(tidy(text))).replace(",", ".").removesuffix("%")
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    return value if math.isfinite(value) and value <= _LARGEST else None


def typed_of(result: ExpectedResult) -> dict[str, str]:
    """The reading as it would have been typed."""
    condition = result.condition or {}
    return {
        "kind": result.kind,
        "comparator": result.comparator or "",
        "evaluate_as": result.evaluate_as or "",
        "target": plain(result.target),
        "unit": result.unit,
        "period": result.period,
        "aggregation": result.aggregation,
        "per": result.per,
        "condition_text": str(condition.get("text") or ""),
        "condition_value": plain(condition.get("value")),
        "condition_unit": str(condition.get("unit") or ""),
    }


def plain(value: float | None) -> str:
    """A number without a tail of noughts; nothing for none."""
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


class _Checking:
    """One reading as typed; collects what is wrong with it."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = {name: tidy(typed.get(name, "")) for name in FIELDS}
        self.problems: list[FieldProblem] = []

    def fields(self) -> dict[str, Any]:
        kind = self._word("kind", ResultKind)
        comparator = self._word("comparator", Comparator, optional=True)
        target = self._number("target")
        if target is not None:
            self._fits(kind, comparator, target)
        return {
            "kind": kind,
            "comparator": comparator,
            "evaluate_as": self._word("evaluate_as", Comparator, optional=True),
            "target": target,
            "unit": self._text("unit", _LONGEST_WORD),
            "period": self._word("period", TargetPeriod),
            "aggregation": self._one_of("aggregation", AGGREGATIONS),
            "per": self._one_of("per", EACH),
            "condition": self._condition(),
        }

    def _fits(self, kind: ResultKind | None, comparator: Comparator | None, target: float) -> None:
        if kind in _IS_NO_NUMBER:
            self._wrong("target", mark("A yes or a no has no number. Leave this empty."))
        elif comparator is None and not self._typed["comparator"]:
            self._wrong("comparator", mark("Say how the figure compares with this number."))
        # By how much it is to grow: that may be twofold.
        is_share = kind is ResultKind.RATIO and comparator is not Comparator.INCREASE
        if is_share and target > 100:
            self._wrong("target", mark("A share is at most 100 percent."))

    def _condition(self) -> dict[str, Any] | None:
        text = self._text("condition_text", LONGEST_TEXT)
        value = self._number("condition_value")
        unit = self._text("condition_unit", _LONGEST_WORD)
        if not (text or unit or value is not None):
            return None
        return {"text": text, "value": value, "unit": unit, "since": None}

    def _word(self, name: str, words: type[_Words], *, optional: bool = False) -> _Words | None:
        typed = self._typed[name]
        if optional and not typed:
            return None
        try:
            return words(typed)
        except ValueError:
            self._wrong(name, _CHOOSE)
            return None

    def _one_of(self, name: str, words: tuple[str, ...]) -> str:
        if self._typed[name] not in words:
            self._wrong(name, _CHOOSE)
        return self._typed[name]

    def _number(self, name: str) -> float | None:
        typed = self._typed[name]
        if not typed:
            return None
        value = number(typed)
        if value is None:
            self._wrong(name, mark("Type a number such as 30 or 2,5, or leave this empty."))
        return value

    def _text(self, name: str, longest: int) -> str:
        typed = self._typed[name]
        if len(typed) > longest:
            sentence = mark("At most {most} characters.")
            self.problems.append(FieldProblem(name, sentence, (("most", longest),)))
        return typed

    def _wrong(self, name: str, sentence: str) -> None:
        self.problems.append(FieldProblem(name, sentence))
