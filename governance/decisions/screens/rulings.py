"""Putting to the board what the rules leave to it, and what it ruled."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from charter.registry.models import Metric
from governance.board import permissions as board
from governance.decisions import permissions, queries, services
from governance.decisions.models import DecisionRecord, Referral
from governance.decisions.screens.filters import RulingFilter
from governance.decisions.screens.tables import RulingTable
from governance.people.requests import PageRequest
from governance.ui import narrowing, questions, sheets
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table

A_PAGE = 25


class ReferForm(ServiceForm):
    """Putting to the board what the rules leave to it."""

    said = forms.CharField(
        label=gettext_lazy("What should the board know?"),
        help_text=gettext_lazy(
            "It is published with the ruling, so name nobody. The board sees your question in full."
        ),
        max_length=5000,
        required=False,
        widget=forms.Textarea,
    )


def refer(request: PageRequest, decision: UUID) -> HttpResponse:
    """Put a referred question of one's own to the board, with words where there are any; a second time leads to its case."""
    found = queries.get_decision(decision, by=request.user)
    permissions.check_can_refer(request.user, found)
    form = ReferForm(request.POST if request.method == "POST" else None)
    put: list[Referral] = []
    if request.method == "POST" and form.accepted(lambda: put.append(_refer(request, found, form))):
        messages.success(request, _("Your question is before the board. You will be told what it decides."))
        return redirect("case", case_id=put[0].case_id)
    names = dict(Metric.objects.filter(slug__in=found.metrics).values_list("slug", "name"))
    given = {
        "form": form,
        "decision": found,
        "question": questions.put_in_words(questions.read_request(found.request), names),
        "matches": list({match["id"]: match for match in found.matches}.values()),
    }
    return render(request, "decisions/refer.html", given, status=form.status)


def rulings(request: PageRequest) -> HttpResponse:
    """What the board has ruled on uses that the rules leave to it, for everybody; who asked, for those concerned."""
    found = queries.list_visible_referrals(request.user)
    sees = board.sees_askers(request.user)
    narrowed = RulingFilter(request.GET, queryset=found)
    table = RulingTable(narrowed.qs, reader=request.user, sees_askers=sees)
    table.caption = _("Rulings")
    turn_table(request, table, A_PAGE)
    days = queries.read_ruling_days()
    return narrowing.show(request, "decisions/rulings.html", narrowed, table, days=days)


def rulings_csv(request: PageRequest) -> HttpResponseBase:
    """The rulings that the page would list, all of them, as a table to take away."""
    narrowed = RulingFilter(request.GET, queryset=queries.list_visible_referrals(request.user))
    narrowing.check_readable(narrowed)
    sees = board.sees_askers(request.user)
    return sheets.stream_table(
        "rulings.csv", RulingTable(narrowed.qs, reader=request.user, sees_askers=sees), request
    )


@require_POST
def end_ruling(request: PageRequest, ruling_id: UUID) -> HttpResponse:
    """End a ruling at once, before it lapses."""
    ruling = queries.get_referral(ruling_id, by=request.user)
    services.end_ruling(referral=ruling, by=request.user)
    messages.success(request, _("The ruling has ended. The rules refer such questions to the board again."))
    return redirect("case", case_id=ruling.case_id)


def _refer(request: PageRequest, found: DecisionRecord, form: ReferForm) -> Referral:
    return services.refer_to_board(decision=found, by=request.user, said=form.cleaned_data["said"])
