"""The words of plans as their readers say them."""

from collections.abc import Mapping
from typing import Any

from hub.i18n import Language, mark, translate
from plan.models import (
    Comparator,
    IndicatorClass,
    NodeKind,
    PlanMethod,
    PlanStatus,
    ResultKind,
    TargetPeriod,
)
from plan.reading.document import NoPlan
from plan.reading.found import Role

METHODS = {
    PlanMethod.STRATEGIC_PLAN: mark("Strategic security and prevention plan"),
    PlanMethod.STREET_WORK: mark("Street work"),
    PlanMethod.TERRITORIAL_STRATEGY: mark("Territorial strategy"),
}
STATUSES = {
    PlanStatus.DRAFT: mark("draft"),
    PlanStatus.IN_FORCE: mark("in force"),
    PlanStatus.CLOSED: mark("closed"),
}
NODES = {
    NodeKind.SECTION: mark("Coordination"),
    NodeKind.PHENOMENON: mark("Phenomenon"),
    NodeKind.SERVICE: mark("Service"),
    NodeKind.GENERAL: mark("General objective"),
    NodeKind.STRATEGIC: mark("Strategic objective"),
    NodeKind.OPERATIONAL: mark("Operational objective"),
}
CLASSES = {
    IndicatorClass.CONTEXT: mark("context: what happens around us"),
    IndicatorClass.ACTIVITY: mark("activity: what we do"),
    IndicatorClass.RESULT: mark("result: what comes of it"),
}
KINDS = {
    ResultKind.COUNT: mark("number"),
    ResultKind.RATIO: mark("share"),
    ResultKind.YES_NO: mark("yes or no"),
    ResultKind.HOURS: mark("hours"),
    ResultKind.DELAY: mark("delay"),
    ResultKind.EXISTENCE: mark("exists"),
}
COMPARATORS = {
    Comparator.AT_LEAST: mark("at least"),
    Comparator.MORE_THAN: mark("more than"),
    Comparator.EQUAL: mark("exactly"),
    Comparator.AT_MOST: mark("at most"),
    Comparator.LESS_THAN: mark("less than"),
    Comparator.INCREASE: mark("more each time"),
    Comparator.DECREASE: mark("less each time"),
}
PERIODS = {
    TargetPeriod.DAY: mark("a day"),
    TargetPeriod.WEEK: mark("a week"),
    TargetPeriod.MONTH: mark("a month"),
    TargetPeriod.QUARTER: mark("a quarter"),
    TargetPeriod.SEMESTER: mark("half a year"),
    TargetPeriod.YEAR: mark("a year"),
    TargetPeriod.PLAN: mark("over the whole plan"),
}
AGGREGATIONS = {
    "": mark("as the measure says"),
    "sum": mark("added up"),
    "distinct": mark("each counted once"),
    "last": mark("as it stands at the end"),
    "mean": mark("on average"),
    "ratio_of_sums": mark("share of the sums"),
}
EACH = {
    "": mark("all together"),
    "worker": mark("each worker"),
    "zone": mark("each zone"),
}
UNITS = {
    "percent": mark("percent"),
    "meeting": mark("meetings"),
    "participation": mark("times taken part"),
    "visit": mark("visits"),
    "resident": mark("residents"),
    "trader": mark("traders"),
    "victim": mark("victims"),
    "action": mark("actions"),
    "training": mark("trainings"),
    "partnership": mark("partnerships"),
    "partner": mark("partners"),
    "update": mark("updates"),
    "presence": mark("times present"),
    "hour": mark("hours"),
    "day": mark("days"),
    "week": mark("weeks"),
    "month": mark("months"),
    "year": mark("years"),
    "situation": mark("situations"),
    "intervention": mark("interventions"),
    "accompaniment": mark("people accompanied"),
    "request": mark("requests"),
    "place": mark("places"),
    "advice": mark("pieces of advice"),
    "aid": mark("times helped"),
    "support": mark("times supported"),
    "contact": mark("contacts"),
    "interview": mark("interviews"),
    "follow-up": mark("people followed"),
    "outing": mark("outings"),
    "person_or_family": mark("persons or families"),
    "prescribed_deadline": mark("by the prescribed day"),
    "oui/non": mark("yes or no"),
}
# What about a reading is not literally in the text.
INFERRED = {
    "kind": mark("what kind"),
    "comparator": mark("how it compares"),
    "evaluate_as": mark("how it is judged"),
    "target": mark("number"),
    "target_from_words": mark("number, read from words"),
    "unit": mark("unit"),
    "period": mark("period"),
    "place.objective": mark("its objective"),
    "place.joined": mark("joined over a page"),
    "place.layout": mark("where its cell ends"),
}
FIELDS = {
    "kind": mark("Kind"),
    "comparator": mark("Comparison"),
    "evaluate_as": mark("Judged as"),
    "target": mark("Number"),
    "unit": mark("Unit"),
    "period": mark("Period"),
    "aggregation": mark("How figures add up"),
    "per": mark("For"),
    "condition": mark("Condition"),
}
ROLES = {
    Role.BEFORE: mark("before the plan"),
    Role.HEADING: mark("heading"),
    Role.TABLE_HEAD: mark("head of a table"),
    Role.RULE: mark("rule of a table"),
    Role.EVALUATION: mark("heading of the evaluation"),
    Role.PAGE: mark("page number or the like"),
    Role.AFTER: mark("after the plan"),
    Role.TAIL: mark("end of a heading"),
    Role.EMPTY_ROW: mark("empty row"),
}
# What was decided, in the journal of a plan.
DECISIONS = {
    "plan.store": mark("read from its document"),
    "plan.confirm_reading": mark("readings confirmed"),
    "plan.settle_line": mark("line settled"),
    "plan.put_in_force": mark("put in force"),
    "plan.close": mark("closed"),
    "plan.prolong": mark("prolonged from the plan before"),
    "read": mark("reading changed"),
    "facts": mark("title or period changed"),
    "feed": mark("measure changed"),
    "sheet": mark("spreadsheet taken in"),
    "links": mark("indicators of a result changed"),
    "node_added": mark("part added"),
    "node_renamed": mark("part renamed"),
    "node_removed": mark("part removed"),
    "node_closed": mark("part closed"),
    "result_added": mark("result added"),
    "result_changed": mark("result changed"),
    "result_removed": mark("result removed"),
    "result_closed": mark("result closed"),
    "indicator_added": mark("indicator added"),
    "indicator_changed": mark("indicator changed"),
    "indicator_removed": mark("indicator removed"),
    "indicator_closed": mark("indicator closed"),
    "moved": mark("order changed"),
    "responsible": mark("responsible changed"),
    "catalogue_code": mark("place in the ministry's list changed"),
}
FACTS = {
    "results": mark("results"),
    "unconfirmed": mark("not confirmed"),
    "lines": mark("lines without a place"),
    "line": mark("line"),
    "measure": mark("measure"),
    "changed": mark("changed"),
    "added": mark("added"),
    "text": mark("text"),
}
# What a measure can be cut by.
FILTERS = {
    "phenomenon": mark("phenomenon"),
    "author_role": mark("role of the author"),
    "channel": mark("channel"),
    "topic": mark("topic"),
    "member_kind": mark("kind of member"),
    "kind": mark("kind"),
    "target_group": mark("for whom"),
    "zone_set": mark("zones"),
    "category": mark("category"),
    "status": mark("state"),
    "days": mark("days"),
    "body": mark("body that meets"),
    "level": mark("level"),
    "organisation": mark("organisation that attends"),
    "service": mark("service"),
    "quarter": mark("neighbourhood"),
    "per": mark("for each"),
    "counted": mark("what is counted"),
    "requester": mark("who asked"),
    "role": mark("role"),
    "course": mark("course"),
    "grace": mark("days of grace"),
    "area": mark("area"),
}
FILTER_VALUES = {
    "contacts": mark("contacts"),
    "new_persons": mark("new persons"),
    "trust_relations": mark("relations of trust"),
    "referrals": mark("referrals to a service"),
    "local": mark("local"),
    "zonal": mark("zonal"),
    "regional": mark("regional"),
    "trader": mark("trader"),
    "resident": mark("resident"),
    "victim": mark("victim"),
    "target": mark("target neighbourhoods"),
    "week": mark("week"),
    "activity_report": mark("activity report"),
    "financial_report": mark("financial report"),
    "information_request": mark("request for information"),
    "dashboard": mark("dashboard"),
    "interim_report": mark("interim report"),
}
# Why a document could not be read, as plan.reading says it.
_REFUSALS = {
    "no plan was found in this document; missing": mark("No plan was found in this document."),
    "the document is too large": mark("This document is too large."),
    "the document has too many lines": mark("This document has too many lines."),
    "the document has no text": mark("This document has no text."),
    "the document is no Word document (docx)": mark("This is no Word document (docx)."),
    "the Word document is damaged": mark("This Word document is damaged."),
    "the Word document has no text": mark("This Word document has no text."),
    "the PDF is locked with a password": mark("This PDF is locked with a password."),
    "the PDF has too many pages": mark("This PDF has too many pages."),
    "the PDF is damaged": mark("This PDF is damaged."),
    "the PDF has no text, only pictures of it": mark(
        "This PDF has no text, only pictures of it. Make a PDF from the document itself."
    ),
}
_OTHER_KIND = mark("This kind of file is not read. A text, a Word document (docx) or a PDF is.")
# What was looked for; the rest is quoted as plans print it.
_SOUGHT = {
    "a strategic objective of the ministry's list": mark(
        "a strategic objective of the ministry's list"
    ),
    "a table « Objectifs opérationnels | Résultats attendus »": mark(
        "a table « Objectifs opérationnels | Résultats attendus »"
    ),
    "a table « Indicateurs »": mark("a table « Indicateurs »"),
    "rows of a table": mark("rows of a table"),
}
_ALL: Mapping[str, Mapping[Any, str]] = {
    "methods": METHODS,
    "statuses": STATUSES,
    "nodes": NODES,
    "classes": CLASSES,
    "kinds": KINDS,
    "comparators": COMPARATORS,
    "periods": PERIODS,
    "aggregations": AGGREGATIONS,
    "each": EACH,
    "units": UNITS,
    "inferred": INFERRED,
    "fields": FIELDS,
    "roles": ROLES,
    "decisions": DECISIONS,
    "facts": FACTS,
    "filters": FILTERS,
    "filter_values": FILTER_VALUES,
}


def words(language: Language) -> dict[str, dict[str, str]]:
    """Every list of words, in the reader's language, by the codes the tables hold."""
    return {
        name: {str(code): translate(language, said) for code, said in one.items()}
        for name, one in _ALL.items()
    }


def refusal(refused: NoPlan, language: Language) -> str:
    """Why a document is no plan."""
    return translate(language, _REFUSALS.get(refused.reason, _OTHER_KIND))


def sought(refused: NoPlan, language: Language) -> list[tuple[str, int]]:
    """What was looked for in it, and how often it was found."""
    return [
        (translate(language, _SOUGHT[one.what]) if one.what in _SOUGHT else one.what, one.found)
        for one in refused.sought
    ]
