"""The only writers of bindings, of mappings of groups, and of roles that groups give."""

from governance.directory.services.bindings import end_binding, find_account
from governance.directory.services.following import follow_groups
from governance.directory.services.mappings import confirm_mapping, end_mapping, propose_mapping

__all__ = [
    "confirm_mapping",
    "end_binding",
    "end_mapping",
    "find_account",
    "follow_groups",
    "propose_mapping",
]
