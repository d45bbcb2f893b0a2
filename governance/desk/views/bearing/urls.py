"""Addresses of the pages about what bears on values."""

from django.urls import path

from governance.desk.views.bearing import holds, notes

urlpatterns = [
    path("context", notes.context, name="context"),
    path("context/new", notes.propose, name="note-propose"),
    path("context/<uuid:key>", notes.note, name="note"),
    path("context/<uuid:key>/confirm", notes.confirm, name="note-confirm"),
    path("context/<uuid:key>/turn-down", notes.turn_down, name="note-turn-down"),
    path("teams/<slug:slug>/context", notes.team_context, name="team-context"),
    path("holds", holds.holds, name="holds"),
    path("holds/<uuid:key>/release", holds.release, name="hold-release"),
    path("metrics/<slug:slug>/hold", holds.place, name="hold-place"),
]
