"""Checking a use, keeping evidence profiles, and judging files of intended uses. A single check goes through the line."""

from governance.use_check.services.bulk import count_answers, file_bulk, read_answers, work_bulk
from governance.use_check.services.checking import check_use, recall_check
from governance.use_check.services.profiles import write_profile

__all__ = [
    "check_use",
    "count_answers",
    "file_bulk",
    "read_answers",
    "recall_check",
    "work_bulk",
    "write_profile",
]
