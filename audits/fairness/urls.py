"""Addresses of fairness audits in the API."""

from django.urls import path

from audits.fairness import api

urlpatterns = [
    path("fairness/outcomes", api.Outcomes.as_view(), name="api-fairness-outcomes"),
    path("fairness/outcomes/<uuid:key>/audit", api.OutcomesAudit.as_view(), name="api-fairness-run"),
    path("fairness/outcomes/<uuid:key>/discard", api.OutcomesDiscard.as_view(), name="api-fairness-discard"),
    path("fairness/audits", api.FairnessAudits.as_view(), name="api-fairness-audits"),
    path("fairness/audits/<uuid:key>", api.FairnessAuditDetail.as_view(), name="api-fairness-audit"),
    path("fairness/audits/<uuid:key>/harms", api.FairnessHarm.as_view(), name="api-fairness-harm"),
    path(
        "fairness/audits/<uuid:key>/conclusion",
        api.FairnessConclusion.as_view(),
        name="api-fairness-conclude",
    ),
    path("fairness/tasks", api.VarianceTasks.as_view(), name="api-fairness-tasks"),
    path("fairness/tasks/<uuid:key>/close", api.VarianceTaskClose.as_view(), name="api-fairness-close"),
]
