"""The list of cases, and the minutes of those that are decided."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from governance.board import permissions, queries
from governance.desk import narrowing
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.board import matters
from governance.desk.views.board.filters import CaseFilter
from governance.desk.views.board.tables import CaseTable

A_PAGE = 25
COUNTED = {"state": "state", "kind": "kind"}


@opens_to(signed_in, stored=False)
def cases(request: HttpRequest) -> HttpResponse:
    """All cases that the reader may see, to narrow and to sort, with what needs their vote first said (S143)."""
    seen = queries.visible_cases(request.user)
    needing = list(queries.needs_my_vote(request.user))
    waiting = frozenset(case.pk for case in needing)
    narrowed = CaseFilter(request.GET, queryset=seen, request=request, waiting=waiting)
    counts = narrowing.counts(seen, COUNTED)
    narrowing.offer(request, narrowed, counts)
    table = CaseTable(narrowed.qs, waiting=waiting, changed=queries.changed_cases(request.user))
    table.caption = _("Cases")
    RequestConfig(request, paginate={"per_page": A_PAGE}).configure(table)
    given = {
        "form": narrowed.form,
        "table": table,
        "total": sum(counts["state"].values()),
        "chips": list(narrowing.chips(request, narrowed, COUNTED, reverse("cases"))),
        "sits": bool(queries.seats_of(request.user, today(request))),
        "waiting": len(waiting),
        "batch": sum(1 for case in needing if permissions.is_low_risk(case)),
    }
    status = 200 if narrowed.form.is_valid() else 400
    return render(request, "desk/board/cases.html", given, status=status)


@opens_to(signed_in)
def minutes(request: HttpRequest) -> HttpResponse:
    """What the board decided, newest first, with its minutes, for everybody (S143)."""
    word = request.GET.get("text", "").strip()[:100]
    found = queries.cases().filter(outcome__isnull=False).order_by("-outcome__decided_at")
    if word:
        found = found.filter(Q(outcome__minutes__icontains=word) | Q(subject__icontains=word))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    decided = [(case, matters.title(case)) for case in page]
    return render(request, "desk/board/minutes.html", {"page": page, "decided": decided, "word": word})
