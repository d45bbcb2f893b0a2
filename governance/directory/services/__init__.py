"""The only writers of bindings, of mappings of groups, and of roles that groups give."""

from governance.directory.services.bindings import end_binding, find_account
from governance.directory.services.break_glass import end_break_glass, keep_break_glass, tell_of_use
from governance.directory.services.closings import allow_closings
from governance.directory.services.entries import remove_entry, remove_group, write_entry, write_group
from governance.directory.services.following import follow_groups
from governance.directory.services.mappings import confirm_mapping, end_mapping, propose_mapping

__all__ = [
    "allow_closings",
    "confirm_mapping",
    "end_binding",
    "end_break_glass",
    "end_mapping",
    "find_account",
    "follow_groups",
    "keep_break_glass",
    "propose_mapping",
    "remove_entry",
    "remove_group",
    "tell_of_use",
    "write_entry",
    "write_group",
]
