"""Issue 10, item 3: a page for owners shows what was withheld for whose sake in numbers alone, and suggests merging thin teams."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charter.measures import withheld
from charter.measures.models import PublishedValue, Withheld, Withholding
from charter.measures.withheld import count_withheld, list_thin_teams, suggest_merges
from charter.registry.models import Metric
from governance.people import cohorts
from governance.people.models import CohortKind, GrantedRole, Team
from tests import factories
from tests.charter.measures.publishing import test_guarded_publishing as guarded
from tests.charter.measures.publishing.test_publishing import NOW, changes, publish
from tests.charter.measures.revisions.test_services import program

TEAMS, four_teams, house, told = guarded.TEAMS, guarded.four_teams, guarded.house, guarded.told
QUARTER, TEAM_LEVEL = date(2026, 1, 1), 2


@pytest.fixture
def published(house):
    """A quarter of four teams, of which delivery's two people are always too few."""
    for month in (2, 3):
        for team in TEAMS[:3]:
            house.add_changes(changes(team, people=6, number=12, month=month))
        house.add_changes(changes("delivery", people=2, number=6, month=month))
    publish()
    return house


def metric() -> Metric:
    return Metric.objects.get(slug=guarded.LEAD_TIME)


def auditor():
    account = factories.an_account("auditor")
    factories.a_role(account, GrantedRole.AUDITOR)
    return account


def four_are_enough(monkeypatch) -> None:
    """As a programme whose smallest group is four would say it; a setting changes by a case alone."""
    monkeypatch.setattr(withheld, "get_programme", lambda: SimpleNamespace(minimum_group=4))


def of_teams():
    [found] = [each for each in count_withheld(metric()) if each.level == TEAM_LEVEL]
    return found


def test_counts_are_of_each_level_and_quarter(published):
    """Numbers alone: as many told and withheld as there are rows, of the months and the quarter together."""
    counts = count_withheld(metric())
    assert [(each.quarter, each.level) for each in counts] == [(QUARTER, level) for level in range(3)]
    for each, kind in zip(counts, ("org", "value_stream", "team"), strict=True):
        rows = PublishedValue.objects.filter(cohort__kind=kind)
        assert each.told == rows.filter(withheld="").count()
        assert each.withheld == rows.filter(withheld=Withheld.TOO_FEW).count()
    assert of_teams().withheld == 8


def test_for_whose_sake_is_not_said_of_few(published):
    """What counts reveal: four of delivery and four beside it. Of so few, the number would say which they are."""
    kept = Withholding.objects.filter(level=TEAM_LEVEL)
    assert (sum(each.themselves for each in kept), sum(each.others for each in kept)) == (4, 4)
    assert (of_teams().themselves, of_teams().others) == (None, None)


def test_for_whose_sake_is_said_of_enough(published, monkeypatch):
    """Where at least as many as the smallest group were withheld for either reason, both numbers are told."""
    four_are_enough(monkeypatch)
    assert (of_teams().themselves, of_teams().others) == (4, 4)


def test_what_a_later_cohort_would_be_is_not_read_off_the_difference(published, monkeypatch, stop_clock):
    """Attack: register a cohort, publish, and see which of the two numbers grew. What came after the quarter closed counts not."""
    four_are_enough(monkeypatch)
    stop_clock(NOW + timedelta(hours=1))
    teams = [Team.objects.get(slug="delivery")]
    cohorts.register(
        slug="team:probe", kind=CohortKind.TEAM, name="Probe", teams=teams, by=factories.system()
    )
    publish()
    assert of_teams().withheld == 12  # that it is withheld is told with its rows
    assert (of_teams().themselves, of_teams().others) == (4, 4)
    assert sum(each.themselves for each in Withholding.objects.filter(level=TEAM_LEVEL)) == 8  # the twin


THIN, BESIDE, OTHER, STREAM = (uuid4() for _ in range(4))
STREAMS = dict.fromkeys((THIN, BESIDE, OTHER), STREAM)
MONTHS = [("month", date(2025, month, 1)) for month in range(1, 11)]


def test_a_thin_team_is_named_with_the_neighbour_it_costs_most():
    """Nearly always withheld, of enough values, and others beside it: with the one that loses least by it."""
    shut = {THIN: set(MONTHS), BESIDE: set(MONTHS[:6]), OTHER: set(MONTHS[6:8])}
    told_of = {STREAM: set(MONTHS), BESIDE: set(MONTHS[6:]), OTHER: set(MONTHS[:6]) | set(MONTHS[8:])}
    assert suggest_merges(shut, told_of, STREAMS) == [(THIN, BESIDE, 10, 10, 8)]


