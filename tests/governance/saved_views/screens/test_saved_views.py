"""Pages of saved views: read by everybody, opened through the line, changed by their owner."""

import pytest

from charter.rules.vocabulary import DecisionType, Grain
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.decisions.models import DecisionRecord as Decided
from governance.saved_views import queries, services
from governance.saved_views.models import ViewClass
from tests import snapshots

KEPT = {
    "name": "How we deliver",
    "slug": "how-we-deliver",
    "purpose": "To see in the retrospective where time goes.",
    "view_class": "diagnostic",
    "decision": "retrospective",
    "metrics": ["lead-time-for-changes"],
    "whose": "team/team:payments",
    "period": "month",
}
MONTHS = {"first": "2026-01", "last": "2026-03"}


@snapshots.fixture
def view(governed):
    """A view of the manager's over payments, of two metrics."""
    return services.make_view(
        slug="team-flow",
        name="Team flow",
        purpose="To find where work gets stuck.",
        view_class=ViewClass.DIAGNOSTIC,
        decision=DecisionType.RETROSPECTIVE,
        grain=Grain.TEAM,
        metrics=[governed.lead_time.metric, governed.commit_count.metric],
        cohorts=["team:payments"],
        by=governed.manager,
    )


def test_an_empty_list_says_so_and_a_kept_view_stands_on_it(browse, house):
    """Issue 4, Views: kept by whoever decides something, found by everybody."""
    assert browse("/views").says("No view is kept yet")
    assert browse("/views/new", data=KEPT).response["Location"] == "/views/how-we-deliver"
    listed = browse("/views", by=house.stranger)
    assert listed.says("1 of 1", "How we deliver", "Diagnostic", "Lead time for changes")
    assert not listed.says("You can open it") and not listed.says("Keep a view")
    assert browse("/views?text=nothing").says("Nothing fits all of these")
    assert browse("/views?text=lead+deliver").says("1 of 1"), "one word in a metric's name, one in its own"
    assert browse("/views?view_class=performance").says("0 of 1")


def test_a_view_is_found_by_the_metrics_that_it_lists_now(browse, view, house):
    """Issue 11: not by one that was dropped from it."""
    assert browse("/views?text=lead").says("1 of 1")
    services.drop_metric(view=view, metric=house.lead_time.metric, by=house.manager)
    assert browse("/views?text=lead").says("0 of 1")


def test_what_is_wrong_with_a_view_stands_beside_its_field(browse):
    """Bad input: 400, the field named, nothing kept."""
    page = browse("/views/new", data=KEPT | {"decision": "performance_rating"})
    assert page.status == 400
    assert page.says("A diagnostic view never informs a decision about a person.")
    assert browse("/views/new", data={}).status == 400
    assert not queries.list_views().exists()


def test_whoever_decides_nothing_keeps_no_view(browse, house):
    """S42: the page says who may."""
    page = browse("/views/new", by=house.stranger)
    assert page.status == 403 and page.says("Views are made by managers")


def test_everybody_reads_what_a_view_lists_and_forbids(browse, house, view):
    """S47, S98: metrics and prohibited uses, without asking anyone; opening is for the team."""
    page = browse("/views/team-flow", by=house.stranger)
    assert page.says("Team flow", "Lead time for changes", "What it must not be used for", "Forbidden")
    assert not page.says("Open this view")
    assert browse("/views/team-flow", by=house.employee).says("Open this view")
    assert browse("/views/no-such").status == 404


def test_opening_asks_the_line_of_each_metric(browse, house, view):
    """DESIGN, The line: a view is a door like any other; what is refused hides nothing else."""
    before = Decided.objects.count()
    page = browse("/views/team-flow/open", data=MONTHS)
    assert page.status == 200
    assert page.says("January 2026", "20", "Withheld")  # lead time is listed for retrospectives …
    assert page.says("AR14", "No values were read")  # … and commit count is not
    asked = Decided.objects.order_by("at")[before:]
    assert [(each.metrics, each.verdict) for each in asked] == [
        (["lead-time-for-changes"], "permit"),
        (["commit-count"], "deny"),
    ]
    assert "no-store" in page.response["Cache-Control"]


@pytest.mark.parametrize("who", ["stranger", "auditor"])
def test_a_view_opens_to_its_team_alone(browse, house, view, who):
    """S42: and nothing is asked in the name of somebody whom it is not open to."""
    before = Decided.objects.count()
    page = browse("/views/team-flow/open", by=getattr(house, who), data=MONTHS)
    assert page.status == 403 and page.says("open to leadership and to the teams it is about")
    assert Decided.objects.count() == before


def test_months_the_wrong_way_round_are_said(browse, view):
    """Bad input: the field named, nothing asked."""
    page = browse("/views/team-flow/open", data={"first": "2026-03", "last": "2026-01"})
    assert page.status == 400 and page.says("must not come before the first")


def test_a_change_goes_to_the_board(browse, house, view):
    """S45, S47: the owner asks, the board decides; nobody else may ask."""
    assert browse("/views/team-flow/class").says("Make it a performance view")
    refused = browse("/views/team-flow/class", data={"why": "To rate people."})
    assert refused.status == 400 and refused.says("the classes do not mix") is False
    assert browse("/views/team-flow/class", by=house.employee).status == 403
    assert not Case.objects.filter(kind=CaseKind.VIEW_CHANGE).exists()
    page = browse("/views/team-flow/metrics", data={"metric": "lead-time-for-changes", "why": "Again."})
    assert page.status == 409 and page.says("on the list")


def test_dropping_and_retiring_are_confirmed(browse, house, view):
    """Issue 4, Views: showing less needs nobody's leave; what cannot be undone is confirmed."""
    path = "/views/team-flow/metrics/commit-count/drop"
    assert browse(path).says("The board has to agree before it comes back")
    assert browse("/views/team-flow").says("Commit count")
    assert browse(path, by=house.employee, data={}).status == 403
    assert browse(path, data={}).status == 302
    assert not browse("/views/team-flow").says("Commit count")
    assert browse("/views/team-flow/retire").says("cannot be brought back")
    assert browse("/views/team-flow/retire", data={}).response["Location"] == "/views"
    assert browse("/views/team-flow").status == 404


def test_pages_of_views_cost_the_same_however_many(statements, house, view):
    """Every list is pinned."""
    one = statements("/views")
    for number in range(3):
        services.make_view(
            slug=f"more-{number}",
            name=f"More {number}",
            purpose="More of it.",
            view_class=ViewClass.DIAGNOSTIC,
            decision=DecisionType.RETROSPECTIVE,
            grain=Grain.TEAM,
            metrics=[house.lead_time.metric],
            cohorts=["team:payments"],
            by=house.manager,
        )
    assert statements("/views") == one
