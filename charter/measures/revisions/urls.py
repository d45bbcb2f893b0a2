"""Addresses of revisions in the API."""

from django.urls import path

from charter.measures.revisions import api as revisions_api

urlpatterns = [
    path("revisions", revisions_api.RevisionList.as_view(), name="api-revisions"),
    path("revisions/<uuid:key>", revisions_api.RevisionDetail.as_view(), name="api-revision"),
    path("revisions/<uuid:key>/values", revisions_api.RevisedValues.as_view(), name="api-revised-values"),
    path("revisions/<uuid:key>/propose", revisions_api.Propose.as_view(), name="api-revision-propose"),
    path("revisions/<uuid:key>/confirm", revisions_api.Confirm.as_view(), name="api-revision-confirm"),
    path("revisions/<uuid:key>/decline", revisions_api.Decline.as_view(), name="api-revision-decline"),
]
