"""What each measure counts and what it leaves out, in words that a reader can check."""

from dataclasses import dataclass

from hub.i18n import Language, mark, translate
from plan.measures.catalogue import MEASURES, Measure, Unit


@dataclass(frozen=True, slots=True)
class Definition:
    """``counts`` says what is counted, for a share of what; ``leaves_out`` what is not."""

    counts: str
    leaves_out: str


DRILLS = mark("Not counted: drills, drafts, and what was cancelled before it left.")
_MERGED = mark("Not counted: reports merged with another, and those that were not for the town.")
_TAKEN_BACK = mark("Not counted: what was taken back in the register.")

UNIT_WORDS = {
    Unit.COUNT: mark("number"),
    Unit.PERCENT: mark("percent"),
    Unit.HOUR: mark("hours"),
    Unit.HOUR_PER_DAY: mark("hours a day"),
    Unit.PER_WEEK: mark("a week"),
}


def names(language: Language) -> dict[str, str]:
    """What each measure is called, by its code."""
    return {code: translate(language, one.name) for code, one in MEASURES.items()}


DEFINITIONS = {
    "m.alerts_sent": Definition(
        mark("Urgent alerts released in the period: of each alert its first message."), DRILLS
    ),
    "m.alert_speed": Definition(
        mark(
            "Of all messages of urgent alerts released in the period, one for each person and way:"
            " those a carrier had taken within 120 seconds of the release. Those without a receipt"
            " stand apart."
        ),
        mark(
            "Not counted: drills, what was cancelled before it left, what was never to be sent to"
            " somebody, and calls made by hand."
        ),
    ),
    "m.prevention_messages": Definition(
        mark(
            "Prevention messages released in the period. A message that goes to several"
            " partnerships counts once."
        ),
        DRILLS,
    ),
    "m.mo_notices": Definition(
        mark("Notices of how thieves work released in the period, each once."), DRILLS
    ),
    "m.increase_warnings": Definition(
        mark("Warnings of a strong rise that a person released in the period, each once."), DRILLS
    ),
    "m.persons_informed": Definition(
        mark(
            "Different people to whom at least one message of prevention, notice of how thieves"
            " work or warning was proved to be delivered. Somebody counts once in the whole"
            " period: four quarters do not add up to the year."
        ),
        mark(
            "Not counted: coordinators and police; drills; and those for whom no receipt came,"
            " who stand apart as presumed."
        ),
    ),
    "m.reach": Definition(
        mark(
            "Of the different people to whom messages of the period were meant: those to whom one"
            " was proved to be delivered. Those without a receipt stand apart."
        ),
        DRILLS,
    ),
    "m.prevention_actions": Definition(
        mark(
            "Actions of the register with at least one day in the period. An action counts once,"
            " whatever the number of its days or messages."
        ),
        mark(
            "Not counted: what was taken back, and messages alone where the officer did not tick"
            " that they are an action."
        ),
    ),
    "m.comm_tools": Definition(
        mark("Communication tools with a published version on the last known day of the period."),
        mark("Not counted: tools that were withdrawn by then."),
    ),
    "m.comm_tools_updated": Definition(
        mark("Communication tools with a new version published in the period, each once."),
        mark("Not counted: tools without a new version."),
    ),
    "m.active_partnerships": Definition(
        mark("Partnerships that were active on at least one day of the period, each once."),
        mark("Not counted: those being founded, asleep or ended on all its days."),
    ),
    "m.members_active": Definition(
        mark("Different people who are members of a partnership at the end of the period."),
        mark("Not counted: those who have left by then. Who is in two partnerships counts once."),
    ),
    "m.household_coverage": Definition(
        mark(
            "Of the households that were typed in for the partnerships: those with at least one"
            " member at the end of the period."
        ),
        mark(
            "Not counted: partnerships without such a number, and members whose house number is"
            " not known."
        ),
    ),
    "m.reply_rate": Definition(
        mark(
            "Of the different people to whom an urgent alert of the period was delivered, at least"
            " seven days ago: those who wrote back about it within seven days."
        ),
        mark(
            "Not counted: STOP and START, answers of machines, messages that came back, and drills."
        ),
    ),
    "m.reports_registered": Definition(
        mark("Reports received in the period. It is no count of crimes."), _MERGED
    ),
    "m.reports_followed_up": Definition(
        mark(
            "Of the reports received in the period that are at least N days old: those that had"
            " their first answer within N times 24 hours. N is 7 unless something else is chosen."
        ),
        _MERGED,
    ),
    "m.time_to_first_feedback": Definition(
        mark(
            "The hours from a report to its first answer, in the middle of all reports of the"
            " period; beside it the hours within which nine of ten had theirs. One without an"
            " answer counts as longer than any."
        ),
        _MERGED,
    ),
    "m.optout_rate": Definition(
        mark(
            "Of the members on the first day of the period: people who closed a way to reach them"
            " during the period, or asked to be forgotten."
        ),
        mark("Not counted: numbers and addresses that a carrier gave up."),
    ),
    "m.meetings": Definition(
        mark("Meetings of the register that were held in the period."),
        mark("Not counted: meetings that are planned, cancelled or taken back."),
    ),
    "m.meeting_partners": Definition(
        mark("Different organisations that attended a meeting held in the period."),
        mark("Not counted: meetings that are planned, cancelled or taken back."),
    ),
    "m.presence_hours": Definition(
        mark(
            "Hours of presence in the period, for each day on which the service works by its"
            " calendar. Two people for one hour are two hours. What has the name of a zone as its"
            " neighbourhood counts for that zone, too."
        ),
        mark("Not counted: training, leave and office time."),
    ),
    "m.presence_outings": Definition(
        mark(
            "Outings in the period, for each whole week from Monday to Sunday. What has the name of"
            " a zone as its neighbourhood counts for that zone, too."
        ),
        _TAKEN_BACK,
    ),
    "m.visits_on_time": Definition(
        mark(
            "Visits made in the period within 14 days of the request, or of the offence where"
            " somebody was a victim."
        ),
        _TAKEN_BACK,
    ),
    "m.visits_on_time_share": Definition(
        mark(
            "Of those who asked in the period and whose 14 days are over: victims visited within"
            " 14 days of the offence; of others, all who were visited."
        ),
        _TAKEN_BACK,
    ),
    "m.trained_share": Definition(
        mark(
            "Of the staff in the role on the last known day of the period: those with a valid"
            " certificate of the course on that day."
        ),
        mark("Not counted: staff still within the days of grace."),
    ),
    "m.obligations_on_time": Definition(
        mark(
            "Of what was due in the period and is sent or overdue: what was sent on its day or"
            " before."
        ),
        mark("Not counted: what is due later."),
    ),
    "m.alerts_with_feedback_in_time": Definition(
        mark(
            "Of the urgent alerts released in the period that had feedback or whose delay has"
            " passed: those whose members were told how it ended within the agreed delay."
        ),
        DRILLS,
    ),
    "m.street_counts": Definition(
        mark(
            "What the street workers of the town wrote down for the months that begin in the"
            " period, added up: contacts, new persons, relations of trust or referrals. Of each"
            " month the newest number counts."
        ),
        mark("Not counted: months for which nobody wrote a number down. No person is named."),
    ),
    "m.street_counts_each": Definition(
        mark(
            "The same for each street worker; the figure is that of the one with the fewest, so"
            " that what is promised of each is reached when he has reached it."
        ),
        mark("Street workers who wrote nothing down are not judged; they stand apart."),
    ),
    "c.offence_count": Definition(
        mark(
            "Facts that the police counted in the weeks of the period. A week belongs to the"
            " period in which its Thursday lies; the newest figure of a week counts."
        ),
        mark("Not counted: weeks for which nobody gave a figure."),
    ),
}


def text_of(measure: Measure, language: Language) -> str:
    """Its whole definition in words."""
    said = DEFINITIONS[measure.code]
    return f"{translate(language, said.counts)} {translate(language, said.leaves_out)}"


def of(language: Language) -> list[tuple[str, str, str, str, int]]:
    """Every measure: code, name, definition, unit, version; in the catalogue's order."""
    return [
        (
            one.code,
            translate(language, one.name),
            text_of(one, language),
            translate(language, UNIT_WORDS[one.unit]),
            one.version,
        )
        for one in MEASURES.values()
    ]
