"""What an administrator does for who cannot sign in, or should be signed in no more."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.people import account_mail, addresses, links, permissions, sessions
from governance.people.models import User
from governance.people.requests import PageRequest
from ground import calendar
from ground.errors import NotFound

MOST = 25


def list_accounts(request: PageRequest) -> HttpResponse:
    """Accounts by a part of their name or user name; so many of them, as one looks for somebody."""
    text = request.GET.get("text", "").strip()
    found = list(_search(text)[: MOST + 1])
    given = {"text": text, "accounts": found[:MOST], "more": len(found) > MOST, "most": MOST}
    given["waiting"] = [
        each for each in addresses.list_waiting() if permissions.can_confirm_address(request.user, each)
    ]
    return render(request, "people/accounts.html", given)


def account(request: PageRequest, key: UUID) -> HttpResponse:
    """One account: whether a link can be mailed to it, and how many sessions it has."""
    user = get_account(key)
    waits = addresses.find_waiting(user)
    given = {
        "account": user,
        "waits": waits,
        "may_confirm": waits is not None and permissions.can_confirm_address(request.user, waits),
        "is_own": user == request.user,
        "mailed": links.can_be_mailed(user),
        "sessions": sessions.list_sessions(user).count(),
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


def _search(text: str) -> QuerySet[User]:
    return User.objects.filter(Q(username__icontains=text) | Q(name__icontains=text)).order_by("username")


def get_account(key: UUID) -> User:
    """One account by its key. Raises NotFound."""
    user = User.objects.filter(pk=key).first()
    if user is None:
        raise NotFound(_("There is no such account."))
    return user
