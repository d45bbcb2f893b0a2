"""Routes of the organisation's own sign-in. None of them answers where nothing is configured."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from governance.directory import permissions
from governance.directory.screens import bound, break_glass, closings, groups, sign_in
from governance.people import badges
from governance.people.permissions import check_can_administer
from governance.people.requests import PageRequest
from governance.ui.page_access import ANYONE, accounts
from governance.ui.routes import Nav, page

SEE = accounts("Administrators and members of the board.", permissions.check_can_see_mappings)
PROPOSE = accounts("Administrators.", check_can_administer)
A_SECOND = accounts(
    "Administrators and members of the board, but not who proposed it.", permissions.check_can_see_mappings
)


def _shows(request: PageRequest) -> bool:
    return settings.DIRECTORY.is_there and badges.shows_administrator(request)


urlpatterns = [
    page(
        "sign-in/organisation/oidc",
        sign_in.guard(sign_in.start_oidc),
        name="sign-in-oidc",
        access=ANYONE,
        stored=False,
    ),
    page(
        "sign-in/organisation/oidc/done",
        sign_in.guard(sign_in.finish_oidc),
        name="sign-in-oidc-done",
        access=ANYONE,
        stored=False,
    ),
    page(
        "sign-in/organisation/saml",
        sign_in.guard(sign_in.start_saml),
        name="sign-in-saml",
        access=ANYONE,
        stored=False,
    ),
    page(
        "sign-in/organisation/saml/posted",
        sign_in.guard(sign_in.post_saml),
        name="sign-in-saml-posted",
        access=ANYONE,
        stored=False,
    ),
    page(
        "sign-in/organisation/saml/finish",
        sign_in.guard(sign_in.finish_saml),
        name="sign-in-saml-finish",
        access=ANYONE,
        stored=False,
    ),
    page(
        "sign-in/organisation/saml/metadata",
        sign_in.guard(sign_in.describe_saml),
        name="sign-in-saml-metadata",
        access=ANYONE,
        stored=False,
    ),
    page(
        "directory/groups",
        groups.list_groups,
        name="directory-groups",
        access=SEE,
        stored=False,
        footer=Nav(_("Groups and roles"), 88, offered=_shows),
    ),
    page("directory/groups.csv", groups.groups_csv, name="directory-groups-csv", access=SEE, stored=False),
    page(
        "directory/groups/new", groups.propose_group, name="directory-group-new", access=PROPOSE, stored=False
    ),
    page(
        "directory/groups/<uuid:key>/confirm",
        groups.confirm_group,
        name="directory-group-confirm",
        access=A_SECOND,
        stored=False,
    ),
    page(
        "directory/groups/<uuid:key>/end",
        groups.end_group,
        name="directory-group-end",
        access=SEE,
        stored=False,
    ),
    page(
        "directory/accounts.csv", bound.bound_csv, name="directory-accounts-csv", access=PROPOSE, stored=False
    ),
    page("directory/accounts", bound.list_bound, name="directory-accounts", access=PROPOSE, stored=False),
    page(
        "directory/accounts/<uuid:key>/end",
        bound.end_bound,
        name="directory-account-end",
        access=PROPOSE,
        stored=False,
    ),
    page(
        "directory/closings", closings.allow_closings, name="directory-closings", access=PROPOSE, stored=False
    ),
    page("directory/break-glass", break_glass.list_break_glass, name="break-glass", access=SEE, stored=False),
    page(
        "directory/break-glass.csv",
        break_glass.break_glass_csv,
        name="break-glass-csv",
        access=SEE,
        stored=False,
    ),
    page(
        "directory/break-glass/<uuid:key>/end",
        break_glass.end_break_glass,
        name="break-glass-end",
        access=PROPOSE,
        stored=False,
    ),
]
