"""Routes of signing in, of one's password, sessions and tokens, of accounts, and of what sources call people and teams."""

from functools import partial
from typing import Any

from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from governance.people import badges, permissions
from governance.people.screens import (
    account_changes,
    accounts,
    addresses,
    forgotten,
    groups,
    importing,
    names,
    organisation,
    password,
    second_step,
    sessions,
    sign_in,
)
from governance.people.screens import tokens as screens
from governance.ui.page_access import ANYONE, SIGNED_IN, PageAccess, depending
from governance.ui.page_access import accounts as held_by
from governance.ui.routes import Nav, page

ITS_REVOKERS = depending("Whose token it is; of a machine's its owner and administrators.")
WHO_WAS_MAILED = depending("Whoever asked for it and has the link that was mailed.")
A_SECOND = depending("Administrators, but not who made the token or owns the machine.")
ADMINISTRATORS = held_by("Administrators.", permissions.check_can_administer)
ANOTHERS = held_by("Administrators, for accounts of others.", permissions.check_can_administer)
A_SECOND_ADMINISTRATOR = depending("Administrators, but not who proposed it or whose account it is.")
ITS_DROPPERS = depending("Whose account it is, and administrators.")
HAS_THE_LINK = PageAccess(
    "Whoever has followed a link that is not over, mailed to an account.", account=False
)


def _names(address: str, sort: names.NameSort) -> list[URLPattern]:
    """The pages of names of one sort."""
    given: dict[str, Any] = {"access": ADMINISTRATORS, "stored": False, "under": "metrics"}
    return [
        page(address, partial(names.list_names, sort=sort), name=sort.list_page, **given),
        page(
            f"{address}.csv", partial(names.list_names_csv, sort=sort), name=f"{sort.list_page}-csv", **given
        ),
        page(f"{address}/new", partial(names.give_name, sort=sort), name=sort.new_page, **given),
        page(f"{address}/<uuid:key>/end", partial(names.end_name, sort=sort), name=sort.end_page, **given),
    ]


urlpatterns = [
    *_names("names/people", names.PEOPLE),
    *_names("names/teams", names.TEAMS),
    page("sign-in", sign_in.sign_in, name="sign-in", access=ANYONE, stored=False),
    page("sign-out", sign_in.sign_out, name="sign-out", access=ANYONE, stored=False),
    page(
        "password",
        password.change_password,
        name="password",
        access=SIGNED_IN,
        stored=False,
        footer=Nav(_("Change your password"), 87),
    ),
    page("password/forgotten", forgotten.ask, name="password-forgotten", access=ANYONE, stored=False),
    page("password/forgotten/asked", forgotten.asked, name="password-asked", access=ANYONE, stored=False),
    page(
        "password/link/<uuid:key>/<str:token>",
        forgotten.follow,
        name="password-link",
        access=ANYONE,
        stored=False,
    ),
    page("password/new", forgotten.set_new, name="password-new", access=HAS_THE_LINK, stored=False),
    page(
        "email",
        addresses.change_own,
        name="email",
        access=SIGNED_IN,
        stored=False,
        footer=Nav(_("Your e-mail address"), 84),
    ),
    page(
        "email/confirm/<str:token>",
        addresses.confirm_own,
        name="email-confirm",
        access=WHO_WAS_MAILED,
        stored=False,
    ),
    page("accounts/<uuid:key>/email", addresses.propose, name="account-email", access=ANOTHERS, stored=False),
    page(
        "addresses/<uuid:key>/confirm",
        addresses.confirm_proposed,
        name="address-confirm",
        access=A_SECOND_ADMINISTRATOR,
        stored=False,
    ),
    page("addresses/<uuid:key>/drop", addresses.drop, name="address-drop", access=ITS_DROPPERS, stored=False),
    page(
        "accounts/<uuid:key>/close",
        accounts.close_account,
        name="account-close",
        access=ANOTHERS,
        stored=False,
    ),
    page(
        "accounts/<uuid:key>/reopen",
        accounts.reopen_account,
        name="account-reopen",
        access=ANOTHERS,
        stored=False,
    ),
    page("second-step", second_step.second_step_page, name="second-step", access=SIGNED_IN, stored=False),
    page(
        "accounts/<uuid:key>/second-step/remove",
        second_step.remove_of_account,
        name="account-second-step-remove",
        access=ADMINISTRATORS,
        stored=False,
    ),
    page(
        "sessions",
        sessions.list_sessions,
        name="sessions",
        access=SIGNED_IN,
        stored=False,
        footer=Nav(_("Your sessions"), 86),
    ),
    page("sessions.csv", sessions.sessions_csv, name="sessions-csv", access=SIGNED_IN, stored=False),
    page("sessions/<uuid:key>/end", sessions.end_session, name="session-end", access=SIGNED_IN, stored=False),
    page("sessions/end-others", sessions.end_others, name="sessions-end", access=SIGNED_IN, stored=False),
    page(
        "accounts",
        accounts.list_accounts,
        name="accounts",
        access=ADMINISTRATORS,
        stored=False,
        footer=Nav(_("Accounts"), 88, offered=badges.shows_administrator),
    ),
    page(
        "accounts/new",
        account_changes.open_account,
        name="account-open",
        access=ADMINISTRATORS,
        stored=False,
    ),
    page(
        "accounts/<uuid:key>/role",
        account_changes.give_role,
        name="role-give",
        access=ANOTHERS,
        stored=False,
    ),
    page(
        "roles/<uuid:key>/end", account_changes.end_role, name="role-end", access=ADMINISTRATORS, stored=False
    ),
    page(
        "organisation/import",
        importing.import_organisation,
        name="organisation-import",
        access=ADMINISTRATORS,
        stored=False,
    ),
    page(
        "organisation/groups/join",
        groups.join_groups,
        name="groups-join",
        access=ADMINISTRATORS,
        stored=False,
    ),
    page("organisation", organisation.organisation, name="organisation", access=ADMINISTRATORS, stored=False),
    page(
        "organisation/teams/<slug:slug>", organisation.team, name="team", access=ADMINISTRATORS, stored=False
    ),
    page(
        "organisation/teams/<slug:slug>.csv",
        organisation.team_csv,
        name="team-csv",
        access=ADMINISTRATORS,
        stored=False,
    ),
    page("accounts.csv", accounts.accounts_csv, name="accounts-csv", access=ADMINISTRATORS, stored=False),
    page("accounts/<uuid:key>", accounts.account, name="account", access=ADMINISTRATORS, stored=False),
    page(
        "accounts/<uuid:key>/link",
        accounts.send_link,
        name="account-link",
        access=ADMINISTRATORS,
        stored=False,
    ),
    page(
        "accounts/<uuid:key>/end-sessions",
        accounts.end_sessions,
        name="account-sessions-end",
        access=ADMINISTRATORS,
        stored=False,
    ),
    page(
        "tokens",
        screens.list_tokens,
        name="tokens",
        access=SIGNED_IN,
        stored=False,
        footer=Nav(_("Your tokens"), 85),
    ),
    page("tokens.csv", screens.tokens_csv, name="tokens-csv", access=SIGNED_IN, stored=False),
    page("tokens/new", screens.make_token, name="token-new", access=SIGNED_IN, stored=False),
    page(
        "tokens/<uuid:key>/revoke",
        screens.revoke_token,
        name="token-revoke",
        access=ITS_REVOKERS,
        stored=False,
    ),
    page(
        "tokens/<uuid:key>/confirm",
        screens.confirm_token,
        name="token-confirm",
        access=A_SECOND,
        stored=False,
    ),
]
