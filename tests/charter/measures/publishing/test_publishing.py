"""Publishing runs: what they write, what they leave alone, and how they fail."""

from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from msgspec.structs import replace

from audits.ledger import services as ledger
from audits.ledger.models import Entry
from charter.measures import queries, scans, services
from charter.measures.events import ValuesPublished
from charter.measures.models import PublishedValue, PublishingRun, RunState, Snapshot, Withheld
from charter.measures.publishing import publishable
from charter.measures.warehouse import facts as warehouse_module
from charter.registry import services as registry
from charter.registry.models import CharterVersion
from charter.rules.vocabulary import Period
from governance.board import services as board
from governance.board.models import Pilot
from governance.board.states import ConditionKind, SeatKind
from governance.people import cohorts
from governance.people.models import GrantedRole, Membership, Person
from ground import clock
from ground.errors import BadInput, Conflict, NotPermitted, Unavailable
from tests import factories, on_the_log, snapshots

JANUARY = date(2026, 1, 1)
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
TEAMS = ("payments", "search")


@pytest.fixture
def at(database, stop_clock):
    """The morning after a quarter, at which January, February, March and the quarter have closed."""
    stop_clock(NOW)


def a_document(slug: str, *, begins: date = JANUARY, values: str = "P5Y", facts: str = ""):
    document = factories.a_document(slug)
    measure = document.what.measure
    if facts:
        document = msgspec.structs.replace(
            document,
            what=msgspec.structs.replace(
                document.what, measure=msgspec.structs.replace(measure, facts=facts)
            ),
        )
    return msgspec.structs.replace(
        document,
        why=msgspec.structs.replace(document.why, data_from=begins, backfill_because="The board agreed."),
        how_long=msgspec.structs.replace(document.how_long, values=values),
    )


@snapshots.fixture(at=NOW)
def governed() -> None:
    """Two teams of six, their cohorts, and one charter in force."""
    for team in TEAMS:
        factories.a_team(team, people=6)
    factories.an_active_charter("lead-time-for-changes", document=a_document("lead-time-for-changes"))
    cohorts.register_tree(on=NOW.date(), minimum=5, by=factories.system())


@pytest.fixture
def house(governed, at, warehouse_file):
    """All that, and twelve changes by six people in January."""
    warehouse_file.add_changes(changes("payments", people=6, number=12))
    return warehouse_file


def changes(team: str, *, people: int, number: int, month: int = 1, hours: float = 10) -> list[tuple]:
    """So many changes by so many people in turn, each merged so many hours after its first commit, one more a change."""
    authors = islice(cycle(f"{team}-{n}" for n in range(1, people + 1)), number)
    return [
        (team, author, merged - timedelta(hours=hours + n), merged)
        for n, author in enumerate(authors)
        for merged in [datetime(2026, month, 1 + n % 28, 12, tzinfo=UTC)]
    ]


def publish(**options) -> PublishingRun:
    return services.publish(by=factories.system(), **options)


def value(cohort: str = "org:all", period: str = "2026-01", metric: str = "lead-time-for-changes"):
    found = {
        (each.period_kind, each.starts_on): each
        for each in PublishedValue.objects.filter(
            metric__slug=metric, cohort__slug=cohort, superseded_at__isnull=True
        )
    }
    year, part = period.split("-")
    kind, month = ("quarter", int(part[1:]) * 3 - 2) if part.startswith("Q") else ("month", int(part))
    return found[kind, date(int(year), month, 1)]


def test_a_value_comes_with_all_that_stands_behind_it(house):
    """Issue 2, measures: value, interval, n, people, coverage and source hash; lead time is the median of hours."""
    run = publish()
    found = value()
    assert (found.value, found.n, found.people, found.coverage) == (15.5, 12, 5, 1.0)  # 5 to 9 people
    assert 10 < found.low < 15.5 < found.high < 21
    assert (found.withheld, found.bound) == ("", "")
    assert found.snapshot.content_hash.startswith("sha256:")
    assert found.snapshot.tables["changes"]["rows"] == 12
    assert (run.state, run.values_written) == (RunState.DONE, PublishedValue.objects.count())


