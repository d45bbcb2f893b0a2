"""Pages, API and command of fairness audits: the same services, and to each reader what they may know."""

from datetime import date
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from audits.fairness import services
from audits.fairness.models import FairnessAudit, OutcomeSet, VarianceTask
from audits.fairness.states import HarmHypothesis
from governance.people.scopes import Scope
from tests import factories
from tests.audits.fairness.conftest import METRICS, conclude, hand_in, make_rows, run

BEFORE = {"starts_on": date(2025, 4, 1), "ends_on": date(2025, 10, 1)}


def write_csv() -> bytes:
    lines = [f"{row.person},{row.rating},{row.evidence},{row.manager}" for row in make_rows(bias=True)]
    return "\n".join(["person,rating,evidence,manager", *lines]).encode()


def call(account, path, data=None, *, method="post"):
    client = Client(headers={"Authorization": f"Token {factories.a_token(account, Scope.WRITE)}"})
    if method == "get":
        return client.get(f"/api/v1/{path}")
    return client.post(f"/api/v1/{path}", data or {}, content_type="application/json")


def test_from_a_file_to_a_published_audit(browse, workforce):
    """Issue 17: handed in by HR as a file, run and judged by an auditor, read by everybody."""
    hr, auditor = workforce["hr"], workforce["second-auditor"]
    form = {
        "decision": "performance_rating", "starts_on": "2025-10-01", "ends_on": "2026-04-01", "metrics": list(METRICS),
        "favourable_from": "3.5", "file": SimpleUploadedFile("ratings.csv", write_csv()),
    }  # fmt: skip
    assert browse("/fairness/new", by=hr).says("Hand in outcomes")
    assert browse("/fairness/new", by=hr, data=form).status == 302
    outcomes = OutcomeSet.objects.get()
    assert browse("/fairness", by=auditor).says("Waiting to be audited", "240")
    assert browse(f"/fairness/outcomes/{outcomes.pk}", by=auditor).says("Run the audit and erase them")
    assert browse(f"/fairness/outcomes/{outcomes.pk}/run", by=auditor, data={}).status == 302
    audit = FairnessAudit.objects.get()
    for each in HarmHypothesis:
        assert (
            browse(f"/fairness/{audit.pk}/harm/{each.value}", by=auditor, data={"answer": ""}).status == 400
        )
        answered = {"answer": "unknown", "evidence": "Nobody was asked."}
        assert browse(f"/fairness/{audit.pk}/harm/{each.value}", by=auditor, data=answered).status == 302
    assert browse(f"/fairness/{audit.pk}/conclude", by=auditor).says("A group is flagged")
    assert browse(f"/fairness/{audit.pk}/conclude", by=auditor, data={}).status == 302
    page = browse(f"/fairness/{audit.pk}", by=auditor)
    assert (
        page.says("Flagged: Remote", "Working arrangement", "in words alone")
        and page.html.count("<svg aria-labelledby") == 2
    )
    summary = browse(f"/fairness/{audit.pk}", by=workforce["rated"])
    assert (
        summary.says("Flagged: Remote", "Nobody was asked.", "Not known")
        and "<svg aria-labelledby" not in summary.html
    )
    assert not summary.says("p (Holm)")


def test_a_file_at_fault_says_where(browse, workforce):
    form = {
        "decision": "performance_rating",
        "starts_on": "2025-10-01",
        "ends_on": "2026-04-01",
        "metrics": list(METRICS),
    }
    for body, says in ((b"person,rating\nw-001,x", "Line 2"), (b"person,rating\nnobody,3", "Outcome 1")):
        file = SimpleUploadedFile("ratings.csv", body)
        page = browse(
            "/fairness/new", by=workforce["hr"], data={**form, "favourable_from": "3", "file": file}
        )
        assert page.status == 400 and page.says(says)


def test_pages_are_for_whom_they_are(browse, workforce):
    """Least privilege: whoever may not open a page is refused, whether or not there is something on it."""
    outcomes = hand_in(workforce)
    audit = run(workforce, make_rows(strict_lead=True), **BEFORE)
    task = VarianceTask.objects.get()
    for who in ("rated", "lead", "manager", "board"):
        for path in ("new", "tasks", f"tasks/{task.pk}", f"outcomes/{outcomes.pk}"):
            assert browse(f"/fairness/{path}", by=workforce[who]).status == 403
        assert browse(f"/fairness/{audit.pk}", by=workforce[who]).status == 404
    assert browse(f"/fairness/{audit.pk}/conclude", by=workforce["auditor"]).status == 403
    assert browse("/fairness/tasks", by=workforce["hr"]).says("Lead 0")
    assert browse(f"/fairness/tasks/{task.pk}", by=workforce["hr"], data={"done": ""}).status == 400
    assert (
        browse(f"/fairness/tasks/{task.pk}", by=workforce["hr"], data={"done": "Read again."}).status == 302
    )
    assert browse(f"/fairness/tasks/{task.pk}", by=workforce["hr"]).says("Read again.")
    assert (
        browse(f"/fairness/outcomes/{outcomes.pk}", by=workforce["hr"], data={"reason": "Wrong."}).status
        == 302
    )


