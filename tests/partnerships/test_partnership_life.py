"""A partnership is proposed, recognised, active, ends; only steps that follow are taken."""

from datetime import UTC, datetime

import pytest
from sqlmodel import col, delete, select

from hub import clock
from hub.access import Role
from hub.audit import Decision
from hub.db import unit_of_work
from partnerships import accounts, communication_plan, zones
from partnerships.models import (
    CommunicationPlan,
    Initiator,
    Notice,
    NoticeState,
    PartnershipStatus,
    PartnershipStep,
    Zone,
)
from tests import in_process
from tests.conftest import Templates
from tests.partnerships.register_zone import (
    CAPACITIES,
    PLACE,
    found,
    mails,
    partnership,
    pdf,
    problem,
    sign,
    step,
    upload,
)
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_day_in_june(demo_zone: str) -> None:
    clock.set_source(lambda: NOW)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["mandated_officer"])


@pytest.fixture
def prevention(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["prevention_officer"])


def status() -> PartnershipStatus:
    return partnership().status


def bring_to_recognition(officer: Visitor) -> None:
    """Propose it, and take every step until it is recognised."""
    found(officer)
    step(officer, "information_evening")
    step(officer, "charter")
    upload(officer, "charter", pdf())
    upload(officer, "house_rules", pdf())
    sign(officer, *CAPACITIES)
    step(officer, "sent_for_recognition")
    upload(officer, "recognition_letter", pdf())
    step(officer, "recognised")
    assert status() is PartnershipStatus.RECOGNISED


def make_ready_to_work() -> None:
    """Give it what it needs to be active: a plan in force, a zone, a coordinator."""
    at = partnership()
    with unit_of_work() as session:
        plan = session.exec(
            select(CommunicationPlan).where(CommunicationPlan.partnership_id == at.id)
        ).one()
        plan.in_force_from = NOW
        session.add(plan)
        square = [[5.60, 50.60], [5.61, 50.60], [5.61, 50.61], [5.60, 50.61], [5.60, 50.60]]
        zones.draw(session, at.id, {"type": "Polygon", "coordinates": [square]})
        email = "new-coordinator@demo.example"
        account = accounts.create(
            session, email=email, name="Nora Nieuw", password="four words to remember"
        )
        accounts.appoint(session, account, Role.COORDINATOR, at.id)


def test_a_proposal_gets_a_slug_its_initiators_and_a_draft_of_its_plan(officer: Visitor) -> None:
    answer = found(officer)
    assert answer.headers["Location"] == PLACE
    page = officer.get(PLACE)
    assert "PLP Rue de l&#39;Église" in page.text
    assert "Français, Deutsch" in page.text
    assert "Ines Initiatrice" in page.text
    made = partnership()
    assert made.status is PartnershipStatus.PROPOSAL
    with unit_of_work(read_only=True) as session:
        initiator = session.exec(select(Initiator).where(Initiator.partnership_id == made.id)).one()
        draft = session.exec(
            select(CommunicationPlan).where(CommunicationPlan.partnership_id == made.id)
        ).one()
        assert communication_plan.in_force(session, made.id, NOW) is None
    assert initiator.telephone == "+3242000199"
    assert draft.in_force_from is None


def test_what_will_not_do_is_said_beside_each_field_and_what_was_typed_is_kept(
    officer: Visitor,
) -> None:
    page = found(
        officer,
        **{
            "name": "X",
            "kind": "thematic",
            "language.1": "fr",
            "municipality": "",
            "initiators.0.email": "nowhere",
            "initiators.1.name": "Second Half",
        },
    )
    assert problem(page, "name") == "A name has 2 to 120 characters."
    assert problem(page, "theme") == "Say in a few words what unites this partnership."
    assert problem(page, "languages") == "Choose each language once."
    assert problem(page, "municipality") == "Choose a municipality."
    assert problem(page, "initiators.0.email") == "This is not an email address."
    assert problem(page, "initiators.1.email") == "This is not an email address."
    assert 'value="nowhere"' in page.text
    assert 'value="Second Half"' in page.text


def test_a_name_that_reads_the_same_is_refused_and_a_taken_slug_is_numbered(
    officer: Visitor,
) -> None:
    found(officer)
    again = found(officer, name="plp rue de l'Eglise")
    assert "exists already" in problem(again, "name")
    step(officer, "refused", reason="Too small.")
    assert found(officer).headers["Location"] == f"{PLACE}-2"


