"""Surveys that are ready to start, in the four languages of the hub."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback.models import QuestionKind

SAFETY = "safety"

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its words, and of a choice its answers, by language code."""

    kind: QuestionKind
    words: Words
    choices: Mapping[str, list[str]] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    title: Words
    questions: tuple[Question, ...]


# What the yearly evaluation of a partnership asks its members (effect on the feeling of safety, on
# how people and police find each other; whether the messages were too many or too few). Each fits
# into one part of a text message, with the words around it: no letter that GSM-7 lacks.
TEMPLATES: Mapping[str, Template] = {
    SAFETY: Template(
        title={
            "fr": "Le sentiment de sécurité dans notre quartier",
            "nl": "Het veiligheidsgevoel in onze buurt",
            "de": "Das Sicherheitsgefühl in unserem Viertel",
            "en": "How safe we feel in our neighbourhood",
        },
        questions=(
            Question(
                QuestionKind.SCALE,
                {
                    "fr": "Vous sentez-vous en sécurité dans votre quartier?",
                    "nl": "Voelt u zich veilig in uw buurt?",
                    "de": "Fühlen Sie sich in Ihrem Viertel sicher?",
                    "en": "Do you feel safe in your neighbourhood?",
                },
                code="safety",
            ),
            Question(
                QuestionKind.SCALE,
                {
                    "fr": "La police est-elle facile à joindre pour vous?",
                    "nl": "Is de politie voor u gemakkelijk te bereiken?",
                    "de": "Ist die Polizei für Sie gut erreichbar?",
                    "en": "Are the police easy to reach for you?",
                },
                code="accessible",
            ),
            Question(
                QuestionKind.SCALE,
                {
                    "fr": "Nos messages vous sont-ils utiles?",
                    "nl": "Zijn onze berichten nuttig voor u?",
                    "de": "Sind unsere Nachrichten nützlich für Sie?",
                    "en": "Are our messages useful to you?",
                },
                code="useful",
            ),
            Question(
                QuestionKind.CHOICE,
                {
                    "fr": "Recevez-vous trop ou trop peu de messages?",
                    "nl": "Krijgt u te veel of te weinig berichten?",
                    "de": "Erhalten Sie zu viele oder zu wenige Nachrichten?",
                    "en": "Do you get too many messages or too few?",
                },
                {
                    "fr": ["trop", "juste assez", "trop peu"],
                    "nl": ["te veel", "net goed", "te weinig"],
                    "de": ["zu viele", "genau richtig", "zu wenige"],
                    "en": ["too many", "about right", "too few"],
                },
                code="amount",
            ),
            Question(
                QuestionKind.YES_NO,
                {
                    "fr": "Signaleriez-vous un fait suspect à la police?",
                    "nl": "Zou u iets verdachts aan de politie melden?",
                    "de": "Würden Sie der Polizei etwas Verdächtiges melden?",
                    "en": "Would you report something suspicious to the police?",
                },
                code="report",
            ),
        ),
    )
}
