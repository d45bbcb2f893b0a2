"""The founding page: what the programme still lacks, in order; and the groups that are reported on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from charter.programme.queries import get_programme
from governance.founding import checklist
from governance.founding.checklist import FoundingState
from governance.people import cohorts
from governance.people.models import Cohort
from governance.people.requests import PageRequest
from ground import calendar

# The shape and the word of a tag; a word says all that the shape does.
_TAGS = {
    FoundingState.DONE: ("permit", _lazy("Done")),
    FoundingState.NOW: ("due", _lazy("To do")),
    FoundingState.OTHERS: ("refer", _lazy("Waits for others")),
    FoundingState.LATER: ("dash", _lazy("Later")),
}


def founding(request: PageRequest) -> HttpResponse:
    """Every step with its state, and the next one as a button."""
    steps = checklist.list_steps()
    given = {
        "steps": [(step, *_TAGS[step.state]) for step in steps],
        "next": checklist.find_next(steps),
        "done": sum(step.state is FoundingState.DONE for step in steps),
        "is_whole": checklist.is_whole(steps),
    }
    return render(request, "founding/steps.html", given)


def groups(request: PageRequest) -> HttpResponse:
    """The groups that may be reported on; POST registers them as the organisation is today."""
    if request.method == "POST":
        minimum = get_programme().minimum_group
        report = cohorts.register_tree(on=calendar.today(), minimum=minimum, by=request.user)
        messages.success(request, _("%(count)s groups are registered.") % {"count": len(report.cohorts)})
        for note in report.notes:
            messages.info(request, note)
        return redirect("founding-groups")
    found = Cohort.objects.filter(retired_at__isnull=True).order_by("kind", "name")
    return render(request, "founding/groups.html", {"groups": found})
