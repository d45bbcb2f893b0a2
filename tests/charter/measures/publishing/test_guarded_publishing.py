"""Issue 10, item 3: what a run tells beside all that was ever told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from charter.measures import services
from charter.measures.models import Attribution, OnceTold, PublishedValue, Withheld
from governance.people import cohorts
from governance.people.models import Cohort, CohortKind, Membership, Team
from tests import factories, snapshots
from tests.audits.retention.test_retention import call as purge_by_function
from tests.audits.retention.test_retention import keep_values_for
from tests.charter.measures.publishing.test_publishing import NOW, a_document, changes, publish, value

LEAD_TIME = "lead-time-for-changes"
TEAMS = ("ads", "basket", "checkout", "delivery")


@snapshots.fixture(at=NOW)
def four_teams() -> None:
    """Four teams of six in one value stream, their cohorts, and one charter in force."""
    for team in TEAMS:
        factories.a_team(team, people=6)
    factories.an_active_charter(LEAD_TIME, document=a_document(LEAD_TIME))
    cohorts.register_tree(on=NOW.date(), minimum=5, by=factories.system())


@pytest.fixture
def house(four_teams, warehouse_file, stop_clock):
    """In January three teams of six made twelve changes each, and of the fourth two people made six."""
    stop_clock(NOW)
    for team in TEAMS[:3]:
        warehouse_file.add_changes(changes(team, people=6, number=12))
    warehouse_file.add_changes(changes("delivery", people=2, number=6))
    return warehouse_file


def mark_reverts(house) -> None:
    """All that two people of one team did is called a revert, so that a definition can leave them out."""
    house.run("ALTER TABLE changes ADD COLUMN revert BOOLEAN")
    house.run("UPDATE changes SET revert = author IN ('ads-1', 'ads-2')")


def told(metric: str = LEAD_TIME) -> set[str]:
    """The cohorts of which January is told."""
    found = PublishedValue.objects.filter(
        metric__slug=metric, starts_on=date(2026, 1, 1), period_kind="month", withheld=""
    )
    return set(found.values_list("cohort__slug", flat=True))


def test_siblings_subtracted_from_their_stream_are_not_a_thin_team(house):
    """The table's last row: before, stream less ads, basket and checkout was delivery to the digit, n included."""
    publish()
    assert {"org:all", "value_stream:commerce"} <= told()
    assert len(told() & {"team:ads", "team:basket", "team:checkout"}) == 2
    withheld = [f"team:{team}" for team in TEAMS if f"team:{team}" not in told()]
    assert {value(cohort).withheld for cohort in withheld} == {Withheld.TOO_FEW}


def test_an_empty_team_gets_no_row_at_all(house):
    """Issue 10: nobody on the roster and no event; a silent team with a roster is withheld like any other."""
    founded = factories.a_team("later", people=0)
    cohorts.register(
        slug="team:later", kind=CohortKind.TEAM, name="Later", teams=[founded], by=factories.system()
    )
    publish()
    assert not PublishedValue.objects.filter(cohort__slug="team:later").exists()
    assert value("team:ads", "2026-02").withheld == Withheld.TOO_FEW


def test_late_rows_withhold_the_quarter_of_a_month_that_was_told(house, stop_clock):
    """Issue 10, revision against original: a quarter less its three months would be the late rows of two people."""
    for month in (2, 3):
        for team in TEAMS:
            house.add_changes(changes(team, people=6, number=12, month=month))
    publish(through=date(2026, 2, 1))
    house.add_changes(changes("ads", people=2, number=3))
    publish()
    assert value("org:all", "2026-01").n == 42 and value("org:all", "2026-03").n == 48
    assert value("org:all", "2026-Q1").withheld == Withheld.TOO_FEW


def test_without_late_rows_the_quarter_is_told(house):
    """The twin of the test above."""
    for month in (2, 3):
        for team in TEAMS:
            house.add_changes(changes(team, people=6, number=12, month=month))
    publish(through=date(2026, 2, 1))
    publish()
    assert value("org:all", "2026-Q1").n == 42 + 48 + 48


