"""The tables of a plan: objectives as a tree, expected results, indicators (R42-R46)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import UtcDateTime, new_id, word


class PlanMethod(StrEnum):
    """The methods of the source documents, all told with the same few tables."""

    STRATEGIC_PLAN = "strategic_plan"  # PSSP
    STREET_WORK = "street_work"
    TERRITORIAL_STRATEGY = "territorial_strategy"


class PlanStatus(StrEnum):
    DRAFT = "draft"
    IN_FORCE = "in_force"
    CLOSED = "closed"


class Plan(SQLModel, table=True):
    """A plan of a municipality, from a day to a day, both included."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    title: str
    starts_on: date
    ends_on: date
    method: PlanMethod = Field(default=PlanMethod.STRATEGIC_PLAN, sa_type=word(PlanMethod))
    status: PlanStatus = Field(default=PlanStatus.IN_FORCE, sa_type=word(PlanStatus))
    version: int = 1
    # The plan it goes on from, in the next period.
    prolongs_id: UUID | None = Field(default=None, foreign_key="plan.id")
    # What it was read from: the file's name and its SHA-256.
    source_name: str = ""
    source_sha256: str = ""
    catalogue_version: str = ""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    created_by: UUID | None = Field(default=None, foreign_key="account.id")
    # The last part of the address at which everybody may read it; none while it is not published.
    public_reference: str | None = Field(default=None, unique=True, index=True)
    # Whether the officer lets everybody read the motivations too.
    public_motivations: bool = False
    # For which year, and for which time, its services were last reminded of figures: "2026:2".
    figures_asked_for: str = ""


class NodeKind(StrEnum):
    SECTION = "section"
    PHENOMENON = "phenomenon"
    SERVICE = "service"
    GENERAL = "general"
    STRATEGIC = "strategic"
    OPERATIONAL = "operational"


class PlanNode(SQLModel, table=True):
    """A part or an objective in the plan's tree."""

    __tablename__ = "plan_node"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="plan_node.id")
    kind: NodeKind = Field(sa_type=word(NodeKind))
    # Its short name within the plan, such as "p1.s2.o1": stays when the plan is prolonged.
    code: str = ""
    label: str
    label_as_printed: str = ""
    # Of the ministry's lists.
    catalogue_code: str = ""
    responsible: str = ""
    due_on: date | None = None
    ordinal: int = 1
    source_line: int | None = None
    # The last day of what has figures and is no longer followed: it is not removed.
    closed_on: date | None = None


class ResultKind(StrEnum):
    COUNT = "count"
    RATIO = "ratio"
    YES_NO = "yes_no"
    HOURS = "hours"
    DELAY = "delay"
    EXISTENCE = "existence"


class Comparator(StrEnum):
    AT_LEAST = ">="
    MORE_THAN = ">"
    EQUAL = "="
    AT_MOST = "<="
    LESS_THAN = "<"
    INCREASE = "increase"
    DECREASE = "decrease"


class TargetPeriod(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"
    PLAN = "plan"


class ExpectedResult(SQLModel, table=True):
    """What an operational objective promises: its words, and how they are read.

    ``target`` is in ``unit``, a share in percent; none is none, never nought. What stands in
    ``inferred`` is a reading and no word of the text: it wants somebody's click.
    """

    __tablename__ = "expected_result"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    node_id: UUID = Field(foreign_key="plan_node.id", index=True)
    ordinal: int = 1
    code: str = ""
    raw: str
    kind: ResultKind = Field(sa_type=word(ResultKind))
    comparator: Comparator | None = Field(default=None, sa_type=word(Comparator))
    evaluate_as: Comparator | None = Field(default=None, sa_type=word(Comparator))
    target: float | None = None
    unit: str = ""
    period: TargetPeriod = Field(default=TargetPeriod.PLAN, sa_type=word(TargetPeriod))
    aggregation: str = ""
    condition: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    # "worker" or "zone" where each is to reach the target.
    per: str = ""
    inferred: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    flags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    confirmed_by: UUID | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    service_id: UUID | None = Field(default=None, foreign_key="report_service.id")
    source_line: int | None = None
    closed_on: date | None = None


class IndicatorClass(StrEnum):
    """R51: a plan needs all three."""

    CONTEXT = "context"
    ACTIVITY = "activity"
    RESULT = "result"


class Indicator(SQLModel, table=True):
    """What shows whether an expected result came about."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    node_id: UUID = Field(foreign_key="plan_node.id", index=True)
    ordinal: int = 1
    code: str = ""
    text: str
    indicator_class: IndicatorClass = Field(sa_type=word(IndicatorClass))
    source_line: int | None = None
    closed_on: date | None = None


class ResultIndicator(SQLModel, table=True):
    """Which indicator shows which result: many to many, as the plans print them."""

    __tablename__ = "result_indicator"

    result_id: UUID = Field(primary_key=True, foreign_key="expected_result.id")
    indicator_id: UUID = Field(primary_key=True, foreign_key="indicator.id")


class ResultMeasure(SQLModel, table=True):
    """A measure of the hub that feeds a result; its definition is code, versioned with it."""

    __tablename__ = "result_measure"

    result_id: UUID = Field(primary_key=True, foreign_key="expected_result.id")
    measure: str = Field(primary_key=True)
    filters: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class UnplacedLine(SQLModel, table=True):
    """A line of an imported document outside the tree. One that found no place (without a role)
    is shown until somebody decides; one with a role is a heading, a page's furniture and the like.
    """

    __tablename__ = "unplaced_line"
    __table_args__ = (UniqueConstraint("plan_id", "line"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id")
    line: int
    text: str
    role: str = ""
    settled_by: UUID | None = Field(default=None, foreign_key="account.id")
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
