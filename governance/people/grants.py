"""What this app and the libraries below it write: accounts, the organisation, sessions, sign-in attempts and tokens.

Django's groups and permissions and guardian's tables for objects of any kind stay empty: nobody is to be given something
that no app looks at.
"""

from governance.people.models import (
    AccountMail,
    AccountMerge,
    AddressChange,
    Circumstances,
    Cohort,
    CohortTeam,
    Identity,
    Membership,
    MergeProposal,
    Person,
    ReportingLine,
    RoleGrant,
    SecondStep,
    Session,
    Team,
    TeamAlias,
    Token,
    User,
    ValueStream,
)
from ground.grants import ADD, ADD_AND_REMOVE, READ, WRITE, May, add_and_change

# The import takes away what a file no longer names, and shortens what it ends.
SPAN = May("SELECT, INSERT, DELETE", ("valid_to",))

GRANTS = {
    # Whose account it is and what it may is said when it is opened.
    User: add_and_change("password", "email", "is_active", "last_login"),
    AccountMerge: ADD,
    AddressChange: ADD_AND_REMOVE,
    MergeProposal: ADD_AND_REMOVE,
    RoleGrant: add_and_change("valid_to"),
    Person: add_and_change(
        "name", "location", "working_arrangement", "role_family", "employed_from", "employed_to"
    ),
    # What an import says twice on one day, the later one says.
    Circumstances: add_and_change("location", "working_arrangement", "role_family", "valid_to"),
    ValueStream: add_and_change("name"),
    Team: add_and_change("name", "value_stream", "context_class", "valid_from", "valid_to"),
    Membership: SPAN,
    ReportingLine: SPAN,
    # Whose a name was stays; it is ended, and given anew.
    Identity: add_and_change("ended_at", "ended_by"),
    TeamAlias: add_and_change("ended_at", "ended_by"),
    Cohort: add_and_change("name", "is_joined", "retired_at", "retired_by"),
    CohortTeam: ADD_AND_REMOVE,
    "people.User_groups": READ,
    "people.User_user_permissions": READ,
    "auth.Group": READ,
    "auth.Permission": READ,
    "auth.Group_permissions": READ,
    "contenttypes.ContentType": READ,
    "admin.LogEntry": READ,  # nothing is written in the admin
    Session: WRITE,
    SecondStep: May("SELECT, INSERT, DELETE", ("last_step", "recovery")),
    AccountMail: May("SELECT, INSERT, DELETE", ("attempts",)),
    "axes.AccessAttempt": WRITE,
    "axes.AccessAttemptExpiration": WRITE,
    "axes.AccessFailureLog": ADD,
    "axes.AccessLog": May("SELECT, INSERT, DELETE", ("logout_time",)),
    # Whose it is, for what and until when stays as it was made.
    Token: May("SELECT, INSERT, DELETE", ("confirmed_by", "confirmed_at", "last_used_at")),
    "guardian.UserObjectPermission": READ,
    "guardian.GroupObjectPermission": READ,
}
