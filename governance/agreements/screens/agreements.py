"""The list of agreements and one of them, with its documents and what rests on it."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.agreements import permissions, queries
from governance.agreements.beyond import say_binds
from governance.agreements.filters import AgreementFilter
from governance.agreements.findings import list_findings
from governance.agreements.models import KIND_WORDS, AgreementDocument, AgreementVersion
from governance.agreements.queries import find_end
from governance.agreements.screens.forms import LEVELS, OUTCOMES
from governance.agreements.screens.tables import AgreementTable, standing_tag
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground import calendar
from ground.errors import NotFound

A_PAGE = 25


def agreements(request: PageRequest) -> HttpResponse:
    """All versions that the reader may see, to narrow and to sort, with how much is wrong first said."""
    standings = queries.read_standings(calendar.today())
    narrowed = AgreementFilter(request.GET, queryset=queries.list_seen(request.user), standings=standings)
    table = AgreementTable(narrowed.qs, standings=standings)
    table.caption = _("Agreements")
    turn_table(request, table, A_PAGE)
    more = {
        "may_write": permissions.can_write(request.user),
        "wrong": len([each for each in list_findings(calendar.today()) if not each.agreed]),
    }
    return narrowing.show(request, "agreements/agreements.html", narrowed, table, **more)


def agreements_csv(request: PageRequest) -> HttpResponseBase:
    """The versions that the page would list, all of them, as a table to take away."""
    standings = queries.read_standings(calendar.today())
    narrowed = AgreementFilter(request.GET, queryset=queries.list_seen(request.user), standings=standings)
    narrowing.check_readable(narrowed)
    return sheets.stream_table("agreements.csv", AgreementTable(narrowed.qs, standings=standings), request)


def agreement(request: PageRequest, key: UUID) -> HttpResponse:
    """One version: all that it says, its files, what rests on it, and what can be done with it."""
    version = queries.get_version(key, by=request.user)
    text, today = version.read(), calendar.today()
    standing = queries.read_standings(today)[version.pk]
    given = {
        "version": version,
        "text": text,
        "kind": KIND_WORDS[text.kind],
        "standing": standing_tag(standing),
        "end": find_end(version),
        "clauses": [(clause, list(say_binds(clause.binds))) for clause in text.clauses],
        "risks": [(risk, LEVELS[risk.before], LEVELS[risk.after]) for risk in text.assessment.risks],
        "outcome": OUTCOMES[text.assessment.outcome] if text.assessment.outcome else "",
        "documents": version.documents.defer("content").select_related("added_by"),
        "opens_documents": permissions.can_open_documents(request.user, version),
        "resting": queries.list_resting(version.slug),
        "others": queries.list_seen(request.user).filter(slug=version.slug).exclude(pk=version.pk),
        "may_change": permissions.can_change(request.user, version),
        "may_put": permissions.can_put(request.user, version),
        "may_write": permissions.can_write(request.user),
        "may_end": standing is standing.IN_FORCE
        and version.ended_on is None
        and permissions.can_give_notice(request.user),
        "sees_case": version.case is not None,
    }
    return render(request, "agreements/agreement.html", given)


def clause(request: PageRequest, slug: str, number: str) -> HttpResponse:
    """Where a charter cites a clause: its place in the agreement in force, or in the newest."""
    version = queries.find_newest(slug, by=request.user)
    return redirect(f"{_address(version)}#clause-{number}")


def document(request: PageRequest, key: UUID) -> HttpResponse:
    """A file, as it was sent; never shown within a page."""
    found = AgreementDocument.objects.select_related("version__case").filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such document."), code="document_not_found")
    permissions.check_can_open_documents(request.user, found.version)
    return send(found)


def send(found: AgreementDocument) -> HttpResponse:
    """A file as a download."""
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    ending = found.name.rpartition(".")[2].lower()
    response["Content-Disposition"] = (
        f'attachment; filename="{found.version.slug}-{found.sha256[:8]}.{ending}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def findings(request: PageRequest) -> HttpResponse:
    """What contradicts agreements, cites what is not there, or rests on what ends."""
    found = list_findings(calendar.today())
    given = {
        "open": [each for each in found if not each.agreed],
        "agreed": [each for each in found if each.agreed],
    }
    return render(request, "agreements/findings.html", given)


def findings_csv(request: PageRequest) -> HttpResponseBase:
    """The findings as a table to take away."""
    header = ["kind", "agreement", "clause", "about", "says", "case", "agreed"]
    rows = (
        [
            str(each.kind.label), each.agreement, each.clause, each.about, each.says,
            each.departure.case.number if each.departure else "", _("yes") if each.agreed else _("no"),
        ]
        for each in list_findings(calendar.today())
    )  # fmt: skip
    return sheets.stream_csv("agreement-findings.csv", header, rows)


def _address(version: AgreementVersion) -> str:
    return reverse("agreement", args=[version.pk])
