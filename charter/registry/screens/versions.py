"""What changed between two versions of a charter, for whoever votes on the newer one."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from charter.registry import permissions, queries
from charter.registry.diff import find_differences, group_by_heading
from charter.registry.models import CharterVersion, Metric
from charter.registry.screens.openings import show_charter_opening
from governance.people.requests import PageRequest


def compare(request: PageRequest, slug: str, older: int, newer: int) -> HttpResponse:
    """Two versions side by side, field by field; NotPermitted where the reader may not see one of them."""
    metric = get_object_or_404(Metric.objects.select_related("owner"), slug=slug)
    before, after = _version(metric, older), _version(metric, newer)
    for version in (before, after):
        permissions.check_can_see_version(request.user, version)
    found = find_differences(queries.load_document(before.pk), queries.load_document(after.pk))
    given = {
        "metric": metric,
        "before": before,
        "after": after,
        "differences": found,
        "headings": list(group_by_heading(found)),
        "opening": show_charter_opening(before, after) if older < newer else None,
    }
    return render(request, "registry/versions.html", given)


def _version(metric: Metric, number: int) -> CharterVersion:
    held = metric.versions.select_related("metric").defer("document")
    found = held.filter(number=number).first()
    if found is None:
        raise Http404
    return found
