"""What the reader was told in writing, and that they have read it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.about_me import services
from governance.about_me.queries.telling import get_told, list_told
from governance.people.requests import PageRequest
from ground.paging import ByPlace

A_PAGE = 20


def told(request: PageRequest) -> HttpResponse:
    """All of it, newest first."""
    listed = ByPlace(list_told(request.user), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "about_me/told.html", {"listed": listed})


@require_POST
def acknowledge(request: PageRequest, key: UUID) -> HttpResponse:
    """Keep that the reader has read it."""
    services.acknowledge_inclusion(inclusion=get_told(key, by=request.user), by=request.user)
    messages.success(request, _("It is kept that you have read it."))
    return redirect("about-me-told")
