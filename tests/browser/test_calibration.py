"""A calibration round in a real browser: pack, session, audit, outcome, appeal (issue 17, Done when)."""

import re

import pytest
from playwright.sync_api import expect

from audits.fairness import services as fairness
from audits.fairness.models import FairnessAudit, OutcomeSet
from audits.fairness.states import HarmAnswer, HarmHypothesis
from charter.rules.vocabulary import EvidenceKind
from governance.appeals import services as appeals
from governance.appeals.models import Appeal
from governance.appeals.states import AboutKind, AppealFinding
from governance.calibration import queries, services
from governance.calibration.screens import urls
from governance.calibration.states import NoteKind
from tests import factories
from tests.browser.conftest import served
from tests.browser.test_accessibility import Eye
from tests.browser.test_journeys import press
from tests.governance.calibration.conftest import (
    ask_unseen,
    audit,
    item_of,
    list_items,
    on_the_day,
    propose,
    the_round,
    with_outcomes,
    with_proposals,
    with_round,
    write,
)  # fmt: skip
from tests.governance.decisions.conftest import judged, with_judged
from tests.proof import ASKED, whole_or_short

__all__ = ["judged", "with_judged", "with_outcomes", "with_proposals", "with_round"]


@pytest.mark.proof(alone=True)
def test_a_round_from_the_pack_to_the_appeal_that_reopens_it(house, with_round, window):
    """Done when: pack → session → audit → outcome → appeal → another level, each next step found on a page.

    Briefly what is said twice is said once by pages: a note, and a harm hypothesis.
    """
    accounts = with_round
    with on_the_day(), served() as address:
        item, manager = item_of("payments-2"), accounts["manager"]
        write(item, EvidenceKind.DESIGN_REVIEW, by=manager)
        lead = window(manager, at=address)
        lead.goto("/calibration")
        lead.get_by_role("link", name="Payments-2", exact=True).click()
        asked = [
            ("Mentoring", "Two newcomers."),
            ("Support of other teams", "There was none; I asked Search."),
        ]
        if ASKED == "short":
            ask_unseen(item, but=[NoteKind.MENTORING, NoteKind.DESIGN_REVIEW], by=manager)
        for kind, text in asked[: whole_or_short(2, 1)]:
            lead.get_by_role("link", name=f"Ask about it: {kind}").click()
            lead.get_by_label("In your own words").fill(text)
            press(lead, "Write it into the pack")
        lead.get_by_role("link", name="Propose a level").or_(
            lead.get_by_role("button", name="Propose a level")
        ).click()
        lead.get_by_label("Leading").check()
        lead.get_by_label("Design review, Ledger").check()
        lead.get_by_label("Why does the evidence show this level?").fill("As in the rubric’s example.")
        press(lead, "Propose it")
        expect(lead.get_by_role("heading", name=re.compile("^Leading Proposed"))).to_be_visible()
        for other in list_items():
            if other.pk != item.pk:
                propose(other.person.external_id, 2)

        hr = window(accounts["hr"], at=address)
        hr.goto(f"/calibration/rounds/{the_round().pk}")
        press(hr, "Hand the levels in to be audited")
        press(hr, "Publish the outcomes")
        expect(hr.get_by_text("An auditor has to run and conclude")).to_be_visible()

        auditor = window(accounts["second-auditor"], at=address)
        auditor.goto(f"/fairness/outcomes/{OutcomeSet.objects.get().pk}")
        press(auditor, "Run the audit and erase them")
        if ASKED == "short":
            for each in (HarmHypothesis.CAREGIVERS, HarmHypothesis.SUPPORT, HarmHypothesis.INVISIBLE):
                answered = {
                    "hypothesis": each,
                    "answer": HarmAnswer.UNKNOWN,
                    "evidence": "Nobody was asked yet.",
                }
                fairness.answer_harm(
                    audit=FairnessAudit.objects.get(), by=accounts["second-auditor"], **answered
                )
        auditor.get_by_role("link", name=re.compile("Answer.*remotely")).click()
        for _each in range(whole_or_short(4, 1)):
            auditor.get_by_label("Unknown").check()
            auditor.get_by_label("What it rests on").fill("Nobody was asked yet.")
            press(auditor, "Continue")
        auditor.get_by_role("link", name="Conclude this audit").click()
        press(auditor, "Conclude and publish")
        assert FairnessAudit.objects.get().state == "passed"

        hr.goto(f"/calibration/rounds/{the_round().pk}")
        press(hr, "Publish the outcomes")

        own = window(accounts["rated"], at=address)
        own.goto("/calibration")
        own.get_by_role("link", name="Spring", exact=True).first.click()
        expect(own.get_by_role("heading", name="Your outcome: Leading")).to_be_visible()
        press(own, "I have read it")
        own.get_by_role("link", name="Appeal it").or_(own.get_by_role("button", name="Appeal it")).click()
        expect(own.get_by_label("An outcome of calibration")).to_be_checked()
        press(own, "Continue")
        expect(own.get_by_label("Which outcome?")).to_have_value(str(item.pk))
        press(own, "Continue")
        own.get_by_label("What is wrong?").fill("Two reviews are missing.")
        press(own, "Continue")
        press(own, "Continue")
        own.get_by_label("Everyone who handles it", exact=True).check()
        press(own, "Continue")
        own.get_by_label("What would you like to happen?").fill("Read them.")
        press(own, "Continue")
        press(own, "File my appeal")
        expect(own.get_by_text("Your appeal is filed.")).to_be_visible()
        expect(own.get_by_role("link", name=re.compile("Evidence it rests on"))).to_be_visible()
        appeal = Appeal.objects.get()
        assert appeal.about_kind == AboutKind.CALIBRATION
        uphold(appeal, accounts)

        lead.goto("/notices")
        lead.get_by_role("link", name=re.compile("outcome")).first.click()
        lead.get_by_role("link", name="Propose another level").or_(
            lead.get_by_role("button", name="Propose another level")
        ).click()
        lead.get_by_label("Solid").check()
        lead.get_by_label("Design review, Ledger").check()
        lead.get_by_label("Why does the evidence show this level?").fill("As in the second example.")
        lead.get_by_label("Why does it change?").fill("The appeal named two reviews.")
        press(lead, "Propose it")
        expect(
            lead.get_by_role("heading", name=re.compile("^Solid Corrected after it was published"))
        ).to_be_visible()
        own.goto(f"/calibration/outcomes/{item.pk}")
        expect(own.get_by_role("heading", name="Your outcome: Solid")).to_be_visible()
        expect(own.get_by_text("The appeal named two reviews.")).to_be_visible()


