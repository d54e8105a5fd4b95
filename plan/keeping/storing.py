"""A plan as read becomes a plan that is kept: every part, text and reading, and each line that
found no place."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from hub import audit
from plan.models import (
    Comparator,
    ExpectedResult,
    Indicator,
    IndicatorClass,
    NodeKind,
    Plan,
    PlanMethod,
    PlanNode,
    PlanStatus,
    ResultIndicator,
    ResultKind,
    TargetPeriod,
    UnplacedLine,
)
from plan.reading import found
from plan.reading.as_json import part_code
from plan.reading.days import last_day
from plan.targets import each
from plan.targets.target import Target


@dataclass(frozen=True, slots=True)
class Source:
    """The file it was read from."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def store(
    session: Session,
    read: found.PlanRead,
    source: Source,
    *,
    municipality_id: UUID,
    title: str,
    days: tuple[date, date],
    by: UUID | None,
    method: PlanMethod = PlanMethod.STRATEGIC_PLAN,
) -> Plan:
    """Keep it as a draft. What is inferred stays inferred until somebody confirms it.

    The codes of its parts are those that reading prints (``plan.reading.as_json``).
    """
    plan = Plan(
        municipality_id=municipality_id,
        title=title,
        starts_on=days[0],
        ends_on=days[1],
        method=method,
        status=PlanStatus.DRAFT,
        source_name=source.name,
        source_sha256=source.sha256,
        created_by=by,
    )
    session.add(plan)
    session.flush()
    _Storing(session, plan).sections(read.sections)
    session.add_all(_lines_outside(plan, read))
    session.flush()
    audit.record(session, "plan.store", ("plan", plan.id), by=by)
    return plan


def _lines_outside(plan: Plan, read: found.PlanRead) -> Iterator[UnplacedLine]:
    """Each line once: where a part of it has no place, the whole line waits for somebody."""
    texts: dict[int, dict[str, str]] = {}
    for line, text in (*read.not_placed, *_last_days_to_look_at(plan, read)):
        texts.setdefault(line, {})[text] = ""
    for line, text, role in read.other:
        texts.setdefault(line, {})[text] = role.value
    for line, parts in sorted(texts.items()):
        roles = set(parts.values())
        its = "" if "" in roles else sorted(roles)[0]
        yield UnplacedLine(plan_id=plan.id, line=line, text=" / ".join(parts), role=its)


def _last_days_to_look_at(plan: Plan, read: found.PlanRead) -> Iterator[tuple[int, str]]:
    """A last day that is not printed as a day is a reading, or is none: somebody looks at it."""
    for one in (one for strategic in read.strategic() for one in strategic.operational):
        last = last_day(one.due, plan.starts_on)
        if one.due.strip() and (last is None or last.is_inferred):
            yield one.line, one.due


class _Storing:
    """The tree, from its root down; each part is flushed before what stands on it."""

    def __init__(self, session: Session, plan: Plan) -> None:
        self._session, self._plan = session, plan

    def sections(self, sections: Sequence[found.Section]) -> None:
        for ordinal, section in enumerate(sections, start=1):
            code = "coord" if section.is_coordination else f"p{section.number}"
            kind = NodeKind.SECTION if section.is_coordination else NodeKind.PHENOMENON
            node = self._node(
                kind, None, ordinal, code, section.label, section.line, section.catalogue
            )
            for at, (line, text) in enumerate(section.general, start=1):
                self._node(NodeKind.GENERAL, node, at, f"{code}.g{at}", text, line)
            for at, service in enumerate(section.services, start=1):
                self._service(service, node, at, code)

    def _service(self, service: found.Service, above: PlanNode, ordinal: int, code: str) -> None:
        node = above
        if service.label:
            code = part_code(service, code)
            node = self._node(NodeKind.SERVICE, above, ordinal, code, service.label, service.line)
        for at, strategic in enumerate(service.strategic, start=1):
            self._strategic(strategic, node, at, f"{code}.s{at}")

    def _strategic(
        self, strategic: found.Strategic, above: PlanNode, ordinal: int, code: str
    ) -> None:
        node = self._node(
            NodeKind.STRATEGIC,
            above,
            ordinal,
            code,
            strategic.label,
            strategic.line,
            strategic.catalogue,
        )
        node.label_as_printed = strategic.printed
        indicators = {
            id(one): self._indicator(one, node, at, f"{code}.i{at}")
            for at, one in enumerate(strategic.indicators, start=1)
        }
        for at, operational in enumerate(strategic.operational, start=1):
            self._operational(operational, node, at, f"{code}.o{at}", indicators)

    def _operational(
        self,
        operational: found.Operational,
        above: PlanNode,
        ordinal: int,
        code: str,
        indicators: Mapping[int, Indicator],
    ) -> None:
        node = self._node(
            NodeKind.OPERATIONAL, above, ordinal, code, operational.label, operational.line
        )
        node.responsible = operational.responsible
        last = last_day(operational.due, self._plan.starts_on)
        node.due_on = last.day if last else None
        for at, one in enumerate(operational.results, start=1):
            result = self._result(one, node, at, f"{code}.r{at}")
            self._session.add_all(
                ResultIndicator(result_id=result.id, indicator_id=indicators[id(shows)].id)
                for shows in one.indicators
                if id(shows) in indicators
            )

    def _node(
        self,
        kind: NodeKind,
        above: PlanNode | None,
        ordinal: int,
        code: str,
        label: str,
        line: int | None,
        catalogue: str | None = None,
    ) -> PlanNode:
        node = PlanNode(
            plan_id=self._plan.id,
            parent_id=above.id if above else None,
            kind=kind,
            code=code,
            label=label,
            catalogue_code=catalogue or "",
            ordinal=ordinal,
            source_line=line,
        )
        self._session.add(node)
        self._session.flush()
        return node

    def _indicator(
        self, one: found.Indicator, node: PlanNode, ordinal: int, code: str
    ) -> Indicator:
        made = Indicator(
            node_id=node.id,
            ordinal=ordinal,
            code=code,
            text=one.text,
            # What services do; the officer says which of them shows a result (R51).
            indicator_class=IndicatorClass.ACTIVITY,
            source_line=one.line,
        )
        self._session.add(made)
        self._session.flush()
        return made

    def _result(self, one: found.Result, node: PlanNode, ordinal: int, code: str) -> ExpectedResult:
        made = ExpectedResult(
            node_id=node.id,
            ordinal=ordinal,
            code=code,
            raw=one.raw,
            per=each.of_whom(one.raw),
            source_line=one.line,
            **fields_of(one.target),
        )
        made.inferred = [*made.inferred, *(f"place.{place}" for place in one.inferred)]
        self._session.add(made)
        self._session.flush()
        return made


def fields_of(target: Target) -> dict[str, Any]:
    """The columns of an expected result that hold the reading of its text."""
    return {
        "kind": ResultKind(target.kind.value),
        "comparator": Comparator(target.comparator) if target.comparator else None,
        "evaluate_as": Comparator(target.evaluate_as) if target.evaluate_as else None,
        "target": target.target,
        "unit": target.unit or "",
        "period": TargetPeriod(target.period),
        "condition": asdict(target.condition) if target.condition else None,
        "inferred": list(target.inferred),
        "flags": list(target.flags),
    }
