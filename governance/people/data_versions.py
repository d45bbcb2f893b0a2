"""Whatever is written about who is who changes the people's data version; signing in does not."""

from governance.people.models import (
    AccountMerge,
    Cohort,
    CohortTeam,
    Membership,
    Person,
    ReportingLine,
    RoleGrant,
    Team,
    Token,
    User,
)
from ground.data_versions import DataVersion

PEOPLE = DataVersion(
    "people",
    {
        User: ("username", "name", "kind", "person", "is_active"),
        AccountMerge: (),
        Person: (),
        RoleGrant: (),
        Membership: (),
        ReportingLine: (),
        Team: (),
        Cohort: (),
        CohortTeam: (),
    },
)
# When one was last used matters to nobody's rights.
TOKENS = DataVersion("tokens", {Token: ("confirmed_by",)})
DATA_VERSIONS = [PEOPLE, TOKENS]
