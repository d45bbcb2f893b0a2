"""Agreements by pages, by API and by one file (S145, S146)."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace
from rest_framework.test import APIClient

from charter.rules.vocabulary import DecisionType, Grain
from governance.agreements import queries, services
from governance.agreements.agreement_text import AgreementText, SettingBound
from governance.agreements.models import AgreementVersion, Departure
from governance.board import services as board
from governance.board.states import CaseKind, SeatKind
from governance.founding.applying import Applying
from governance.founding.programme_file import parse_programme_file
from governance.people.models import User
from ground import calendar
from ground.errors import BadInput
from ground.strict_yaml import dump_yaml
from tests import factories
from tests.governance.agreements.conftest import a_text, an_assessment, binding, passed, put, run_clock

HEAD = {
    "kind": "works_agreement", "slug": "berlin", "title": "Berlin", "parties": "Council | Berlin\nManagement | employer",
    "territory": "Berlin\nPotsdam", "scope": "Metrics.", "metrics": "", "begins": "2026-05-01", "ends": "",
    "notice_days": "30", "basis": "BetrVG", "clauses": "1 Nobody is ranked.\n\n2.1 Only teams.\nNo persons.",
}  # fmt: skip
PDF = b"%PDF-1.7\n%%EOF"


def read_sheet(path: str, *, by: User) -> bytes:
    client = Client()
    client.force_login(by)
    return client.get(path).getvalue()


def test_from_the_form_to_the_board(browse, house):
    """By hand: written, what a clause binds, a file, put to the board; each next step is a link of the page before."""
    admin = factories.an_administrator("admin")
    assert browse("/agreements", by=admin).says("No agreement is on record yet", "Write an agreement down")
    wrong = browse(
        "/agreements/new", by=admin, data={**HEAD, "parties": "Council", "clauses": "Nobody is ranked"}
    )
    assert wrong.status == 400
    assert wrong.says("Line 1: write name | for whom it speaks", "begin each clause with its number")
    assert browse("/agreements/new", by=admin, data=HEAD).status == 302
    version = AgreementVersion.objects.get()
    page = f"/agreements/{version.pk}"
    text = version.read()
    assert [each.number for each in text.clauses] == ["1", "2.1"]
    assert text.territory == ("Berlin", "Potsdam")
    shown = browse(page, by=admin)
    assert shown.says(
        "Being written", "Nobody is ranked.", "Say what clause 2.1 binds", "Put it to the board"
    )
    assert browse(f"{page}/binds/2.1", by=admin).says("What clause 2.1 binds", "No persons.")
    wrong = browse(f"{page}/binds/2.1", by=admin, data={"settings": "minimum_group | eight | -"})
    assert wrong.status == 400 and wrong.says("“eight” is no number")
    bound = {
        "levels": ["team"],
        "never": ["promotion_evidence"],
        "values_kept": "13 months",
        "settings": "minimum_group | 8 | -",
    }
    assert browse(f"{page}/binds/2.1", by=admin, data=bound).status == 302
    assert browse(page, by=admin).says(
        "Values exist only by", "is at least 8", "Values are kept for 13 months at most"
    )
    processing = {
        "processors": "Cloud | hosts | Ireland",
        "recipients": "",
        "transfers": "",
        "security": "Locks",
    }
    assert browse(f"{page}/change/processing", by=admin, data=processing).status == 302
    changed = {**HEAD, "clauses": "2.1 Only teams, ever."}
    assert browse(f"{page}/change/text", by=admin, data=changed).status == 302
    text = AgreementVersion.objects.get().read()
    assert text.clauses[0].binds.levels == (Grain.TEAM,) and text.processing.security == ("Locks",)
    assert (
        browse(f"{page}/documents", by=admin, data={"document": SimpleUploadedFile("a.pdf", PDF)}).status
        == 302
    )
    document = AgreementVersion.objects.get().documents.get()
    assert browse(f"/agreements/{version.pk}", by=house.employee).status == 404, (
        "not before the board has decided"
    )
    assert browse(f"{page}/put", by=admin).says("Put it to the board?")
    assert browse(f"{page}/put", by=admin, data={}).status == 302
    case = AgreementVersion.objects.select_related("case").get().case
    assert browse(f"/cases/{case.pk}", by=factories.a_board()[SeatKind.LEGAL]).says(
        "The agreement", "Berlin, version 1"
    )
    factories.a_decided_case(case)
    assert browse("/agreements?standing=coming", by=house.employee).says("Berlin", "Passed, begins later")
    sent = browse(f"/agreements/documents/{document.pk}", by=house.employee).response
    assert (sent.content, sent["X-Content-Type-Options"]) == (PDF, "nosniff") and "attachment" in sent[
        "Content-Disposition"
    ]
    assert b"Berlin" in read_sheet("/agreements.csv", by=house.employee)


def test_an_assessment_is_written_in_lines(browse, house):
    admin = factories.an_administrator("admin")
    version = services.write_agreement(text=an_assessment(), by=admin)
    page = f"/agreements/{version.pk}/change/assessment"
    assert browse(page, by=admin).says("Managers rank people | high | low | No person level | IT")
    said = {
        "risks": "A | grave | low | - | -",
        "views": "",
        "not_asked_because": "",
        "officer_advice": "",
        "outcome": "",
    }
    assert browse(page, by=admin, data=said).says("“grave”: a risk is low, medium or high")
    rows = "A | high | low | Lock it | IT\nA | high | low | Train people | HR\nB | low | low | - | -"
    assert browse(page, by=admin, data={**said, "risks": rows}).status == 302
    first, second = AgreementVersion.objects.get().read().assessment.risks
    assert ([each.owner for each in first.measures], second.measures) == (["IT", "HR"], ())
    assert browse(f"/agreements/{version.pk}/put", by=admin).says(
        "Something is missing", "data protection officer"
    )


def test_files_of_an_assessment_are_not_for_everybody(browse, house):
    """They can say where systems are weak."""
    admin = factories.an_administrator("admin")
    version = services.write_agreement(text=an_assessment(), by=admin)
    file = SimpleUploadedFile("a.txt", b"Weak spots")
    document = services.add_document(version=version, file=file, by=admin)
    factories.a_decided_case(services.put_to_board(version=version, by=admin))
    assert browse(f"/agreements/{version.pk}", by=house.employee).says("a.txt")
    assert browse(f"/agreements/documents/{document.pk}", by=house.employee).status == 403
    assert browse(f"/agreements/documents/{document.pk}", by=house.auditor).status == 200


def test_findings_and_what_cases_are_told(browse, house):
    """What goes beyond an agreement stands on its page, on the charter's case and on a change of settings, before anybody votes."""
    passed(binding(never=(DecisionType.STAFFING,), settings=(SettingBound("minimum_group", 5),)))
    assert browse("/agreements/findings", by=house.employee).says(
        "A charter that goes beyond a clause", "staffing"
    )
    assert browse("/settings", by=house.employee).says("Clause 4 of “Developer analytics”: at least 5")
    run_clock()
    departure = Departure.objects.get()
    assert browse(f"/cases/{departure.case_id}", by=factories.a_board()[SeatKind.LEGAL]).says(
        "Developer analytics, version 1"
    )
    case = board.open_case(
        kind=CaseKind.SETTINGS, subject="s", question="q", details={"minimum_group": 4}, by=factories.system()
    )
    shown = browse(f"/cases/{case.pk}", by=factories.a_board()[SeatKind.LEGAL])
    assert shown.says("Beyond what is agreed", "minimum_group is at least 5")
    assert b"staffing" in read_sheet("/agreements/findings.csv", by=house.employee)


