"""Addresses of drafts in the API."""

from django.urls import path

from charter.authoring import api

urlpatterns = [
    path("starters", api.StarterList.as_view(), name="api-starters"),
    path("drafts", api.DraftList.as_view(), name="api-drafts"),
    path("drafts/<uuid:key>", api.DraftDetail.as_view(), name="api-draft"),
    path("drafts/<uuid:key>/check", api.DraftCheck.as_view(), name="api-draft-check"),
    path("drafts/<uuid:key>/shares", api.DraftShares.as_view(), name="api-draft-shares"),
    path("drafts/<uuid:key>/shares/<str:username>", api.DraftShare.as_view(), name="api-draft-share"),
    path("drafts/<uuid:key>/headings/<str:heading>", api.DraftHeading.as_view(), name="api-draft-heading"),
]