def test_no_team_is_named_without_need():
    """Where its stream is withheld too, it costs nobody; where it is often told, or there is little of it, it is not thin."""
    shut = {THIN: set(MONTHS), BESIDE: set(MONTHS)}
    assert suggest_merges(shut, {}, STREAMS) == []
    assert suggest_merges({THIN: set(MONTHS)}, {STREAM: set(MONTHS)}, STREAMS) == []
    few = {each: set(MONTHS[:7]) for each in (THIN, BESIDE)}
    assert suggest_merges(few, {STREAM: set(MONTHS)}, STREAMS) == []
    often = {THIN: set(MONTHS[:7]), BESIDE: set(MONTHS[:7])}
    told_of = {STREAM: set(MONTHS), THIN: set(MONTHS[7:]), BESIDE: set(MONTHS[7:])}
    assert suggest_merges(often, told_of, STREAMS) == []


def test_two_that_need_each_other_are_named_once():
    shut = {THIN: set(MONTHS), BESIDE: set(MONTHS)}
    assert len(suggest_merges(shut, {STREAM: set(MONTHS)}, STREAMS)) == 1


def test_the_suggestion_knows_no_more_than_what_is_told(published, monkeypatch):
    """It leaks nothing, as it is worked out from which values are told and which are not, and from nothing else."""
    monkeypatch.setattr("charter.measures.withheld.LEAST_PLACES", 4)
    before = list_thin_teams(metric())
    assert [(each.withheld, each.places, each.cost) for each in before] == [(4, 4, 4)]
    assert "team:delivery" in {before[0].cohort, before[0].with_cohort}
    with CaptureQueriesContext(connection) as asked:
        assert list_thin_teams(metric()) == before
    for secret in ("value", "n", "people", "coverage", "themselves", "others"):
        assert not any(f'"{secret}"' in each["sql"] for each in asked), secret


def test_only_the_owner_and_auditors_open_it(published, client):
    """Who may open it: whoever answers for the metric, and auditors; on the page, in the API and by the link."""
    page, api = f"/metrics/{guarded.LEAD_TIME}/withheld", f"/api/v1/metrics/{guarded.LEAD_TIME}/withheld"
    another = factories.an_account("another")
    factories.an_active_charter("pr-size", owner=another)
    for account in (metric().owner, auditor()):
        client.force_login(account)
        assert client.get(page).status_code == program(account).get(api).status_code == 200
        assert page in client.get(f"/metrics/{guarded.LEAD_TIME}").content.decode()
    for account in (another, factories.an_administrator(), factories.an_account("anybody")):
        client.force_login(account)
        assert client.get(page).status_code == program(account).get(api).status_code == 403
        assert page not in client.get(f"/metrics/{guarded.LEAD_TIME}").content.decode()


def test_the_page_and_the_api_say_the_same(published, client, monkeypatch, django_assert_max_num_queries):
    """One answer on each door, in a pinned number of statements."""
    four_are_enough(monkeypatch)
    client.force_login(metric().owner)
    with django_assert_max_num_queries(20):
        page = client.get(f"/metrics/{guarded.LEAD_TIME}/withheld").content.decode()
    with django_assert_max_num_queries(12):
        answer = program(metric().owner).get(f"/api/v1/metrics/{guarded.LEAD_TIME}/withheld").json()
    assert answer["counts"][-1] == {
        "quarter": "2026-01-01", "level": "team", "told": 8, "withheld": 8, "low_coverage": 0, "themselves": 4, "others": 4,
    }  # fmt: skip
    assert "2026-Q1" in page
    assert answer["merge"] == []
    assert "No team costs its neighbours enough" in page


def test_a_metric_without_values_says_so(four_teams, client):
    client.force_login(metric().owner)
    assert "Nothing is published" in client.get(f"/metrics/{guarded.LEAD_TIME}/withheld").content.decode()
    assert client.get("/metrics/no-such-metric/withheld").status_code == 404


@pytest.mark.parametrize("is_administrator", [True, False])
def test_the_suggested_merge_can_be_carried_out(published, client, monkeypatch, is_administrator):
    """Issue 10, 3: suggests merging a thin team's cohort once and for all; an administrator follows the link and confirms."""
    thin = withheld.ThinTeam("team:delivery", "Delivery", "team:basket", "Basket", 8, 8, 4)
    monkeypatch.setattr(withheld, "list_thin_teams", lambda _metric: [thin])
    owner = metric().owner
    if is_administrator:
        factories.a_role(owner, GrantedRole.ADMIN)
    client.force_login(owner)
    page = client.get(f"/metrics/{guarded.LEAD_TIME}/withheld").content.decode()
    address = "/organisation/groups/join?one=team%3Adelivery&amp;other=team%3Abasket"
    assert (f'href="{address}"' in page) is is_administrator
    assert address in page
    client.force_login(factories.an_administrator("ada"))
    shown = client.get(address.replace("&amp;", "&"))
    assert shown.status_code == 200 and "Join them for good" in shown.content.decode()
    client.post("/organisation/groups/join", {"one": "team:delivery", "other": "team:basket"})
    assert cohorts.find_covering_cohort("delivery") == cohorts.find_covering_cohort("basket")
