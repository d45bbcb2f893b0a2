"""S136, issue 16: each kind of metric shows a level of risk, worked out and explained."""

import msgspec
import pytest

from charter.registry import catalogue
from charter.registry.risk import RiskLevel, assess_risk
from charter.rules.vocabulary import Grain

CHARTERS = catalogue.read_starter_charters()
DORA = ("deployment-frequency", "lead-time-for-changes", "change-failure-rate", "time-to-restore-service")


@pytest.mark.parametrize("slug", [*DORA, "slo-compliance", "cycle-time"])
def test_results_of_groups_are_of_low_risk(slug):
    """S23: the four DORA metrics among them."""
    assert assess_risk([CHARTERS[slug]]).level is RiskLevel.LOW


@pytest.mark.parametrize(
    ("slug", "because"),
    [
        ("commit-count", "It counts what people do"),
        ("incident-burden", "It shows what weighs on people"),
        ("ai-assist-use", "It shows how people use an assistant"),
        ("hours-online", "it looks at when people work"),
        ("lasting-changes", "It may inform decisions about people"),
    ],
)
def test_what_touches_people_is_of_medium_risk(slug, because):
    found = assess_risk([CHARTERS[slug]])
    assert found.level is RiskLevel.MEDIUM and because in found.because


def test_single_people_and_what_intrudes_are_of_high_risk():
    lead_time = CHARTERS["lead-time-for-changes"]
    of_people = msgspec.structs.replace(
        lead_time, what=msgspec.structs.replace(lead_time.what, grains=(Grain.TEAM, Grain.PERSON))
    )
    intrusive = msgspec.structs.replace(
        lead_time, harms=msgspec.structs.replace(lead_time.harms, invasiveness=3)
    )
    for document in (of_people, intrusive):
        assert assess_risk([document]).level is RiskLevel.HIGH
    assert assess_risk([lead_time, of_people]).because == "It shows single people to others."