def test_a_clause_that_a_charter_cites_leads_to_the_agreement(browse, house):
    version = passed(a_text())
    found = browse("/agreements/clauses/works-agreement/4", by=house.employee).response
    assert found.url == f"/agreements/{version.pk}#clause-4"
    assert browse("/agreements/clauses/nothing/4", by=house.employee).status == 404


def test_notice_and_the_next_version_by_hand(browse, house):
    version, council = passed(a_text()), factories.a_board()[SeatKind.WORKER_REP]
    page = f"/agreements/{version.pk}"
    assert browse(page, by=council).says("Record that notice was given", "Begin the next version")
    assert browse(f"{page}/end", by=house.manager).status == 403
    assert browse(f"{page}/end", by=council, data={"ends_on": "2026-06-01", "because": ""}).status == 400
    assert (
        browse(f"{page}/end", by=council, data={"ends_on": "2026-06-01", "because": "Ended."}).status == 302
    )
    assert browse(page, by=house.employee).says("until before 1 June 2026", "Ended.")
    assert browse(f"{page}/next", by=council, data={}).status == 302
    assert AgreementVersion.objects.get(number=2).text == version.text
    assert browse(f"{page}/next", by=council, data={}).status == 409


@pytest.fixture
def api():
    client = APIClient()

    def call(method: str, path: str, by, body=None, **more):
        client.credentials(HTTP_AUTHORIZATION=f"Token {factories.a_token(by)}")
        return getattr(client, method)(f"/api/v1{path}", body, **{"format": "json", **more})

    return call


