"""Addresses of the line, and of what bears on values, in the API."""

from django.urls import path

from governance.decisions.doors import api

urlpatterns = [
    path("queries", api.QueriesView.as_view(), name="api-queries"),
    path("checks", api.ChecksView.as_view(), name="api-checks"),
    path("receipts/<uuid:entry>", api.ReceiptView.as_view(), name="api-receipt"),
    path("receipts/<uuid:entry>/referral", api.ReferralView.as_view(), name="api-referral"),
    path("rulings", api.RulingList.as_view(), name="api-rulings"),
    path("rulings/<uuid:key>/end", api.RulingEnd.as_view(), name="api-ruling-end"),
    path("holds", api.HoldList.as_view(), name="api-holds"),
    path("holds/<uuid:key>/release", api.HoldRelease.as_view(), name="api-hold-release"),
    path("context-notes", api.NoteList.as_view(), name="api-notes"),
    path("context-notes/<uuid:key>", api.NoteDetail.as_view(), name="api-note"),
    path("context-notes/<uuid:key>/confirm", api.NoteConfirm.as_view(), name="api-note-confirm"),
    path("context-notes/<uuid:key>/turn-down", api.NoteTurnDown.as_view(), name="api-note-turn-down"),
]
