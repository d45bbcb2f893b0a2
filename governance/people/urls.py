"""Addresses of cohorts, and of names in sources, in the API."""

from django.urls import path

from governance.people import api, names_api

urlpatterns = [
    path("cohorts", api.CohortList.as_view(), name="api-cohorts"),
    path("identities", names_api.IdentityList.as_view(), name="api-identities"),
    path("identities/<uuid:key>/end", names_api.IdentityEnd.as_view(), name="api-identity-end"),
    path("team-aliases", names_api.AliasList.as_view(), name="api-aliases"),
    path("team-aliases/<uuid:key>/end", names_api.AliasEnd.as_view(), name="api-alias-end"),
]
