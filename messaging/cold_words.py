"""The words of a message that can wait: what each kind needs, and how its mail is put together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.errors import FieldProblem
from hub.i18n import Language, mark, translate
from messaging import texts
from messaging.models import BroadcastKind, Topic
from messaging.texts import Words

LONGEST_FACT = 600
# What a coordinator may add before and after the police's words, and in their open passage.
LONGEST_OWN = 300
LONGEST_PASSAGE = 600

TOPIC_NAMES = {
    Topic.THEFT: mark("Theft and burglary"),
    Topic.HOLIDAY_WATCH: mark("Holidays and holiday watch"),
    Topic.DARK_DAYS: mark("Dark days"),
    Topic.VEHICLES: mark("Cars and vans"),
    Topic.BICYCLES: mark("Bicycles"),
    Topic.FRAUD: mark("Tricks and fraud at the door"),
    Topic.ONLINE: mark("Fraud by telephone and on the internet"),
    Topic.SAFE_STREETS: mark("Safe in traffic"),
    Topic.LIVING_TOGETHER: mark("Living together, meetings"),
    Topic.OTHER: mark("Something else"),
}
# The facts of a notice on how thieves work, as members read them.
FACT_NAMES = {
    "how": mark("How they work"),
    "places": mark("Where"),
    "times": mark("When"),
    "targets": mark("What they are after"),
    "advice": mark("What you can do"),
}
_NEEDED_FACTS = ("how", "advice")
_CALL_101 = mark("Seen something suspicious? Call 101 at once. Do not follow anyone.")
_RELAYED = mark("Passed on by the coordinator of {partnership}.")
_ATTACHED = mark("To read with it: {name}\n{address}")


@dataclass(frozen=True, slots=True)
class ColdWords:
    """One language. ``passage`` is what a coordinator may put in words of his own; the facts are
    those of a notice on how thieves work."""

    subject: str
    short: str
    long: str = ""
    passage: str = ""
    how: str = ""
    places: str = ""
    times: str = ""
    targets: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a coordinator adds in one language."""

    introduction: str = ""
    closing: str = ""
    passage: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.introduction.strip() or self.closing.strip() or self.passage.strip())


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that members open from the mail: what it is called, and where it is."""

    name: str
    address: str


ColdTexts = Mapping[Language, ColdWords]
OwnTexts = Mapping[Language, OwnWords]


def problems(
    kind: BroadcastKind, found: ColdTexts, needed: Iterable[Language]
) -> list[FieldProblem]:
    """Everything wrong with these words, by field path (``texts.fr.how``)."""
    said = {language: Words(one.subject, one.short, one.long) for language, one in found.items()}
    wrong = texts.problems(said, needed)
    for language, words in found.items():
        wrong.extend(_fact_problems(f"texts.{language}", kind, words))
        wrong.extend(too_long(f"texts.{language}.passage", words.passage, LONGEST_PASSAGE))
    return wrong


def _fact_problems(path: str, kind: BroadcastKind, words: ColdWords) -> Iterator[FieldProblem]:
    if kind is not BroadcastKind.MODUS_OPERANDI:
        return
    for fact in FACT_NAMES:
        value = getattr(words, fact)
        if fact in _NEEDED_FACTS and not value.strip():
            yield FieldProblem(f"{path}.{fact}", mark("This text is empty."))
        yield from too_long(f"{path}.{fact}", value, LONGEST_FACT)


def own_problems(found: OwnTexts) -> list[FieldProblem]:
    """What is too long in a coordinator's own words, by field path (``own.fr.introduction``)."""
    limits = (
        ("introduction", LONGEST_OWN),
        ("closing", LONGEST_OWN),
        ("passage", LONGEST_PASSAGE),
    )
    return [
        one
        for language, words in found.items()
        for field, most in limits
        for one in too_long(f"own.{language}.{field}", getattr(words, field), most)
    ]


def too_long(path: str, value: str, most: int) -> list[FieldProblem]:
    """The problem of a text with more than ``most`` characters; none otherwise."""
    if len(value.strip()) <= most:
        return []
    return [FieldProblem(path, mark("At most {count} characters."), (("count", most),))]


def put_together(
    kind: BroadcastKind,
    found: ColdTexts,
    enclosed: Sequence[Enclosed] = (),
    own: OwnTexts | None = None,
    relayed_for: str = "",
) -> dict[Language, Words]:
    """What members read in each language. The short text is the police's own: a text message has
    no room for two writers. ``relayed_for`` names the partnership of whoever passes it on."""
    return {
        language: Words(
            words.subject.strip(),
            words.short.strip(),
            _mail(kind, language, words, enclosed, (own or {}).get(language), relayed_for),
        )
        for language, words in found.items()
    }


def _mail(
    kind: BroadcastKind,
    language: Language,
    words: ColdWords,
    enclosed: Sequence[Enclosed],
    own: OwnWords | None,
    relayed_for: str,
) -> str:
    added = own or OwnWords()
    paragraphs = [
        added.introduction,
        words.long if words.long.strip() or kind is BroadcastKind.MODUS_OPERANDI else words.short,
        *(_facts(language, words) if kind is BroadcastKind.MODUS_OPERANDI else ()),
        added.passage if added.passage.strip() else words.passage,
        *(translate(language, _ATTACHED, name=one.name, address=one.address) for one in enclosed),
        added.closing,
        translate(language, _RELAYED, partnership=relayed_for) if relayed_for else "",
    ]
    return "\n\n".join(one.strip() for one in paragraphs if one.strip())


def _facts(language: Language, words: ColdWords) -> Iterator[str]:
    for fact, name in FACT_NAMES.items():
        value = getattr(words, fact).strip()
        if value:
            yield f"{translate(language, name)}:\n{value}"
    yield translate(language, _CALL_101)
