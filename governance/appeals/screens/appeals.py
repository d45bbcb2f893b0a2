"""One's own appeals, the queue, and one appeal as each side sees it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.appeals import permissions, queries, services, watching
from governance.appeals.clocks import read_settings
from governance.appeals.figures import list_figures
from governance.appeals.models import Appeal, Presumption
from governance.appeals.screens import forms
from governance.appeals.screens.tables import AppealFilter, AppealTable
from governance.appeals.states import OVER, REVISED, AppealFinding, AppealKind, AppealState, Remedy
from governance.people.object_permissions import find_account_to_name
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table
from ground.paging import ByPlace

A_PAGE = 25


def appeals(request: PageRequest) -> HttpResponse:
    """What the reader has filed, what they have begun to write, and how to appeal something."""
    given = {
        "own": list(queries.list_own(request.user)),
        "asked": list(queries.list_follow_ups_open(request.user)),
        "to_answer": watching.list_asked(request.user),
        "begun": bool(queries.read_draft(request.user)),
        "files": permissions.can_file(request.user),
        "keeps": permissions.can_open_queue(request.user),
    }
    return render(request, "appeals/appeals.html", given)


def queue(request: PageRequest) -> HttpResponse:
    """What waits for the reader, by what is due first; nothing of what touches their own reporting line."""
    narrowed, table = _list_queue(request)
    table.caption = _("Appeals")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "appeals/queue.html", narrowed, table, over="over" in request.GET)


def queue_csv(request: PageRequest) -> HttpResponseBase:
    """The queue as the page would list it, all of it."""
    narrowed, table = _list_queue(request)
    narrowing.check_readable(narrowed)
    return sheets.stream_table("appeals.csv", table, request)


def _list_queue(request: PageRequest) -> tuple[AppealFilter, AppealTable]:
    over = "over" in request.GET
    found = queries.list_queue(request.user, over=over)
    narrowed = AppealFilter(request.GET, queryset=found.order_by("-over_at", "id") if over else found)
    return narrowed, AppealTable(narrowed.qs)


def appeal(request: PageRequest, key: UUID) -> HttpResponse:
    """One appeal: its days and state for all whom it opens to, what it says for both its sides."""
    return _show(request, queries.get_appeal(key, by=request.user))


def figures(request: PageRequest) -> HttpResponse:
    """How many appeals there were and what came of them, for everybody, and nothing that points at one."""
    smallest = read_settings().minimum_group
    return render(request, "appeals/figures.html", {"quarters": list_figures(), "smallest": smallest})


def letter(request: PageRequest, key: UUID) -> HttpResponse:
    """What was decided, as a letter to read and to print."""
    found = queries.get_appeal(key, by=request.user)
    if not permissions.handles(request.user, found):
        permissions.check_is_appellant(request.user, found)
    given = {
        "appeal": found,
        "words": queries.read_words(found),
        "outcomes": queries.list_outcomes(found),
        "due": queries.read_due(found),
    }
    return render(request, "appeals/letter.html", given)


def follow_up(request: PageRequest, key: UUID) -> HttpResponse:
    """Answer in one click whether anybody treated one worse, with a few words if one likes."""
    found = queries.get_follow_up(key, by=request.user)
    if request.method == "POST":
        worse = request.POST.get("worse") == "yes"
        services.answer_follow_up(
            follow_up=found, worse=worse, says=request.POST.get("says", ""), by=request.user
        )
        messages.success(request, _("Thank you. Your handler reads it, and nobody in your reporting line."))
        return redirect("appeals")
    return render(request, "appeals/follow_up.html", {"follow_up": found})


def asked(request: PageRequest, key: UUID) -> HttpResponse:
    """Write why a decision is no retaliation, or that it is, as somebody outside of the line who is asked."""
    found = watching.get_asked(key, by=request.user)
    form = forms.AskedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(lambda: _answer_asked(found, form, request)):
        messages.success(request, _("It is written down, and whoever filed the appeal reads it."))
        return redirect("appeal", key=found.appeal_id)
    given = {"presumption": found, "decision": watching.get_decision(found), "form": form}
    return render(request, "appeals/asked.html", given, status=form.status)


def _answer_asked(found: Presumption, form: ServiceForm, request: PageRequest) -> None:
    retaliation = form.cleaned_data["retaliation"] == "yes"
    services.answer_asked(
        presumption=found, retaliation=retaliation, why=form.cleaned_data["why"], by=request.user
    )


def questions(request: PageRequest, key: UUID) -> HttpResponse:
    """What those whose use is contested asked about whoever filed the appeal, for its handler."""
    found = queries.get_appeal(key, by=request.user)
    if not permissions.handles(request.user, found):
        raise permissions.not_there()
    listed = ByPlace(watching.list_line_questions(found), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "appeals/questions.html", {"appeal": found, "listed": listed})


def _show(request: PageRequest, found: Appeal, **forms_at_fault: ServiceForm) -> HttpResponse:
    user = request.user
    mine, handled = permissions.is_appellant(user, found), permissions.handles(user, found)
    given: dict[str, Any] = {
        "appeal": found,
        "clocks": list(found.clocks.all()),
        "mine": mine,
        "handles": handled,
        "over": found.state in OVER,
        "acknowledge_form": forms.AcknowledgeForm()
        if permissions.can(permissions.check_can_acknowledge, user, found)
        else None,
        "assign_form": forms.AssignForm()
        if permissions.can(permissions.check_can_assign, user, found)
        else None,
    }
    if mine or handled:
        given |= _in_full(request, found, mine=mine, handled=handled)
    given |= forms_at_fault
    at_fault = next(iter(forms_at_fault.values()), None)
    given["form"] = at_fault
    return render(request, "appeals/appeal.html", given, status=at_fault.status if at_fault else 200)


def _in_full(request: PageRequest, found: Appeal, *, mine: bool, handled: bool) -> dict[str, Any]:
    open_to_words = found.state not in OVER
    outcomes = queries.list_outcomes(found)
    in_hand = permissions.can(permissions.check_handles, request.user, found)
    return {
        "words": queries.read_words(found),
        "said": queries.list_messages(found, internal=handled),
        "outcomes": outcomes,
        "corrections": queries.list_corrections(outcomes),
        "revised": any(outcome.act in REVISED for outcome, _said in outcomes),
        "message_form": forms.TextForm() if open_to_words else None,
        "note_form": forms.AppealNoteForm() if in_hand else None,
        "outcome_form": forms.OutcomeForm() if in_hand else None,
        "extend_form": forms.AppealWhyForm(prefix="extend") if in_hand else None,
        "conflict_form": forms.AppealWhyForm(prefix="conflict") if in_hand else None,
        "second_form": forms.AppealWhyForm(prefix="second")
        if mine and found.state == AppealState.DECIDED
        else None,
        "withdraws": mine and found.state not in (*OVER, AppealState.DECIDED),
        "sealed": handled and found.kind == AppealKind.CONFIDENTIAL and in_hand,
        "contested": queries.find_contested(found),
        "answers": queries.list_follow_up_answers(found) if handled else [],
        "presumptions": watching.list_presumptions(found) if handled else [],
        "watched": handled
        and bool(permissions.read_parties(found).contested)
        and found.kind != AppealKind.ANONYMOUS,
        "presumption_form": forms.AppealWhyForm(prefix="presumption")
        if handled and queries.list_protections(found)
        else None,
    }


Act = Callable[..., object]


def act(request: PageRequest, key: UUID, *, name: str) -> HttpResponse:
    """Do one thing to an appeal; what the service objects to stands beside its field, with all that was typed."""
    found = queries.get_appeal(key, by=request.user)
    if request.method != "POST":
        return redirect("appeal", key=key)
    form_class, slot, prefix, do, done = _ACTS[name]
    form = form_class(request.POST, request.FILES, prefix=prefix or None)
    if form.accepted(lambda: do(found, form.cleaned_data, request)):
        messages.success(request, done() if callable(done) else done)
        still = permissions.can(permissions.check_can_see, request.user, Appeal.objects.get(pk=key))
        return redirect("appeal", key=key) if still else redirect("appeals")
    return _show(request, found, **{slot: form})


def identity(request: PageRequest, key: UUID) -> HttpResponse:
    """Who filed a confidential appeal, after one page that says what looking does."""
    found = queries.get_appeal(key, by=request.user)
    permissions.check_handles(request.user, found)
    who = services.open_identity(appeal=found, by=request.user) if request.method == "POST" else None
    return render(request, "appeals/identity.html", {"appeal": found, "who": who})


def withdraw(request: PageRequest, key: UUID) -> HttpResponse:
    """Take an appeal back, after one page that says what follows."""
    found = queries.get_appeal(key, by=request.user)
    permissions.check_is_appellant(request.user, found)
    if request.method == "POST":
        services.withdraw_appeal(appeal=found, by=request.user)
        messages.success(request, _("Your appeal is withdrawn."))
        return redirect("appeal", key=key)
    return render(request, "appeals/withdraw.html", {"appeal": found})


def _assign(found: Appeal, given: dict[str, Any], request: PageRequest) -> None:
    permissions.check_can_assign(request.user, found)
    handler = find_account_to_name(given["handler"], field="handler")
    services.assign_handler(appeal=found, handler=handler, by=request.user)


def _decide(found: Appeal, given: dict[str, Any], request: PageRequest) -> None:
    given = given | {"finding": AppealFinding(given["finding"]), "act": Remedy(given["act"])}
    services.decide_appeal(appeal=found, **given, by=request.user)


def _call(service: Act, found: Appeal, given: dict[str, Any], request: PageRequest) -> None:
    service(appeal=found, **given, by=request.user)


def _note(found: Appeal, given: dict[str, Any], request: PageRequest) -> None:
    services.write_note(appeal=found, text=given["note"], by=request.user)


# What can be done from the page of an appeal: its form, where that stands, its prefix, what does it, and what is said then.
_ACTS: dict[str, tuple[type[ServiceForm], str, str, Act, Callable[[], str]]] = {
    "message": (forms.TextForm, "message_form", "", partial(_call, services.write_message), lambda: _("Your message is sent.")),
    "note": (forms.AppealNoteForm, "note_form", "", _note, lambda: _("Your note is kept.")),
    "acknowledge": (
        forms.AcknowledgeForm, "acknowledge_form", "", partial(_call, services.acknowledge_appeal), lambda: _("It is acknowledged.")
    ),
    "assign": (forms.AssignForm, "assign_form", "", _assign, lambda: _("It has a handler.")),
    "conflict": (
        forms.AppealWhyForm, "conflict_form", "conflict", partial(_call, services.declare_conflict), lambda: _("Somebody else is found for it.")
    ),
    "extend": (forms.AppealWhyForm, "extend_form", "extend", partial(_call, services.extend_outcome), lambda: _("The outcome is put off.")),
    "outcome": (forms.OutcomeForm, "outcome_form", "", _decide, lambda: _("It is decided. Whoever filed it reads why.")),
    "second": (
        forms.AppealWhyForm, "second_form", "second", partial(_call, services.ask_second_instance), lambda: _("Other people will look at it again.")
    ),
    "presumption": (
        forms.AppealWhyForm, "presumption_form", "presumption", partial(_call, services.answer_presumption), lambda: _("It is written down.")
    ),
    "accept": (ServiceForm, "accept_form", "", partial(_call, services.accept_outcome), lambda: _("The outcome is final.")),
}  # fmt: skip
ACTS = tuple(_ACTS)
