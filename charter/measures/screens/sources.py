"""The list of sources, a source, and describing one."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from charter.measures import sources
from charter.measures.filters import SourceFilter
from charter.measures.models import UnmatchedName
from charter.measures.permissions import can_publish, check_can_publish
from charter.measures.screens.forms import SourceForm, tell_columns
from charter.measures.screens.tables import SourceTable, UnmatchedTable, freshness_tag
from charter.measures.screens.warehouse import begin_description, begin_ready, find_ready, show_first_rows
from charter.registry.describing import list_readers
from charter.registry.models.sources import Source
from charter.registry.permissions import can_describe_source
from charter.registry.ready import ReadyDescription
from governance.people.permissions import can_administer
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground import clock
from ground.parsing import clean_word

A_PAGE = 25


def list_sources() -> QuerySet[Source]:
    """All sources with what was last seen of them."""
    return Source.objects.select_related("survey").annotate(unmatched=Count("survey__unmatched"))


def sources_page(request: PageRequest) -> HttpResponse:
    """All sources, to narrow and to sort."""
    narrowed = SourceFilter(request.GET, queryset=list_sources())
    table = SourceTable(narrowed.qs, now=clock.now())
    table.caption = _("Sources")
    turn_table(request, table, A_PAGE)
    more = {
        "describes": can_describe_source(request.user),
        "surveys": can_publish(request.user),
        "administers": can_administer(request.user),
    }
    return narrowing.show(request, "measures/sources.html", narrowed, table, **more)


def sources_csv(request: PageRequest) -> HttpResponseBase:
    """The sources that the page would list, all of them, as a table to take away."""
    narrowed = SourceFilter(request.GET, queryset=list_sources())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("sources.csv", SourceTable(narrowed.qs, now=clock.now()), request)


def source_page(request: PageRequest, slug: str) -> HttpResponse:
    """What a source is and what was last seen of it; names that mean nobody are for administrators alone."""
    source = get_object_or_404(list_sources(), slug=slug)
    given: dict[str, Any] = {
        "source": source,
        "described": source.read(),
        "survey": getattr(source, "survey", None),
        "state": freshness_tag(source, clock.now()),
        "readers": list_readers(slug),
        "describes": can_describe_source(request.user),
        "administers": can_administer(request.user),
    }
    if given["administers"] and given["survey"]:
        found = UnmatchedName.objects.filter(survey=given["survey"])
        table = UnmatchedTable(found, source=slug)
        table.caption = _("Names that mean nobody here")
        turn_table(request, table, A_PAGE)
        given["table"] = table
    return render(request, "measures/source.html", given)


def describe_new(request: PageRequest) -> HttpResponse:
    """Describe a table that nobody has described."""
    return _describe(request, None)


def describe_again(request: PageRequest, slug: str) -> HttpResponse:
    """Change what is said of a source."""
    return _describe(request, get_object_or_404(Source, slug=slug))


def survey(request: PageRequest) -> HttpResponse:
    """Look at every source now, after one page that says what that does."""
    check_can_publish(request.user)
    if request.method == "POST":
        found = sources.survey_sources(by=request.user)
        messages.success(request, _("%(number)s sources were looked at.") % {"number": len(found)})
        return redirect("sources")
    return render(request, "measures/survey.html")


def _describe(request: PageRequest, source: Source | None) -> HttpResponse:
    ready = find_ready(clean_word(request.GET.get("ready", "")))
    initial = _begin(request, source, ready)
    form = SourceForm(request.POST or None, initial=initial)
    if source:
        form.fields["slug"].disabled = True
    if request.method == "POST" and form.accepted(
        lambda: sources.describe_source(description=form.described, by=request.user)
    ):
        messages.success(request, _("The source is described."))
        return redirect("source", slug=form.described.slug)
    table = source.slug if source else clean_word(request.GET.get("table", ""))
    given = {"form": form, "source": source, "ready": ready, "first": show_first_rows(table) if table else []}
    return render(request, "measures/describe.html", given, status=form.status)


def _begin(
    request: PageRequest, source: Source | None, ready: ReadyDescription | None
) -> dict[str, str] | None:
    """What stands in the form at first: what is said of a source, or is known of a table that is named on the way here."""
    said = _initial(source) if source else {}
    table = source.slug if source else clean_word(request.GET.get("table", ""))
    if not table or request.method != "GET":
        return said or None
    if ready is not None:
        return {**said, **begin_ready(table, ready)}
    return said or begin_description(table)


def _initial(source: Source) -> dict[str, str]:
    shown = ("slug", "name", "kind", "description", "owner", "cadence", "region")
    return {**{name: getattr(source, name) for name in shown}, "columns": tell_columns(source.read())}
