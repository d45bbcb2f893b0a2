"""A binding is made and ended; a mapping is proposed, confirmed and ended; what a group gave is written once. What the directory
says of people and groups is its own, and goes when it takes it away.

allauth's tables stay empty: it speaks protocols for us and keeps nothing.
"""

from governance.directory.models import (
    Binding,
    BreakGlass,
    ClosingAllowance,
    DirectoryClosing,
    DirectoryEntry,
    DirectoryGroup,
    FollowedRole,
    GroupEntry,
    GroupMapping,
)
from ground.grants import ADD, ADD_AND_REMOVE, READ, May, add_and_change

GRANTS = {
    Binding: ADD_AND_REMOVE,
    GroupMapping: add_and_change("confirmed_at", "confirmed_by", "ended_at", "ended_by"),
    FollowedRole: ADD,
    DirectoryEntry: May(
        "SELECT, INSERT, DELETE", ("key", "external_id", "said", "active", "account", "changed_at")
    ),
    DirectoryGroup: May("SELECT, INSERT, DELETE", ("name", "external_id", "changed_at")),
    GroupEntry: ADD_AND_REMOVE,
    DirectoryClosing: ADD,
    ClosingAllowance: ADD,
    BreakGlass: ADD_AND_REMOVE,
    "account.EmailAddress": READ,
    "account.EmailConfirmation": READ,
    "socialaccount.SocialAccount": READ,
    "socialaccount.SocialApp": READ,
    "socialaccount.SocialToken": READ,
}
