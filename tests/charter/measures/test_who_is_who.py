"""Who stands behind a value is looked up, by person and by team, and never counted from strings."""

from datetime import UTC, date, datetime, timedelta

from charter.measures import queries
from charter.measures.models import Withheld
from charter.registry.models import CharterVersion
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from governance.people import cohorts, identities
from governance.people.models import Person, Team
from governance.people.queries import list_roster_spans, read_rosters
from ground import data_versions
from tests import factories, on_the_log
from tests.charter.measures.publishing.test_publishing import (
    a_document,
    at,
    changes,
    governed,
    house,
    publish,
    value,
)

__all__ = ["at", "governed", "house"]

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def changes_of(authors: list[str], each: int = 3) -> list[tuple]:
    return [
        ("search", author, NOON - timedelta(hours=17), NOON + timedelta(days=n))
        for author in authors
        for n in range(each)
    ]


def test_people_are_not_counted_from_strings(house):
    """Issue 10, first row; S151: five names, three of which are known persons, one twice, and a bot, are too few."""
    house.add_changes(changes_of(["search-1", "Search-1", "search-2", "search-3", "dependabot[bot]"]))
    publish()
    assert value("team:search").withheld == Withheld.TOO_FEW


def test_names_that_nobody_has_are_too_few(house):
    """Issue 10, first row; S151: five names that people.csv lacks are nobody."""
    house.add_changes(changes_of([f"nobody-{n}" for n in range(5)]))
    publish()
    assert value("team:search").withheld == Withheld.TOO_FEW


def test_identities_make_names_people(house):
    """S151: with their identities known the same people are enough; a bot's events are nobody's."""
    by = factories.an_administrator()
    for n in range(1, 6):
        person = Person.objects.get(external_id=f"search-{n}")
        identities.give_identity(source="changes", name=f"GH-{n}", person=person, by=by)
    identities.give_identity(source="", name="dependabot[bot]", person=None, by=by)
    house.add_changes(changes_of([*(f"gh-{n}" for n in range(1, 6)), "dependabot[bot]"]))
    publish()
    found = value("team:search")
    assert (found.n, found.people, found.coverage) == (15, 5, 1.0)


def test_a_roster_is_employed_members_of_a_team_that_is_there(house):
    """Issue 10, third row; S151: six open memberships of which four people left a year ago are two people."""
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    left = Person.objects.filter(external_id__in=[f"search-{n}" for n in range(1, 5)])
    on_the_log.update(left, employed_to=date(2025, 1, 1))
    house.add_deployments([("search", NOON), ("payments", NOON)])
    publish()
    assert value("team:search", metric="deployment-frequency").withheld == Withheld.TOO_FEW
    # Payments less than the whole would be those two.
    assert value(metric="deployment-frequency").people == 5  # 5 to 9
    assert value("team:payments", metric="deployment-frequency").withheld == Withheld.TOO_FEW
    assert read_rosters(data_versions.read(), ("team:search",), date(2026, 1, 5))["team:search"] == {
        "search-5",
        "search-6",
    }
    assert sum(team == "search" and until is None for _, team, _, until in list_roster_spans()) == 2
    tree = cohorts.register_tree(on=date(2026, 1, 5), minimum=5, by=factories.system())
    assert "team:payments+search" in {cohort.slug for cohort in tree.cohorts}


def test_a_team_that_is_gone_has_no_roster(house):
    """Issue 10, third row: the team exists, each day."""
    on_the_log.update(Team.objects.filter(slug="search"), valid_to=date(2026, 1, 3))
    assert all(until is not None for _, team, _, until in list_roster_spans() if team == "search")
    assert (
        read_rosters(data_versions.read(), ("team:search",), date(2026, 1, 5))["team:search"] == frozenset()
    )


def test_a_team_is_found_by_its_name_however_it_is_written(house):
    """Issue 10, fifth row: `Search` is the team `search`."""
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    house.add_deployments([("Search", NOON)] * 28)
    publish()
    assert value("team:search", metric="deployment-frequency").n == 28


def test_events_that_match_no_team_are_not_nothing(house):
    """Issue 10, fifth row; S77: 28 deployments of no known team leave every team without a value, and none with 0."""
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    house.add_deployments([("Search squad", NOON)] * 28)
    publish()
    for team in ("search", "payments"):
        assert value(f"team:{team}", metric="deployment-frequency").withheld == Withheld.LOW_COVERAGE
    assert value("team:search", "2026-02", metric="deployment-frequency").value == 0


def test_a_team_that_is_not_ours_costs_nobody_anything(house):
    """S77: what is said to be another's is left out, and the teams keep their values."""
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    identities.give_alias(source="deployments", name="Agency", team=None, by=factories.an_administrator())
    house.add_deployments([("agency", NOON)] * 28 + [("search", NOON)])
    publish()
    assert (value("team:search", metric="deployment-frequency").coverage) == 1
    assert value("team:payments", metric="deployment-frequency").value == 0


def own(person: str):
    version = CharterVersion.objects.get(metric__slug="lead-time-for-changes")
    window = Window(start=date(2026, 1, 1), end=date(2026, 2, 1))
    return queries.compute_own_rows(version=version.pk, person=person, window=window, period=Period.MONTH)[0]


def test_own_values_follow_all_of_ones_names(house):
    """S29, S151: one's own value is made of what one did under every name, and of nobody else's."""
    house.add_changes(changes("search", people=2, number=4))
    house.add_changes(changes_of(["Search-1 ", "gh-1"]))
    person = Person.objects.get(external_id="search-1")
    identities.give_identity(source="changes", name="GH-1", person=person, by=factories.an_administrator())
    assert (own("search-1").n, own("search-2").n, own("search-3").n) == (8, 2, None)
