"""What one was told, and saying that one has read it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.desk.openings import opens_to, signed_in
from governance.notices import queries, services

A_PAGE = 20
UNREAD = "unread"


@opens_to(signed_in, stored=False)
def notices(request: HttpRequest) -> HttpResponse:
    """The reader's notices, newest first; all of them or the unread ones."""
    everything = queries.notices_of(request.user)
    unread = everything.filter(read_at__isnull=True)
    shown = UNREAD if request.GET.get("show") == UNREAD else ""
    page = Paginator(unread if shown else everything, A_PAGE).get_page(request.GET.get("page"))
    count = unread.count()
    given = {
        "page": page,
        "shown": shown,
        "unread": count,
        "choices": [("", _("All"), everything.count()), (UNREAD, _("Not read yet"), count)],
    }
    return render(request, "desk/notices.html", given)


@opens_to(signed_in)
@require_POST
def read(request: HttpRequest, key: UUID) -> HttpResponse:
    """Mark one notice as read."""
    notice = services.mark_read(notice=queries.notice(key, by=request.user), by=request.user)
    messages.success(request, _("Marked as read: %(subject)s") % {"subject": notice.subject})
    return _back(request)


@opens_to(signed_in)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    count = services.mark_all_read(by=request.user)
    text = ngettext("%(count)s notice is marked as read.", "%(count)s notices are marked as read.", count)
    messages.success(request, text % {"count": count})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was narrowed."""
    shown = f"?show={UNREAD}" if request.POST.get("show") == UNREAD else ""
    return redirect(reverse("notices") + shown)
