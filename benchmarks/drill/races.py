"""A bad recipient, a STOP, a cancellation, an outage: what must not leave does not leave."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from benchmarks.drill.ground import Ground
from benchmarks.drill.scenario import scenario
from messaging.models import Broadcast, BroadcastKind, BroadcastStatus

MAGIC = "+324700000"


@scenario("31", may_end=("failed",))
def one_bad_number_among_hundreds(ground: Ground) -> None:
    """The others get their message, it gets its reason."""
    ground.members(f"{MAGIC}11", f"{MAGIC}13")
    spoilt = ground.change(
        "UPDATE contact_point SET value = 'not a number' WHERE value = '+32471000007'"
    )
    assert spoilt == 1
    ground.unreachable |= {f"{MAGIC}11", f"{MAGIC}13", "not a number"}
    ground.alert()
    ground.all_final()
    failed = ground.rows(
        "SELECT reason, carrier_code FROM delivery WHERE state = 'failed' AND channel = 'sms'"
    )
    assert len(failed) == 3, f"{len(failed)} failed instead of 3"
    assert all(row.reason for row in failed), "one failed without a reason"


@scenario("31")
def a_text_that_cannot_be_sent(ground: Ground) -> None:
    """Nothing is sent at all, and the language is named."""
    texts = ground.words()
    texts["nl"]["short"] = "x" * 3000
    answer = ground.api.draft("haut-valdor", texts=texts)
    assert answer.status_code == 422, f"answered {answer.status_code}"
    assert "texts.nl" in answer.text, "the language is not named"
    assert not ground.accepted()
    assert not ground.rows("SELECT id FROM broadcast")


@scenario("33", quick=("postgresql",), may_end=("failed",))
def stop_comes_in_while_the_alert_leaves(ground: Ground) -> None:
    """From the moment a STOP is stored, nothing more leaves for that number."""
    ground.hub.carrier.set(latency_ms=1500)
    ground.alert()
    ground.another_few(10)
    for number in range(60, 300, 12):
        answer = ground.hub.carrier.reply(f"+32471{number:06}", "STOP")
        assert answer["status"] == 200, f"STOP was answered {answer['status']}"
    ground.hub.carrier.set(latency_ms=0)
    ground.all_final()
    stopped = ground.rows("SELECT count(*) FROM contact_stop")[0][0]
    skipped = ground.rows("SELECT count(*) FROM delivery WHERE reason = 'opted_out'")[0][0]
    ground.remarks.append(f"{stopped} channels closed, {skipped} messages held back")
    ground.alert()
    ground.all_final()


@scenario("34", may_end=("cancelled",))
def alert_cancelled_half_way(ground: Ground) -> None:
    """The rest is cancelled, and the counts still add up."""
    ground.hub.carrier.set(latency_ms=300)
    sent = ground.alert()
    ground.another_few(60)
    _cancel(ground, sent)
    cancelled_at = datetime.now(UTC)
    ground.until(lambda: not {"queued", "sending"} & set(ground.states()), "the rest is cancelled")
    late = [
        one
        for one in ground.hub.carrier.accepted()
        if datetime.fromisoformat(one["at"]) > cancelled_at + timedelta(seconds=2)
    ]
    assert not late, f"{len(late)} were handed over after the cancellation"
    assert ground.states().get("cancelled"), "nothing was left to cancel"
    ground.all_final()


@scenario(
    "35",
    workers=("worker urgent", "worker bulk"),
    may_end=("expired",),
)
def backlog_after_an_outage(ground: Ground) -> None:
    """What is too old is not sent, and what is urgent does not wait behind the rest."""
    for name in ("worker urgent", "worker bulk"):
        ground.kill(name)
    ground.hub.carrier.set(latency_ms=20)
    too_old, bulk, urgent = ground.alert(), _prevention(ground), ground.alert()
    past = datetime.now(UTC) - timedelta(minutes=60)
    with ground.engine.begin() as connection:
        connection.execute(
            update(Broadcast).where(col(Broadcast.id) == UUID(too_old)).values(expires_at=past)
        )
    ground.start("worker bulk")
    ground.hub.start("worker urgent")
    ground.all_final(120)
    # Read as text: the two databases write a moment differently, and only the order counts.
    last = {
        str(row[0]).replace("-", ""): str(row[1])
        for row in ground.rows(
            "SELECT broadcast_id, max(handed_over_at) FROM delivery "
            "WHERE channel <> 'voice' GROUP BY broadcast_id"
        )
    }
    assert last[too_old.replace("-", "")] == "None", "an expired alert was sent"
    assert last[urgent.replace("-", "")] <= last[bulk.replace("-", "")], "bulk overtook the alert"


def _prevention(ground: Ground) -> str:
    """A prevention message as it is once a coordinator has passed it on."""
    made = ground.alert()
    with ground.engine.begin() as connection:
        connection.execute(
            update(Broadcast)
            .where(col(Broadcast.id) == UUID(made))
            .values(kind=BroadcastKind.PREVENTION)
        )
    return made


def _cancel(ground: Ground, broadcast_id: str) -> None:
    # There is no page for it yet: what the page will do is this one word in the row.
    cancelled = (
        update(Broadcast)
        .where(col(Broadcast.id) == UUID(broadcast_id))
        .values(status=BroadcastStatus.CANCELLED)
    )
    with ground.engine.begin() as connection:
        connection.execute(cancelled)