def test_a_cohort_registered_later_is_held_against_what_was_told_before(house):
    """Figures: back-filled cohorts 0. Told teams together with delivery would be delivery."""
    publish()
    by = factories.system()
    silent = next(team for team in TEAMS[:3] if f"team:{team}" not in told())
    others = [team for team in TEAMS[:3] if team != silent]
    pair = Team.objects.filter(slug__in=[others[0], "delivery"])
    safe = Team.objects.filter(slug__in=others)
    cohorts.register(slug="team:pair", kind=CohortKind.TEAM, name="Pair", teams=list(pair), by=by)
    cohorts.register(slug="team:safe", kind=CohortKind.TEAM, name="Safe", teams=list(safe), by=by)
    publish()
    assert value("team:pair").withheld == Withheld.TOO_FEW
    assert value("team:safe").n == 24  # nothing but what two told cells say already


def test_a_value_keeps_the_teams_that_it_was_of(house):
    """What else leaks: a cohort's teams change in place. Told of four teams, then of three, it would tell of the fourth."""
    publish()
    stream = Cohort.objects.get(slug="value_stream:commerce")
    assert set(value("value_stream:commerce").teams) == set(TEAMS)
    assert value("org:all").teams == [*sorted(TEAMS), ""]
    three = [team for team in Team.objects.all() if team.slug != "delivery"]
    cohorts.register(slug=stream.slug, kind=stream.kind, name=stream.name, teams=three, by=factories.system())
    cohorts.register(
        slug="value_stream:new", kind=stream.kind, name="New", teams=three, by=factories.system()
    )
    publish()
    assert value("value_stream:new").withheld == Withheld.TOO_FEW


def test_superseded_values_still_stand(house):
    """Issue 10, rule: superseded values included. Another definition leaves out two people's changes."""
    house.add_changes(changes("delivery", people=6, number=30))
    mark_reverts(house)
    publish()
    before = told()
    document = a_document(LEAD_TIME)
    measure = document.what.measure
    facts = measure.facts.rstrip() + " WHERE NOT revert"
    what = replace(document.what, measure=replace(measure, facts=facts))
    factories.an_active_charter(LEAD_TIME, document=replace(document, what=what))
    publish()
    assert "team:ads" in before and "org:all" in before
    assert value("team:ads").withheld == value("org:all").withheld == Withheld.TOO_FEW
    assert value("team:delivery").n == 36


def another_metric(facts: str = "") -> None:
    """A second metric in force on the same changes, for all cohorts."""
    read = f"SELECT merged_at AS at, author AS person, team, 1 AS value FROM changes {facts}"
    document = a_document("pr-size", facts=read)
    what = replace(document.what, grains=a_document(LEAD_TIME).what.grains)
    factories.an_active_charter("pr-size", document=replace(document, what=what))


@pytest.mark.parametrize("facts", ["", "WHERE NOT revert"], ids=["all", "filtered"])
def test_every_metric_on_a_source_is_decided_jointly(house, facts):
    """Issue 10, rule: jointly. A metric that leaves out two people is not told beside one that does not; one of the same is."""
    mark_reverts(house)
    publish()
    another_metric(facts)
    assert not publish().error
    assert "org:all" in told() and ("org:all" in told("pr-size")) is (not facts)


@pytest.mark.parametrize("is_remembered", [True, False], ids=["as it is", "twin"])
def test_values_that_have_gone_by_retention_still_stand(house, is_remembered):
    """Issue 10, rule: all that was ever published. A value was read before it went, so another metric's is held against it."""
    publish()
    known = next(team for team in TEAMS[:3] if f"team:{team}" in told())
    _let_all_values_go()
    if not is_remembered:
        factories.as_owner("DELETE FROM measures_oncetold")
    pair = list(Team.objects.filter(slug__in=[known, "delivery"]))
    cohorts.register(slug="team:pair", kind=CohortKind.TEAM, name="Pair", teams=pair, by=factories.system())
    another_metric()
    assert not publish().error
    # Of the one team everybody knows how many events it had, so that the pair tells how many the other had.
    assert ("team:pair" in told("pr-size")) is not is_remembered
    assert "org:all" in told("pr-size")


