"""The list of metrics, and a metric's charter in plain language."""

import msgspec
import pytest

from charter.authoring import services as authoring
from charter.registry.document import CharterDocument
from tests import factories, snapshots
from tests.pages import Page

LEAD_TIME = "/metrics/lead-time-for-changes"


@snapshots.fixture
def draft(governed):
    """A charter that its owner still works on."""
    return authoring.register_charter(
        programme=factories.a_programme(),
        document=factories.a_document("hours-online"),
        owner=factories.an_account("owner"),
        by=factories.system(),
    )


def changed(slug: str, **parts) -> CharterDocument:
    """A charter of the catalogue with some parts of `what` otherwise."""
    document = factories.a_document(slug)
    return msgspec.structs.replace(document, what=msgspec.structs.replace(document.what, **parts))


def names(page: Page) -> list[str]:
    return [row.record.name for row in page.response.context["table"].page.object_list]


def test_everybody_reads_the_whole_list(browse, house, draft):
    """S85: no role is needed; what is not approved says so."""
    page = browse("/metrics", by=house.stranger)
    assert names(page) == ["Commit count", "Hours online (rota)", "Lead time for changes"]
    assert page.says("3 of 3 metrics", "Not approved: cannot be used")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=lead", ["Lead time for changes"]),
        ("name=comit", ["Commit count"]),  # nearly so
        ("name=lead-time", ["Lead time for changes"]),
        ("category=activity", ["Commit count", "Hours online (rota)"]),
        ("standing=draft", ["Hours online (rota)"]),
        ("standing=draft&standing=active&category=delivery", ["Lead time for changes"]),
        ("grain=value_stream", ["Lead time for changes"]),
        ("grain=value_stream&grain=rota", ["Hours online (rota)", "Lead time for changes"]),
        ("view=performance", []),
        ("category=flow", []),  # a word that no metric here has, yet no error
        ("sort=-name&standing=active", ["Lead time for changes", "Commit count"]),
    ],
)
def test_the_list_is_narrowed_and_sorted(browse, draft, query, found):
    """Issue 2, item 9: the list of metrics, filtered by name, category, standing, class and grain."""
    assert names(browse(f"/metrics?{query}")) == found


def test_filters_in_use_can_be_taken_away_one_by_one(browse, draft):
    """DESIGN, Screens: removable chips, counts in labels."""
    page = browse("/metrics?name=e&standing=active&standing=draft")
    assert page.response.context["chips"] == [
        ("Name: e", "/metrics?standing=active&standing=draft"),
        ("Standing: Active", "/metrics?name=e&standing=draft"),
        ("Standing: Draft", "/metrics?name=e&standing=active"),
    ]
    assert page.says("Active (2)", "Draft (1)")


def test_an_empty_list_says_what_to_do(browse):
    """Issue 2, item 9: empty state."""
    page = browse("/metrics?name=zzzzzz")
    assert page.says("0 of 2 metrics", "No metric fits all of these", "Show all metrics")


def test_a_word_that_no_filter_knows_is_refused(browse):
    """Issue 2, Bad input: 400."""
    assert browse("/metrics?category=gossip").status == 400


def test_the_list_costs_the_same_however_long(statements, draft):
    """DESIGN, Style: every list has a pinned query count."""
    assert statements("/metrics") == 8


def test_a_charter_answers_the_questions_that_people_ask(browse, house):
    """Issue 2, item 9: the charter in plain language, for an employee without any other role (S20, S85)."""
    page = browse(LEAD_TIME, by=house.employee)
    headings = (
        "How this affects me",
        "What",
        "Why",
        "Who",
        "How long",
        "Which decisions",
        "Examples",
        "Who to ask",
    )
    assert page.says(*headings, "Version and approval")
    assert page.says("they are counted together with everyone else's in your team")
    assert page.says("Source facts for 13 months")


def test_uses_that_concern_employees_are_answered_in_words(browse):
    """S19: allowed or not allowed, for the five uses that employees ask about."""
    page = browse(LEAD_TIME)
    effects = {line.label: (line.outcome, line.words) for line in page.response.context["charter"].effects}
    assert effects["Team retrospectives"] == ("permit", "Yes, by team")
    assert effects["Promotions"] == effects["Pay"] == ("deny", "No")
    assert effects["One-on-ones"] == ("if", "Only if you bring your own figure")
    assert effects["Operational monitoring"][0] == "if"
    assert page.says(*effects)


def test_examples_carry_their_verdict_and_their_rules(browse):
    """S134: a correct and an incorrect example, each linked to the rules that refuse it."""
    page = browse(LEAD_TIME)
    assert page.says("Correct use", "Incorrect use", "Refused by")
    assert 'href="/rules/AR14"' in page.html


def test_a_charter_says_whom_to_ask(browse):
    """S78: contact and next level."""
    assert browse(LEAD_TIME).says("Owner", "Contact", "Next level", "Review board, engineering seat")


def test_the_boards_outcome_stands_with_its_reasons(browse):
    """Issue 2, item 9: version and approval, with minutes."""
    page = browse(LEAD_TIME)
    assert page.says(
        "Version 1 approved, in force until", "6 of 6 votes cast were for it.", "Reasons and dissent"
    )
    assert page.says("approve is right")


def test_empty_provenance_and_precision_warn_every_reader(browse, house):
    """S13: empty fields are shown as a warning to every reader."""
    document = changed("commit-count", provenance="", error_bounds="")
    version = authoring.register_charter(
        programme=factories.a_programme(),
        document=document,
        owner=factories.an_account("owner"),
        by=factories.system(),
    )
    path = f"/metrics/commit-count?version={version.number}"
    page = browse(path, by=factories.an_account("owner"))
    assert page.says(
        "does not say which systems the values come from", "does not say how wrong the values can be"
    )
    assert not browse(LEAD_TIME).says("does not say")


def test_a_draft_is_for_those_who_work_on_it(browse, house, draft):
    """Issue 2, item 2: drafts are listed, read by owner, board and auditors, and cannot be used."""
    for reader in (house.employee, house.manager):
        page = browse("/metrics/hours-online", by=reader)
        assert page.says("Not approved: cannot be used") and not page.says("Which decisions")
    for reader in (factories.an_account("owner"), house.auditor):
        page = browse("/metrics/hours-online", by=reader)
        assert page.says("Which decisions", "Not in force: cannot be used.")
        assert not page.says("Ask about this metric")


def test_an_earlier_version_says_that_it_does_not_govern(browse, house):
    """Issue 2, item 2: versions are immutable and stay readable."""
    authoring.register_charter(
        programme=factories.a_programme(),
        document=changed("commit-count", affects_me="Otherwise."),
        owner=factories.an_account("owner"),
        by=factories.system(),
    )
    owner = factories.an_account("owner")
    assert browse("/metrics/commit-count?version=2", by=owner).says(
        "which does not govern this metric", "Otherwise."
    )
    assert not browse("/metrics/commit-count?version=2", by=house.employee).says("Otherwise.")
    assert browse("/metrics/commit-count?version=9").status == 404


def test_there_is_no_page_of_a_metric_that_is_not_there(browse):
    """Issue 2, Bad input."""
    assert browse("/metrics/happiness").status == 404


def test_a_charter_costs_few_statements(statements):
    """DESIGN, Style: pinned query counts; six of them read what its reader may use it for."""
    assert statements(LEAD_TIME) <= 15
