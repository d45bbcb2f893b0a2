"""Whatever is written about charters, decisions, sources and rules changes the registry's data version."""

from charter.programme.models import DecisionKind, Programme
from charter.registry.models import CharterVersion, Clearance, Metric, RulebookVersion
from charter.registry.models.sources import Source
from ground.data_versions import DataVersion

REGISTRY = DataVersion(
    "registry",
    {
        Programme: (),
        DecisionKind: (),
        Source: (),
        Metric: (),
        CharterVersion: (),
        RulebookVersion: (),
        Clearance: (),
    },
)
DATA_VERSIONS = [REGISTRY]