def _let_all_values_go() -> None:
    values = list(PublishedValue.objects.all())
    keep_values_for("P1D", values[0].charter_version_id)
    purge_by_function("purge_values", [value.pk for value in values])
    assert not PublishedValue.objects.exists()
    assert OnceTold.objects.count() == sum(value.withheld == "" for value in values)


def test_what_is_kept_of_a_month_names_nobody_and_says_no_number(house):
    """DESIGN: facts about persons are computed on demand and never stored; a keyed hash a team is."""
    publish()
    kept = Attribution.objects.get(month=date(2026, 1, 1))
    assert set(kept.teams) == set(TEAMS)
    assert all(len(digest) == 32 and set(digest) <= set("0123456789abcdef") for digest in kept.teams.values())


def test_a_measure_that_can_no_longer_be_read_holds_its_months_shut(house):
    """Fail closed: what was told stands, and what cannot be compared with it is not told."""
    publish()
    facts = "SELECT merged_at AS at, author AS person, team, epoch(merged_at) - epoch(merged_at) AS value FROM changes"
    house.run("ALTER TABLE changes DROP COLUMN first_commit_at")
    document = a_document(LEAD_TIME)
    what = replace(document.what, measure=replace(document.what.measure, facts=facts))
    factories.an_active_charter(LEAD_TIME, document=replace(document, what=what))
    publish()
    assert value("org:all").withheld == Withheld.TOO_FEW


def test_strain_and_flow_on_one_source(house):
    """AR12: strain needs eight; where it is told, its cells alone are held against eight."""
    house.run(
        "CREATE TABLE commits (team VARCHAR, author VARCHAR, committed_at TIMESTAMPTZ, authored_at TIMESTAMPTZ, authored_local TIMESTAMP)"
    )
    noon = datetime(2026, 1, 3, 12)  # noqa: DTZ001 (a local time has no zone)
    at = noon.replace(tzinfo=UTC)
    house.insert(
        "commits", [(team, f"{team}-{n % 6 + 1}", at, at, noon) for team in TEAMS for n in range(24)]
    )
    factories.an_active_charter("commit-count", document=a_document("commit-count", values="P25M"))
    factories.an_active_charter("weekend-share", document=a_document("weekend-share", values="P25M"))
    two = list(Team.objects.filter(slug__in=["ads", "basket"]))
    cohorts.register(slug="team:two", kind=CohortKind.TEAM, name="Two", teams=two, by=factories.system())
    publish()
    assert {f"team:{team}" for team in TEAMS} <= told("commit-count")
    assert told("weekend-share") == {"team:two"}


def test_a_roster_that_is_corrected_withholds_where_facts_name_nobody(house):
    """Attribution is frozen: the people on a team stand behind its deployments, so other people are another value."""
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    house.add_deployments([(team, datetime(2026, 1, 5, tzinfo=UTC)) for team in TEAMS])
    publish(through=date(2026, 2, 1))
    assert value("team:ads", metric="deployment-frequency").n == 1
    [moved] = Membership.objects.filter(person__external_id="ads-1")
    factories.change(moved, valid_to=moved.valid_from + timedelta(days=1))  # five are left
    publish()
    assert value("team:ads", "2026-Q1", metric="deployment-frequency").withheld == Withheld.TOO_FEW
    assert value("team:checkout", "2026-Q1", metric="deployment-frequency").n == 1


def test_a_second_run_finds_nothing_to_change(house):
    publish()
    before = list(PublishedValue.objects.order_by("pk").values())
    assert services.publish(by=factories.system()).values_written == 0
    assert list(PublishedValue.objects.order_by("pk").values()) == before
