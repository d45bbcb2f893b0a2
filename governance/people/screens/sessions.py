"""One's sessions: which there are, and ending one or all others."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.people import sessions
from governance.people.requests import PageRequest
from governance.people.screens.own_tables import SessionFilter, SessionTable
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table

A_PAGE = 25


def list_sessions(request: PageRequest) -> HttpResponse:
    """Where one is signed in, the browser that asks first."""
    narrowed = _narrow(request)
    table = SessionTable(narrowed.qs, key=request.session.session_key)
    table.caption = _("Sessions of your account")
    turn_table(request, table, A_PAGE)
    others = narrowed.queryset.filter(is_here=False).exists()
    return narrowing.show(request, "people/sessions.html", narrowed, table, others=others)


def sessions_csv(request: PageRequest) -> HttpResponseBase:
    """The sessions that the page would list, all of them, as a table to take away."""
    narrowed = _narrow(request)
    narrowing.check_readable(narrowed)
    table = SessionTable(narrowed.qs, key=request.session.session_key, exclude=("end",))
    return sheets.stream_table("sessions.csv", table, request)


def _narrow(request: PageRequest) -> SessionFilter:
    found = sessions.list_from(request.session.session_key, of=request.user)
    return SessionFilter(request.GET, queryset=found)


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
