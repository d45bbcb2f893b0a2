"""Checking a use, keeping evidence profiles, and judging files of intended uses. A single check goes through the line."""

from governance.use_check.services.checking import check_use, recall_check
from governance.use_check.services.profiles import write_profile

__all__ = ["check_use", "recall_check", "write_profile"]
