"""What an administrator does for who cannot sign in, or should be signed in no more."""

from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from governance.people import (
    account_mail,
    addresses,
    links,
    merging,
    permissions,
    second_step,
    services,
    sessions,
)
from governance.people.filters import AccountFilter
from governance.people.models import User
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.columns import write_day
from governance.ui.lists import turn_table
from ground import calendar
from ground.errors import NotFound

A_PAGE = 25


class AccountTable(tables.Table):
    """Accounts, each with what it is and whether it is in use; nothing by which somebody could be written to."""

    username = tables.Column(verbose_name=gettext_lazy("User name"))
    name = tables.Column(verbose_name=gettext_lazy("Name"))
    kind = tables.Column(verbose_name=gettext_lazy("What it is"))
    state = tables.Column(
        verbose_name=gettext_lazy("State"), accessor="is_active", order_by=("-is_active", "username")
    )
    created_at = tables.DateColumn(verbose_name=gettext_lazy("Opened"), format="j M Y")

    class Meta:
        order_by = "username"
        attrs = {"class": "mc-table mc-stack"}

    def render_username(self, record: User) -> str:
        url = reverse("account", args=[record.pk])
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, record.username)

    def value_username(self, record: User) -> str:
        return record.username

    def render_state(self, value: bool) -> str:
        return _("In use") if value else _("Closed")

    def value_created_at(self, record: User) -> str:
        return write_day(record.created_at)


def list_accounts(request: PageRequest) -> HttpResponse:
    """All accounts, to narrow and to sort."""
    narrowed = AccountFilter(request.GET, queryset=User.objects.all())
    table = AccountTable(narrowed.qs)
    table.caption = _("Accounts")
    turn_table(request, table, A_PAGE)
    waiting = [
        each for each in addresses.list_waiting() if permissions.can_confirm_address(request.user, each)
    ]
    merges = [each for each in merging.list_waiting() if merging.can_confirm(request.user, each)]
    return narrowing.show(request, "people/accounts.html", narrowed, table, waiting=waiting, merges=merges)


def accounts_csv(request: PageRequest) -> HttpResponseBase:
    """The accounts that the page would list, all of them, as a table to take away."""
    narrowed = AccountFilter(request.GET, queryset=User.objects.all())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("accounts.csv", AccountTable(narrowed.qs), request)


def _merge_that_waits(request: PageRequest, user: User) -> dict[str, object]:
    waits = merging.find_waiting(user)
    return {
        "merge_waits": waits,
        "may_confirm_merge": waits is not None and merging.can_confirm(request.user, waits),
    }


def account(request: PageRequest, key: UUID) -> HttpResponse:
    """One account: whether a link can be mailed to it, and how many sessions it has."""
    user = get_account(key)
    waits = addresses.find_waiting(user)
    given = {
        "account": user,
        "waits": waits,
        "may_confirm": waits is not None and permissions.can_confirm_address(request.user, waits),
        **_merge_that_waits(request, user),
        "is_own": user == request.user,
        "mailed": links.can_be_mailed(user),
        "sessions": sessions.list_sessions(user).count(),
        "has_second_step": second_step.has_second_step(user),
        "roles": user.role_grants.exclude(valid_to__lte=calendar.today())
        .select_related("team", "value_stream")
        .order_by("valid_from", "role"),
    }
    return render(request, "people/account.html", given)


@require_POST
def send_link(request: PageRequest, key: UUID) -> HttpResponse:
    """Let a link for a new password be mailed to it."""
    user = get_account(key)
    account_mail.send_link(to=user, by=request.user)
    text = _("A link is mailed to %(name)s within a minute. Nobody else sees it.")
    messages.success(request, text % {"name": user.name})
    return redirect("account", key=key)


@require_POST
def end_sessions(request: PageRequest, key: UUID) -> HttpResponse:
    """End all its sessions."""
    ended = sessions.end_all_sessions(of=get_account(key), by=request.user)
    text = ngettext("%(ended)s session has ended.", "%(ended)s sessions have ended.", ended)
    messages.success(request, text % {"ended": ended})
    return redirect("account", key=key)


def get_account(key: UUID) -> User:
    """One account by its key. Raises NotFound."""
    user = User.objects.filter(pk=key).first()
    if user is None:
        raise NotFound(_("There is no such account."))
    return user


@require_POST
def close_account(request: PageRequest, key: UUID) -> HttpResponse:
    """Close it: nobody signs in to it any more."""
    user = get_account(key)
    services.close_account(user=user, by=request.user)
    messages.success(request, _("%(name)s’s account is closed.") % {"name": user.name})
    return redirect("account", key=key)


@require_POST
def reopen_account(request: PageRequest, key: UUID) -> HttpResponse:
    """Open it again."""
    user = get_account(key)
    services.reopen_account(user=user, by=request.user)
    messages.success(request, _("%(name)s’s account is open again.") % {"name": user.name})
    return redirect("account", key=key)
