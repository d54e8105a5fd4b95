"""The tables of the room: what people wrote and saw, what was reported, and what they are owed."""

from feedback.models.answers import Answer, AnswerStatus, AnswerWay
from feedback.models.boxes import BoxEmptying, ProblemBox
from feedback.models.evaluations import EvaluationMark, YearlyEvaluation
from feedback.models.hot_spots import (
    HotSpot,
    HotSpotAction,
    HotSpotActionKind,
    HotSpotOrigin,
    HotSpotProposal,
)
from feedback.models.messages import InboundChannel, InboundKind, InboundMessage, Meaning
from feedback.models.reports import (
    Report,
    ReportAttachment,
    ReportCategory,
    ReportEvent,
    ReportEventKind,
    ReportService,
    ReportSource,
    ReportStatus,
)
from feedback.models.sightings import (
    Sighting,
    SightingEvent,
    SightingEventKind,
    SightingPhoto,
    SightingPlatePart,
    SightingStatus,
)
from feedback.models.summaries import MonthlySummary
from feedback.models.surveys import (
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyQuestion,
    SurveyStatus,
)
from feedback.models.voicemail import Voicemail, VoicemailCall, VoicemailStatus

__all__ = [
    "Answer",
    "AnswerStatus",
    "AnswerWay",
    "BoxEmptying",
    "EvaluationMark",
    "HotSpot",
    "HotSpotAction",
    "HotSpotActionKind",
    "HotSpotOrigin",
    "HotSpotProposal",
    "InboundChannel",
    "InboundKind",
    "InboundMessage",
    "Meaning",
    "MonthlySummary",
    "ProblemBox",
    "QuestionKind",
    "Report",
    "ReportAttachment",
    "ReportCategory",
    "ReportEvent",
    "ReportEventKind",
    "ReportService",
    "ReportSource",
    "ReportStatus",
    "Sighting",
    "SightingEvent",
    "SightingEventKind",
    "SightingPhoto",
    "SightingPlatePart",
    "SightingStatus",
    "Survey",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyQuestion",
    "SurveyStatus",
    "Voicemail",
    "VoicemailCall",
    "VoicemailStatus",
    "YearlyEvaluation",
]
