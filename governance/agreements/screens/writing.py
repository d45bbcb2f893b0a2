"""Writing an agreement part by part, what its clauses bind, its files, and putting it to the board."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.registry.models import Source
from governance.agreements import permissions, queries, services
from governance.agreements.agreement_text import ClauseBounds, find_faults
from governance.agreements.models import AgreementVersion
from governance.agreements.screens.forms import PARTS, ClauseForm, DocumentForm, NewForm, NoticeForm
from governance.people.requests import PageRequest
from governance.ui.templatetags.mc import day
from ground import calendar

TITLES: Mapping[str, Any] = {
    "text": "What it says",
    "processing": "Processors, recipients, transfers and security",
    "assessment": "Risks, views, advice and outcome",
}


def new(request: PageRequest) -> HttpResponse:
    """Write a new agreement down."""
    begin = {"notice_days": 30, "begins": calendar.today()}
    form = NewForm(request.POST if request.method == "POST" else None, initial=begin)
    made: list[AgreementVersion] = []
    if request.method == "POST" and form.accepted(
        lambda: made.append(services.write_agreement(text=form.make(), by=request.user))
    ):
        messages.success(
            request,
            _("It is written down. Say what its clauses bind, add its files, and put it to the board."),
        )
        return redirect("agreement", key=made[0].pk)
    return render(request, "agreements/new.html", {"form": form}, status=form.status)


def change(request: PageRequest, key: UUID, part: str) -> HttpResponse:
    """Change one part of a version that is being written."""
    version, text = _find(request, key)
    if part not in PARTS:
        raise Http404
    kind = PARTS[part]
    form = kind(request.POST if request.method == "POST" else None, initial=kind.begin(text))
    if request.method == "POST" and form.accepted(
        lambda: services.change_agreement(version=version, text=form.read(text), by=request.user)
    ):
        messages.success(request, _("It is changed."))
        return redirect("agreement", key=key)
    given = {"form": form, "version": version, "heading": _(TITLES[part])}
    return render(request, "agreements/change.html", given, status=form.status)


def bind(request: PageRequest, key: UUID, number: str) -> HttpResponse:
    """Say what one clause binds."""
    version, text = _find(request, key)
    clause = text.find_clause(number)
    if clause is None:
        raise Http404
    form = ClauseForm(
        request.POST if request.method == "POST" else None,
        number=number,
        systems=_list_systems(clause.binds),
        initial=ClauseForm.begin(clause.binds),
    )
    if request.method == "POST" and form.accepted(
        lambda: services.change_agreement(version=version, text=form.read(text), by=request.user)
    ):
        messages.success(request, _("What clause %(number)s binds is written down.") % {"number": number})
        return redirect("agreement", key=key)
    given = {"form": form, "version": version, "clause": clause}
    return render(request, "agreements/bind.html", given, status=form.status)


def document_add(request: PageRequest, key: UUID) -> HttpResponse:
    """Add a file to a version that is being written."""
    version, _text = _find(request, key)
    form = DocumentForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    if request.method == "POST" and form.accepted(
        lambda: services.add_document(version=version, file=form.cleaned_data["document"], by=request.user)
    ):
        messages.success(request, _("The file is added; the log keeps its hash."))
        return redirect("agreement", key=key)
    given = {"form": form, "version": version}
    return render(request, "agreements/document_add.html", given, status=form.status)


def next_version(request: PageRequest, key: UUID) -> HttpResponse:
    """Begin the next version from this one; asked once more before it is done."""
    version = queries.get_version(key, by=request.user)
    permissions.check_can_write(request.user)
    if request.method == "POST":
        made = services.begin_next(version=version, by=request.user)
        messages.success(request, _("Version %(number)s is begun.") % {"number": made.number})
        return redirect("agreement", key=made.pk)
    return render(request, "agreements/next.html", {"version": version})


def put(request: PageRequest, key: UUID) -> HttpResponse:
    """Put a version to the board, once nothing is missing."""
    version, text = _find(request, key)
    permissions.check_can_put(request.user, version)
    if request.method == "POST":
        case = services.put_to_board(version=version, by=request.user)
        messages.success(request, _("It is before the board."))
        return redirect("case", case_id=case.pk)
    given = {"version": version, "missing": find_faults(text)}
    return render(request, "agreements/put.html", given)


def end(request: PageRequest, key: UUID) -> HttpResponse:
    """Record that a party gave notice."""
    version = queries.get_version(key, by=request.user)
    permissions.check_can_give_notice(request.user)
    form = NoticeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.give_notice(version=version, by=request.user, **form.cleaned_data)
    ):
        said = {"day": day(form.cleaned_data["ends_on"])}
        messages.success(
            request, _("It is in force until before %(day)s. Owners of what rests on it are told.") % said
        )
        return redirect("agreement", key=key)
    given = {"form": form, "version": version, "resting": queries.list_resting(version.slug)}
    return render(request, "agreements/end.html", given, status=form.status)


def _find(request: PageRequest, key: UUID) -> tuple[AgreementVersion, Any]:
    version = queries.get_version(key, by=request.user)
    permissions.check_can_change(request.user, version)
    return version, version.read()


def _list_systems(binds: ClauseBounds) -> dict[str, str]:
    """The described sources, and those that the clause names already, by slug."""
    named = {slug: slug for slug in binds.systems}
    return named | {source.slug: f"{source.name} ({source.slug})" for source in Source.objects.all()}