def test_every_cohort_month_and_quarter_is_published_once(house):
    """Issue 2, measures: per registered cohort and month and quarter."""
    publish()
    kept = PublishedValue.objects.values_list("cohort__slug", "period_kind", "starts_on")
    expected = {
        (cohort, kind, starts_on)
        for cohort in ("org:all", "value_stream:commerce", "team:payments", "team:search")
        for kind, starts_on in [
            ("month", JANUARY),
            ("month", date(2026, 2, 1)),
            ("month", date(2026, 3, 1)),
            ("quarter", JANUARY),
        ]
    }
    assert set(kept) == expected
    assert len(kept) == len(expected)


def test_nothing_is_published_from_before_an_approval_without_an_agreed_backfill(house):
    """Issue 9, DESIGN why: a first day before it is not enough, the board agrees to a reason or by the founding."""
    document = a_document("deployment-frequency")
    silent = msgspec.structs.replace(document.why, backfill_because="")
    factories.an_active_charter(
        "deployment-frequency", document=msgspec.structs.replace(document, why=silent)
    )
    days = {each.slug: each.floor for each in publishable.list_charters_in_force(now=NOW)}
    assert days == {"lead-time-for-changes": JANUARY, "deployment-frequency": NOW.date()}


def test_a_withheld_month_holds_no_number_at_all(house):
    """AR12; DESIGN, published values: withheld is null with its reason, and printed nowhere."""
    house.add_changes(changes("search", people=4, number=40))
    publish()
    found = value("team:search")
    assert found.withheld == Withheld.TOO_FEW
    assert {found.value, found.low, found.high, found.n, found.people, found.coverage} == {None}
    assert value("team:search", "2026-02").withheld == Withheld.TOO_FEW  # nobody did anything
    assert value("value_stream:commerce").people == 10


@pytest.mark.parametrize("column", ["value", "low", "n", "people", "coverage"])
def test_the_database_refuses_a_number_that_is_withheld(house, column):
    """DESIGN, style: promises are database constraints."""
    publish()
    withheld = PublishedValue.objects.filter(withheld=Withheld.TOO_FEW).first()
    fields = {
        name: getattr(withheld, name)
        for name in ("metric_id", "charter_version_id", "cohort_id", "period_kind", "run_id", "snapshot_id")
    }
    with pytest.raises(IntegrityError, match="withheld_says_nothing"), transaction.atomic():
        on_the_log.make(
            PublishedValue,
            **fields,
            starts_on=date(2020, 1, 1),
            ends_on=date(2020, 2, 1),
            withheld=Withheld.TOO_FEW,
            **{column: 1},
        )


@pytest.mark.parametrize(
    ("people", "number", "expected"),
    [(5, 9, Withheld.TOO_FEW), (5, 10, ""), (4, 10, Withheld.TOO_FEW)],
)
def test_the_limits_reach_the_database(house, people, number, expected):
    """AR12: five people and ten events."""
    house.add_changes(changes("search", people=people, number=number))
    publish()
    assert value("team:search").withheld == expected


def test_one_person_behind_most_of_it_is_withheld(house):
    """DESIGN, published values: one contributor behind more than half of the events."""
    house.add_changes(changes("search", people=6, number=12) + changes("search", people=1, number=12))
    publish()
    assert value("team:search").withheld == Withheld.TOO_FEW


def test_lost_events_lower_coverage_until_nothing_is_told(house):
    """S77: below the coverage threshold there is no number."""
    rows = changes("search", people=6, number=20)
    house.add_changes(rows + [(team, who, None, merged) for team, who, _, merged in rows[:10]])
    publish()
    assert value("team:search").withheld == Withheld.LOW_COVERAGE


