"""A fairness audit in a real browser: handed in, run, judged and read, on made-up people with a planted bias (issue 17)."""

import re

import pytest
from playwright.sync_api import expect

from audits.fairness.models import FairnessAudit, OutcomeSet, VarianceTask
from audits.fairness.screens import urls
from tests.audits.fairness.conftest import hand_in, make_rows, run, with_workforce, workforce
from tests.audits.fairness.test_doors import BEFORE, write_csv
from tests.browser.test_accessibility import Eye
from tests.governance.decisions.conftest import judged, with_judged

__all__ = ["judged", "with_judged", "with_workforce", "workforce"]


def test_a_planted_bias_is_handed_in_audited_and_published(window, workforce, tmp_path):
    """Done when: from a file of HR's to the report that everybody reads, without JavaScript; no axe violation on the report."""
    file = tmp_path / "ratings.csv"
    file.write_bytes(write_csv())
    hr = window(workforce["hr"])
    hr.goto("/fairness")
    hr.get_by_role("button", name="Hand in outcomes").or_(
        hr.get_by_role("link", name="Hand in outcomes")
    ).click()
    hr.get_by_label("Decision", exact=True).select_option("performance_rating")
    hr.get_by_label("First day of the period").fill("2025-10-01")
    hr.get_by_label("First day after the period").fill("2026-04-01")
    hr.get_by_label("Delivery time").check()
    hr.get_by_label("Service health").check()
    hr.get_by_label("Favourable from").fill("3.5")
    hr.get_by_label("File").set_input_files(file)
    hr.get_by_role("button", name="Hand them in").click()
    expect(hr.get_by_text("Handed in. An auditor")).to_be_visible()

    auditor = window(workforce["second-auditor"])
    auditor.goto(f"/fairness/outcomes/{OutcomeSet.objects.get().pk}")
    auditor.get_by_role("button", name="Run the audit and erase them").click()
    auditor.get_by_role("link", name=re.compile("Answer.*remotely")).click()
    for _each in range(4):
        auditor.get_by_label("Unknown").check()
        auditor.get_by_label("What it rests on").fill("Nobody was asked yet.")
        auditor.get_by_role("button", name="Continue").click()
    auditor.get_by_role("link", name="Conclude this audit").click()
    auditor.get_by_role("button", name="Conclude and publish").click()
    expect(auditor.get_by_text("clears nothing")).to_be_visible()
    eye = Eye(auditor)
    eye.look(f"/fairness/{FairnessAudit.objects.get().pk}", "fairness-audit")
    assert eye.faults == []

    employee = window(workforce["rated"])
    employee.goto("/fairness")
    expect(employee.get_by_text("Flagged: Remote")).to_be_visible()


@pytest.mark.proof(alone=True)
def test_every_page_of_fairness_audits_is_accessible(window, workforce):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    hr, auditor = Eye(window(workforce["hr"])), Eye(window(workforce["second-auditor"]))
    hr.look("/fairness", "fairness")
    hr.look("/fairness/tasks", "fairness-tasks")
    audit = run(workforce, make_rows(strict_lead=True), **BEFORE)
    outcomes = hand_in(workforce)
    task = VarianceTask.objects.get()
    hr.look("/fairness/new", "fairness-new", "Hand them in")
    hr.look("/fairness/tasks", "fairness-tasks")
    hr.look(f"/fairness/tasks/{task.pk}", "fairness-task", "Close this task")
    hr.look(f"/fairness/outcomes/{outcomes.pk}", "fairness-outcomes", "Discard and erase them")
    auditor.look("/fairness", "fairness")
    auditor.look(f"/fairness/outcomes/{outcomes.pk}", "fairness-outcomes")
    auditor.look(f"/fairness/{audit.pk}", "fairness-audit")
    auditor.look(f"/fairness/{audit.pk}/harm/remote", "fairness-harm", "Continue")
    auditor.look(f"/fairness/{audit.pk}/conclude", "fairness-conclude")
    assert hr.faults + auditor.faults == []
    no_page = {"fairness-run", "fairness-csv", "fairness-tasks-csv"}  # one redirects, others are files
    assert {pattern.name for pattern in urls.urlpatterns} - no_page <= hr.seen | auditor.seen
