"""Putting to the board what the rules leave to it, and what it ruled."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from charter.registry.models import Metric
from governance.board import permissions as board
from governance.decisions import permissions, queries, services
from governance.decisions.models import Decision, Referral
from governance.desk import questions
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.board.forms import BoardForm
from governance.desk.views.board.tables import RulingTable

A_PAGE = 25


class ReferForm(BoardForm):
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


@opens_to(signed_in, stored=False)
def refer(request: HttpRequest, decision: UUID) -> HttpResponse:
    """Put a referred question of one's own to the board, with words where there are any; a second time leads to its case."""
    found = queries.decision(decision, by=request.user)
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
        "question": questions.in_words(questions.stored(found.request), names),
        "bites": list({bite["id"]: bite for bite in found.bites}.values()),
    }
    return render(request, "desk/board/refer.html", given, status=form.status)


@opens_to(signed_in, stored=False)
def rulings(request: HttpRequest) -> HttpResponse:
    """What the board has ruled on uses that the rules leave to it, for everybody; who asked, for those concerned."""
    found = queries.visible_referrals(request.user)
    sees = board.sees_askers(request.user)
    table = RulingTable(found, reader=request.user, sees_askers=sees)
    table.caption = _("Rulings")
    RequestConfig(request, paginate={"per_page": A_PAGE}).configure(table)
    return render(request, "desk/board/rulings.html", {"table": table, "days": queries.ruling_days()})


@opens_to(signed_in, stored=False)
@require_POST
def end(request: HttpRequest, ruling_id: UUID) -> HttpResponse:
    """End a ruling at once, before it lapses."""
    ruling = queries.referral(ruling_id, by=request.user)
    services.end_ruling(referral=ruling, by=request.user)
    messages.success(request, _("The ruling has ended. The rules refer such questions to the board again."))
    return redirect("case", case_id=ruling.case_id)


def _refer(request: HttpRequest, found: Decision, form: ReferForm) -> Referral:
    return services.refer_to_board(decision=found, by=request.user, said=form.cleaned_data["said"])
