"""The list of cases, and the minutes of those that are decided."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.registry.screens.page_context import today
from governance.board import permissions, queries
from governance.board.models import Case
from governance.board.screens import case_summary
from governance.board.screens.filters import CaseFilter
from governance.board.screens.tables import CaseTable
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground import calendar

A_PAGE = 25
COUNTED = {"state": "state", "kind": "kind"}


def cases(request: PageRequest) -> HttpResponse:
    """All cases that the reader may see, to narrow and to sort, with what needs their vote first said (S143)."""
    seen = queries.list_visible_cases(request.user)
    needing = list(queries.list_cases_to_vote_on(request.user))
    waiting = frozenset(case.pk for case in needing)
    narrowed = CaseFilter(request.GET, queryset=seen, request=request, waiting=waiting)
    counts = narrowing.count_words(seen, COUNTED)
    narrowing.offer_counted(request, narrowed, counts)
    table = CaseTable(narrowed.qs, waiting=waiting, changed=queries.find_changed_cases(request.user))
    table.caption = _("Cases")
    turn_table(request, table, A_PAGE)
    given = {
        "form": narrowed.form,
        "table": table,
        "total": sum(counts["state"].values()),
        "chips": list(narrowing.list_chips(request, narrowed, COUNTED, reverse("cases"))),
        "sits": bool(queries.list_seats_of(request.user, today(request))),
        "waiting": len(waiting),
        "sees_all": permissions.sees_open_cases(request.user),
        "batch": sum(1 for case in needing if permissions.is_low_risk(case)),
    }
    status = 200 if narrowed.form.is_valid() else 400
    return render(request, "board/cases.html", given, status=status)


def cases_csv(request: PageRequest) -> HttpResponseBase:
    """The cases that the page would list, all of them, as a table to take away."""
    waiting = frozenset(case.pk for case in queries.list_cases_to_vote_on(request.user))
    seen = queries.list_visible_cases(request.user)
    narrowed = CaseFilter(request.GET, queryset=seen, request=request, waiting=waiting)
    narrowing.check_readable(narrowed)
    header = ["case", "about", "kind", "state", "opened", "closed", "votes for it", "votes cast"]
    zone = calendar.find_zone()  # once: rows are read when the page's own is gone
    rows = (_as_row(case, zone) for case in narrowed.qs.iterator(chunk_size=500))
    return sheets.stream_csv("cases.csv", header, rows)


def _as_row(case: Case, zone: ZoneInfo) -> list[object]:
    outcome = getattr(case, "outcome", None)
    days = [each.astimezone(zone).date() if each else "" for each in (case.opened_at, case.closed_at)]
    counted = [outcome.approvals, outcome.votes] if outcome else ["", ""]
    return [
        case.number,
        case_summary.name_case(case),
        str(case.get_kind_display()),
        str(case.get_state_display()),
        *days,
        *counted,
    ]
