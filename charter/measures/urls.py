"""Addresses of the sources and of revisions in the API."""

from django.urls import path

from charter.measures import api
from charter.measures.revisions import urls as revision_urls

urlpatterns = [
    path("sources", api.SourceList.as_view(), name="api-sources"),
    path("sources/survey", api.SourcesLookedAt.as_view(), name="api-sources-survey"),
    path("sources/<slug:slug>", api.SourceDetail.as_view(), name="api-source"),
    path("sources/<slug:slug>/unmatched", api.UnmatchedList.as_view(), name="api-source-unmatched"),
    *revision_urls.urlpatterns,
]
