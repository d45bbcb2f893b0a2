"""Published values and what they stand on: snapshots, runs, revisions, and what was last seen of each source."""

from charter.measures.models.asked import AskedRun
from charter.measures.models.exclusions import Exclusion
from charter.measures.models.published import (
    Attribution,
    Bound,
    OnceTold,
    PublishedValue,
    PublishingRun,
    RunState,
    Snapshot,
    Withheld,
)
from charter.measures.models.revisions import RevisedValue, Revision, Trace
from charter.measures.models.surveys import NameKind, SourceSurvey, UnmatchedName
from charter.measures.models.withholdings import Withholding

__all__ = [
    "AskedRun",
    "Attribution",
    "Bound",
    "Exclusion",
    "NameKind",
    "OnceTold",
    "PublishedValue",
    "PublishingRun",
    "RevisedValue",
    "Revision",
    "RunState",
    "Snapshot",
    "SourceSurvey",
    "Trace",
    "UnmatchedName",
    "Withheld",
    "Withholding",
]