def test_a_team_of_its_own_and_a_person_s_team_of_that_day(house):
    """Issue 2, measures: an event's team is its own, else its person's team at that time."""
    mover = Person.objects.get(external_id="payments-1")
    Membership.objects.filter(person=mover).delete()
    teams = {membership.team.slug: membership.team for membership in Membership.objects.all()}
    on_the_log.make(
        Membership,
        person=mover,
        team=teams["search"],
        valid_from=date(2020, 1, 1),
        valid_to=date(2026, 2, 10),
    )
    on_the_log.make(Membership, person=mover, team=teams["payments"], valid_from=date(2026, 2, 10))
    february = changes("search", people=5, number=20, month=2)
    own = [
        (None, "payments-1", started, merged)
        for _, _, started, merged in changes("x", people=1, number=20, month=2)
    ]
    house.add_changes(february + own + changes("payments", people=6, number=24, month=2))
    publish()
    # Of the mover's twenty changes on the 1st to 20th, nine were made in search, eleven in payments.
    assert value("team:search", "2026-02").n == 29
    assert value("team:payments", "2026-02").n == 35
    assert value("value_stream:commerce", "2026-02").n == 64


def test_facts_that_name_nobody_need_a_roster(house):
    """DESIGN, published values: for deployments the team's roster of that period must reach k."""
    factories.a_team("tiny", people=4, value_stream="other")
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    team = factories.Team.objects.get(slug="tiny")
    cohorts.register(slug="team:tiny", kind="team", name="Tiny", teams=[team], by=factories.system())
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    house.add_deployments([("payments", noon)] * 3 + [("tiny", noon)] * 30)
    publish()
    found = value("team:payments", metric="deployment-frequency")
    assert (found.value, found.n, found.people) == (pytest.approx(3 * 7 / 31, rel=5e-3), 3, 5)
    assert value("team:search", metric="deployment-frequency").value == 0
    assert value("team:tiny", metric="deployment-frequency").withheld == Withheld.TOO_FEW


def test_strain_needs_eight_people(house):
    """AR12: 8 people for strain and surveys."""
    house.run(
        "CREATE TABLE commits (team VARCHAR, author VARCHAR, authored_at TIMESTAMPTZ, authored_local TIMESTAMP)"
    )
    weekend = datetime(2026, 1, 3, 12)  # noqa: DTZ001 (a local time has no zone)
    rows = [
        (team, f"{team}-{n % people + 1}", weekend, weekend)
        for team, people in (("payments", 7), ("search", 8))
        for n in range(40)
    ]
    for name in ("payments-7", "search-7", "search-8"):
        factories.a_person(name)
    house.insert("commits", rows)
    factories.an_active_charter("weekend-share", document=a_document("weekend-share", values="P25M"))
    publish()
    assert value("team:payments", metric="weekend-share").withheld == Withheld.TOO_FEW
    found = value("team:search", metric="weekend-share")
    # All forty were made at a weekend, and that is not told.
    assert (found.value, found.bound) == (pytest.approx(39 / 40), "at_least")


def test_a_metric_whose_source_is_absent_says_so_until_it_is_connected(house):
    """Issue 2, measures: a metric whose source is absent says so; its nulls give way when it comes."""
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    publish()
    assert value(metric="deployment-frequency").withheld == Withheld.NO_SOURCE
    house.add_deployments([("payments", datetime(2026, 1, 5, tzinfo=UTC))])
    publish()
    assert value(metric="deployment-frequency").value == pytest.approx(7 / 31, rel=5e-3)
    assert PublishedValue.objects.filter(superseded_at__isnull=False).count() == 16
    assert (
        not PublishedValue.objects.filter(superseded_at__isnull=False)
        .exclude(withheld=Withheld.NO_SOURCE)
        .exists()
    )


def test_a_second_run_adds_nothing(house):
    """DESIGN, words: a published value is computed once, frozen."""
    publish()
    before = list(PublishedValue.objects.order_by("pk").values())
    assert publish().values_written == 0
    assert list(PublishedValue.objects.order_by("pk").values()) == before


def test_frozen_values_stay_when_the_facts_change(house, stop_clock):
    """DESIGN, published values: what was published stays; only missing periods are added."""
    publish()
    house.add_changes(changes("payments", people=6, number=60, hours=500))
    house.add_changes(changes("payments", people=6, number=12, month=4))
    stop_clock(NOW + timedelta(days=30))
    publish()
    assert (value().value, value().n) == (15.5, 12)
    assert value(period="2026-04").n == 12
    assert Snapshot.objects.count() == 2


