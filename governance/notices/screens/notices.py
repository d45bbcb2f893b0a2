"""What one was told, and saying that one has read it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.notices import queries, services
from governance.people.requests import PageRequest
from ground.paging import ByPlace

A_PAGE = 20
UNREAD = "unread"


def notices(request: PageRequest) -> HttpResponse:
    """The reader's notices, newest first; all of them or the unread ones."""
    everything = queries.list_notices(request.user)
    unread = everything.filter(read_at__isnull=True)
    shown = UNREAD if request.GET.get("show") == UNREAD else ""
    listed = ByPlace(unread if shown else everything, A_PAGE).get_page(request.GET.get("page"))
    count = unread.count()
    given = {
        "listed": listed,
        "shown": shown,
        "unread": count,
        "choices": [("", _("All"), everything.count()), (UNREAD, _("Not read yet"), count)],
    }
    return render(request, "notices/notices.html", given)


@require_POST
def read(request: PageRequest, key: UUID) -> HttpResponse:
    """Mark one notice as read."""
    notice = services.mark_read(notice=queries.get_notice(key, by=request.user), by=request.user)
    messages.success(request, _("Marked as read: %(subject)s") % {"subject": notice.subject})
    return _back(request)


@require_POST
def read_all(request: PageRequest) -> HttpResponse:
    """Mark everything as read."""
    count = services.mark_all_read(by=request.user)
    text = ngettext("%(count)s notice is marked as read.", "%(count)s notices are marked as read.", count)
    messages.success(request, text % {"count": count})
    return _back(request)


def _back(request: PageRequest) -> HttpResponse:
    """To the list as it was narrowed."""
    shown = f"?show={UNREAD}" if request.POST.get("show") == UNREAD else ""
    return redirect(reverse("notices") + shown)
