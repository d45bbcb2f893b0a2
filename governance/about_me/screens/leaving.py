"""Before leaving: a code on paper, or a private address. After leaving: what is held about oneself, to be read by one of them alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from charter.registry.models import Metric
from governance.about_me import leaving
from governance.about_me.downloads import make_archive
from governance.about_me.letters import write_letter
from governance.about_me.look_words import LookWords
from governance.about_me.permissions import get_left_person, get_own_person
from governance.about_me.queries.included import list_included
from governance.about_me.queries.looks import list_group_spans, list_looks
from governance.about_me.queries.stored import list_stored
from governance.about_me.queries.telling import list_told
from governance.about_me.screens.tables import LookTable
from governance.decisions.models import Door
from governance.people.models import Person, User
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table
from ground import calendar

A_PAGE = 20
COOKIE = "left"
_ADDRESS = "/about-me/left"


class LeaverForm(ServiceForm):
    username = forms.CharField(
        label=_("Your user name"), max_length=150, error_messages={"required": _("Enter your user name")}
    )
    code = forms.CharField(
        label=_("Your code"),
        help_text=_("The 25 letters and digits that you wrote down before you left."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter your code")},
    )


def code(request: PageRequest) -> HttpResponse:
    """Make a code for after leaving, which is shown once, or take it back."""
    get_own_person(request.user)
    if request.method == "POST" and "revoke" in request.POST:
        leaving.revoke_code(by=request.user)
        messages.success(request, _now("Your code opens nothing any more."))
        return redirect("about-me-code")
    made = leaving.make_code(by=request.user) if request.method == "POST" else None
    given = {"made": made, "known": leaving.find_code(request.user)}
    return render(request, "about_me/code.html", given)


def left(request: HttpRequest) -> HttpResponse:
    """Come back by user name and code, after having left."""
    form = LeaverForm(request.POST if request.method == "POST" else None)
    kept: list[str] = []
    if request.method == "POST" and form.accepted(lambda: kept.append(_come_back(form))):
        return let_in(kept[0])
    return render(request, "about_me/left.html", {"form": form}, status=form.status)


def let_in(kept: str) -> HttpResponse:
    """On to what is held, for a browser that keeps by what it has come back."""
    response = redirect("about-me-left-read")
    response.set_cookie(
        COOKIE,
        kept,
        path=_ADDRESS,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _come_back(form: LeaverForm) -> str:
    return leaving.come_back(username=form.cleaned_data["username"], typed=form.cleaned_data["code"])


def out(request: HttpRequest) -> HttpResponse:
    """Close the pages again."""
    response = redirect("about-me-left")
    if request.method == "POST":
        response.delete_cookie(COOKIE, path=_ADDRESS)
    return response


def _by_code(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view for whoever has given a code, whose account and person it is given; others give it first."""

    def opened(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        user = leaving.find_leaver(request.COOKIES.get(COOKIE))
        return (
            view(request, user, get_left_person(user), **kwargs)
            if user is not None
            else redirect("about-me-left")
        )

    return opened


@_by_code
def read(request: HttpRequest, user: User, person: Person) -> HttpResponse:
    """All of it on one page: who looked, what counted them on their last day, what is stored, what they were told."""
    last = min(
        filter(None, (person.employed_to and person.employed_to - timedelta(days=1), calendar.today()))
    )
    included = list_included(person, last)
    names = dict(Metric.objects.values_list("slug", "name"))
    table = LookTable(
        list_looks(user, person), words_of=LookWords(list_group_spans(person), names), exclude=("receipt",)
    )
    table.caption = _now("Who looked")
    turn_table(request, table, A_PAGE)
    given = {
        "person": person,
        "table": table,
        "included": included,
        "items": list_stored(user, person, included, last),
        "told": list(list_told(user)),
    }
    return render(request, "about_me/left_read.html", given)


@_by_code
def look(request: HttpRequest, user: User, person: Person, entry: UUID) -> HttpResponse:
    """The letter that explains one look."""
    given = {
        "letter": write_letter(entry, user, person),
        "appeal_url": reverse("appeal-anonymous"),
        "left": True,
    }
    return render(request, "about_me/letter.html", given)


@_by_code
def download(request: HttpRequest, user: User, person: Person) -> HttpResponseBase:
    """All of it as one signed archive; that it is taken stands on the log."""
    if request.method != "POST":
        return redirect("about-me-left-read")
    entry = leaving.record_leavers_download(by=user)
    pieces = make_archive(user=user, person=person, entry=entry, door=Door.SCREEN)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="about-me-{entry.at:%Y-%m-%d}.zip"'
    return response
