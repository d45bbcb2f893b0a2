"""Evidence that one may open: the list, a new piece, and one of them with what was found."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.rules.vocabulary import EvidenceKind
from governance.evidence import permissions, queries, services
from governance.evidence.models import EvidenceRecord
from governance.evidence.screens.forms import KINDS, EvidenceCheckForm, EvidenceForm
from governance.evidence.screens.tables import EvidenceFilter, EvidenceTable
from governance.evidence.states import EvidenceSource
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table

A_PAGE = 30


def evidence(request: PageRequest) -> HttpResponse:
    """All that the reader may open, newest first."""
    narrowed = EvidenceFilter(request.GET, queryset=queries.list_seen(request.user))
    table = EvidenceTable(narrowed.qs)
    table.caption = _("Evidence, newest first")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "evidence/evidence.html", narrowed, table)


def evidence_csv(request: PageRequest) -> HttpResponseBase:
    """The evidence that the page would list, all of it."""
    narrowed = EvidenceFilter(request.GET, queryset=queries.list_seen(request.user))
    narrowing.check_readable(narrowed)
    return sheets.stream_table("evidence.csv", EvidenceTable(narrowed.qs), request)


def evidence_new(request: PageRequest) -> HttpResponse:
    """Write a piece of evidence down."""
    form = EvidenceForm(request.POST if request.method == "POST" else None, initial=_begin(request))
    made: list[EvidenceRecord] = []
    if request.method == "POST" and form.accepted(lambda: made.append(_write(form, request))):
        messages.success(
            request, _("It is written down. It counts as checked once somebody else has opened it.")
        )
        return redirect("evidence-record", key=made[0].pk)
    return render(request, "evidence/new.html", {"form": form}, status=form.status)


def record(request: PageRequest, key: UUID) -> HttpResponse:
    """One record; POST says what somebody found who opened it."""
    found = queries.get_evidence(key, by=request.user)
    if request.method == "POST":
        permissions.check_can_check_evidence(request.user, found)
    may_check = permissions.can_check_evidence(request.user, found)
    form = EvidenceCheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.check_evidence(record=found, by=request.user, **form.outcome)
    ):
        messages.success(request, _("What you found is on record."))
        return redirect("evidence-record", key=key)
    given = {
        "record": found,
        "kind": KINDS[EvidenceKind(found.kind)],
        "form": form if may_check or form.errors else None,
        "may_withdraw": permissions.can_withdraw_evidence(request.user, found),
    }
    return render(request, "evidence/record.html", given, status=form.status)


def withdraw(request: PageRequest, key: UUID) -> HttpResponse:
    """Take back what one wrote; asked once more before it is done."""
    found = queries.get_evidence(key, by=request.user)
    permissions.check_can_withdraw_evidence(request.user, found)
    if request.method == "POST":
        services.withdraw_evidence(record=found, by=request.user)
        messages.success(request, _("It is withdrawn."))
        return redirect("evidence")
    return render(
        request, "evidence/withdraw.html", {"record": found, "kind": KINDS[EvidenceKind(found.kind)]}
    )


def _begin(request: PageRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("person", "kind") if name in request.GET}


def _write(form: EvidenceForm, request: PageRequest) -> EvidenceRecord:
    given = dict(form.cleaned_data)
    person = services.find_person(given.pop("person"), by=request.user)
    said = services.EvidenceSaid(
        kind=EvidenceKind(given.pop("kind")), source=EvidenceSource(given.pop("source")), **given
    )
    return services.write_evidence(said=said, person=person, by=request.user)