def test_another_measure_supersedes_the_values_of_the_old(house):
    """DESIGN, charters: a changed definition is a new version; its values take the place of all the old ones."""
    publish()
    old = PublishedValue.objects.count()
    in_days = (
        "SELECT merged_at AS at, author AS person, team, "
        "(epoch(merged_at) - epoch(first_commit_at)) / 86400 AS value FROM changes"
    )
    document = a_document("lead-time-for-changes", facts=in_days)
    version = factories.an_active_charter("lead-time-for-changes", document=document)
    publish()
    assert value().value == pytest.approx(15.5 / 24, rel=5e-3)
    assert value().charter_version_id == version.pk
    superseded = PublishedValue.objects.filter(superseded_at__isnull=False, superseded_by=factories.system())
    assert superseded.count() == old


def test_a_new_version_with_the_same_measure_changes_nothing(house):
    """DESIGN, published values: frozen; words of a charter may change without its values."""
    publish()
    before = value().pk
    document = a_document("lead-time-for-changes")
    document = msgspec.structs.replace(document, name="Lead time of changes")
    factories.an_active_charter("lead-time-for-changes", document=document)
    assert publish().values_written == 0
    assert value().pk == before


def test_no_data_from_before_the_board_agreed(house):
    """DESIGN, charters: no data from before `data_from`; a month that began earlier is not published."""
    document = a_document("pr-size", begins=date(2026, 1, 2))
    house.run("ALTER TABLE changes ADD COLUMN additions INTEGER DEFAULT 1")
    house.run("ALTER TABLE changes ADD COLUMN deletions INTEGER DEFAULT 1")
    factories.an_active_charter("pr-size", document=document)
    publish()
    kept = PublishedValue.objects.filter(metric__slug="pr-size")
    assert set(kept.values_list("period_kind", "starts_on")) == {
        ("month", date(2026, 2, 1)),
        ("month", date(2026, 3, 1)),
    }


def test_nothing_older_than_its_retention_is_published(house):
    """AR28: no data older than its retention."""
    document = a_document("deployment-frequency", begins=date(2025, 1, 1), values="P1Y")
    factories.an_active_charter("deployment-frequency", document=document)
    house.add_deployments([("payments", datetime(2025, 3, 31, tzinfo=UTC))])
    publish()
    kept = PublishedValue.objects.filter(metric__slug="deployment-frequency")
    assert min(kept.values_list("starts_on", flat=True)) == date(2025, 4, 1)


def test_publishing_begins_with_the_first_event(house):
    """Issue 2, measures: a period before there was any event is no period without events."""
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    house.add_deployments([("payments", datetime(2026, 2, 28, tzinfo=UTC))])
    publish()
    kept = PublishedValue.objects.filter(metric__slug="deployment-frequency", period_kind="month")
    assert set(kept.values_list("starts_on", flat=True)) == {date(2026, 2, 1), date(2026, 3, 1)}


def test_a_draft_is_not_published(house):
    """AR15: a charter that is not in force gives no values."""
    factories.a_submitted_charter("deployment-frequency")
    publish()
    assert not PublishedValue.objects.filter(metric__slug="deployment-frequency").exists()


def test_a_suspended_charter_is_not_published(house):
    """AR15: nor does one that is suspended."""
    version = factories.CharterVersion.objects.get(metric__slug="lead-time-for-changes")
    registry.suspend(version=version, by=factories.system())
    assert publish().values_written == 0


PILOT = "deployment-frequency"


@snapshots.fixture
def pilot(governed) -> Pilot:
    """Payments tries out the deployment frequency for 42 days from today."""
    case = factories.an_open_case(PILOT, document=a_document(PILOT))
    legal = factories.a_board()[SeatKind.LEGAL]
    wanted = {"cohort": "team:payments", "days": 42}
    board.propose_condition(case=case, kind=ConditionKind.PILOT_TEAM, value=wanted, by=legal)
    factories.a_decided_case(case)
    factories.an_account("payments-1", person=Person.objects.get(external_id="payments-1"))
    factories.a_consent(case.charter_version)
    return board.start_pilot(
        version=case.charter_version, cohort="team:payments", starts_on=NOW.date(), days=42,
        by=legal,
    )  # fmt: skip


def cohorts_with_values() -> set[str]:
    return set(PublishedValue.objects.filter(metric__slug=PILOT).values_list("cohort__slug", flat=True))


