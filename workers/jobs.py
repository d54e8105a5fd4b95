"""The jobs a bell may start. Each is a door: ids in, one function called."""

from uuid import UUID

from feedback import mail_answers, voicemail_fetching
from hub.db import unit_of_work
from hub.metrics import deliveries_taken
from messaging import digest_sending, dispatch, notice_dispatch
from messaging import fan_out as fanning
from partnerships import member_links
from partnerships.members_import import work as members_import
from plan.measures import measuring
from plan.report import issuing
from workers import stopping, warm


def fan_out(broadcast_id: str) -> None:
    """Make the deliveries of a released broadcast."""
    with unit_of_work() as session:
        fanning.fan_out(session, UUID(broadcast_id))


def deliver_chunk(broadcast_id: str, chunk: int) -> None:
    """Send what is due of one chunk."""
    taken = warm.run(
        lambda carriers: dispatch.deliver_chunk(
            carriers, UUID(broadcast_id), chunk, stopping.is_asked
        )
    )
    deliveries_taken.inc(taken)


def send_digest(person_id: str) -> None:
    """Send a member his weekly mail."""
    taken = warm.run(lambda carriers: digest_sending.send(carriers, UUID(person_id)))
    deliveries_taken.inc(taken)


def answer_mail(reply_id: str) -> None:
    """Send a member the answer to what he wrote by mail."""
    with unit_of_work(read_only=True) as session:
        letter = mail_answers.letter(session, UUID(reply_id))
    if letter is not None:
        warm.run(lambda carriers: mail_answers.send(carriers, letter))


def fetch_voicemail(voicemail_id: str) -> None:
    """Fetch a recording from the carrier and have it taken away there."""
    voicemail_fetching.work(UUID(voicemail_id))


def send_notice(notice_id: str) -> None:
    """Send one of the hub's own notices."""
    warm.run(lambda carriers: notice_dispatch.send_notice(carriers, UUID(notice_id)))


def send_member_links(asked: str) -> None:
    """Send the links to members' own pages that somebody asked for."""
    with unit_of_work() as session:
        member_links.send_asked(session, UUID(asked))


def import_members(import_id: str) -> None:
    """Check, or store, a list of members."""
    members_import.work(UUID(import_id))


def measure_plan(measuring_id: str) -> None:
    """Take the measures of a plan."""
    measuring.work(UUID(measuring_id))


def make_report_files(report_id: str) -> None:
    """Make the files of a report that was issued."""
    issuing.make_files(UUID(report_id))
