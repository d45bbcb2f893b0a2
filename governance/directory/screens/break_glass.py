"""Break-glass accounts: seen by administrators and the board, kept and ended by administrators."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.directory import permissions, services
from governance.directory.models import BreakGlass
from governance.people.permissions import can_administer, check_can_administer
from governance.people.requests import PageRequest
from governance.people.screens.fields import AccountField
from governance.ui.forms import ServiceForm


class BreakGlassForm(ServiceForm):
    """Which account is kept."""

    user = AccountField(
        label=gettext_lazy("Account"),
        help_text=gettext_lazy(
            "Its user name. It has a password, and a second step where you can set one up."
        ),
        error_messages={"required": gettext_lazy("Enter the user name of an account")},
    )


def list_break_glass(request: PageRequest) -> HttpResponse:
    """Those that are kept, and a form to keep another."""
    permissions.check_is_there()
    form = BreakGlassForm(request.POST or None)
    if request.method == "POST":
        check_can_administer(request.user)
        if form.accepted(lambda: services.keep_break_glass(by=request.user, **form.cleaned_data)):
            messages.success(request, _("It is kept as break-glass. The board and administrators were told."))
            return redirect("break-glass")
    given = {
        "kept": BreakGlass.objects.select_related("user", "kept_by").order_by("user__name"),
        "form": form if can_administer(request.user) else None,
    }
    return render(request, "directory/break_glass.html", given, status=form.status)


@require_POST
def end_break_glass(request: PageRequest, key: UUID) -> HttpResponse:
    """Keep one so no more."""
    permissions.check_is_there()
    kept = get_object_or_404(BreakGlass.objects.select_related("user"), pk=key)
    services.end_break_glass(kept=kept, by=request.user)
    messages.success(request, _("%(name)s is no break-glass account any more.") % {"name": kept.user.name})
    return redirect("break-glass")
