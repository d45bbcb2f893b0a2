"""Issue 16: through the line, what a metric is follows from the sources as they are described, whatever its label says."""

from datetime import date

import pytest

from charter.registry.models import ClearanceKind
from charter.registry.models.sources import Source
from charter.registry.services import grant_clearance
from charter.rules.vocabulary import Outcome, SourceKind
from tests import factories
from tests.governance.decisions.conftest import publish_values
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_holds import CALIBRATION, rules_of


def test_its_permitted_neighbour(judged):
    """A delivery time of class performance, audited, informs calibration."""
    assert ask(judged["manager"], CALIBRATION).verdict.outcome is Outcome.PERMIT


@pytest.mark.parametrize(
    ("kind", "rule"), [(SourceKind.SURVEY, "AR02"), (SourceKind.MESSAGES, "AR01"), (SourceKind.AI_ASSISTANT, "AR10")]
)  # fmt: skip
def test_the_source_decides_and_not_the_label(judged, kind, rule):
    """AR01, AR02, AR10, S65: the charter still says delivery, outcome and performance; its source turns out to be another."""
    factories.change(Source.objects.get(slug="changes"), kind=kind)
    assert rule in rules_of(ask(judged["manager"], CALIBRATION))


OUTCOMES = ("incident-follow-through", "lasting-changes")


def test_a_decision_about_people_is_permitted_on_the_starter_outcomes_once_they_are_audited(judged):
    """Issue 16, S22: the catalogue as it is; every other use of theirs is there before the audit."""
    versions = [factories.an_active_charter(slug) for slug in OUTCOMES]
    for version in versions:
        publish_values(version)
    asked = {**CALIBRATION, "metrics": list(OUTCOMES)}
    assert rules_of(ask(judged["manager"], asked)) == {"AR25"}
    for version in versions:
        grant_clearance(
            version=version,
            kind=ClearanceKind.FAIRNESS_AUDIT,
            passed=True,
            valid_until=date(2027, 1, 1),
            reference="FA-1",
            by=judged["auditor"],
        )
    given = ask(judged["manager"], asked)
    assert given.verdict.permits and given.rows
    assert "AR14" in rules_of(ask(judged["manager"], {**asked, "metrics": [OUTCOMES[0]]}))
