"""A plan as read, as JSON: in the words in which this project keeps plans as data."""

import re
from collections.abc import Iterable

from plan.reading.document import NoPlan
from plan.reading.found import (
    Indicator,
    Operational,
    PlanRead,
    Result,
    Section,
    Service,
    Strategic,
)
from plan.targets.folding import words

Json = dict[str, object]


def plan(found: PlanRead) -> Json:
    """The whole plan: tree, raw texts, lines, readings, and the lines outside the tree."""
    coordination = [one for one in found.sections if one.is_coordination]
    rest = [one for one in found.sections if not one.is_coordination]
    return {
        "plan": {
            "title": found.title,
            "method": found.method,
            "commune_as_printed": found.municipality,
            "period_start": found.start.isoformat() if found.start else None,
            "period_end": found.end.isoformat() if found.end else None,
            "period_as_printed": found.period_printed,
        },
        "coordination": _coordination(coordination),
        "phenomena": [_section(one, f"p{one.number}") for one in rest],
        "counts": counts(found),
        "not_placed": [{"line": line, "text": text} for line, text in found.not_placed],
        "other_lines": [
            {"line": line, "text": text, "role": role.value} for line, text, role in found.other
        ],
        "line_count": found.line_count,
    }


def counts(found: PlanRead) -> Json:
    """How many of each there are."""
    every = list(found.strategic())
    operational = [one for strategic in every for one in strategic.operational]
    services = [one for section in found.sections for one in section.services if one.label]
    return {
        "phenomena": sum(1 for one in found.sections if not one.is_coordination),
        "services": len(services),
        "general_objectives": sum(len(one.general) for one in found.sections),
        "strategic_objectives": len(every),
        "operational_objectives": len(operational),
        "operational_objectives_without_result": sum(1 for o in operational if not o.results),
        "expected_results": len(found.results),
        "indicators": len(found.indicators),
        "not_placed": len(found.not_placed),
    }


def _coordination(sections: list[Section]) -> Json | None:
    if not sections:
        return None
    told = _section(sections[0], "coord")
    services = told.pop("services")
    assert isinstance(services, list)
    told["strategic_objectives"] = [s for one in services for s in one["strategic_objectives"]]
    named = [{"label": one["label"], "line": one["line"]} for one in services if one["label"]]
    if named:
        # Coordination has none in the ministry's layout; whoever named one sees that it was read.
        told["services"] = named
    return told


def _section(section: Section, code: str) -> Json:
    told: Json = {
        "id": code,
        "number": section.number,
        "catalogue": section.catalogue,
        "label": section.label,
        "line": section.line,
        "general_objectives": [{"line": line, "label": text} for line, text in section.general],
        "services": [_service(one, code) for one in section.services],
        "inferred": section.inferred,
    }
    if section.is_coordination:
        del told["number"], told["catalogue"]
    return told


def _service(service: Service, code: str) -> Json:
    own = part_code(service, code) if service.label else None
    return {
        "id": own,
        "label": service.label,
        "line": service.line,
        "strategic_objectives": [
            _strategic(one, f"{own or code}.s{number}")
            for number, one in enumerate(service.strategic, start=1)
        ],
    }


def part_code(service: Service, code: str) -> str:
    """The short name of a named service within its section."""
    return f"{code}.{_slug(service.label or '')}"


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words(label)).strip("-")


def _strategic(strategic: Strategic, code: str) -> Json:
    ids = {id(one): f"{code}.i{at}" for at, one in enumerate(strategic.indicators, start=1)}
    operational = [
        _operational(one, f"{code}.o{number}", ids)
        for number, one in enumerate(strategic.operational, start=1)
    ]
    tied = dict(_tied(operational))
    told: Json = {
        "id": code,
        "catalogue": strategic.catalogue,
        "label": strategic.label,
        "label_as_printed": strategic.printed,
        "line": strategic.line,
    }
    if strategic.tails:
        told["label_tails"] = [{"line": line, "text": text} for line, text in strategic.tails]
    return told | {
        "operational_objectives": operational,
        "indicators": [
            _indicator(one, ids[id(one)], [r for r, i in tied.items() if ids[id(one)] in i])
            for one in strategic.indicators
        ],
        "alignment": strategic.alignment,
        "inferred": strategic.inferred,
    }


def _tied(operational: Iterable[Json]) -> Iterable[tuple[str, list[str]]]:
    for one in operational:
        results = one["expected_results"]
        assert isinstance(results, list)
        for result in results:
            yield result["id"], result["indicators"]


def _operational(operational: Operational, code: str, ids: dict[int, str]) -> Json:
    told: Json = {
        "id": code,
        "label": operational.label,
        "line": operational.line,
        "expected_results": [
            _result(one, f"{code}.r{number}", ids)
            for number, one in enumerate(operational.results, start=1)
        ],
    }
    if len(operational.lines) > 1:
        told["lines"] = operational.lines
    more = {
        "responsible": operational.responsible,
        "due": operational.due,
        "inferred_place": operational.inferred,
    }
    return told | {name: one for name, one in more.items() if one}


def _result(result: Result, code: str, ids: dict[int, str]) -> Json:
    told: Json = {"id": code, "line": result.line, "raw": result.raw, **result.target.as_json()}
    told["indicators"] = [ids[id(one)] for one in result.indicators if id(one) in ids]
    if len(result.lines) > 1:
        told["lines"] = result.lines
    if result.inferred:
        told["inferred_place"] = result.inferred
    return told


def _indicator(indicator: Indicator, code: str, results: list[str]) -> Json:
    told: Json = {"id": code, "line": indicator.line, "text": indicator.text, "result_ids": results}
    if indicator.target:
        told["target"] = indicator.target.as_json()
    if len(indicator.lines) > 1:
        told["lines"] = indicator.lines
    return told | {
        "evaluation": {
            "analyse_spf_ibz": indicator.analysis or None,
            "code_couleur": indicator.colour or None,
            "motivation": indicator.motivation or None,
        }
    }


def refusal(refused: NoPlan) -> Json:
    """Why a document is no plan: what was looked for, and what of it was not found."""
    return {
        "error": refused.reason,
        "looked_for": [{"what": one.what, "found": one.found} for one in refused.sought],
        "not_found": [one.what for one in refused.sought if not one.found],
    }


def summary(found: PlanRead) -> str:
    """The numbers, a line each, for a person at a terminal."""
    numbers = [f"{number:>5}  {name.replace('_', ' ')}" for name, number in counts(found).items()]
    lost = [f"line {line}, not placed: {text}" for line, text in found.not_placed]
    return "\n".join([*numbers, *lost])
