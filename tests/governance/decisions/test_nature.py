"""Issue 16: through the line, what a metric is follows from the sources as they are described, whatever its label says."""

import pytest

from charter.registry.models.sources import Source
from charter.rules.vocabulary import Outcome, SourceKind
from tests import factories
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
