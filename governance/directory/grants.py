"""A binding is made and ended; a mapping is proposed, confirmed and ended; what a group gave is written once.

allauth's tables stay empty: it speaks protocols for us and keeps nothing.
"""

from governance.directory.models import Binding, FollowedRole, GroupMapping
from ground.grants import ADD, ADD_AND_REMOVE, READ, add_and_change

GRANTS = {
    Binding: ADD_AND_REMOVE,
    GroupMapping: add_and_change("confirmed_at", "confirmed_by", "ended_at", "ended_by"),
    FollowedRole: ADD,
    "account.EmailAddress": READ,
    "account.EmailConfirmation": READ,
    "socialaccount.SocialAccount": READ,
    "socialaccount.SocialApp": READ,
    "socialaccount.SocialToken": READ,
}
