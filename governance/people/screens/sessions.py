"""One's sessions: which there are, and ending one or all others."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.people import sessions
from governance.people.requests import PageRequest


def list_sessions(request: PageRequest) -> HttpResponse:
    """Where one is signed in, the browser that asks first."""
    here = request.session.session_key
    found = [(each, sessions.is_under(each, here)) for each in sessions.list_sessions(request.user)]
    found.sort(key=lambda pair: not pair[1])
    return render(request, "people/sessions.html", {"sessions": found})


@require_POST
def end_session(request: PageRequest, key: UUID) -> HttpResponse:
    """End one; whoever ends the one that asks is signed out by it."""
    sessions.end_session(key=key, by=request.user)
    messages.success(request, _("That session has ended."))
    return redirect("sessions")


@require_POST
def end_others(request: PageRequest) -> HttpResponse:
    """End all but the one that asks."""
    ended = sessions.end_other_sessions(but=request.session.session_key, by=request.user)
    text = ngettext("%(ended)s other session has ended.", "%(ended)s other sessions have ended.", ended)
    messages.success(request, text % {"ended": ended})
    return redirect("sessions")
