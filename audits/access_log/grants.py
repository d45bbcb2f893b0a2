"""Readings and exports are written once; of a kept search the name changes, and it goes when its owner wishes."""

from audits.access_log.models import Export, LogReading, SavedSearch
from ground.grants import ADD, May

GRANTS = {
    LogReading: ADD,
    Export: ADD,
    SavedSearch: May("SELECT, INSERT, DELETE", ("name",)),
}
