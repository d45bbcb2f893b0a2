"""A published value is frozen; only a revision may say that it was superseded."""

from charter.measures.models import (
    AskedRun,
    Attribution,
    Exclusion,
    PublishedValue,
    PublishingRun,
    RevisedValue,
    Revision,
    Snapshot,
    SourceSurvey,
    Trace,
    UnmatchedName,
    Withholding,
)
from ground.grants import ADD, ADD_AND_REMOVE, May, add_and_change

GRANTS = {
    AskedRun: add_and_change("stage", "done", "total", "ended_at", "run", "error"),
    Attribution: ADD,
    Exclusion: ADD,
    PublishedValue: add_and_change("superseded_at", "superseded_by", "left_behind_at"),
    PublishingRun: add_and_change(
        "state", "ended_at", "error", "snapshot", "values_written", "values_withheld", "metrics_failed"
    ),
    Snapshot: ADD,
    Withholding: ADD,
    # What was seen last takes the place of what was seen before.
    SourceSurvey: May("SELECT, INSERT, DELETE"),
    UnmatchedName: May("SELECT, INSERT, DELETE"),
    Revision: add_and_change(
        "state", "proposed_at", "proposed_by", "reason", "ended_at", "ended_by", "ended_because", "run"
    ),
    RevisedValue: ADD,
    # Replaced by those of a confirmed revision, and gone with the months that nothing revises any more.
    Trace: ADD_AND_REMOVE,
}
