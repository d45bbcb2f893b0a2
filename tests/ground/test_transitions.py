"""The table of each state machine as a truth table: every pair of states, allowed or refused."""

import importlib.util
from itertools import product

import pytest
from django.apps import apps
from django.db import models

from ground.errors import Conflict
from ground.transitions import Transitions

# From DESIGN, written down by hand a second time: what may follow what. An empty row ends.
CHARTER = {
    "draft": {"submitted", "retired"},
    "submitted": {"in_review", "draft"},
    "in_review": {"pilot", "active", "rejected"},
    "pilot": {"active", "rejected", "expired"},
    "active": {"suspended", "retired", "expired"},
    "suspended": {"active", "retired", "expired"},
    "retired": set(), "rejected": set(), "expired": set(),
}  # fmt: skip
MACHINES = {
    "audits.packs.states.PACK_TRANSITIONS": {"asked": {"made", "failed"}, "made": set(), "failed": set()},
    "audits.findings.states.FINDING_TRANSITIONS": {
        "open": {"dismissed", "case"}, "dismissed": set(), "case": set(),
    },
    "audits.reviews.states.TRANSITIONS": {
        "waiting": {"assigned"}, "assigned": {"asked", "justified", "misuse"},
        "asked": {"answered", "justified", "misuse"}, "answered": {"asked", "justified", "misuse"},
        "justified": set(), "misuse": set(),
    },
    "charter.measures.states.REVISION_TRANSITIONS": {
        "found": {"proposed", "declined", "outdated"}, "proposed": {"confirmed", "declined", "outdated"},
        "confirmed": set(), "declined": set(), "outdated": set(),
    },
    "audits.fairness.states.TRANSITIONS": {"open": {"passed", "failed"}, "passed": set(), "failed": set()},
    "audits.strain.states.ALERT_TRANSITIONS": {
        "open": {"acting", "eased"}, "acting": {"acting", "eased"}, "eased": set(),
    },
    "charter.programme.states.PROGRAMME_TRANSITIONS": {"draft": {"active"}, "active": set()},
    "charter.registry.states.CHARTER_TRANSITIONS": CHARTER,
    "charter.registry.states.RULEBOOK_TRANSITIONS": {
        "proposed": {"in_force"}, "in_force": {"replaced"}, "replaced": {"in_force"},
    },
    "charter.registry.states.REVIEW_TRANSITIONS": {
        "pending": {"confirmed", "flagged", "lapsed"}, "flagged": {"confirmed", "lapsed"},
        "confirmed": set(), "lapsed": set(),
    },
    "governance.calibration.states.TRANSITIONS": {
        "draft": {"announced", "dropped"}, "announced": {"open", "dropped"}, "open": {"audited", "dropped"},
        "audited": {"open", "published"}, "published": {"closed"}, "closed": set(), "dropped": set(),
    },
    "governance.evidence.states.TRANSITIONS": {
        "written": {"checked", "refuted", "withdrawn"}, "checked": set(), "refuted": set(), "withdrawn": set(),
    },
    "governance.use_check.states.BULK_TRANSITIONS": {
        "waiting": {"done", "failed"}, "done": set(), "failed": set(),
    },
    "governance.appeals.states.TRANSITIONS": {
        "filed": {"acknowledged", "assigned", "withdrawn"}, "acknowledged": {"assigned", "withdrawn"},
        "assigned": {"acknowledged", "assigned", "decided", "withdrawn"}, "decided": {"second", "closed"},
        "second": {"second_assigned", "withdrawn"},
        "second_assigned": {"second", "second_assigned", "closed", "withdrawn"},
        "closed": set(), "withdrawn": set(),
    },
    "governance.board.states.CASE_TRANSITIONS": {
        "open": {"approved", "rejected"}, "approved": set(), "rejected": set(),
    },
    "governance.board.states.PILOT_TRANSITIONS": {"running": {"ended"}, "ended": set()},
    "governance.decisions.states.NOTE_TRANSITIONS": {
        "proposed": {"confirmed", "turned_down"}, "confirmed": {"turned_down"}, "turned_down": set(),
    },
    "governance.notices.states.MAIL_TRANSITIONS": {
        "none": set(), "waiting": {"begun"}, "begun": {"waiting", "sent", "failed"}, "sent": set(), "failed": set(),
    },
}  # fmt: skip


def load(name: str) -> Transitions:
    """The state machine of that name."""
    module, attribute = name.rsplit(".", 1)
    return getattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize("name", MACHINES)
def test_each_machine_moves_as_its_table_says_and_no_other_way(name):
    """DESIGN, Ground rules and issue 3: a transition that is not in the table cannot be reached."""
    machine, table = load(name), MACHINES[name]
    moved = {(old, new): find_refusal(machine, old, new) for old, new in product(table, table)}
    assert {pair for pair, refusal in moved.items() if refusal is None} == {
        (old, new) for old in table for new in table[old]
    }
    refusals = [refusal for refusal in moved.values() if refusal]
    assert {each.code for each in refusals} <= {"no_such_transition"}
    assert not [each.detail for each in refusals if not each.detail.endswith(".") or "%" in each.detail]


def find_refusal(machine: Transitions, old: str, new: str) -> Conflict | None:
    """Why a machine does not move so; None where it does."""
    try:
        machine.check(machine.states(old), machine.states(new))
    except Conflict as refusal:
        return refusal
    return None


@pytest.mark.parametrize("name", MACHINES)
def test_each_table_knows_every_state(name):
    """DESIGN, Style: a new state without its row fails here."""
    assert MACHINES[name].keys() == set(load(name).states.values)


def test_no_machine_is_missed():
    """A table that somebody adds is tried above, or fails here."""
    found = set()
    for app in apps.get_app_configs():
        name = f"{app.name}.states"
        if importlib.util.find_spec(name):
            module = importlib.import_module(name)
            found |= {
                f"{name}.{each}" for each, value in vars(module).items() if isinstance(value, Transitions)
            }
    assert found == MACHINES.keys()


class Light(models.TextChoices):
    RED = "red", "Red"
    GREEN = "green", "Green"
    BROKEN = "broken", "Out of order"


def test_a_machine_tells_what_comes_before_and_after():
    """In the order of the states, whatever the order in which a row names them; and both states in the sentence."""
    machine = Transitions(
        {Light.RED: {Light.BROKEN, Light.GREEN}, Light.GREEN: {Light.RED, Light.BROKEN}, Light.BROKEN: set()},
        refusal="A light that is %(old)s cannot become %(new)s.",
    )
    assert machine.after("red") == [Light.GREEN, Light.BROKEN]
    assert machine.before("broken") == [Light.RED, Light.GREEN]
    assert list(machine) == [("red", "green"), ("red", "broken"), ("green", "red"), ("green", "broken")]
    with pytest.raises(Conflict, match=r"^A light that is out of order cannot become red\.$"):
        machine.check("broken", "red")


def test_a_state_without_a_row_fails_at_import():
    """A state that nobody said anything of is no state that ends."""
    with pytest.raises(ValueError, match="Light has no row for broken"):
        Transitions({Light.RED: {Light.GREEN}, Light.GREEN: {Light.RED}}, refusal="No.")
