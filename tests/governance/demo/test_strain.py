"""The demo's strained team and its quiet one, without the rest of the demo."""

from datetime import UTC, datetime, timedelta

from django.test import override_settings

from audits.strain.judging import SignalFinding
from audits.strain.models import AlertFollowUp, PulseRound, StrainAlert, TeamSignal
from audits.strain.states import AlertState
from charter.measures import services as measures
from governance.board.models import Case
from governance.demo import strain
from governance.demo.dataset import make_up_data_set
from governance.demo.made_events import operations
from governance.demo.made_events.population import Population
from governance.demo.organisation import write_import_files
from governance.demo.warehouse import add_columns, new_warehouse
from governance.people import cohorts
from governance.people import services as people
from governance.people.models import GrantedRole, Team
from ground import calendar, clock
from tests import factories


def test_a_strained_team_goes_from_alert_to_recovery_and_a_quiet_one_has_none(db, tmp_path):
    """Issue 18, done when: planted, found, acted on and eased; showing it again adds nothing."""
    data = make_up_data_set()
    population = Population(data.organisation, seed=20, as_of=data.as_of, months=18)
    with new_warehouse(tmp_path / "warehouse.duckdb") as connection:
        add_columns(connection, "incidents", operations.incidents(population, {}))
    with (
        clock.stopped_at(data.as_of),
        override_settings(WAREHOUSE_URL=f"duckdb://{tmp_path}/warehouse.duckdb"),
    ):
        write_import_files(data.organisation, tmp_path)
        people.import_organisation(folder=tmp_path, by=factories.system())
        with clock.moved(timedelta(days=-75)):
            factories.an_active_charter("incident-burden")
        cohorts.register_tree(on=calendar.today(), minimum=5, by=factories.system())
        accounts = {name: factories.an_account(name) for name in ("hr", "lead", "admin")}
        factories.a_role(accounts["hr"], GrantedRole.HR)
        factories.a_role(accounts["admin"], GrantedRole.ADMIN)
        factories.a_role(accounts["lead"], GrantedRole.MANAGER, team=Team.objects.get(slug="runtime"))
        measures.publish(by=factories.system())
        for _again in range(2):
            with clock.moved(timedelta(days=-60)):
                strain.begin(data, accounts, _vote)
                strain.act(data, accounts)
            strain.recover(data, accounts, system=factories.system())
        alert = StrainAlert.objects.select_related("cohort").get()
        quiet = TeamSignal.objects.filter(cohort__slug="team:payments")
        assert (alert.cohort.slug, alert.state, alert.owner) == (
            "team:runtime",
            AlertState.EASED,
            accounts["lead"],
        )
        assert alert.chosen_at is not None and AlertFollowUp.objects.get().helped
        assert {each.finding for each in quiet} <= {
            SignalFinding.QUIET,
            SignalFinding.RISING,
        } and quiet.exists()
        assert PulseRound.objects.get().closes_on - calendar.today() == timedelta(days=14)
    assert data.as_of < datetime(2026, 7, 2, tzinfo=UTC)


def _vote(case: Case, _matter: str) -> None:
    factories.a_decided_case(case)