def test_a_pilot_is_published_for_its_cohort_alone(pilot, house):
    """S127: other teams' data are not even worked out; not those of the value stream that the team is part of."""
    publish()
    assert cohorts_with_values() == {"team:payments"}
    lead_times = PublishedValue.objects.filter(metric__slug="lead-time-for-changes")
    assert lead_times.values("cohort").distinct().count() == 4


def test_a_pilot_that_has_ended_is_published_no_more(pilot, house, stop_clock):
    """S127, S128: ended by itself or by the team, no value is added; in force for all, everybody's are."""
    publish()
    before = PublishedValue.objects.filter(metric__slug=PILOT).count()
    stop_clock(datetime(2026, 7, 1, 9, tzinfo=UTC))
    publish()
    assert PublishedValue.objects.filter(metric__slug=PILOT).count() == before
    board.end_pilot(pilot=pilot, by=factories.system())
    publish()
    assert PublishedValue.objects.filter(metric__slug=PILOT).count() == before
    board.write_exit(
        pilot=Pilot.objects.get(), definitions="D.", interpretation="I.", concerns="C.",
        by=factories.a_board()[SeatKind.LEGAL],
    )  # fmt: skip
    version = CharterVersion.objects.get(metric__slug=PILOT)
    factories.a_decided_case(board.open_case(charter_version=version, by=factories.system()))
    publish()
    assert cohorts_with_values() == {"org:all", "value_stream:commerce", "team:payments", "team:search"}


def test_a_pilot_that_its_team_ends_is_published_no_more(pilot, house):
    """S127: consent that ends, ends the numbers as well: what had not been worked out yet is not any more."""
    board.end_pilot(pilot=pilot, by=factories.an_account("payments-1"))
    publish()
    assert not cohorts_with_values()


def test_the_database_lets_no_pilot_run_for_nobody_in_particular(pilot):
    """S127: a pilot that forgot its cohort would be one of everybody."""
    with pytest.raises(IntegrityError), transaction.atomic():
        on_the_log.update(CharterVersion.objects.filter(metric__slug=PILOT), pilot_cohort="")


def test_through_and_only_narrow_a_run(house):
    """Contract: `through` leaves out later periods, `only` other metrics."""
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    publish(through=date(2026, 2, 28), only=["lead-time-for-changes"])
    kept = PublishedValue.objects.values_list("metric__slug", "period_kind", "starts_on").distinct()
    assert set(kept) == {("lead-time-for-changes", "month", JANUARY)}


def test_an_unknown_metric_is_refused(house):
    """Issue 2, bad input: an unknown metric is named."""
    with pytest.raises(BadInput) as refused:
        publish(only=["nonsense"])
    assert refused.value.field == "only"


def test_a_run_is_in_the_ledger_with_its_values(house):
    """S143; DESIGN, style: every service that writes appends to the ledger, in the same transaction."""
    run = publish()
    entries = {
        entry.kind: msgspec.json.decode(ledger.read_payload(entry.payload)) for entry in Entry.objects.all()
    }
    told = entries["measures.published"]
    assert (told["run"], told["values"]) == (str(run.pk), run.values_written)
    assert told["snapshot"] == run.snapshot.content_hash
    assert told["metrics"] == {"lead-time-for-changes": 16}


def test_progress_is_told(house):
    """DESIGN, interfaces: long work shows progress."""
    told = []
    publish(progress=lambda *stage: told.append(stage))
    assert told[0] == ("lead-time-for-changes", 0, 1)
    assert told[-1][1:] == (1, 1)


# Failing


def failed_run() -> PublishingRun:
    return PublishingRun.objects.get(state=RunState.FAILED)


@pytest.mark.parametrize(
    "url", ["duckdb:///nowhere/warehouse.duckdb", "postgres://u:hunter2@127.0.0.1:1/w", ""]
)
def test_an_unreachable_warehouse_fails_the_run_and_nothing_else(house, settings, url):
    """Issue 2, bad input: the job fails loudly, values already published stay, nothing half-written."""
    publish()
    before = list(PublishedValue.objects.order_by("pk").values())
    settings.WAREHOUSE_URL = url
    with pytest.raises(Unavailable):
        publish()
    assert list(PublishedValue.objects.order_by("pk").values()) == before
    assert failed_run().ended_at is not None
    assert "hunter2" not in failed_run().error
    assert Entry.objects.filter(kind="measures.publishing.failed").count() == 1