def test_a_prevention_officer_founds_in_his_own_municipality_only(
    officer: Visitor, prevention: Visitor
) -> None:
    officer.post("/organisations", name="Valneuf")
    assert "Valneuf" in officer.get("/partnerships/new").text
    assert "Valneuf" not in prevention.get("/partnerships/new").text
    assert problem(found(prevention, municipality="valneuf"), "municipality")
    assert found(prevention).status_code == 303


@pytest.mark.parametrize("role", ["dispatcher", "coordinator", "administrator"])
def test_who_does_not_keep_the_register_takes_no_step(templates: Templates, role: str) -> None:
    visitor = in_process.signed_in(**templates.accounts[role])
    place = "/partnerships/haut-valdor"
    assert step(visitor, "dormant", reason="Quiet.", place=place).status_code == 403
    assert "What comes next" not in visitor.get(place).text
    assert found(visitor).status_code == 403


def test_the_whole_way_to_recognition_and_work_is_taken_step_by_step(officer: Visitor) -> None:
    bring_to_recognition(officer)
    make_ready_to_work()
    assert step(officer, "active").status_code == 303
    assert step(officer, "dormant", reason="Nobody reports.").status_code == 303
    assert step(officer, "active").status_code == 303
    assert step(officer, "ended", reason="Everybody moved.").status_code == 303
    page = officer.get(PLACE).text
    assert page.index("Everybody moved.") < page.index("Nobody reports.") < page.index("Proposal")
    assert "What comes next" not in page


def test_only_a_step_that_follows_is_offered_and_taken(officer: Visitor) -> None:
    found(officer)
    page = officer.get(PLACE).text
    assert "The information evening was held" in page
    assert "The partnership is active" not in page
    refused = step(officer, "active")
    assert refused.status_code == 422
    assert "This step does not follow where the partnership is now." in refused.text
    assert status() is PartnershipStatus.PROPOSAL


def test_a_day_to_come_and_one_before_the_last_step_are_refused(officer: Visitor) -> None:
    found(officer)
    late = step(officer, "information_evening", day="2026-06-02")
    assert problem(late, "happened_on.information_evening") == "This day has not come yet."
    early = step(officer, "information_evening", day="2026-05-31")
    assert "01/06/2026" in problem(early, "happened_on.information_evening")
    none = step(officer, "information_evening", day="yesterday")
    assert problem(none, "happened_on.information_evening") == "This is not a date."


def test_papers_are_sent_only_with_a_charter_and_four_signatures(officer: Visitor) -> None:
    found(officer)
    step(officer, "information_evening")
    step(officer, "charter")
    page = officer.get(PLACE).text
    assert "The signed charter is not among the papers yet." in page
    assert "no reason can stand in for it" in page
    upload(officer, "charter", pdf())
    sign(officer, *CAPACITIES[:3])
    refused = step(officer, "sent_for_recognition", reason="We are in a hurry.")
    assert "not all four signatures" in problem(refused, "status.sent_for_recognition")
    sign(officer, CAPACITIES[3])
    unexplained = step(officer, "sent_for_recognition")
    assert problem(unexplained, "reason.sent_for_recognition")
    assert step(officer, "sent_for_recognition", reason="They stand in the charter.").is_redirect
    assert "They stand in the charter." in officer.get(PLACE).text


def test_without_an_agreed_plan_and_a_zone_it_is_not_active_whatever_the_reason(
    officer: Visitor,
) -> None:
    bring_to_recognition(officer)
    refused = step(officer, "active", reason="It must go on.")
    assert problem(refused, "status.active").startswith("No communication plan is in force")
    make_ready_to_work()
    partnership_id = partnership().id
    with unit_of_work() as session:
        session.execute(delete(Zone).where(col(Zone.partnership_id) == partnership_id))
    refused = step(officer, "active", reason="It must go on.")
    assert problem(refused, "status.active").startswith("No zone is drawn")


def test_a_refusal_is_told_with_its_reason_to_the_initiators_in_their_language(
    officer: Visitor,
) -> None:
    found(officer)
    bare = step(officer, "refused")
    assert problem(bare, "reason.refused")
    step(officer, "refused", reason="Te weinig bewoners in de wijk.")
    told = mails("partnership_step")["ines@demo.example"]
    assert told.language == "nl"
    assert "geweigerd" in told.body
    assert "Te weinig bewoners in de wijk." in told.body
    assert "01/06/2026" in told.body