def uphold(appeal: Appeal, accounts) -> None:
    """What handlers of appeals do on pages of their own, whose journeys are theirs."""
    board = factories.a_board()["legal"]
    appeals.acknowledge_appeal(appeal=appeal, by=board)
    appeals.assign_handler(appeal=appeal, handler=accounts["hr-two"], by=board)
    appeal.refresh_from_db()
    words = {"reasons": "They are missing.", "evidence": "The reviews.", "remedy": "It is read again."}
    appeals.decide_appeal(appeal=appeal, finding=AppealFinding.UPHELD, by=accounts["hr-two"], **words)


@pytest.mark.proof(alone=True)
def test_every_page_of_calibration_is_accessible(house, with_proposals, window):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    accounts, item, held = with_proposals, item_of("payments-2"), the_round()
    with on_the_day(), served() as address:
        raised = services.challenge(item=item, text="Is it of the whole period?", by=accounts["hr"])
        services.ask_values(item=item, by=accounts["manager"])
        hr, lead, own = (Eye(window(accounts[name], at=address)) for name in ("hr", "manager", "rated"))
        hr.look("/calibration", "calibration")
        hr.look("/calibration/figures", "calibration-figures")
        hr.look("/calibration/rubrics", "calibration-rubrics")
        hr.look("/calibration/rubrics/new", "calibration-rubric-new", "Save the rubric")
        hr.look("/calibration/rounds/new", "calibration-round-new", "Prepare it")
        hr.look(f"/calibration/rounds/{held.pk}", "calibration-round", "Hand the levels in to be audited")
        hr.look(f"/calibration/rounds/{held.pk}/drop", "calibration-reasoned", "Drop this round")
        hr.look(f"/calibration/packs/{item.pk}/challenge", "calibration-challenge", "Challenge it")
        hr.look(f"/calibration/packs/{item.pk}/answerer", "calibration-answerer", "Name them")
        hr.look(f"/calibration/packs/{item.pk}/set-aside", "calibration-set-aside", "Set aside")
        lead.look(f"/calibration/rounds/{held.pk}/announcement", "calibration-announcement")
        lead.look(f"/calibration/packs/{item.pk}", "calibration-pack")
        lead.look(f"/calibration/packs/{item.pk}/notes/learned", "calibration-note", "Write it into the pack")
        lead.look(f"/calibration/packs/{item.pk}/propose", "calibration-propose", "Propose it")
        lead.look(f"/calibration/challenges/{raised.pk}", "calibration-answer", "Answer it")
        services.answer_challenge(raised=raised, text="It is.", by=accounts["manager"])
        services.hand_in(calibration=held, by=accounts["hr"])
        audit(accounts)
        services.publish(calibration=the_round(), by=accounts["hr"])
        own.look(f"/calibration/outcomes/{item.pk}", "calibration-outcome")
        own.look("/calibration", "calibration")
        assert queries.get_item(item.pk).acknowledged_at is None
    assert hr.faults + lead.faults + own.faults == []
    names = {pattern.name for pattern in urls.urlpatterns} - {
        "calibration-values",
        "calibration-csv",
    }  # one redirects, one is a file
    assert names <= hr.seen | lead.seen | own.seen
