"""Findings from what the clock notices to what a human makes of it, and whom they are kept from."""

import json
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from audits.findings import collecting, permissions, queries, services
from audits.findings.detectors import Noticed
from audits.findings.models import AuditFinding
from audits.findings.scans import MISUSE_FINDINGS
from audits.findings.services import Suspicion
from audits.findings.states import FindingKind, FindingState
from audits.ledger.models import Entry, Payload
from audits.ledger.states import Visibility
from governance.appeals import services as handling
from governance.appeals.states import AppealKind
from governance.board.models import Case
from governance.notices.models import Notice
from ground import clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories
from tests.governance.appeals.conftest import appealing, desk, file, with_judged
from tests.governance.decisions.test_answer import RANKING, ask

__all__ = ["appealing", "desk", "file", "with_judged"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def finding(people) -> AuditFinding:
    return AuditFinding.objects.get(kind=FindingKind.ENUMERATION)


def test_the_clock_finds_it_once(people, finding):
    """Issue 13 point 11: enumeration within an hour; refused questions count."""
    assert finding.account == people["manager"] and len(finding.evidence["receipts"]) == 8
    assert finding.evidence["numbers"]["team"] == "team:payments"
    assert MISUSE_FINDINGS.once(by=factories.system()) == {"findings made": 0}
    assert AuditFinding.objects.count() == 1
    with pytest.raises(NotPermitted):
        services.look_for_all(by=people["auditor"])


def test_a_late_line_makes_no_finding_of_whom_one_leads(people):
    looks = {each.account: each.looks for each in collecting.read_looks()}
    assert all(each.led for each in looks[people["manager"].pk])


@pytest.mark.parametrize(
    ("who", "sees"),
    [("auditor", True), ("near", False), ("manager", False), ("board", False), ("employee", False)],
)
def test_nobody_sees_what_is_about_themself_or_their_line(people, finding, browse, who, sees):
    """A prompt is told to nobody whose use it is of, nor to whoever stands in their line."""
    user = people[who]
    assert permissions.can_see(user, finding) is sees
    assert browse(f"/findings/{finding.pk}", by=user).status == (200 if sees else 404)
    listed = browse("/findings", by=user)
    assert listed.status == (403 if who in ("manager", "employee") else 200)
    if listed.status == 200:
        assert (f"/findings/{finding.pk}" in listed.html) is sees
        assert browse("/findings.csv", by=user).says("Going through a team") is sees
        assert ("1 of 1" in listed.text) is sees


def test_an_auditor_in_office_who_is_found_does_not_read_it(people, finding):
    factories.change(finding, account=people["auditor"])
    assert not permissions.can_see(people["auditor"], AuditFinding.objects.get())


def test_the_page_says_what_it_is_and_how_often_honest_use_looks_so(people, finding, browse):
    page = browse(f"/findings/{finding.pk}", by=people["auditor"])
    assert page.says("A prompt to look, not a verdict", "about 0.19 findings a manager and year", "Of 9")
    assert "Manager (" not in page.text and "payments-3" not in page.text
    assert browse("/findings/definitions", by=people["employee"]).says(
        "No finding says that anybody did wrong"
    )


def test_the_list_costs_the_same_however_many(people, finding, django_assert_max_num_queries):
    """Every list query is pinned: roles, the findings, and one line an account."""
    with django_assert_max_num_queries(6):
        assert len(queries.list_seen(people["auditor"])) == 1
    for day in (30, 60):
        moment = finding.since - timedelta(days=day)
        noticed = Noticed(moment, moment, (), {"times": 3})
        services.record_finding(
            suspicion=Suspicion(FindingKind.CONTEXT_MISMATCH, people["manager"].pk, noticed),
            by=factories.system(),
        )
    with django_assert_max_num_queries(6):
        assert len(queries.list_seen(people["auditor"])) == 3


def test_it_is_dismissed_with_a_reason(people, finding, browse):
    path = f"/findings/{finding.pk}"
    assert browse(path, by=people["auditor"], data={"act": "dismiss", "because": ""}).status == 400
    assert browse(path, by=people["auditor"], data={"act": "guess", "because": "x"}).status == 400
    assert browse(path, by=people["auditor"], data={"act": "dismiss", "because": "One-to-ones"}).status == 302
    finding.refresh_from_db()
    assert finding.state == FindingState.DISMISSED and finding.settled_by == people["auditor"]
    with pytest.raises(Conflict):
        services.open_case(finding=finding, because="After all", by=people["auditor"])
    assert browse("/findings?over=1", by=people["auditor"]).says("Dismissed")
    assert not Notice.objects.filter(to=people["manager"]).exists()


def test_it_becomes_a_case_that_whoever_looked_is_told_of(people, finding):
    """A finding opens a case; it names nobody, and whoever looked is told."""
    with pytest.raises(BadInput):
        services.open_case(finding=finding, because=" ", by=people["auditor"])
    services.open_case(finding=finding, because="No purpose stands behind these looks.", by=people["auditor"])
    case = Case.objects.get(kind="misuse")
    assert (
        case.misuse.account == people["manager"]
        and people["manager"].name not in case.question + case.subject
    )
    assert Notice.objects.get(to=people["manager"]).path == f"/cases/{case.pk}"
    assert AuditFinding.objects.get().case == case


def test_the_api_says_the_same(people, finding):
    client = APIClient()
    client.force_authenticate(people["auditor"], token="counted")
    [told] = client.get("/api/v1/findings").json()["results"]
    assert told["false_alarms"] == 0.19 and told["evidence"]["numbers"]["people"] == 8
    assert "manager" not in json.dumps(told["who"]).lower()
    refused = client.get("/api/v1/findings?over=maybe")
    assert refused.status_code == 400
    done = client.post(f"/api/v1/findings/{finding.pk}/dismiss", {"because": "One-to-ones"}, format="json")
    assert done.json()["state"] == "dismissed"
    client.force_authenticate(people["near"], token="counted")
    assert client.get("/api/v1/findings").json()["results"] == []
    assert client.get(f"/api/v1/findings/{finding.pk}").status_code == 404


def test_looks_after_an_appeal_are_its_handler_s_alone(desk, file):
    """AR22: by name only; sealed on the log; whoever is contested and every other auditor finds nothing."""
    appeal = file()
    noticed = Noticed(clock.now(), clock.now() + timedelta(days=1), (), {"times": 4})
    made = services.record_finding(
        suspicion=Suspicion(FindingKind.POST_APPEAL, desk.manager.pk, noticed, appeal=appeal.pk),
        by=factories.system(),
    )
    assert Entry.objects.get(kind="findings.made").visibility == Visibility.SEALED
    assert str(desk.manager.pk) not in bytes(Payload.objects.get(entry__kind="findings.made").body).decode(
        "latin-1"
    )
    assert not permissions.can_see(desk.auditor, made) and not permissions.can_see(desk.manager, made)
    handling.assign_handler(appeal=appeal, handler=desk.hr, by=desk.legal)
    assert permissions.can_see(desk.hr, AuditFinding.objects.get())
    assert queries.count_by_kind(*[clock.now().date() + timedelta(days=each) for each in (-1, 9)]) == {}


def test_looks_of_whoever_leads_an_appellant_are_noticed(desk, file):
    """Issue 13 point 11: more looks in the 30 days after an appeal by name than chance gives."""
    file()
    whom = RANKING | {"persons": [desk.employee.person.external_id], "cohorts": [], "order_by": None}
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        for _ in range(4):
            ask(desk.manager, whom)
        kinds = {each.kind for each in services.look_for_all(by=factories.system())}
    assert kinds == {FindingKind.POST_APPEAL}


def test_a_confidential_appeal_is_never_read(desk, file):
    """AR22: managers cannot learn from findings who appealed."""
    file(kind=AppealKind.CONFIDENTIAL)
    assert list(collecting.list_named_appeals()) == []


def test_a_shift_is_the_board_s(people):
    """S72: produces findings for the board."""
    noticed = Noticed(
        clock.now(), clock.now() + timedelta(days=92), (), {"change": 3.0, "metric": "lead-time-for-changes",
        "version": str(factories.an_active_charter("review-latency").pk)},
    )  # fmt: skip
    made = services.record_finding(
        suspicion=Suspicion(
            FindingKind.GAMING, None, noticed, about="lead-time · team:payments · 2026-01-01"
        ),
        by=factories.system(),
    )
    assert permissions.can_see(people["board"], made)
    with pytest.raises(NotPermitted):
        services.open_case(finding=made, because="Look", by=people["auditor"])
    services.open_case(finding=made, because="What changed in the work?", by=people["board"])
    assert Case.objects.get(kind="unintended_consequences").subject.startswith("A sudden shift")
    with pytest.raises(NotFound):
        queries.get_finding(made.pk, by=people["employee"])
