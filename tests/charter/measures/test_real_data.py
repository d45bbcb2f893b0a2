"""The real delivery facts, published and counted a second time by other means."""

import csv
import gzip
import os
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from charter.measures import queries, services
from charter.measures.models import PublishedValue
from charter.measures.values.people_bands import format_band
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from governance.people import cohorts
from governance.people.services import import_organisation
from tests import factories
from tests.benchmarks.harness import DATA

LEAD_TIME = "lead-time-for-changes"
TEAM = "forge-07"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir() and os.environ.get("CI") != "true", reason="the real data set is not beside the project"
)


@pytest.fixture
def house(db, warehouse_file, stop_clock, tmp_path):
    """The real organisation with lead time in force since the data began."""
    from governance.demo import forge
    from governance.demo.amending import amend_for
    from governance.demo.organisation import write_import_files

    data = forge.read_folder(DATA)
    stop_clock(data.as_of)
    warehouse_file.path.unlink()
    data.write_warehouse(warehouse_file.path, lambda _table, _rows: None)
    write_import_files(data.organisation, tmp_path / "organisation")
    import_organisation(folder=tmp_path / "organisation", by=factories.system())
    document = amend_for(data)(factories.a_document(LEAD_TIME))
    factories.an_active_charter(LEAD_TIME, document=document)
    cohorts.register_tree(on=data.as_of.date(), minimum=5, by=factories.system())
    services.publish(by=factories.system())
    return data


def changes_of(team: str) -> dict[date, list[tuple[str, float]]]:
    """Author and hours of each change of a team by the month of its merge (UTC), read from the file itself."""
    months = defaultdict(list)
    with gzip.open(Path(DATA) / "changes.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            merged = datetime.fromisoformat(row["merged_at"]).astimezone(UTC)
            hours = (merged - datetime.fromisoformat(row["first_commit_at"])) / timedelta(hours=1)
            if row["team"] == team:
                months[date(merged.year, merged.month, 1)].append((row["author"], hours))
    return months


def told(changes: list[tuple[str, float]]) -> bool:
    """The rules of disclosure, counted by hand: five people, ten events, nobody behind more than half."""
    authors = [author for author, _ in changes]
    most = max((authors.count(author) for author in set(authors)), default=0)
    return len(set(authors)) >= 5 and len(authors) >= 10 and most <= len(authors) / 2


def month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def test_the_monthly_lead_time_of_a_real_team(house):
    """Issue 2, done when: the monthly lead time of forge-07, none of the months that must be withheld, and most of the others."""
    months = changes_of(TEAM)
    last = date(house.as_of.year, house.as_of.month, 1)
    window = Window(min(months), last)
    rows, _ = queries.read_rows(
        metrics=[LEAD_TIME], cohorts=[f"team:{TEAM}"], window=window, period=Period.MONTH
    )
    assert len(rows) >= 40
    seen = 0
    for row in rows:
        year, month = map(int, row.period.split("-"))
        changes = months[date(year, month, 1)]
        if row.value is not None:
            seen += 1
            assert told(changes)
            assert row.value == pytest.approx(median(hours for _, hours in changes), rel=5e-3)
            assert row.n == len(changes)
            assert row.people == format_band(len({author for author, _ in changes}))
        else:
            assert (row.n, row.withheld) == (None, "too_few")
    by_themselves = sum(told(months[month]) for month in _months(window))
    assert by_themselves >= seen >= by_themselves * 0.4


def _months(window: Window) -> list[date]:
    months = [window.start]
    while month_after(months[-1]) < window.end:
        months.append(month_after(months[-1]))
    return months


def test_no_real_value_stands_on_fewer_than_the_smallest_group(house):
    """AR12: no group below the minimum, in any cohort and period of the real data."""
    values = PublishedValue.objects.filter(withheld="")
    assert values.count() > 300
    assert not values.filter(people__lt=5).exists()
    assert not values.filter(n__lt=10).exists()
