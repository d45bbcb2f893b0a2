"""Addresses of the registry in the API."""

from django.urls import path

from charter.registry.api import changes, contract, drafts, metrics, reviews

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
    path("starters", drafts.StarterList.as_view(), name="api-starters"),
    path("drafts", drafts.DraftList.as_view(), name="api-drafts"),
    path("drafts/<uuid:key>", drafts.DraftDetail.as_view(), name="api-draft"),
    path("drafts/<uuid:key>/check", drafts.DraftCheck.as_view(), name="api-draft-check"),
    path("drafts/<uuid:key>/shares", drafts.DraftShares.as_view(), name="api-draft-shares"),
    path("drafts/<uuid:key>/shares/<str:username>", drafts.DraftShare.as_view(), name="api-draft-share"),
    path("drafts/<uuid:key>/headings/<str:heading>", drafts.DraftHeading.as_view(), name="api-draft-heading"),
    path("reviews", reviews.ReviewList.as_view(), name="api-reviews"),
    path("reviews/due", reviews.ReviewDue.as_view(), name="api-review-due"),
    path("reviews/flagged", reviews.FlaggedList.as_view(), name="api-flagged"),
    path("reviews/flagged/<uuid:key>/justify", reviews.Justify.as_view(), name="api-justify"),
    path("reviews/<uuid:key>", reviews.ReviewDetail.as_view(), name="api-review"),
    path("reviews/<uuid:key>/items", reviews.ReviewItems.as_view(), name="api-review-items"),
    path("reviews/<uuid:key>/close", reviews.ReviewClose.as_view(), name="api-review-close"),
    path("contract", contract.ContractInForce.as_view(), name="api-contract"),
    path("contract/versions", contract.ContractList.as_view(), name="api-contracts"),
    path("contract/versions/<int:number>", contract.ContractDetail.as_view(), name="api-contract-version"),
    path("metric-kinds", contract.KindList.as_view(), name="api-metric-kinds"),
    path("metric-kinds/others", contract.OtherKindList.as_view(), name="api-metric-kinds-others"),
]
