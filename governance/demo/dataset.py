"""What a demo stands on: an organisation, a warehouse of its events, and the moment at which they end."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from governance.demo import made_events, made_names
from governance.demo.organisation import Organisation, make_up

Progress = Callable[[str, int], None]

SEED = 20
# The morning after a quarter: 18 months and six quarters have closed.
AS_OF = datetime(2026, 7, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class DataSet:
    """One set of data to run the demo on."""

    name: str
    about: str  # what is real and what is made up
    as_of: datetime  # the clock begins here
    data_from: date  # the first day of the first month with events
    values_kept: str | None  # how long team values are kept, ISO 8601; None as the starter charters say
    team: str  # which the manager leads and where the employee works
    employee: str  # external id
    organisation: Organisation
    content_hash: str  # of what it was read from
    write_warehouse: Callable[[Path, Progress], None]


def make_up_data_set(*, seed: int = SEED, as_of: datetime = AS_OF) -> DataSet:
    """The made-up organisation of about 200 people in 24 teams and 18 months of its events."""
    organisation = make_up(seed=seed, as_of=as_of.date())
    organisation = replace(
        organisation,
        identities=made_names.list_identities(organisation),
        aliases=made_names.list_aliases(),
    )
    data_from = date(as_of.year, as_of.month, 1)
    for _ in range(made_events.MONTHS):
        data_from = _month_before(data_from)

    def write_warehouse(path: Path, progress: Progress) -> None:
        made_events.write_warehouse(path, organisation, seed=seed, as_of=as_of, progress=progress)
        made_names.call_by_source_names(path)

    return DataSet(
        name="made-up",
        about="Every person, team and event of this demo is made up by a program.",
        as_of=as_of,
        data_from=data_from,
        values_kept=None,
        team="payments",
        employee=_long_serving_engineer(organisation, "payments", data_from),
        organisation=organisation,
        content_hash=f"seed {seed} as of {as_of.isoformat()}",
        write_warehouse=write_warehouse,
    )


def _long_serving_engineer(organisation: Organisation, team: str, since: date) -> str:
    """An engineer who was in the team through all of the data."""
    engineers = {person.external_id for person in organisation.people if person.role_family == "engineering"}
    return next(
        row.person
        for row in organisation.memberships
        if row.team == team and row.valid_from <= since and row.valid_to is None and row.person in engineers
    )


def _month_before(first: date) -> date:
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
