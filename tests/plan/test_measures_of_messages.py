"""Measures of what the hub does itself: who was told what, who answered, and who is there."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, SQLModel, select

from feedback.models import (
    Answer,
    AnswerStatus,
    AnswerWay,
    InboundKind,
    InboundMessage,
    Report,
    ReportSource,
    ReportStatus,
)
from hub import clock
from hub.clock import BRUSSELS
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import broadcasts, drafts, fan_out
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    ColdBroadcast,
    ColdMessage,
    Delivery,
    DeliveryState,
    Step,
)
from messaging.texts import Words
from partnerships import accounts
from partnerships.lost_contacts import LOST_REASONS
from partnerships.models import (
    Account,
    Channel,
    CommunicationPlan,
    ContactKind,
    ContactPoint,
    ContactStop,
    Membership,
    Organisation,
    OrganisationKind,
    Partnership,
    PartnershipStatus,
    PartnershipStep,
    Person,
    Residence,
)
from plan.measures.asked import Asked
from plan.measures.catalogue import MEASURES
from plan.measures.figure import Figure, Figures
from plan.measures.period import Period
from plan.models import ContextCount, CountSource, HouseholdCount

pytestmark = pytest.mark.usefixtures("demo_zone")

# Before the demo's own members and alerts, so that only what a test puts in is counted.
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))
MAY = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
AFTERWARDS = datetime(2025, 1, 15, 9, 0, tzinfo=UTC)
UPPER, LOWER = "haut-valdor", "valdor-gare"
SMS, EMAIL = Channel.SMS, Channel.EMAIL
_numbers = count(1)


def town(session: Session) -> UUID:
    return session.exec(select(Organisation.id).where(Organisation.slug == "valdor")).one()


def zone(session: Session, slug: str) -> UUID:
    return session.exec(select(Partnership.id).where(Partnership.slug == slug)).one()


def keep(*rows: SQLModel) -> None:
    with unit_of_work() as session:
        for row in rows:
            session.add(row)
            session.flush()


def of_all(
    code: str, period: Period = YEAR, as_of: datetime = AFTERWARDS, **filters: str
) -> Figures:
    """The figures of the whole town (``None``) and each of its partnerships."""
    with unit_of_work(read_only=True) as session:
        assert set(filters) <= MEASURES[code].filters
        take_all = MEASURES[code].take_all
        assert take_all
        return take_all(session, Asked(town(session), period, AFTERWARDS, filters=filters))


def taken(code: str, period: Period = YEAR, as_of: datetime = AFTERWARDS, **filters: str) -> Figure:
    with unit_of_work(read_only=True) as session:
        assert set(filters) <= MEASURES[code].filters
        asked = Asked(town(session), period, as_of, filters=filters)
        return MEASURES[code].take(session, asked)


def value(code: str, *asked: Any, **filters: Any) -> float | None:
    return taken(code, *asked, **filters).value


def parts(figure: Figure) -> tuple[float | None, float | None, int]:
    return figure.numerator, figure.denominator, figure.unknown


def sent(
    at: datetime | None = MAY,
    to: tuple[str, ...] = (UPPER,),
    kind: BroadcastKind = BroadcastKind.URGENT_ALERT,
    **said: Any,
) -> Broadcast:
    with unit_of_work() as session:
        author = session.exec(select(Account.id)).first()
        assert author
        said = {"step": Step.FIRST, "status": BroadcastStatus.FINISHED, "fanned_out_at": at} | said
        made = Broadcast(
            client_request_id=f"measured-{next(_numbers)}",
            kind=kind,
            author_id=author,
            expires_at=MAY + timedelta(days=400),
            released_at=at,
            **said,
        )
        session.add(made)
        session.flush()
        for slug in to:
            place = zone(session, slug)
            plan = session.exec(
                select(CommunicationPlan.id).where(CommunicationPlan.partnership_id == place)
            ).first()
            assert plan
            session.add(
                BroadcastPartnership(
                    broadcast_id=made.id, partnership_id=place, communication_plan_id=plan
                )
            )
        return made


def member(*slugs: str, joined: datetime = datetime(2023, 1, 1, tzinfo=UTC), **said: Any) -> UUID:
    with unit_of_work() as session:
        person = Person(name="x", language=Language.FRENCH)
        session.add(person)
        session.flush()
        for slug in slugs:
            session.add(
                Membership(
                    person_id=person.id,
                    partnership_id=zone(session, slug),
                    joined_at=joined,
                    **said,
                )
            )
        return person.id


def delivered(
    broadcast: Broadcast,
    person: UUID,
    state: DeliveryState = DeliveryState.DELIVERED,
    by: Channel = SMS,
    place: str = UPPER,
    taken_after: float | None = 10,
    way: str = "first",
) -> int:
    assert broadcast.released_at
    with unit_of_work() as session:
        at = broadcast.released_at
        taken_at = None if taken_after is None else at + timedelta(seconds=taken_after)
        row = Delivery(
            broadcast_id=broadcast.id,
            person_id=person,
            partnership_id=zone(session, place),
            channel=by,
            attempt_kind=way,
            language=Language.FRENCH,
            chunk=1,
            state=state,
            queued_at=at,
            handed_over_at=taken_at,
            changed_at=at,
        )
        session.add(row)
        session.flush()
        assert row.id
        return row.id


def test_an_alert_belongs_to_the_day_on_a_belgian_wall() -> None:
    """31 December at 23:59:59 is of the year that ends, midnight of the one that begins."""
    sent(datetime(2024, 12, 31, 23, 59, 59, tzinfo=BRUSSELS))
    sent(datetime(2025, 1, 1, 0, 0, 0, tzinfo=BRUSSELS))
    sent(datetime(2024, 1, 1, 0, 0, 0, tzinfo=BRUSSELS))
    sent(datetime(2023, 12, 31, 23, 59, 59, tzinfo=BRUSSELS))
    assert value("m.alerts_sent") == 2
    assert value("m.alerts_sent", Period(date(2025, 1, 1), date(2025, 1, 1))) == 1


def test_the_night_the_clock_goes_forward_is_a_day_of_twenty_three_hours() -> None:
    """31 March 2024: from 23:00 UTC the day before to 22:00 UTC."""
    for at in (
        datetime(2024, 3, 30, 22, 59, 59, tzinfo=UTC),
        datetime(2024, 3, 30, 23, 0, tzinfo=UTC),
        datetime(2024, 3, 31, 21, 59, 59, tzinfo=UTC),
        datetime(2024, 3, 31, 22, 0, tzinfo=UTC),
    ):
        sent(at)
    assert value("m.alerts_sent", Period(date(2024, 3, 31), date(2024, 3, 31))) == 2


def test_drills_drafts_follow_ups_and_what_was_cancelled_before_it_left_are_no_alerts() -> None:
    sent()
    sent(is_drill=True)
    sent(None, status=BroadcastStatus.DRAFT)
    sent(step=Step.ALL_CLEAR)
    sent(status=BroadcastStatus.CANCELLED, fanned_out_at=None)
    sent(status=BroadcastStatus.CANCELLED)
    assert value("m.alerts_sent") == 2


def test_nothing_is_known_of_what_comes_after_the_moment_asked_for() -> None:
    sent(MAY)
    assert value("m.alerts_sent", YEAR, MAY) == 0
    assert value("m.alerts_sent", YEAR, MAY + timedelta(seconds=1)) == 1


def elsewhere() -> UUID:
    """A partnership of another town of the same police zone."""
    with unit_of_work() as session:
        here = session.exec(select(Partnership).where(Partnership.slug == UPPER)).one()
        other = Organisation(kind=OrganisationKind.MUNICIPALITY, slug="elsewhere", name="Elsewhere")
        session.add(other)
        session.flush()
        there = Partnership(
            slug="elsewhere-1",
            name="Elsewhere",
            languages=[Language.FRENCH],
            police_zone_id=here.police_zone_id,
            municipality_id=other.id,
            created_at=AFTERWARDS,
        )
        session.add(there)
        session.flush()
        session.add(
            CommunicationPlan(
                partnership_id=there.id, signed_on=date(2023, 1, 1), in_force_from=MAY
            )
        )
        return other.id


def test_an_alert_to_partnerships_of_two_towns_counts_once_in_each() -> None:
    other = elsewhere()
    sent(to=(UPPER, LOWER, "elsewhere-1"))
    figures = of_all("m.alerts_sent")
    with unit_of_work(read_only=True) as session:
        assert figures[None].value == 1
        assert figures[zone(session, UPPER)].value == figures[zone(session, LOWER)].value == 1
        assert zone(session, "elsewhere-1") not in figures
        there = MEASURES["m.alerts_sent"].take(session, Asked(other, YEAR, AFTERWARDS))
    assert there.value == 1


def test_a_prevention_message_that_leaves_by_two_broadcasts_counts_once() -> None:
    one = sent(kind=BroadcastKind.PREVENTION)
    two = sent(MAY + timedelta(days=1), (LOWER,), BroadcastKind.PREVENTION)
    message = ColdMessage(
        client_request_id="measured",
        kind=BroadcastKind.PREVENTION,
        phenomenon="cambriolage",
        author_id=one.author_id,
        good_until=AFTERWARDS,
    )
    keep(message)
    keep(*(ColdBroadcast(broadcast_id=each.id, message_id=message.id) for each in (one, two)))
    sent(kind=BroadcastKind.MODUS_OPERANDI)
    sent(kind=BroadcastKind.INCREASE_WARNING)
    assert value("m.prevention_messages") == 1
    assert value("m.prevention_messages", phenomenon="cambriolage") == 1
    assert value("m.prevention_messages", phenomenon="vol") == 0
    assert (value("m.mo_notices"), value("m.increase_warnings")) == (1, 1)


def test_somebody_told_twice_is_one_person_informed_and_a_year_is_no_sum_of_quarters() -> None:
    often, once, presumed = member(UPPER, LOWER), member(UPPER), member(UPPER)
    spring = sent(kind=BroadcastKind.PREVENTION)
    autumn = sent(MAY + timedelta(days=180), (UPPER, LOWER), BroadcastKind.MODUS_OPERANDI)
    delivered(spring, often)
    delivered(spring, once)
    delivered(spring, presumed, DeliveryState.NO_RECEIPT)
    delivered(autumn, often, place=LOWER)
    delivered(autumn, presumed, DeliveryState.UNDELIVERED)
    figures = of_all("m.persons_informed")
    assert (figures[None].value, figures[None].unknown) == (2, 1)
    with unit_of_work(read_only=True) as session:
        assert figures[zone(session, UPPER)].value == 2
        assert figures[zone(session, LOWER)].value == 1
    quarters = [(4, 30), (10, 31)]
    spring_and_autumn = [
        value("m.persons_informed", Period(date(2024, month, 1), date(2024, month + 2, last)))
        for month, last in quarters
    ]
    assert spring_and_autumn == [2, 1]


def test_an_alert_informs_nobody_and_neither_does_a_drill() -> None:
    delivered(sent(), member(UPPER))
    delivered(sent(kind=BroadcastKind.PREVENTION, is_drill=True), member(UPPER))
    assert value("m.persons_informed") == 0


def test_a_coordinator_is_no_informed_citizen() -> None:
    person = member(UPPER)
    with unit_of_work() as session:
        office = (
            session.exec(select(Account).where(Account.email == "coordinator@demo.example")).first()
            or session.exec(select(Account)).first()
        )
        assert office
        session.add(
            ContactPoint(
                person_id=person,
                kind=ContactKind.EMAIL,
                value=office.email,
                value_index=office.email_index,
            )
        )
    delivered(sent(kind=BroadcastKind.PREVENTION), person)
    assert value("m.persons_informed") == 0


def test_whoever_was_forgotten_stays_counted() -> None:
    person = member(UPPER, left_at=AFTERWARDS - timedelta(days=5))
    delivered(sent(kind=BroadcastKind.PREVENTION), person)
    with unit_of_work() as session:
        gone = session.get(Person, person)
        assert gone
        gone.name, gone.erased_at = "", AFTERWARDS - timedelta(days=5)
        session.add(gone)
    assert value("m.persons_informed") == 1


def test_reach_keeps_apart_those_of_whom_nobody_knows() -> None:
    alert = sent()
    states = (
        DeliveryState.DELIVERED,
        DeliveryState.NO_RECEIPT,
        DeliveryState.FAILED,
        DeliveryState.SKIPPED,
    )
    for state in states:
        delivered(alert, member(UPPER), state)
    # His first way failed, and nobody knows of the second.
    twice = member(UPPER)
    delivered(alert, twice, DeliveryState.UNDELIVERED)
    delivered(alert, twice, DeliveryState.ACCEPTED, EMAIL, way="way_2")
    figure = taken("m.reach")
    assert parts(figure) == (1, 5, 2)
    assert figure.value == 20
    assert parts(taken("m.reach", channel="email")) == (0, 1, 1)


def test_each_message_of_an_alert_is_in_time_by_itself() -> None:
    """120 seconds are in time, one more is not; who got nothing at all was never to be sent to."""
    alert = sent()
    for after in (0, 120, 121, None):
        delivered(alert, member(UPPER), taken_after=after)
    delivered(alert, member(UPPER), DeliveryState.SKIPPED, taken_after=None)
    delivered(alert, member(UPPER), by=Channel.VOICE, taken_after=5, way="by_hand")
    figure = taken("m.alert_speed")
    assert parts(figure) == (2, 4, 0)
    assert figure.value == 50


def test_no_alert_is_no_value_and_not_nought_percent() -> None:
    for code in ("m.alert_speed", "m.reach", "m.reply_rate", "m.alerts_with_feedback_in_time"):
        figure = taken(code)
        assert figure.value is None
        assert figure.reason


def answer(delivery: int, person: UUID, at: datetime, kind: InboundKind) -> None:
    keep(
        InboundMessage(
            carrier_id=f"reply-{next(_numbers)}",
            received_at=at,
            sender="+32",
            body="x",
            kind=kind,
            language=Language.FRENCH,
            person_id=person,
            delivery_id=delivery,
        )
    )


def test_a_reply_counts_within_seven_days_and_stop_is_none() -> None:
    alert = sent()
    for after, kind in (
        (timedelta(days=7), InboundKind.MESSAGE),
        (timedelta(days=7, seconds=1), InboundKind.MESSAGE),
        (timedelta(minutes=1), InboundKind.STOP),
    ):
        person = member(UPPER)
        answer(delivered(alert, person), person, MAY + after, kind)
    delivered(alert, member(UPPER), DeliveryState.NO_RECEIPT)
    delivered(sent(kind=BroadcastKind.PREVENTION), member(UPPER))
    assert parts(taken("m.reply_rate")) == (1, 3, 0)


def test_replies_are_judged_once_their_seven_days_are_over() -> None:
    person = member(UPPER)
    answer(delivered(sent(), person), person, MAY + timedelta(hours=1), InboundKind.MESSAGE)
    young = taken("m.reply_rate", YEAR, MAY + timedelta(days=7) - timedelta(seconds=1))
    assert young.value is None
    assert young.reason != taken("m.reply_rate", Period(date(2020, 1, 1), date(2020, 1, 1))).reason
    assert value("m.reply_rate", YEAR, MAY + timedelta(days=7)) == 100


def report(
    received: datetime, answered: timedelta | None = None, status: ReportStatus = ReportStatus.NEW
) -> None:
    with unit_of_work() as session:
        number = 10_000 + next(_numbers)
        made = Report(
            municipality_id=town(session),
            number=number,
            source=ReportSource.POST,
            category="noise",
            words="x",
            received_at=received,
            status=status,
        )
        session.add(made)
        session.flush()
        if answered is not None:
            session.add(
                Answer(
                    report_id=made.id,
                    way=AnswerWay.POST,
                    language=Language.FRENCH,
                    owed_since=received,
                    due_at=received + timedelta(days=7),
                    status=AnswerStatus.GIVEN,
                    given_at=received + answered,
                )
            )


def test_merged_reports_and_those_not_for_us_are_not_registered() -> None:
    for status in ReportStatus:
        report(MAY, status=status)
    assert value("m.reports_registered") == len(ReportStatus) - 2


def test_a_report_is_followed_up_within_so_many_times_twenty_four_hours() -> None:
    report(MAY, timedelta(days=7))
    report(MAY, timedelta(days=7, seconds=1))
    report(MAY)
    assert parts(taken("m.reports_followed_up")) == (1, 3, 0)
    assert parts(taken("m.reports_followed_up", days="14")) == (2, 3, 0)
    young = taken("m.reports_followed_up", YEAR, MAY + timedelta(days=6))
    assert young.value is None
    assert young.reason


def test_the_middle_of_waits_counts_those_without_an_answer_as_longest() -> None:
    for hours in (1, 3):
        report(MAY, timedelta(hours=hours))
    report(MAY)
    figure = taken("m.time_to_first_feedback")
    assert (figure.value, figure.numerator, figure.denominator) == (3, None, 3)
    report(MAY)
    # Half of them have an answer: the middle is the longer of the two.
    assert value("m.time_to_first_feedback") == 3
    report(MAY)
    few = taken("m.time_to_first_feedback")
    assert few.value is None
    assert few.reason


def test_a_member_of_two_partnerships_is_one_member() -> None:
    before = value("m.members_active")
    assert before is not None
    member(UPPER, LOWER)
    member(LOWER, left_at=datetime(2024, 12, 31, 22, 59, 59, tzinfo=UTC))
    member(UPPER, joined=datetime(2025, 1, 1, 0, 0, tzinfo=BRUSSELS))
    assert value("m.members_active") == before + 1


def test_households_without_a_typed_number_count_on_neither_side() -> None:
    nothing_typed = taken("m.household_coverage")
    assert nothing_typed.value is None
    assert nothing_typed.reason
    for person, household in ((member(UPPER), "a"), (member(UPPER), "a"), (member(LOWER), "b")):
        keep(Residence(person_id=person, household_index=household))
    with unit_of_work() as session:
        by = session.exec(select(Account.id)).first()
        place = zone(session, UPPER)
    assert by
    for day, households in ((date(2023, 1, 1), 50), (date(2024, 1, 1), 40)):
        keep(HouseholdCount(partnership_id=place, day=day, households=households, entered_by=by))
    figures = of_all("m.household_coverage")
    assert parts(figures[None]) == parts(figures[place]) == (1, 40, 0)


def test_a_partnership_is_active_on_any_day_of_the_period_but_not_on_the_one_it_ends() -> None:
    with unit_of_work() as session:
        here = session.exec(select(Partnership).where(Partnership.slug == UPPER)).one()
        made = Partnership(
            slug="old-one",
            name="Old",
            languages=[Language.FRENCH],
            police_zone_id=here.police_zone_id,
            municipality_id=here.municipality_id,
        )
        session.add(made)
        session.flush()
        for status, day in (
            (PartnershipStatus.ACTIVE, date(2010, 3, 1)),
            (PartnershipStatus.ENDED, date(2011, 1, 1)),
        ):
            session.add(PartnershipStep(partnership_id=made.id, status=status, happened_on=day))
    years = {
        year: value("m.active_partnerships", Period(date(year, 1, 1), date(year, 12, 31)))
        for year in (2009, 2010, 2011)
    }
    assert years == {2009: 0, 2010: 1, 2011: 0}


def test_whoever_closed_a_way_or_was_forgotten_has_opted_out_but_no_lost_number() -> None:
    before = taken("m.optout_rate")
    stopped, lost, forgotten, _stays = (member(UPPER, LOWER) for _one in range(4))
    for person, reason in ((stopped, "stop"), (lost, LOST_REASONS[0])):
        point = ContactPoint(
            person_id=person, kind=ContactKind.MOBILE, value="x", value_index=f"i-{person}"
        )
        keep(point)
        keep(ContactStop(contact_point_id=point.id, channel=SMS, reason=reason, stopped_at=MAY))
    with unit_of_work() as session:
        gone = session.get(Person, forgotten)
        assert gone
        gone.erased_at = MAY
        session.add(gone)
    figure = taken("m.optout_rate")
    assert (figure.numerator or 0) - (before.numerator or 0) == 2
    assert (figure.denominator or 0) - (before.denominator or 0) == 4


def test_a_week_is_counted_in_one_quarter_only() -> None:
    """1 October 2027 is a Friday: its week belongs to the third quarter."""
    with unit_of_work() as session:
        by = session.exec(select(Account.id)).first()
        police = session.exec(
            select(Organisation.part_of_id).where(Organisation.slug == "valdor")
        ).one()
    assert by
    assert police
    keep(
        ContextCount(
            police_zone_id=police,
            phenomenon="cambriolage",
            iso_year=2027,
            iso_week=39,
            count=7,
            source=CountSource.TYPED,
            entered_by=by,
            entered_at=MAY,
        )
    )
    late = datetime(2028, 2, 1, tzinfo=UTC)
    third = Period(date(2027, 7, 1), date(2027, 9, 30))
    fourth = Period(date(2027, 10, 1), date(2027, 12, 31))
    assert value("c.offence_count", third, late) == 7
    assert value("c.offence_count", fourth, late) is None


def test_an_alert_that_was_sent_is_counted_from_the_rows_that_sending_makes() -> None:
    texts = {one: Words("Subject", "Short", "Long") for one in Language if one != "en"}
    at = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    clock.set_source(lambda: at)
    with unit_of_work() as session:
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account
        actor = accounts.actor_for(session, account)
        draft = drafts.Draft("one", BroadcastKind.URGENT_ALERT, texts, (UPPER, LOWER))
        alert = drafts.create(session, actor, draft)
        broadcasts.send(session, actor, alert)
    with unit_of_work() as session:
        fan_out.fan_out(session, alert.id)
        made = session.exec(select(Delivery).where(Delivery.broadcast_id == alert.id)).all()
    year, later = Period(date(2026, 1, 1), date(2026, 12, 31)), at + timedelta(minutes=5)
    to_send = [one for one in made if one.state != DeliveryState.SKIPPED]
    assert to_send
    assert value("m.alerts_sent", year, later) == 1
    assert parts(taken("m.alert_speed", year, later)) == (0, len(to_send), 0)
    assert parts(taken("m.reach", year, later)) == (0, len({one.person_id for one in made}), 0)