def test_a_file_that_is_no_warehouse_fails_the_run(house):
    """Issue 2, bad input: a damaged warehouse is an unreachable one."""
    house.path.write_bytes(b"not a database" * 1000)
    with pytest.raises(Unavailable):
        publish()
    assert failed_run().error.startswith("The warehouse")


def test_one_failing_metric_is_told_and_the_run_goes_on_with_the_next(house):
    """Issue 9: a metric whose query fails keeps no other from being published, and the run says which and why."""
    factories.an_active_charter("pr-size", document=a_document("pr-size"))  # its columns are not there
    run = publish()
    assert run.state == RunState.DONE and "pr-size: The warehouse" in run.error
    assert set(PublishedValue.objects.values_list("metric__slug", flat=True)) == {"lead-time-for-changes"}
    entry = Entry.objects.get(kind="measures.published")
    told = msgspec.json.decode(ledger.read_payload(entry.payload))
    assert (set(told["metrics"]), set(told["failed"])) == ({"lead-time-for-changes"}, {"pr-size"})


def test_a_query_that_takes_too_long_is_left_out_of_the_run(house, settings):
    """Issue 9: one slow query held up the one worker for 300 s; it has its time, 30 s by default, and the next its own."""
    assert settings.WAREHOUSE_SECONDS == 30
    slow = a_document("pr-size")
    facts = "SELECT max(a.started_at) AS at, a.team, sum(b.severity) AS value FROM incidents a JOIN incidents b ON a.team = b.team WHERE a.severity < b.severity GROUP BY a.team"
    measure = replace(slow.what.measure, sources=("incidents",), facts=facts)
    factories.an_active_charter("pr-size", document=replace(slow, what=replace(slow.what, measure=measure)))
    house.run(
        "CREATE TABLE incidents AS SELECT range AS severity, 'payments' AS team, now() AS started_at FROM range(300000)"
    )
    settings.WAREHOUSE_SECONDS = 1
    run = publish()
    assert "pr-size" in run.error and "took longer than 1 seconds" in run.error
    assert value().n == 12


def test_a_failure_while_writing_takes_all_of_it_back(house, monkeypatch):
    """DESIGN, published values: a run writes all its values or none, ledger entry included."""

    real = ledger.append

    def fail(event, *, by):
        if isinstance(event, ValuesPublished):
            raise RuntimeError("p0 worked 14 hours")
        return real(event, by=by)

    monkeypatch.setattr(ledger, "append", fail)
    with pytest.raises(RuntimeError):
        publish()
    assert not PublishedValue.objects.exists()
    assert not Snapshot.objects.exists()
    assert failed_run().error == "A fault in the program stopped it (RuntimeError)."


def test_a_run_that_was_killed_is_closed_by_the_next(house):
    """Issue 2: starting again continues after a kill."""
    killed = on_the_log.make(PublishingRun, started_by=factories.system())
    publish()
    killed.refresh_from_db()
    assert (killed.state, killed.ended_at) == (RunState.FAILED, NOW)


def test_people_may_not_start_it(house):
    """DESIGN: every service has its permission; administrators may, others may not."""
    someone = factories.an_account("someone")
    with pytest.raises(NotPermitted):
        services.publish(by=someone)
    factories.a_role(someone, GrantedRole.ADMIN)
    assert services.publish(by=someone).started_by == someone


def test_one_run_at_a_time(house, server):
    """Issue 2, bad input: a second run at once says so, and leaves no run of its own."""
    import psycopg

    from tests.databases import runtime_url

    with psycopg.connect(runtime_url(server, connection.settings_dict["NAME"])) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [services._ONE_RUN])
        with pytest.raises(Conflict) as refused:
            publish()
    assert refused.value.code == "publishing_now"
    assert not PublishingRun.objects.exists()