def test_empty_states(browse, workforce):
    assert browse("/fairness", by=workforce["rated"]).says("No audit yet")
    assert browse("/fairness/tasks", by=workforce["hr"]).says("No task")


def test_lists_cost_the_same_however_long(statements, workforce):
    """Every list query pinned."""
    conclude(workforce)
    one = statements("/fairness", by=workforce["second-auditor"])
    conclude(workforce, make_rows(strict_lead=True), **BEFORE)
    assert statements("/fairness", by=workforce["second-auditor"]) == one <= 24
    assert statements("/fairness/tasks", by=workforce["hr"]) <= 16


def test_the_api_takes_an_audit_from_end_to_end(workforce):
    """The same services; numbers are left out for whoever may not read them."""
    hr, auditor = workforce["hr"], workforce["second-auditor"]
    rows = [
        {"person": row.person, "rating": row.rating, "evidence": row.evidence} for row in make_rows(bias=True)
    ]
    body = {
        "decision": "performance_rating", "from": "2025-10-01", "to": "2026-04-01", "metrics": list(METRICS),
        "favourable_from": 3.5, "rows": rows,
    }  # fmt: skip
    assert call(auditor, "fairness/outcomes", body).status_code == 403
    refused = call(hr, "fairness/outcomes", {**body, "rows": [{"person": "nobody", "rating": 3}]})
    assert refused.status_code == 400 and "rows" in refused.content.decode()
    created = call(hr, "fairness/outcomes", body)
    assert created.status_code == 201, created.content
    assert call(auditor, "fairness/outcomes", method="get").json()["results"][0]["people"] == 240
    key = created.json()["id"]
    assert call(hr, f"fairness/outcomes/{key}/audit").status_code == 403
    audit = call(auditor, f"fairness/outcomes/{key}/audit").json()
    assert call(auditor, f"fairness/audits/{audit['id']}/conclusion").status_code == 409
    for each in HarmHypothesis:
        harm = {"hypothesis": each.value, "answer": "no", "evidence": "We asked them."}
        assert call(auditor, f"fairness/audits/{audit['id']}/harms", harm).status_code == 200
    concluded = call(auditor, f"fairness/audits/{audit['id']}/conclusion").json()
    assert (concluded["state"], concluded["valid_until"]) == ("failed", None)
    assert any("ratio" in each for each in concluded["results"]["groups"])
    public = call(workforce["rated"], f"fairness/audits/{audit['id']}", method="get").json()
    assert public["results"]["groups"][0]["labels"] == ["remote"]
    assert all(set(each) == {"of", "labels", "finding"} for each in public["results"]["groups"])
    listed = call(workforce["rated"], "fairness/audits", method="get").json()["results"]
    assert listed[0]["found"] == "Flagged: Remote"
    assert call(workforce["rated"], "fairness/tasks", method="get").status_code == 403


def test_tasks_and_discarding_in_the_api(workforce):
    run(workforce, make_rows(strict_lead=True), **BEFORE)
    [task] = call(workforce["hr"], "fairness/tasks", method="get").json()["results"]
    assert (task["manager"], task["people"]) == ("lead-0", 60)
    assert (
        call(workforce["hr"], f"fairness/tasks/{task['id']}/close", {"done": "Read."}).json()["done"]
        == "Read."
    )
    outcomes = hand_in(workforce)
    assert (
        call(workforce["hr"], f"fairness/outcomes/{outcomes.pk}/discard", {"reason": "Wrong."}).status_code
        == 204
    )


def test_large_files_are_handed_in_by_command(workforce, tmp_path):
    file = tmp_path / "ratings.csv"
    file.write_bytes(write_csv())
    said = StringIO()
    call_command(
        "hand_in_outcomes", str(file), "--decision", "performance_rating", "--from", "2025-10-01", "--to", "2026-04-01",
        "--metrics", *METRICS, "--favourable-from", "3.5", "--as", "hr", stdout=said,
    )  # fmt: skip
    assert "240 people" in said.getvalue()
    assert services.run_audit(outcomes=OutcomeSet.objects.get(), by=workforce["second-auditor"])


pytestmark = pytest.mark.django_db