def test_partners_are_told_of_a_step_each_once_in_his_language_and_not_the_one_who_took_it(
    officer: Visitor,
) -> None:
    step(officer, "dormant", reason="Stil.", place="/partnerships/haut-valdor")
    told = mails("partnership_step")
    assert set(told) == {
        "secretariat@demo.example",
        "preventie@demo.example",
        "coordinator@demo.example",
    }
    assert "Slapend" in told["preventie@demo.example"].body
    assert "En sommeil" in told["secretariat@demo.example"].body
    # Only who can sign in is shown the way in.
    assert "/partnerships/haut-valdor" in told["coordinator@demo.example"].body
    assert "http" not in told["preventie@demo.example"].body


def test_the_page_shows_who_was_told_and_who_could_not_be(officer: Visitor) -> None:
    place = "/partnerships/haut-valdor"
    step(officer, "dormant", reason="Quiet.", place=place)
    assert "3 mails on their way" in officer.get(place).text
    with unit_of_work() as session:
        first, second, third = session.exec(
            select(Notice).where(Notice.about_kind == "partnership_step")
        )
        first.state = second.state = NoticeState.SENT
        third.state = NoticeState.FAILED
        session.add_all([first, second, third])
    page = officer.get(place).text
    assert "2 people told" in page
    assert "1 mail could not be delivered" in page


def test_every_step_is_in_the_decision_log(officer: Visitor) -> None:
    found(officer)
    step(officer, "information_evening")
    with unit_of_work(read_only=True) as session:
        taken = session.exec(select(Decision).where(Decision.action == "partnership.step")).all()
        steps = session.exec(
            select(PartnershipStep).where(PartnershipStep.partnership_id == partnership().id)
        ).all()
    assert [one.facts["status"] for one in taken] == ["proposal", "information_evening"]
    assert all(one.account_id for one in taken)
    assert len(steps) == 2


def test_a_renewal_that_nears_and_one_that_has_passed_show_in_the_list(officer: Visitor) -> None:
    def renew(day: str) -> str:
        changes = {
            "name": "PLP Haut-Valdor",
            "kind": "citizens",
            "language.0": "fr",
            "renewal_due_on": day,
        }
        assert officer.post("/partnerships/haut-valdor/edit", **changes).is_redirect
        return officer.get("/partnerships?q=haut").text

    assert "Renewal due" in renew("2026-07-31")
    assert "Renewal" not in renew("2026-08-01")
    assert "Renewal overdue" in renew("2026-05-31")
    assert "Renewal" not in renew("")


def test_initiators_come_and_go_but_somebody_must_be_left_to_be_told(officer: Visitor) -> None:
    found(officer)
    bad = officer.post(f"{PLACE}/initiators", name="", email="x", telephone="1", language="fr")
    assert problem(bad, "name")
    assert problem(bad, "email")
    assert problem(bad, "telephone")
    first = _initiator("Ines Initiatrice")
    assert officer.post(f"{PLACE}/initiators/{first.id}/remove").status_code == 409
    officer.post(f"{PLACE}/initiators", name="Otto", email="otto@demo.example", language="de")
    assert officer.post(f"{PLACE}/initiators/{first.id}/remove").is_redirect
    assert "Ines" not in officer.get(PLACE).text
    elsewhere = "/partnerships/haut-valdor/initiators"
    assert officer.post(f"{elsewhere}/{_initiator('Otto').id}/remove").status_code == 404


def _initiator(name: str) -> Initiator:
    with unit_of_work(read_only=True) as session:
        return next(one for one in session.exec(select(Initiator)) if one.name == name)


def test_a_change_of_name_keeps_the_address(officer: Visitor) -> None:
    found(officer)
    changes = {"name": "PLP Place du Marché", "kind": "mixed", "language.0": "nl"}
    assert officer.post(f"{PLACE}/edit", **changes).headers["Location"] == PLACE
    changed = partnership()
    assert (changed.name, changed.kind, changed.languages) == (
        "PLP Place du Marché",
        "mixed",
        ["nl"],
    )
    assert changed.takes_requests is False
