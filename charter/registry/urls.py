"""Addresses of the registry in the API."""

from django.urls import path

from charter.registry.api import changes, kinds, metrics, reviews

urlpatterns = [
    path("metrics", metrics.MetricList.as_view(), name="api-metrics"),
    path("metrics/<slug:slug>", metrics.MetricDetail.as_view(), name="api-metric"),
    path("metrics/<slug:slug>/versions", metrics.VersionList.as_view(), name="api-versions"),
    path("metrics/<slug:slug>/versions/<int:number>", metrics.VersionDetail.as_view(), name="api-version"),
    path(
        "metrics/<slug:slug>/versions/<int:older>/<int:newer>",
        metrics.VersionDifferences.as_view(),
        name="api-version-differences",
    ),
    path("matrix", metrics.MatrixList.as_view(), name="api-matrix"),
    path("decisions", metrics.DecisionKindList.as_view(), name="api-decisions"),
    path("changes", changes.ChangeList.as_view(), name="api-changes"),
    path("charter-schema", metrics.CharterSchema.as_view(), name="api-charter-schema"),
    path("reviews", reviews.ReviewList.as_view(), name="api-reviews"),
    path("reviews/due", reviews.ReviewDue.as_view(), name="api-review-due"),
    path("reviews/flagged", reviews.FlaggedList.as_view(), name="api-flagged"),
    path("reviews/flagged/<uuid:key>/justify", reviews.Justify.as_view(), name="api-justify"),
    path("reviews/<uuid:key>", reviews.ReviewDetail.as_view(), name="api-review"),
    path("reviews/<uuid:key>/items", reviews.ReviewItems.as_view(), name="api-review-items"),
    path("reviews/<uuid:key>/close", reviews.ReviewClose.as_view(), name="api-review-close"),
    path("metric-kinds", kinds.KindList.as_view(), name="api-metric-kinds"),
    path("metric-kinds/others", kinds.OtherKindList.as_view(), name="api-metric-kinds-others"),
]
