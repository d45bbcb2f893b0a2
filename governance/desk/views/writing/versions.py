"""What changed between two versions of a charter, for whoever votes on the newer one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from charter.registry import permissions, queries
from charter.registry.diff import by_heading, differences
from charter.registry.models import CharterVersion, Metric
from governance.desk.openings import opens_to, signed_in


@opens_to(signed_in)
def compare(request: HttpRequest, slug: str, older: int, newer: int) -> HttpResponse:
    """Two versions side by side, field by field; NotPermitted where the reader may not see one of them."""
    metric = get_object_or_404(Metric.objects.select_related("owner"), slug=slug)
    before, after = _version(metric, older), _version(metric, newer)
    for version in (before, after):
        permissions.check_can_see_version(request.user, version)
    found = differences(queries.document(before.pk), queries.document(after.pk))
    given = {
        "metric": metric,
        "before": before,
        "after": after,
        "differences": found,
        "headings": list(by_heading(found)),
    }
    return render(request, "desk/writing/versions.html", given)


def _version(metric: Metric, number: int) -> CharterVersion:
    held = metric.versions.select_related("metric").defer("document")
    found = held.filter(number=number).first()
    if found is None:
        raise Http404
    return found
