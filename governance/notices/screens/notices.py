"""What one was told, and saying that one has read it."""

from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from governance.notices import queries, services
from governance.notices.models import Notice
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from ground import calendar
from ground.paging import ByPlace

A_PAGE = 20
UNREAD = "unread"


class NoticeFilter(narrowing.WithinDays):
    """By whether one has read it, by its words, and by the day on which one was told."""

    show = django_filters.ChoiceFilter(
        label=gettext_lazy("Notices"),
        choices=[(UNREAD, gettext_lazy("Not read yet"))],
        empty_label=gettext_lazy("All"),
        method="by_unread",
    )
    text = django_filters.CharFilter(
        label=gettext_lazy("Words"), field_name="subject", lookup_expr="icontains", max_length=100
    )
    happened = "given_at"

    class Meta:
        model = Notice
        fields = ()

    def by_unread(self, found: QuerySet[Notice], _name: str, _value: str) -> QuerySet[Notice]:
        """What is marked as read goes."""
        return found.filter(read_at__isnull=True)


def notices(request: PageRequest) -> HttpResponse:
    """The reader's notices, newest first; all of them or the unread ones."""
    everything = queries.list_notices(request.user)
    narrowed = NoticeFilter(request.GET, queryset=everything)
    listed = ByPlace(narrowed.qs, A_PAGE).get_page(request.GET.get("page"))
    unread, total = everything.filter(read_at__isnull=True).count(), everything.count()
    numbers = [
        ("", _("All (%(total)s)") % {"total": total}),
        (UNREAD, _("Not read yet (%(unread)s)") % {"unread": unread}),
    ]
    narrowed.form.fields["show"].choices = numbers
    given = {
        "form": narrowed.form,
        "chips": list(narrowing.list_chips(request, narrowed, ("show",), request.path)),
        "listed": listed,
        "shown": request.GET.get("show", ""),
        "unread": unread,
        "total": total,
    }
    return render(request, "notices/notices.html", given, status=200 if narrowed.form.is_valid() else 400)


def notices_csv(request: PageRequest) -> HttpResponseBase:
    """The notices that the page would list, all of them, as a table to take away."""
    narrowed = NoticeFilter(request.GET, queryset=queries.list_notices(request.user))
    narrowing.check_readable(narrowed)
    zone = calendar.find_zone()  # once: rows are read when the page's own is gone
    rows = (
        [
            each.given_at.astimezone(zone).date(),
            each.subject,
            each.text,
            each.read_at.astimezone(zone).date() if each.read_at else "",
        ]
        for each in narrowed.qs.iterator(chunk_size=500)
    )
    return sheets.stream_csv("notices.csv", ["told", "what", "more", "read"], rows)


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
