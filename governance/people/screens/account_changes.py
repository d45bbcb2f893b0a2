"""What an administrator does about accounts: opening one, giving it a role, ending that."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from governance.people import account_mail, services
from governance.people.models import GrantedRole, RoleGrant, User
from governance.people.requests import PageRequest
from governance.people.screens.account_forms import EndRoleForm, GiveRoleForm, OpenAccountForm
from governance.people.screens.accounts import get_account


def open_account(request: PageRequest) -> HttpResponse:
    """Open an account, and let a link be mailed to it by which its owner sets a password."""
    form = OpenAccountForm(request.POST or None)
    made: list[User] = []
    if request.method == "POST" and form.accepted(
        lambda: made.append(services.open_account(**form.cleaned_data, by=request.user))
    ):
        account_mail.send_link(to=made[0], by=request.user)
        said = _("%(name)s has an account. A link to set a password is mailed to them within a minute.")
        messages.success(request, said % {"name": made[0].name})
        return redirect("account", key=made[0].pk)
    return render(request, "people/account_open.html", {"form": form}, status=form.status)


def give_role(request: PageRequest, key: UUID) -> HttpResponse:
    """Give an account a role from a day on."""
    user = get_account(key)
    form = GiveRoleForm(request.POST or None)
    if request.method == "POST" and form.accepted(lambda: _give(form, user, request.user)):
        messages.success(request, _("%(name)s has the role.") % {"name": user.name})
        return redirect("account", key=key)
    return render(request, "people/role_give.html", {"form": form, "account": user}, status=form.status)


def end_role(request: PageRequest, key: UUID) -> HttpResponse:
    """Let a role end on a day."""
    grant = get_object_or_404(RoleGrant.objects.select_related("user", "team", "value_stream"), pk=key)
    form = EndRoleForm(request.POST or None)
    if request.method == "POST" and form.accepted(
        lambda: services.end_role(grant=grant, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("The role ends."))
        return redirect("account", key=grant.user_id)
    given = {"form": form, "grant": grant, "account": grant.user}
    return render(request, "people/role_end.html", given, status=form.status)


def _give(form: GiveRoleForm, user: User, by: User) -> None:
    given = dict(form.cleaned_data)
    services.grant_role(user=user, role=GrantedRole(given.pop("role")), by=by, **given)
