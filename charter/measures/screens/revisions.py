"""Revisions: which there are, and one with what it would change, to be proposed, confirmed or declined."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from charter.measures import permissions, queries
from charter.measures.models import Revision
from charter.measures.revisions import services as revisions
from charter.measures.screens.revision_forms import RevisionForm
from charter.measures.screens.revision_tables import RevisionFilter, RevisionTable
from charter.measures.states import OPEN, RevisionState
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground.errors import BadInput, DomainError
from ground.paging import ByPlace

AT_ONCE = 50


def revisions_page(request: PageRequest) -> HttpResponse:
    """The revisions that this reader may see, newest first."""
    narrowed = RevisionFilter(request.GET, queryset=queries.list_revisions(request.user))
    table = RevisionTable(narrowed.qs)
    table.caption = _("Revisions")
    turn_table(request, table, AT_ONCE)
    return narrowing.show(request, "measures/revisions.html", narrowed, table)


def revisions_csv(request: PageRequest) -> HttpResponseBase:
    """The revisions that the page would list, all of them."""
    narrowed = RevisionFilter(request.GET, queryset=queries.list_revisions(request.user))
    narrowing.check_readable(narrowed)
    return sheets.stream_table("revisions.csv", RevisionTable(narrowed.qs), request)


def revision(request: PageRequest, revision: str) -> HttpResponse:
    """What one revision would change, and by how much; POST proposes, confirms or declines it."""
    found = get_object_or_404(
        Revision.objects.select_related("metric", "proposed_by", "ended_by"), pk=revision
    )
    permissions.check_can_see_revision(request.user, found.metric)
    form = RevisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _act(request, found, form):
        return redirect("revision", found.pk)
    values = ByPlace(queries.list_revised_values(found), AT_ONCE).get_page(request.GET.get("page"))
    given = {
        "revision": found,
        "page": values,
        "sees_numbers": permissions.can_see_numbers(request.user, found),
        "form": form,
        "is_open": found.state in OPEN,
        "proposes": found.state == RevisionState.FOUND
        and permissions.can_propose(request.user, found.metric),
        "confirms": found.state == RevisionState.PROPOSED and permissions.can_confirm(request.user, found),
    }
    return render(request, "measures/revision.html", given, status=400 if form.errors else 200)


def _act(request: PageRequest, found: Revision, form: RevisionForm) -> bool:
    """Do what was asked; False where the reason that it needs is at fault."""
    reason, act = form.cleaned_data["reason"], request.POST.get("act")
    try:
        if act == "propose":
            revisions.propose_revision(revision=found, reason=reason, by=request.user)
            messages.success(request, _("Proposed. An auditor can confirm it now."))
        elif act == "confirm":
            revisions.confirm_revision(revision=found, by=request.user)
            messages.success(request, _("Confirmed. The new values are published."))
        else:
            revisions.decline_revision(revision=found, reason=reason, by=request.user)
            messages.success(request, _("Declined. The values stay as they are."))
    except BadInput as error:
        form.add_error("reason", error.detail)
        return False
    except DomainError as error:
        messages.error(request, error.detail)
    return True
