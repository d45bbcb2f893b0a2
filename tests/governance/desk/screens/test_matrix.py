"""The matrix and its reviews, the contract, and the records of processing, as pages."""

import csv
import io
from datetime import timedelta

import msgspec
import pytest

from charter.authoring import services as authoring_services
from charter.programme.models import Contract, Programme
from charter.registry import reviews, services
from charter.registry.models import CharterVersion, Review
from charter.registry.states import ReviewResult
from governance.people.models import GrantedRole
from governance.training.models import ContractAcknowledgement
from ground import clock
from tests import factories, on_the_log


@pytest.fixture
def member(house):
    """A member of the board with its role."""
    account = factories.a_board()["legal"]
    factories.a_role(account, GrantedRole.BOARD_MEMBER)
    return account


def an_account_of(role: GrantedRole):
    account = factories.an_account(f"an-{role.value}")
    factories.a_role(account, role)
    return account


def lines(page) -> dict[str, dict[str, tuple[str, str]]]:
    """Word and address of each cell by metric and decision."""
    matrix = page.response.context["matrix"]
    names = [column.name for column in matrix.columns]
    return {
        line.slug: {name: (cell.label, cell.url) for name, cell in zip(names, line.cells, strict=False)}
        for _category, members in matrix.categories
        for line in members
    }


