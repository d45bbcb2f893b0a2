"""Letting the organisation's directory close many accounts, where that is meant."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.directory import permissions, services
from governance.directory.services.closings import find_allowance
from governance.people.requests import PageRequest


def allow_closings(request: PageRequest) -> HttpResponse:
    """Allow any number of closings for an hour, after one page that says what follows."""
    permissions.check_is_there()
    if request.method == "POST":
        services.allow_closings(by=request.user)
        messages.success(
            request, _("For an hour the directory may close any number of accounts. Let it send again.")
        )
        return redirect("directory-closings")
    return render(request, "directory/closings.html", {"until": find_allowance()})
