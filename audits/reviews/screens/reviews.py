"""Sampled reviews: what one reviews, how the looks were drawn, one look, and the page of whoever is asked about theirs."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.access_log import telling
from audits.reviews import permissions, queries, sampling, services
from audits.reviews.models import SampledLook
from audits.reviews.screens.tables import DrawFilter, DrawTable
from audits.reviews.states import CONCLUDED, GOES_ON, LookState
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table
from ground.errors import BadInput

A_PAGE = 24


class LookTextForm(ServiceForm):
    """A question to whoever looked, or their answer."""

    text = forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, label: str, missing: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].error_messages["required"] = missing


class FindingForm(ServiceForm):
    """What a reviewer found."""

    finding = forms.ChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[
            (LookState.JUSTIFIED.value, gettext_lazy("It was justified")),
            (LookState.MISUSE.value, gettext_lazy("I take it for a misuse: the board is to decide")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("What did you find? Choose one")},
    )
    because = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy(
            "Needed for a misuse. It becomes the question of a case, which is published when it is decided: name nobody."
        ),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _ask_form(data: Any = None) -> LookTextForm:
    label, missing = _("Ask whoever looked"), _("Ask whoever looked: say what you need to know")
    return LookTextForm(data, prefix="ask", label=label, missing=missing)


def _answer_form(data: Any = None) -> LookTextForm:
    label, missing = _("What was it for?"), _("What was it for? Say it in a sentence")
    return LookTextForm(data, label=label, missing=missing)


def reviews(request: PageRequest) -> HttpResponse:
    """What the reader is to review, and the months that were drawn with what came of them."""
    narrowed = DrawFilter(request.GET, queryset=queries.list_draws())
    table = DrawTable(narrowed.qs)
    table.caption = _("Months that were drawn")
    turn_table(request, table, A_PAGE)
    own = queries.list_own(request.user)
    more = max(own.count() - A_PAGE, 0)
    return narrowing.show(request, "reviews/reviews.html", narrowed, table, own=list(own[:A_PAGE]), more=more)


def draws_csv(request: PageRequest) -> HttpResponseBase:
    """The months that the page would list, all of them, as a table to take away."""
    narrowed = DrawFilter(request.GET, queryset=queries.list_draws())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("sampled-reviews.csv", DrawTable(narrowed.qs), request)


def draw(request: PageRequest, key: UUID) -> HttpResponse:
    """How the looks of a month were drawn, so that anybody can draw them again."""
    made = queries.get_draw(key, by=request.user)
    tickets = [
        (receipt, sampling.make_ticket(made.seed, receipt))
        for receipt in sampling.draw(
            made.seed, made.looks.values_list("decision__entry", flat=True), made.population
        )
    ]
    return render(request, "reviews/draw.html", {"draw": made, "tickets": tickets})


def review(request: PageRequest, key: UUID) -> HttpResponse:
    """One drawn look in pseudonyms; what is posted asks whoever looked, or says what was found."""
    look = queries.get_look(key, by=request.user)
    if request.method != "POST":
        return _show(request, look, _ask_form(), FindingForm(prefix="found"))
    if "ask" in request.POST:
        return _ask(request, look)
    return _conclude(request, look)


def _ask(request: PageRequest, look: SampledLook) -> HttpResponse:
    form = _ask_form(request.POST)
    if form.accepted(lambda: services.ask(look=look, text=form.cleaned_data["text"], by=request.user)):
        messages.success(request, _("Whoever looked was asked. You are told when they answer."))
        return redirect("sampled-review", key=look.pk)
    return _show(request, look, form, FindingForm(prefix="found"), at_fault=form)


def _conclude(request: PageRequest, look: SampledLook) -> HttpResponse:
    form = FindingForm(request.POST, prefix="found")

    def act() -> None:
        given = {**form.cleaned_data, "finding": LookState(form.cleaned_data["finding"])}
        services.conclude(look=look, by=request.user, **given)

    if form.accepted(act):
        messages.success(request, _("The review is concluded, and on the log."))
        return redirect("sampled-reviews")
    return _show(request, look, _ask_form(), form, at_fault=form)


def _show(
    request: PageRequest,
    look: SampledLook,
    ask_form: LookTextForm,
    finding_form: FindingForm,
    at_fault: ServiceForm | None = None,
) -> HttpResponse:
    [line] = telling.Teller(reasons=True).tell([look.decision])
    mine = look.reviewer_id == request.user.pk and look.state in GOES_ON
    given = {
        "look": look,
        "line": line,
        "decision": look.decision,
        "questions": list(look.questions.all()),
        "over": look.state in CONCLUDED,
        "late": queries.is_late(look),
        "ask_form": ask_form if mine and look.state != LookState.ASKED else None,
        "finding_form": finding_form
        if mine
        and permissions.can(lambda: permissions.check_can_conclude(request.user, look, LookState.JUSTIFIED))
        else None,
        "form": at_fault,
    }
    return render(request, "reviews/review.html", given, status=at_fault.status if at_fault else 200)


def answer(request: PageRequest, key: UUID) -> HttpResponse:
    """What a reviewer asks about a look of the reader's own, and the answer to it."""
    look = queries.get_asked(key, by=request.user)
    form = _answer_form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if look.state != LookState.ASKED:
            raise BadInput(_("You have answered, or nothing is asked of you any more."))
        if form.accepted(lambda: services.answer(look=look, text=form.cleaned_data["text"], by=request.user)):
            messages.success(request, _("Thank you. The reviewer reads your answer."))
            return redirect("sampled-review-answer", key=look.pk)
    given = {
        "look": look,
        "decision": look.decision,
        "questions": list(look.questions.all()),
        "form": form if look.state == LookState.ASKED else None,
    }
    return render(request, "reviews/answer.html", given, status=form.status)
