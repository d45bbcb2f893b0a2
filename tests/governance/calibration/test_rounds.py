"""A round from its rubric to its outcomes, who may do what in it, and what the database keeps (issue 17, 5 and 6)."""

from governance.calibration import packs, queries, services
from governance.calibration.states import RoundState
from tests.governance.calibration.conftest import (
    item_of,
    publish,
    the_round,
)


def test_a_round_goes_from_pack_to_outcome(accounts):
    """Issue 17, 5 and 6: pack, proposal, audit, published, read by the person."""
    item = item_of("payments-2")
    assert item.accountable == accounts["manager"]
    services.ask_values(item=item, by=accounts["manager"])
    values = packs.read_pack(item).values[0]
    assert values.values.permitted is False or values.told.rows
    publish(accounts)
    assert the_round().state == RoundState.PUBLISHED
    own = queries.get_outcome(item.pk, by=accounts["rated"])
    said = queries.read_words(queries.list_proposals([own])[own.pk][-1])
    assert said.level in (2, 3) and said.reasons.startswith("Two newcomers")
    services.acknowledge(item=own, by=accounts["rated"])
    assert item_of("payments-2").acknowledged_at is not None
