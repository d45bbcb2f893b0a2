"""Saved views: who keeps one, what the board has to let, and that classes never mix."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from msgspec.structs import replace

from audits.ledger.models import Entry
from charter.registry.models import CharterVersion, Clearance, ClearanceKind, Metric
from charter.rules.request import Window
from charter.rules.vocabulary import DecisionType, Grain, Period, View
from governance.board.models import Case
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.people import cohorts
from governance.people.models import GrantedRole, Team
from governance.saved_views import permissions, queries, services
from governance.saved_views.models import Classing, Listing, SavedView, ViewClass
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories, on_the_log, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]
SPRING = Window(
    start=clock.now().date().replace(month=1, day=1), end=clock.now().date().replace(month=4, day=1)
)
DIAGNOSTIC, PERFORMANCE = ViewClass.DIAGNOSTIC, ViewClass.PERFORMANCE


@snapshots.fixture
def manager(founded):
    """The manager of payments, a team of nine that is registered."""
    by = factories.system()
    team = factories.a_team("payments", people=9)
    cohorts.register_tree(on=calendar.today(), minimum=5, by=by)
    account = factories.an_account("manager")
    factories.a_role(account, GrantedRole.MANAGER, team=team)
    return account


@snapshots.fixture
def flow(founded):
    """Two diagnostic metrics in force."""
    return [factories.an_active_charter(slug).metric for slug in ("cycle-time", "work-in-progress")]


def judging(slug: str, name: str, *, audited: bool = True) -> Metric:
    """A performance metric in force, which the board has passed as one, and whose fairness audit it has passed."""
    document = factories.a_document("deployment-frequency")
    what = replace(document.what, view=View.PERFORMANCE)
    tried = replace(
        document.examples,
        correct=tuple(
            replace(each, request={**each.request, "view": "performance"})
            for each in document.examples.correct
        ),
        incorrect=tuple(replace(each, rules=()) for each in document.examples.incorrect),
    )
    document = replace(document, metric=slug, name=name, what=what, examples=tried)
    version = factories.an_active_charter(document=document)
    if audited:
        an_audit(version)
    return Metric.objects.get(pk=version.metric_id)


def an_audit(version: CharterVersion, **changes) -> None:
    """A fairness audit that was passed and is in date, unless it is said otherwise."""
    given = {"passed": True, "valid_until": calendar.today() + timedelta(days=90), **changes}
    on_the_log.make(
        Clearance,
        charter_version=version,
        kind=ClearanceKind.FAIRNESS_AUDIT,
        reference="FA-1",
        granted_by=factories.system(),
        **given,
    )


def a_view(by, metrics, **fields):
    given = {
        "slug": "team-flow",
        "name": "Team flow",
        "purpose": "To find where work gets stuck.",
        "view_class": DIAGNOSTIC,
        "decision": DecisionType.RETROSPECTIVE,
        "grain": Grain.TEAM,
        "cohorts": ["team:payments"],
        "period": Period.MONTH,
    }
    return services.make_view(**{**given, **fields}, metrics=metrics, by=by)


def opened(slug: str = "team-flow") -> queries.Opened:
    return queries.open_view(queries.get_view(slug), with_forbidden=True)


def listed(slug: str = "team-flow") -> set[str]:
    return {each.metric.slug for each in opened(slug).metrics}


def test_a_diagnostic_view_is_there_at_once_and_asks_of_each_metric_alone(manager, flow):
    """S41, S47: it lists its metrics and the uses that their charters forbid; one suspended metric hides no other."""
    a_view(manager, flow)
    found = opened()
    assert found.view_class == DIAGNOSTIC
    assert listed() == {"cycle-time", "work-in-progress"}
    assert all(each.forbidden for each in found.metrics)
    asked = found.requests(SPRING)
    assert [request.metrics for request in asked] == [("cycle-time",), ("work-in-progress",)]
    assert {(request.view, request.decision, request.cohorts) for request in asked} == {
        (View.DIAGNOSTIC, DecisionType.RETROSPECTIVE, ("team:payments",))
    }
    assert Entry.objects.filter(kind="views.view.made").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"decision": DecisionType.PERFORMANCE_RATING}, "decision"),
        ({"cohorts": ["team:nowhere"]}, "cohorts"),
        ({"cohorts": []}, None),
        ({"purpose": " "}, "purpose"),
        ({"slug": "Team Flow"}, "slug"),
        ({"view_class": PERFORMANCE}, "grain"),
        ({"grain": Grain.PERSON}, None),
    ],
)
def test_a_view_that_could_never_answer_is_refused(manager, flow, fields, field):
    """S41, S44: what no rule would ever permit is not kept, and the field is named."""
    with pytest.raises(BadInput) as refused:
        a_view(manager, flow, **fields)
    assert refused.value.field == field
    assert not SavedView.objects.exists()


def test_metrics_of_another_class_or_without_a_charter_are_never_listed(manager, flow, by):
    """S41, AR10: a view never mixes classes."""
    with pytest.raises(BadInput, match="classes do not mix"):
        a_view(manager, [*flow, judging("project-outcomes", "Project outcomes")])
    draft = factories.a_submitted_charter("pr-age").metric
    with pytest.raises(BadInput, match="no charter in force"):
        a_view(manager, [draft])
    with pytest.raises(BadInput, match="each once"):
        a_view(manager, [flow[0], flow[0]])
    with pytest.raises(BadInput, match="between one"):
        a_view(manager, [])


def test_a_performance_view_begins_once_the_board_agrees(manager):
    """S45, S69: no role can make one directly; it asks of all metrics together, of one person, with no peers."""
    metrics = [judging("project-outcomes", "Project outcomes"), judging("follow-through", "Follow-through")]
    about_one = {"decision": DecisionType.PROMOTION_EVIDENCE, "grain": Grain.PERSON, "cohorts": []}
    a_view(manager, metrics, view_class=PERFORMANCE, **about_one)
    case = Case.objects.get(kind=CaseKind.VIEW_CHANGE)
    assert opened().view_class is None and listed() == set()
    with pytest.raises(Conflict, match="not let this view begin"):
        permissions.check_can_open(manager, opened())
    factories.a_decided_case(case)
    assert opened().is_performance
    (asked,) = opened().requests(SPRING, persons=("person-1",))
    assert asked.metrics == ("project-outcomes", "follow-through")
    assert (asked.view, asked.persons, asked.cohorts) == (View.PERFORMANCE, ("person-1",), ())
    assert (asked.order_by, asked.limit, asked.percentile, asked.compare) == (None, None, False, False)


def test_a_metric_enters_a_performance_view_only_with_an_audit(manager):
    """S43: passed, in date, and the latest; a failed one after it takes the place away."""
    about_one = {"decision": DecisionType.PROMOTION_EVIDENCE, "grain": Grain.PERSON, "cohorts": []}
    metric = judging("outcomes", "Outcomes", audited=False)
    version, today = metric.current, calendar.today()
    for changes in (None, {"valid_until": today - timedelta(days=1)}, {"passed": False}):
        if changes is not None:
            an_audit(version, **changes)
        with pytest.raises(BadInput) as raised:
            a_view(manager, [metric], view_class=PERFORMANCE, **about_one)
        assert raised.value.code == "not_audited"
    an_audit(version, valid_until=today)
    a_view(manager, [metric], view_class=PERFORMANCE, **about_one)


def test_a_performance_view_that_the_board_turns_down_never_begins(manager):
    """S45: rejected, it opens to nobody."""
    about_one = {"decision": DecisionType.PROMOTION_EVIDENCE, "grain": Grain.PERSON, "cohorts": []}
    a_view(manager, [judging("outcomes", "Outcomes")], view_class=PERFORMANCE, **about_one)
    factories.a_decided_case(Case.objects.get(kind=CaseKind.VIEW_CHANGE), {SeatKind.WORKER_REP: Vote.VETO})
    assert opened().view_class is None
    assert not permissions.can_open(manager, opened())


def test_the_database_knows_no_performance_view_without_a_case(manager, flow):
    """S45: whoever goes around the services meets the constraint."""
    view = a_view(manager, flow)
    with pytest.raises(IntegrityError), transaction.atomic():
        Classing.objects.create(view=view, view_class=PERFORMANCE, classed_by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.create(view=view, metric=flow[0], founding=False, listed_by=manager)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("UPDATE saved_views_classing SET view_class = 'performance'")


def test_a_metric_is_added_by_the_board_and_dropped_by_the_owner(manager, flow):
    """S47: a metric not on the list cannot be added without a review."""
    view = a_view(manager, flow)
    added = factories.an_active_charter("pr-age").metric
    listing = services.propose_metric(view=view, metric=added, why="Reviews get old.", by=manager)
    assert listed() == {"cycle-time", "work-in-progress"}
    assert [each.metric for each in opened().waiting] == [added]
    with pytest.raises(Conflict, match="already"):
        services.propose_metric(view=view, metric=added, why="Again.", by=manager)
    factories.a_decided_case(listing.case)
    assert listed() == {"cycle-time", "work-in-progress", "pr-age"}
    services.drop_metric(view=view, metric=added, by=manager)
    assert listed() == {"cycle-time", "work-in-progress"}
    again = services.propose_metric(view=view, metric=added, why="We miss it.", by=manager)
    assert again.case.state == CaseState.OPEN and listed() == {"cycle-time", "work-in-progress"}


def test_the_last_metric_stays(manager, flow):
    """S47: an empty view would be none."""
    view = a_view(manager, flow[:1])
    with pytest.raises(Conflict, match="at least one"):
        services.drop_metric(view=view, metric=flow[0], by=manager)
    with pytest.raises(BadInput, match="not on the list"):
        services.drop_metric(view=view, metric=flow[1], by=manager)


def test_a_change_of_class_waits_for_the_metrics_and_for_the_board(manager, flow, by):
    """S45, AR10: a diagnostic view cannot become a performance view while its metrics are diagnostic."""
    view = a_view(manager, flow, decision=DecisionType.ONE_ON_ONE, grain=Grain.SELF, cohorts=[])
    with pytest.raises(BadInput, match="classes do not mix"):
        services.propose_class(view=view, view_class=PERFORMANCE, why="We would like to.", by=manager)
    with pytest.raises(Conflict, match="this class already"):
        services.propose_class(view=view, view_class=DIAGNOSTIC, why="We would like to.", by=manager)
    metrics = [judging("outcomes", "Outcomes")]
    fields = {"decision": DecisionType.ONE_ON_ONE, "grain": Grain.SELF, "cohorts": [], "slug": "mine"}
    own = a_view(manager, metrics, view_class=PERFORMANCE, **fields)
    factories.a_decided_case(Case.objects.get(kind=CaseKind.VIEW_CHANGE))
    with pytest.raises(BadInput, match="classes do not mix"):
        services.propose_class(view=own, view_class=DIAGNOSTIC, why="It was too much.", by=manager)


WHO = ["manager", "member", "leader", "hr", "outsider", "superuser"]


def people_of(team: str) -> dict:
    member = factories.an_account(
        "member", person=factories.a_person("member", team=Team.objects.get(slug=team))
    )
    leader = factories.an_account("leader")
    factories.a_role(leader, GrantedRole.LEADERSHIP)
    hr = factories.an_account("hr")
    factories.a_role(hr, GrantedRole.HR)
    return {
        "member": member,
        "leader": leader,
        "hr": hr,
        "outsider": factories.an_account("outsider"),
        "superuser": factories.an_account("superuser", is_superuser=True, is_staff=True),
    }


@pytest.mark.parametrize(
    ("view_class", "may"),
    [(DIAGNOSTIC, {"manager", "member", "leader"}), (PERFORMANCE, {"manager", "hr"})],
)
def test_who_opens_which_view(manager, flow, view_class, may):
    """S42, S59: diagnostic views are for the team and leadership, performance views for who decides about people."""
    accounts = {"manager": manager, **people_of("payments")}
    if view_class == DIAGNOSTIC:
        a_view(manager, flow)
    else:
        about_one = {"decision": DecisionType.PROMOTION_EVIDENCE, "grain": Grain.PERSON, "cohorts": []}
        a_view(manager, [judging("outcomes", "Outcomes")], view_class=PERFORMANCE, **about_one)
        factories.a_decided_case(Case.objects.get(kind=CaseKind.VIEW_CHANGE))
    assert {name for name in WHO if permissions.can_open(accounts[name], opened())} == may


def test_only_its_owner_changes_a_view(manager, flow):
    """DESIGN Style: nobody else, a superuser included; what is refused is refused by the service."""
    view = a_view(manager, flow)
    others = people_of("payments")
    for account in others.values():
        for act in (
            partial(services.retire_view),
            partial(services.drop_metric, metric=flow[0]),
            partial(services.propose_metric, metric=flow[0], why="So."),
            partial(services.propose_class, view_class=PERFORMANCE, why="So."),
            partial(services.write_expectation, role_family="x", text="y"),
        ):
            with pytest.raises(NotPermitted, match="Only its owner"):
                act(view=view, by=account)
    for name in ("member", "outsider", "superuser"):
        with pytest.raises(NotPermitted, match="Views are made by"):
            a_view(others[name], flow, slug="other")


def test_a_retired_view_opens_no_more(manager, flow):
    """S143: it is gone from the list, and stays on the log."""
    services.retire_view(view=a_view(manager, flow), by=manager)
    with pytest.raises(NotFound):
        opened()
    assert Entry.objects.filter(kind="views.view.retired").count() == 1


def test_the_latest_expectation_of_a_role_counts(manager, flow):
    """S69: what is expected stands beside a person's own history, in words."""
    view = a_view(manager, flow)
    for text in ("Helps others.", "Helps others and says so."):
        services.write_expectation(view=view, role_family="backend", text=text, by=manager)
    assert opened().expectation("backend").text == "Helps others and says so."
    assert opened().expectation("design") is None
    with pytest.raises(BadInput) as refused:
        services.write_expectation(view=view, role_family=" ", text="y", by=manager)
    assert refused.value.field == "role_family"


def test_the_list_of_views_costs_the_same_however_many(manager, flow, django_assert_num_queries):
    """Every list is pinned: views with their lists, classes and expectations in four statements."""
    for number in range(3):
        a_view(manager, flow, slug=f"view-{number}")
    with django_assert_num_queries(4):
        assert len([queries.open_view(view) for view in queries.list_views()]) == 3


def test_nobody_reports_to_an_account_that_is_no_persons(manager):
    """S85: whom a manager can open a view of are the people of their teams, not also all who report to nobody."""
    factories.a_person("boss")
    assert manager.person_id is None
    reports = queries.list_reports(manager, on=calendar.today())
    assert len(reports) == 9 and "boss" not in dict(reports)
