"""Taking a copy of all that is held about oneself."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from governance.about_me import services
from governance.about_me.downloads import make_archive
from governance.about_me.permissions import get_own_person
from governance.decisions.models import Door
from governance.people.models import User
from governance.people.requests import PageRequest


def download(request: PageRequest) -> HttpResponseBase:
    """GET says what is in it; POST puts it on the log that a copy is taken, and gives it."""
    if request.method == "POST":
        return give_archive(request.user, Door.SCREEN)
    return _ask(request)


def _ask(request: PageRequest) -> HttpResponse:
    return render(request, "about_me/download.html")


def give_archive(user: User, door: Door) -> StreamingHttpResponse:
    """The archive as it is made; nothing keeps it."""
    person = get_own_person(user)
    entry = services.record_download(by=user)
    pieces = make_archive(user=user, person=person, entry=entry, door=door)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="about-me-{entry.at:%Y-%m-%d}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response
