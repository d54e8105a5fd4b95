"""The tables of the plan: objectives as a tree, expected results, indicators (R42-R46)."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from hub.columns import new_id, word


class Plan(SQLModel, table=True):
    """A strategic plan of a municipality, from a day to a day, both included."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    title: str
    starts_on: date
    ends_on: date


class NodeKind(StrEnum):
    STRATEGIC = "strategic"
    OPERATIONAL = "operational"


class PlanNode(SQLModel, table=True):
    """An objective in the plan's tree."""

    __tablename__ = "plan_node"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="plan_node.id")
    kind: NodeKind = Field(sa_type=word(NodeKind))
    label: str
    ordinal: int = 1


class ResultKind(StrEnum):
    RATIO = "ratio"


class ExpectedResult(SQLModel, table=True):
    """What an operational objective promises. ``target`` is in percent; none is none, not zero."""

    __tablename__ = "expected_result"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    node_id: UUID = Field(foreign_key="plan_node.id", index=True)
    ordinal: int = 1
    raw: str
    kind: ResultKind = Field(sa_type=word(ResultKind))
    target: float | None = None


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
    text: str
    indicator_class: IndicatorClass = Field(sa_type=word(IndicatorClass))


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