def test_the_lock_is_let_go(house, server):
    """A run that failed does not lock out the next."""
    import psycopg

    from tests.databases import runtime_url

    with pytest.raises(BadInput):
        publish(only=["nonsense"])
    with psycopg.connect(runtime_url(server, connection.settings_dict["NAME"])) as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [services._ONE_RUN]).fetchone() == (True,)


def test_without_a_programme_there_is_nothing_to_publish(at, warehouse_file):
    """S1: no metric without a programme."""
    with pytest.raises(Conflict) as refused:
        publish()
    assert refused.value.code == "no_programme"


def scan():
    """One pass of the scan that the beat sends."""
    return scans.PUBLISHING.once(by=factories.system())


# Doors


def test_the_command_shows_progress_and_sums_up(house, capsys):
    """DESIGN, interfaces: each command prints progress on long work."""
    call_command("publish")
    out, err = capsys.readouterr()
    assert "[0/1] lead-time-for-changes" in err
    assert "16 values published" in out


def test_the_command_fails_loudly(house, settings):
    """DESIGN, interfaces: a command exits non-zero on failure."""
    settings.WAREHOUSE_URL = "duckdb:///nowhere/warehouse.duckdb"
    with pytest.raises(CommandError, match="no warehouse file"):
        call_command("publish")


def test_the_scan_publishes_what_is_due_once(house, stop_clock):
    """DESIGN, parts: tasks are idempotent scans; it runs when a period may have closed, and not again after."""
    scan()
    scan()
    assert PublishingRun.objects.count() == 1
    stop_clock(NOW + timedelta(days=30))
    scan()
    assert PublishingRun.objects.count() == 2
    assert value(period="2026-04").withheld == Withheld.TOO_FEW


def test_a_new_charter_and_a_new_cohort_make_it_due(house, stop_clock):
    """Issue 2, measures: what comes into force or is registered gets its values without waiting for the next month."""
    publish()
    assert not queries.is_publishing_due()
    stop_clock(NOW + timedelta(minutes=1))
    factories.an_active_charter("deployment-frequency", document=a_document("deployment-frequency"))
    assert queries.is_publishing_due()
    publish()
    stop_clock(NOW + timedelta(minutes=2))
    team = factories.a_team("new", people=6)
    cohorts.register(slug="team:new", kind="team", name="New", teams=[team], by=factories.system())
    assert queries.is_publishing_due()


def test_the_scan_waits_for_a_programme(at, warehouse_file):
    """An empty database has nothing due."""
    scan()
    assert not PublishingRun.objects.exists()


def test_a_failed_run_is_tried_again(house, settings):
    """A run that failed leaves it due."""
    url, settings.WAREHOUSE_URL = settings.WAREHOUSE_URL, ""
    assert scans.PUBLISHING.report(factories.system()).failed == 1
    settings.WAREHOUSE_URL = url
    scan()
    assert PublishingRun.objects.filter(state=RunState.DONE).exists()


def test_the_warehouse_is_closed_again(house, monkeypatch):
    """A loader can write to the file as soon as a run has ended, however it ended."""
    publish()
    house.add_changes(changes("search", people=1, number=1))
    monkeypatch.setattr(warehouse_module.Warehouse, "snapshot", lambda *_: 1 / 0)
    with pytest.raises(Unavailable, match="ZeroDivisionError"):
        publish()
    house.add_changes(changes("search", people=1, number=1))


def test_periods_of_the_programmes_zone_are_published_at_its_midnight(house, stop_clock):
    """Issue 2, measures: periods follow the programme's time zone."""
    factories.move_programme("America/Los_Angeles")
    on_the_log.update(CharterVersion.objects.all(), activated_at=datetime(2026, 1, 1, tzinfo=UTC))
    stop_clock(datetime(2026, 4, 1, 6, 59, tzinfo=UTC))
    publish()
    assert not PublishedValue.objects.filter(starts_on=date(2026, 3, 1)).exists()
    stop_clock(datetime(2026, 4, 1, 7, tzinfo=UTC))
    publish()
    assert PublishedValue.objects.filter(starts_on=date(2026, 3, 1)).exists()
    assert PublishedValue.objects.filter(period_kind=Period.QUARTER).exists()
    assert clock.now().tzinfo is UTC