def table(page) -> list[dict[str, str]]:
    text = b"".join(page.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_one_page_shows_every_metric_against_every_decision(browse, house):
    """S8: allowed, conditional, forbidden, not set; 22 decisions, every metric, for everybody."""
    page = browse("/matrix", by=house.employee)
    cells = lines(page)
    assert set(cells) == {"commit-count", "lead-time-for-changes"}
    assert all(len(row) == 22 for row in cells.values())
    assert cells["lead-time-for-changes"]["Retrospective"][0] == "Yes"
    assert cells["commit-count"]["Workflow debugging"][0].startswith("If ")
    assert cells["commit-count"]["Promotion evidence"][0] == "No"
    assert cells["commit-count"]["Fairness audit"][0] == "Not set"
    assert page.says("Whoever asks affirms", "is being looked for.")


def test_each_cell_leads_to_the_check_of_its_use(browse):
    """Issue 14, 1: also a cell of which no clause speaks; the check's answer links to the clause (issue 3, item 5)."""
    for metric, row in lines(browse("/matrix")).items():
        for _label, url in row.values():
            address, query = url.split("?")
            assert address == "/use-check" and f"metrics={metric}" in query
    assert 'id="which-decisions"' in browse("/metrics/commit-count").html


@pytest.mark.parametrize(
    ("query", "metrics", "columns"),
    [
        ("category=activity", {"commit-count"}, 22),
        ("name=lead", {"lead-time-for-changes"}, 22),
        ("standing=active&group=people", {"commit-count", "lead-time-for-changes"}, 7),
        ("decision=staffing&decision=retrospective", {"commit-count", "lead-time-for-changes"}, 2),
    ],
)
def test_the_matrix_is_narrowed(browse, query, metrics, columns):
    """Issue 3, item 5: filterable by category, group of decisions, standing and name."""
    page = browse(f"/matrix?{query}")
    assert set(lines(page)) == metrics
    assert len(page.response.context["matrix"].columns) == columns


def test_an_empty_matrix_says_what_to_do(browse):
    """DESIGN, Interfaces: list pages have empty states; a word nobody knows is 400."""
    assert browse("/matrix?name=zzzzz").says("No metric fits all of these", "Show the whole matrix")
    assert browse("/matrix?category=gossip").status == 400


def test_a_suspended_metric_and_a_draft_allow_nothing(browse, house):
    """S8, S85: what a draft says is not shown; what is suspended cannot be used."""
    services.suspend(version=house.lead_time, by=factories.system())
    authoring_services.register_charter(
        programme=factories.a_programme(),
        document=factories.a_document("hours-online"),
        owner=factories.an_account("owner"),
        by=factories.system(),
    )
    page = browse("/matrix", by=house.employee)
    assert page.says("Suspended. No use at present.", "A draft. No use before the board approves it.")
    assert lines(page)["lead-time-for-changes"] == {}


def test_an_expired_charter_allows_nothing_though_no_job_ran(browse, house):
    """Issue 3, item 6: an expired charter is refused even when no job noticed."""
    with clock.stopped_at(house.lead_time.expires_at + timedelta(days=1)):
        assert browse("/matrix").says("Expired. No use before the board renews it.")


def test_the_matrix_is_taken_away_as_a_table(browse, house):
    """Issue 3, item 5: downloadable as CSV, a row a metric and a column a decision, filtered as the page is."""
    response = browse_streamed(browse, "/matrix.csv?category=activity")
    rows = table(response)
    assert [row["metric"] for row in rows] == ["commit-count"]
    assert rows[0]["workflow_debugging"].startswith("conditional: Whoever asks affirms")
    assert rows[0]["promotion_evidence"].startswith("forbidden: ")
    assert rows[0]["gaming_audit"] == "not set"


def test_no_cell_of_a_table_is_run_as_a_formula(browse, house):
    """Security: a spreadsheet must not run what somebody named a metric."""
    document = msgspec.structs.replace(factories.a_document("hours-online"), name="=1+1")
    authoring_services.register_charter(
        programme=factories.a_programme(),
        document=document,
        owner=factories.an_account("owner"),
        by=factories.system(),
    )
    rows = table(browse_streamed(browse, "/matrix.csv"))
    assert "'=1+1" in [row["name"] for row in rows]


def browse_streamed(browse, path: str, **given):
    """A download, whose content the page helper cannot read."""
    from django.test import Client

    client = Client()
    client.force_login(given.get("by") or factories.an_account("manager"))
    response = client.get(path)
    assert response.status_code == 200, response.content
    return response


def test_the_endpoint_says_the_same_as_the_page(house, client):
    """S8: one page and one endpoint, from the same charters; by cursor."""

    token = factories.a_token(house.manager)
    header = {"HTTP_AUTHORIZATION": f"Token {token}"}
    found = client.get("/api/v1/matrix?page_size=1&group=people", **header).json()
    assert found["next"]
    [row] = found["results"]
    assert row["metric"] == "commit-count" and row["in_force"] and row["page"] == "/metrics/commit-count"
    uses = {use["decision"]: use for use in row["uses"]}
    assert len(uses) == 7
    assert uses["compensation"]["use"] == "forbidden" and uses["compensation"]["clause"] == "#forbidden-1"
    assert client.get("/api/v1/matrix?group=gossip", **header).status_code == 400
    assert client.get("/api/v1/matrix").status_code == 401


def test_the_banner_says_when_the_review_is_due_and_overdue(browse, house, member):
    """S9: due at most 92 days after the last review; overdue, the banner says so."""
    assert browse("/matrix", by=member).says(
        "The quarterly review is due by 15 July 2026.", "Start the review"
    )
    assert not browse("/matrix", by=house.employee).says("Start the review")
    with clock.stopped_at(clock.now() + timedelta(days=93)):
        assert browse("/matrix").says("is overdue")


def test_a_review_is_one_sitting(browse, house, member):
    """S9, issue 3 item 5: what is new or changed one by one, the rest in one go."""
    started = browse("/matrix/review", by=member, data={})
    assert started.status == 302
    review = Review.objects.get()
    path = f"/matrix/review/{review.pk}"
    items = {item.charter_version.metric.slug: item for item in review.items.all()}
    assert browse(path, by=member).says("Two charters have to be looked at.", "Never reviewed before")
    said = {f"result-{item.pk}": "confirmed" for item in items.values()}
    flagged = items["commit-count"]
    said[f"result-{flagged.pk}"] = "flagged"
    unfinished = browse(path, by=member, data=said)
    assert unfinished.status == 400 and unfinished.says("Say why you flag Commit count")
    assert browse(path, by=member, data={}).says("Choose what is to happen with Lead time for changes")
    said[f"note-{flagged.pk}"] = "Nobody asked for it this quarter."
    assert browse(path, by=member, data=said).status == 302
    review.refresh_from_db()
    assert review.closed_by == member
    ended = browse(path, by=member)
    assert ended.says("One charter was confirmed.", "Nobody asked for it this quarter.")


def test_a_flagged_metric_is_justified_by_the_board_alone(browse, house, member):
    """S11: retire or justify; who does not review is refused."""
    review = reviews.start_review(programme=Programme.objects.get(), by=member)
    items = {item.charter_version.metric.slug: item for item in review.items.all()}
    flagged = items["commit-count"].pk
    confirmed = {items["lead-time-for-changes"].pk: ""}
    reviews.decide_items(review=review, by=member, confirmed=confirmed, flagged={flagged: "Who needs it?"})
    reviews.close_review(review=review, by=member)
    assert browse("/matrix/review", by=member).says("Who needs it?", "It stays")
    path = f"/matrix/review/flagged/{flagged}/justify"
    assert browse(path, data={"note": "I like it"}).status == 403
    browse(path, by=member, data={"note": ""})
    assert review.items.get(pk=flagged).result == ReviewResult.FLAGGED
    browse(path, by=member, data={"note": "The pipeline team does."})
    assert review.items.get(pk=flagged).result == ReviewResult.CONFIRMED
    assert browse("/matrix/review", by=member).says("Nothing is flagged")


def test_only_the_board_reviews(browse, house, member):
    """S9: everybody sees when the review is due; its sitting is the board's."""
    review = reviews.start_review(programme=Programme.objects.get(), by=member)
    assert browse("/matrix/review").status == 200
    assert browse(f"/matrix/review/{review.pk}").status == 403
    assert browse("/matrix/review", data={}).status == 403


def test_a_change_opens_a_review_of_what_it_reaches(browse, house, member):
    """S10: an administrator or owner records it; the banner says so to everybody."""
    admin = an_account_of(GrantedRole.ADMIN)
    change = {
        "kind": "org_change",
        "says": "Search joined payments.",
        "on": "2026-04-01",
        "teams": ["search"],
    }
    assert browse("/matrix/change").status == 403
    assert browse("/matrix/change", by=admin, data={}).says("Say what changed", "Say when it happened")
    late = browse("/matrix/change", by=admin, data={**change, "on": "2027-01-01"})
    assert late.status == 400 and late.says("Record a change once it has happened.")
    assert browse("/matrix/change", by=admin, data=change).status == 302
    assert browse("/matrix", by=house.employee).says(
        "A change is to be reviewed by", "Search joined payments."
    )
    assert browse("/matrix", by=member).says("Review what it reaches")
    review = Review.objects.get()
    assert browse(f"/matrix/review/{review.pk}", by=member).says("Reached by the change")


def test_everybody_reads_and_acknowledges_the_contract(browse, house):
    """S133, S135: three fixed blocks, versioned, acknowledged; a new version asks again."""
    page = browse("/contract", by=house.employee)
    assert page.says("What it can do", "What it cannot do", "How to dispute", "Version 1")
    assert page.says("You have not acknowledged this version yet.")
    assert browse("/contract/acknowledge", by=house.employee, data={"number": "1"}).status == 302
    assert ContractAcknowledgement.objects.get().user == house.employee
    assert browse("/contract", by=house.employee).says("You acknowledged version 1 on 14 April 2026")
    text = {"can": "Less.", "cannot": "More.", "disputes": "As before."}
    hr = an_account_of(GrantedRole.HR)
    assert browse("/contract/publish", data=text).status == 403
    assert browse("/contract/publish", by=hr, data={**text, "can": ""}).says("Say what the programme can do")
    assert browse("/contract/publish", by=hr, data=text).status == 302
    assert Contract.objects.count() == 2
    assert browse("/contract", by=house.employee).says("You have not acknowledged this version yet.", "Less.")
    assert browse("/contract?version=1").says("which does not count any more")
    assert browse("/contract?version=9").status == browse("/contract?version=x").status == 404
    browse("/contract/acknowledge", by=house.stranger, data={"number": "1"})
    assert ContractAcknowledgement.objects.count() == 1


def test_kinds_of_metrics_stand_beside_each_other(browse, house):
    """S136, S137: at least seven rows, each with good use, bad use, risk and what to do, for every employee."""
    page = browse("/contract/metrics", by=house.employee)
    rows = {row.name: row for row in page.response.context["rows"]}
    assert len(rows) >= 7
    assert set(rows) >= {
        "The four DORA metrics", "SLO compliance", "Cycle time", "Commit count", "Hours online",
        "Pull request age", "Incident burden",
    }  # fmt: skip
    assert all(row.good and row.bad and row.risk and row.action for row in rows.values())
    assert rows["Commit count"].good == "Workflow debugging"
    assert rows["Hours online"].action.startswith("Do not use it before the board approves its charter.")


def test_the_table_of_kinds_changes_with_the_registry(browse, house):
    """S136: generated, and versioned by the state of the registry."""
    before = browse("/contract/metrics").response.context["hash"]
    assert browse("/contract/metrics").response.context["hash"] == before
    services.suspend(version=house.commit_count, by=factories.system())
    after = browse("/contract/metrics")
    assert after.response.context["hash"] != before
    commits = next(row for row in after.response.context["rows"] if row.name == "Commit count")
    assert commits.action.startswith("Do not use it")


@pytest.mark.parametrize("role", [GrantedRole.HR, GrantedRole.AUDITOR, GrantedRole.ADMIN])
def test_records_of_processing_are_for_those_who_answer_for_them(browse, house, role):
    """Issue 3, item 7: legal, HR, auditors and administrators; nobody else."""
    assert browse("/legal-record", by=an_account_of(role)).says("2 of 2")
    for path in ("/legal-record", "/legal-record.csv", "/legal-record/commit-count"):
        assert browse(path, by=house.manager).status == 403
    seats = factories.a_board()
    assert browse("/legal-record", by=seats["legal"]).status == 200
    assert browse("/legal-record", by=seats["product"]).status == 403


def test_a_record_says_what_the_law_asks_for(browse, house):
    """Issue 3, item 7: what, why, basis, who, how long, assessment, agreement; as page and as table."""
    page = browse("/legal-record/commit-count", by=house.auditor)
    assert page.says("What is processed", "Why", "Legal basis", "Who receives it", "How long it is kept")
    assert page.says(
        "Impact assessment", "Restricted activity metrics, assessed together.", "Works agreement"
    )
    assert page.says("Legitimate interest in a working tool chain")
    rows = table(browse_streamed(browse, "/legal-record.csv", by=house.auditor))
    assert {row["metric"] for row in rows} == {"commit-count", "lead-time-for-changes"}
    commits = next(row for row in rows if row["metric"] == "commit-count")
    assert commits["assessment"] == "Restricted activity metrics, assessed together."
    assert "Source facts for 13 months." in commits["how_long"] and commits["in_force"] == "True"
    assert browse("/legal-record?text=zzz", by=house.auditor).says("Nothing fits all of these")
    assert browse("/legal-record/happiness", by=house.auditor).status == 404


@pytest.mark.parametrize(
    ("path", "number"),
    [("/matrix", 16), ("/contract", 9), ("/contract/metrics", 10), ("/matrix/review", 13)],
)
def test_pages_cost_few_statements(statements, path, number):
    """DESIGN, Style: pinned query counts, which do not grow with the metrics."""
    assert statements(path) == number


def test_a_use_that_the_board_left_out_is_told_on_every_page(house, browse):
    """S8: matrix, metric, ask, home and records read the charter as it was approved."""
    version = house.lead_time
    on_the_log.update(CharterVersion.objects.filter(pk=version.pk), bounds={"decisions": ["retrospective"]})
    label, url = lines(browse("/matrix"))["lead-time-for-changes"]["Staffing"]
    assert (label, url) == ("No", "/use-check?decision=staffing&metrics=lead-time-for-changes")
    page = browse("/metrics/lead-time-for-changes")
    assert 'id="bounds"' in page.html and page.says("Only for these decisions: retrospective")
    assert page.says("So it may not be used for") and page.says("which the charter had asked for.")
    page = browse("/ask?decision=staffing")
    assert page.says("No metric may be used for this now.", "Its charter does not list this decision")
    records = table(browse_streamed(browse, "/legal-record.csv", by=house.auditor))
    [record] = [row for row in records if row["metric"] == "lead-time-for-changes"]
    assert record["decisions"].lower() in ("retrospective", "retrospectives")
