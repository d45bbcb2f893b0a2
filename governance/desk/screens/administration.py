"""The administrator's desk: what waits for them, and how the product runs."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from governance.desk import installation_state, troubles
from governance.founding import checklist
from governance.people.requests import PageRequest


def administration(request: PageRequest) -> HttpResponse:
    """Counts, moments and reasons of all that an administrator looks after; a part a section."""
    steps = checklist.list_steps()
    whole, largest = installation_state.read_sizes()
    given: dict[str, Any] = {
        "next": checklist.find_next(steps),
        "is_founded": checklist.is_whole(steps),
        "troubles": troubles.list_troubles(),
        "accounts": installation_state.count_accounts(),
        "imports": installation_state.list_imports(),
        "sources": installation_state.list_sources(),
        "runs": installation_state.list_runs(),
        "jobs": list(installation_state.list_jobs()),
        "mail": installation_state.judge_mail(),
        "size": whole,
        "largest": largest,
        "versions": installation_state.read_versions(),
    }
    return render(request, "desk/administration.html", given)
