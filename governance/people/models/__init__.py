"""Accounts, persons, teams, lines, roles and the cohorts that may be reported on.

An account is apart from a person: a person may have none, and an account may be a machine. Memberships, lines and
roles are effective-dated: `valid_from` is in, `valid_to` is out, and null means still so.
"""

from governance.people.models.accounts import (
    AccountKind,
    AccountMerge,
    AddressChange,
    GrantedRole,
    MergeProposal,
    RoleGrant,
    Token,
    User,
)
from governance.people.models.dated import VALID, Dated, DatedQuerySet, DatedRow
from governance.people.models.organisation import (
    SLUG_LENGTH,
    Circumstances,
    Cohort,
    CohortKind,
    CohortTeam,
    ContextClassChoices,
    Membership,
    Person,
    ReportingLine,
    Team,
    ValueStream,
    WorkingArrangement,
)
from governance.people.models.signing_in import ELSEWHERE, AccountMail, AccountMailKind, SecondStep, Session
from governance.people.source_names import Identity, TeamAlias

__all__ = [
    "ELSEWHERE",
    "SLUG_LENGTH",
    "VALID",
    "AccountKind",
    "AccountMail",
    "AccountMailKind",
    "AccountMerge",
    "AddressChange",
    "Circumstances",
    "Cohort",
    "CohortKind",
    "CohortTeam",
    "ContextClassChoices",
    "Dated",
    "DatedQuerySet",
    "DatedRow",
    "GrantedRole",
    "Identity",
    "Membership",
    "MergeProposal",
    "Person",
    "ReportingLine",
    "RoleGrant",
    "SecondStep",
    "Session",
    "Team",
    "TeamAlias",
    "Token",
    "User",
    "ValueStream",
    "WorkingArrangement",
]
