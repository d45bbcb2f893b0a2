"""The minutes of decided cases: searched, by day, in pages and to take away; for everybody (S143)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from governance.board import queries
from governance.board.models import Case
from governance.board.screens import case_summary
from governance.people.requests import PageRequest
from governance.ui import sheets
from governance.ui.forms import DayField
from governance.ui.narrowing import check_form_readable
from ground import calendar
from ground.paging import ByPlace
from ground.parsing import clean_word

A_PAGE = 25
HEADER = ["case", "about", "kind", "decided", "outcome", "votes for it", "votes cast", "minutes"]


class MinutesForm(forms.Form):
    """Words of the minutes, and days."""

    text = forms.CharField(label=_("Find minutes"), max_length=100, required=False)
    since = DayField(label=_("Decided since"), required=False)
    until = DayField(label=_("Decided until"), required=False)

    def narrow(self, found: QuerySet[Case]) -> QuerySet[Case]:
        """Those that fit what can be read of the form."""
        self.is_valid()
        given = self.cleaned_data
        if word := clean_word(given.get("text", "")):
            found = found.filter(Q(outcome__minutes__icontains=word) | Q(subject__icontains=word))
        if since := given.get("since"):
            found = found.filter(outcome__decided_at__gte=calendar.find_midnight(since))
        if until := given.get("until"):
            found = found.filter(outcome__decided_at__lt=calendar.find_midnight(until + timedelta(days=1)))
        return found

    @property
    def is_narrowing(self) -> bool:
        return any(self.cleaned_data.values())


def minutes(request: PageRequest) -> HttpResponse:
    """What the board decided, newest first, with its minutes."""
    form = MinutesForm(request.GET)
    listed = ByPlace(form.narrow(_decided()), A_PAGE).get_page(request.GET.get("page"))
    given: dict[str, Any] = {
        "form": form,
        "listed": listed,
        "decided": [(case, case_summary.name_case(case)) for case in listed],
        "is_narrowed": form.is_narrowing,
    }
    return render(request, "board/minutes.html", given, status=200 if form.is_valid() else 400)


def minutes_csv(request: PageRequest) -> HttpResponseBase:
    """The same as a table to take away, all of it."""
    form = MinutesForm(request.GET)
    check_form_readable(form)
    found = form.narrow(_decided())
    return sheets.stream_csv("minutes.csv", HEADER, map(_as_row, found.iterator(chunk_size=500)))


def _decided() -> QuerySet[Case]:
    return queries.list_cases().filter(outcome__isnull=False).order_by("-outcome__decided_at", "-pk")


def _as_row(case: Case) -> list[object]:
    outcome = case.outcome
    return [
        case.number,
        case_summary.name_case(case),
        str(case.get_kind_display()),
        calendar.find_day(outcome.decided_at),
        str(case.get_state_display()),
        outcome.approvals,
        outcome.votes,
        outcome.minutes,
    ]
