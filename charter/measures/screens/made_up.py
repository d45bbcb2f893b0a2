"""What the query of a draft gives, tried on made-up rows while it is written."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from charter.authoring import drafts, permissions
from charter.measures.warehouse.made_up import ROWS, try_query
from charter.registry.charter_facts import parse_document
from charter.registry.document import Measure
from charter.registry.models import Source
from governance.people.requests import PageRequest
from ground import calendar
from ground.errors import DomainError

SHOWN = 8


def rows(request: PageRequest, draft_id: str) -> HttpResponse:
    """The first rows of facts, or why there are none."""
    draft = drafts.get_draft(draft_id)
    permissions.check_can_see_draft(request.user, draft)
    document = parse_document(draft.document)
    measure = document.what.measure
    found, fault = _try(measure) if measure and measure.facts else ([], "")
    given = {
        "draft": draft,
        "name": document.name,
        "measure": measure,
        "columns": list(found[0]) if found else [],
        "rows": [list(each.values()) for each in found],
        "fault": fault,
        "made": ROWS,
    }
    return render(request, "measures/made_up.html", given)


def _try(measure: Measure) -> tuple[list[dict[str, Any]], str]:
    described = {each.slug: each.read() for each in Source.objects.filter(slug__in=measure.sources)}
    try:
        return try_query(measure, described, first=calendar.today() - timedelta(days=60), rows=SHOWN), ""
    except DomainError as error:
        return [], str(error.detail)
