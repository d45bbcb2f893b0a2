"""Addresses of the sources, of revisions and of what is withheld in the API."""

from django.urls import path

from charter.measures import api
from charter.measures.revisions import urls as revision_urls

urlpatterns = [
    path("publishing", api.PublishingRuns.as_view(), name="api-publishing"),
    path("publishing/<uuid:key>", api.AskedRunDetail.as_view(), name="api-publishing-asked"),
    path("sources", api.SourceList.as_view(), name="api-sources"),
    path("sources/survey", api.SourcesLookedAt.as_view(), name="api-sources-survey"),
    path("sources/<slug:slug>", api.SourceDetail.as_view(), name="api-source"),
    path("sources/<slug:slug>/unmatched", api.UnmatchedList.as_view(), name="api-source-unmatched"),
    path("metrics/<slug:slug>/withheld", api.WithheldOfMetric.as_view(), name="api-metric-withheld"),
    *revision_urls.urlpatterns,
]
