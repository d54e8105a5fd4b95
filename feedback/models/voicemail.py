"""Spoken messages: what somebody said after the tone, sealed, and the call he said it in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class VoicemailStatus(StrEnum):
    """What has become of the sound."""

    WAITING = "waiting"
    KEPT = "kept"
    # Nothing was said: there is nothing to hear and no message.
    EMPTY = "empty"
    # No sound, or too large: whoever wants to hear it asks the carrier.
    REFUSED = "refused"
    # The carrier did not hand it out, however often it was asked.
    MISSING = "missing"
    # Its time is over.
    DROPPED = "dropped"


class VoicemailCall(SQLModel, table=True):
    """A call in which somebody may speak: the carrier tells of the recording, and not who called.

    Kept for a day.
    """

    __tablename__ = "voicemail_call"
    __table_args__ = (Index("ix_voicemail_call_sender", "sender_index", "began_at"),)

    # The carrier's id of the call.
    id: str = Field(primary_key=True)
    sender: str = Field(sa_type=PersonalData)
    sender_index: str
    # The alert he was called about, or heard again.
    delivery_id: int | None = Field(default=None, sa_type=BigInteger, foreign_key="delivery.id")
    began_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)


class Voicemail(SQLModel, table=True):
    """One recording of the carrier, stored once however often it is told of."""

    __table_args__ = (Index("ix_voicemail_next_try", "next_try_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    # The carrier's id of the recording, and the account it lies in.
    recording_id: str = Field(unique=True)
    account_id: str
    call_id: str = Field(index=True)
    # None where nothing was said.
    message_id: UUID | None = Field(default=None, foreign_key="inbound_message.id", unique=True)
    # As the carrier counts them.
    seconds: int
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    status: VoicemailStatus = Field(default=VoicemailStatus.WAITING, sa_type=word(VoicemailStatus))
    media_type: str = ""
    size: int = 0
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    # Who of the police listened to it last, and when he began.
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    heard_by: UUID | None = Field(default=None, foreign_key="account.id")
    fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When it was taken away at the carrier's.
    deleted_there_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    # None: nothing more to do with the carrier.
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
