"""Two teams of one kind: one that carries too much since January, and a quiet one, published, with the board's limits in force."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from django.test import override_settings

from audits.strain import services
from audits.strain.models import StrainAlert
from audits.strain.pulse import PulseAnswer, PulseWord
from audits.strain.scans import STRAIN_CLOCK
from audits.strain.signals import SignalKind
from audits.strain.states import Sight
from charter.measures import services as measures
from charter.rules.vocabulary import ContextClass
from governance.people import cohorts
from governance.people.models import Cohort, GrantedRole, Membership, User
from governance.people.models.organisation import ContextClassChoices
from ground import calendar, clock
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, governed, house, stopped
from tests.pages import browse, statements

__all__ = ["browse", "governed", "house", "statements", "stopped"]

CHOSEN = {"remedy": "staff", "doing": "Two people share the rota.", "due_on": "2026-05-31"}
LIMIT = 2.0  # hours a person and week
BEGAN = date(2026, 1, 5)  # of the strain


@snapshots.fixture(at=NOON)
def with_strain(governed) -> dict[str, User]:
    """Atlas (nine people) and Borealis (eight), what fell on them in fifteen months, limits, a playbook, and the signals told."""
    accounts = make_teams()
    factories.an_active_charter("incident-burden")
    with a_warehouse(list(make_incidents())):
        measures.publish(by=factories.system())
        set_limits(accounts)
        services.tell_signals(by=factories.system())
    return accounts


def make_teams() -> dict[str, User]:
    """The teams, and the accounts that lead, belong to, and look after them."""
    made = {name: factories.an_account(name) for name in ("lead", "other-lead", "hr", "boss", "outsider")}
    for slug, people, name in (("atlas", 9, "lead"), ("borealis", 8, "other-lead")):
        team = factories.a_team(slug, people=people, context_class=ContextClassChoices.INCIDENT_HEAVY)
        factories.a_role(made[name], GrantedRole.MANAGER, team=team)
    factories.a_role(made["hr"], GrantedRole.HR)
    factories.a_role(made["boss"], GrantedRole.LEADERSHIP)
    for number, membership in enumerate(
        Membership.objects.filter(team__slug="atlas").order_by("person__external_id")
    ):
        made[f"atlas-{number + 1}"] = factories.an_account(f"of-atlas-{number + 1}", person=membership.person)
    made["board"] = factories.a_board()["engineering"]
    cohorts.register_tree(on=calendar.today(), minimum=8, by=factories.system())
    return made  # fmt: skip


def make_incidents() -> Iterator[tuple[str, str, str, int, datetime, datetime]]:
    """Five incidents a week of an hour each; of Atlas since January of eight hours each."""
    day = date(2025, 1, 6)
    while day < date(2026, 4, 13):
        for team in ("atlas", "borealis"):
            for at in range(5):
                began = datetime(day.year, day.month, day.day, 10, tzinfo=UTC) + timedelta(days=at)
                hours = 8 if team == "atlas" and day >= BEGAN else 1
                yield f"{team}-{day}-{at}", team, f"{team}-api", 3, began, began + timedelta(hours=hours)
        day += timedelta(days=7)


class a_warehouse:
    """A warehouse with these incidents, for a while."""

    def __init__(self, incidents: list[tuple]) -> None:
        self.incidents = incidents

    def __enter__(self) -> None:
        self._folder = TemporaryDirectory()
        path = Path(self._folder.name) / "warehouse.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "CREATE TABLE incidents (id VARCHAR, team VARCHAR, service VARCHAR, severity INTEGER, started_at TIMESTAMPTZ, "
                "restored_at TIMESTAMPTZ)"
            )
            connection.executemany("INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?)", self.incidents)
        self._settings = override_settings(WAREHOUSE_URL=f"duckdb://{path}")
        self._settings.enable()

    def __exit__(self, *_: object) -> None:
        self._settings.disable()
        self._folder.cleanup()


def set_limits(accounts: dict[str, User]) -> None:
    """The board's limits, and the alert of calls switched on by its playbook."""
    proposal = services.propose_limits(
        team_kind=ContextClass.INCIDENT_HEAVY,
        limits={SignalKind.ON_CALL: LIMIT},
        because="Two hours a person and week leave time to mend.",
        by=factories.system(),
    )
    factories.a_decided_case(proposal.case)
    services.write_playbook(
        signal=SignalKind.ON_CALL,
        steps="Ask the team what is missing.\nChoose what is done.",
        by=accounts["hr"],
    )
    services.switch_alert(signal=SignalKind.ON_CALL, on=True, by=accounts["hr"])


@pytest.fixture
def strain(house, with_strain) -> dict[str, User]:
    """The accounts, at noon on 14 April 2026."""
    return with_strain


def team(slug: str) -> Cohort:
    return Cohort.objects.get(slug=f"team:{slug}")


def see(accounts: dict[str, User], *saw: Sight, slug: str = "atlas") -> None:
    """What the manager saw."""
    by = accounts["lead" if slug == "atlas" else "other-lead"]
    services.observe_load(cohort=team(slug), saw=saw or (Sight.LATE_WORK, Sight.NO_BREATH), by=by)


def run_clock() -> dict[str, int]:
    """One pass of the scan."""
    return STRAIN_CLOCK.once(by=factories.system())


def raise_one(accounts: dict[str, User]) -> StrainAlert:
    """The alert of Atlas, whose manager saw strain too."""
    see(accounts)
    run_clock()
    return StrainAlert.objects.get()


def answer(accounts: dict[str, User], people: int = 9, word: PulseWord | None = PulseWord.RARELY):
    """A pulse that so many of Atlas answer alike, and that is then closed."""
    pulse = services.open_pulse(by=accounts["hr"])
    for number in range(1, people + 1):
        services.take_pulse(pulse=pulse, answer=PulseAnswer(word, word, word), by=accounts[f"atlas-{number}"])
    with clock.stopped_at(NOON + timedelta(days=15)):
        return services.close_pulse(pulse=pulse, by=factories.system())