def test_the_same_by_the_api(api, house):
    admin = factories.an_administrator("admin")
    assert api("post", "/agreements", house.manager, a_text().stored()).status_code == 403
    wrong = api("post", "/agreements", admin, {**a_text().stored(), "colour": "red"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "colour")
    made = api("post", "/agreements", admin, a_text().stored())
    assert (made.status_code, made.json()["standing"]) == (201, "written")
    key = made.json()["id"]
    assert api("get", f"/agreements/{key}", house.employee).status_code == 404
    assert api("put", f"/agreements/{key}", admin, a_text(title="Other").stored()).json()["title"] == "Other"
    file = {"document": SimpleUploadedFile("a.pdf", PDF)}
    added = api("post", f"/agreements/{key}/documents", admin, file, format="multipart")
    assert (added.status_code, added.json()["size"]) == (201, len(PDF))
    assert api("get", f"/agreements/documents/{added.json()['id']}", admin).content == PDF
    case = api("post", f"/agreements/{key}/case", admin).json()["case"]
    assert api("get", "/agreements?kind=works_agreement", admin).json()["results"][0]["case"] == case
    assert api("get", "/agreements", house.employee).json()["results"] == []
    factories.a_decided_case(AgreementVersion.objects.select_related("case").get().case)
    assert api("get", f"/agreements/{key}", house.employee).json()["standing"] == "in_force"
    assert api("get", "/agreements/findings", house.employee).json() == []
    legal = factories.a_board()[SeatKind.LEGAL]
    given = {"ends_on": "2026-06-01", "because": "Ended."}
    assert api("post", f"/agreements/{key}/end", admin, given).status_code == 403
    assert api("post", f"/agreements/{key}/end", legal, given).json()["in_force_until"] == "2026-06-01"


@pytest.mark.parametrize("written", [False, True])
def test_a_version_that_is_written_while_a_list_is_read_breaks_no_list(
    api, browse, house, monkeypatch, written
):
    """Where each stands is read apart from the versions, so that one may come in between."""
    admin, before = factories.an_administrator("admin"), queries.read_standings(calendar.today())
    if written:
        services.write_agreement(text=a_text(), by=admin)
    monkeypatch.setattr(queries, "read_standings", lambda _on: before)
    told = [each["standing"] for each in api("get", "/agreements", admin).json()["results"]]
    assert told == ["written"] * written
    page = browse("/agreements", by=admin)
    assert page.status == 200 and page.says("Works agreement") and page.says(a_text().title) == written


def test_files_are_read_only_where_they_are_sent(api, browse, house):
    """Up to twenty of 10 MB a version: no list and no page reads them."""
    admin = factories.an_administrator("admin")
    version = services.write_agreement(text=a_text(), by=admin)
    services.add_document(version=version, file=SimpleUploadedFile("a.pdf", PDF), by=admin)
    with CaptureQueriesContext(connection) as asked:
        told = api("get", "/agreements", admin).json()["results"]
        assert [each["name"] for each in told[0]["documents"]] == ["a.pdf"]
        assert len(api("get", f"/agreements/{version.pk}", admin).json()["documents"]) == 1
        api("put", f"/agreements/{version.pk}", admin, a_text(title="Other").stored())
        assert browse(f"/agreements/{version.pk}", by=admin).says("a.pdf")
    assert not [each for each in asked if '"agreements_agreementdocument"."content"' in each["sql"]]


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_bound_beyond_all_numbers_is_refused(house, number):
    """Bad input: JSON can say more than any number can be."""
    admin = factories.an_administrator("admin")
    text = binding(settings=(SettingBound("minimum_group", 8),)).stored()
    body = json.dumps(text).replace('"at_least": 8', f'"at_least": {number}')
    assert number in body
    client = Client(headers={"authorization": f"Token {factories.a_token(admin)}"})
    refused = client.post("/api/v1/agreements", body, content_type="application/json")
    assert refused.status_code == 400


def a_programme_file(*texts: AgreementText) -> str:
    """The least file that says these agreements."""
    head = "name: A programme\npurpose: To see.\nfounder: admin\ncatalogue: null\nagreements:\n"
    for text in texts:
        lines = dump_yaml(text).splitlines()
        head += "".join(f"  {'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))
    return head


def test_one_file_says_agreements(house, tmp_path: Path):
    """S146: faults with their line before anything is written; applied twice, it writes once."""
    wrong = parse_programme_file(a_programme_file(a_text(scope=""), a_text()), name="programme.yaml")
    from governance.founding.programme_file import find_faults

    said = {fault.key: fault.sentence for fault in find_faults(wrong)}
    assert "what it is about" in said["agreements[0].scope"] and "given twice" in said["agreements[1].slug"]
    with pytest.raises(BadInput) as refused:
        parse_programme_file(
            "name: A\npurpose: B\nfounder: c\nagreements:\n  - slug: a\n    colour: red\n", name="p.yaml"
        )
    assert refused.value.extra["line"] == 6
    factories.an_administrator("admin")
    read = parse_programme_file(a_programme_file(a_text()), name="programme.yaml")
    applying = Applying(read, system=factories.system())
    applying._founder = factories.an_administrator("admin")
    assert applying.write_agreements().changed
    assert not applying.write_agreements().changed
    version = AgreementVersion.objects.get()
    assert version.read() == a_text() and version.case is None


def test_another_kind_under_the_same_name_is_refused(house):
    put(a_text())
    with pytest.raises(BadInput, match="another agreement"):
        services.write_agreement(
            text=replace(an_assessment(), slug="works-agreement"), by=factories.an_administrator("admin")
        )


def test_the_how_to_says_an_agreement_that_is_whole():
    """What docs/how-to/keep-agreements.md shows can be written and put."""
    from governance.agreements.agreement_text import find_faults

    page = Path("docs/how-to/keep-agreements.md").read_text()
    shown = page.split("```yaml\n")[1].split("```")[0]
    read = parse_programme_file(f"name: A\npurpose: B\nfounder: c\n{shown}", name="programme.yaml")
    (text,) = read.said.agreements
    assert find_faults(text) == [] and text.clauses[0].binds.settings[0].at_least == 8
