"""Groups of members within a partnership: traders of a square, parents at a school gate."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import UtcDateTime, new_id


class MemberGroup(SQLModel, table=True):
    """Members of one partnership who are written to together. One that is given up keeps its row,
    so that an old message can still say to whom it was kept."""

    __tablename__ = "member_group"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    name: str
    made_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    given_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GroupedMember(SQLModel, table=True):
    """That a member is in a group, and since when. Whoever leaves the partnership is in none."""

    __tablename__ = "grouped_member"

    group_id: UUID = Field(primary_key=True, foreign_key="member_group.id")
    membership_id: UUID = Field(primary_key=True, foreign_key="membership.id", index=True)
    added_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
