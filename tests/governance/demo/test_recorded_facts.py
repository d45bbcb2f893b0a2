"""What the demo's questions were decided from, put to the text that is proved as well (issue 16)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from charter.registry import queries as registry
from charter.registry.rulebooks import find_rulebook_in_force
from charter.rules.facts import Facts
from charter.rules.proof.agreement import Twin, hold_to_engine
from governance.decisions.models import DecisionRecord
from governance.demo.dataset import make_up_data_set
from governance.demo.seed import Seeding
from ground.promises import promised

pytestmark = [pytest.mark.committed]


def list_recorded() -> Iterator[Facts]:
    """The facts of each metric of each question on record."""
    for record in DecisionRecord.objects.order_by("at", "pk"):
        for each in record.facts:
            yield msgspec.convert({**each, "request": record.request}, Facts)


@pytest.mark.proof(whole=True)
def test_the_text_decides_what_the_demo_asked_as_it_was_decided(
    committed_db, settings, tmp_path, monkeypatch
):
    """Real facts differ from those that a test makes up: names, groups, looks before, what stands beside values."""
    data = make_up_data_set()
    settings.WAREHOUSE_URL = f"duckdb://{tmp_path}/warehouse.duckdb"
    monkeypatch.setenv("CLOCK_OFFSET", str((data.as_of - datetime.now(UTC)).total_seconds()))
    Seeding(data, tmp_path, lambda _line: None).run()
    rulebook = registry.load_rulebook(promised(find_rulebook_in_force()).pk)
    recorded = list(list_recorded())
    found = hold_to_engine(rulebook, recorded)
    assert found.asked == len(recorded) > 30 and 0 < found.permitted < found.asked
    assert found.differences == ()
    twin = Twin(rulebook)
    assert [twin.find_untrue(facts) for facts in recorded if twin.find_untrue(facts)] == []
