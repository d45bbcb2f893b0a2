"""Addresses of training in the API."""

from django.urls import path

from governance.training import api

urlpatterns = [
    path("training", api.OwnTraining.as_view(), name="api-training"),
    path("training/managers", api.ManagerCounts.as_view(), name="api-training-managers"),
    path("rules/acknowledgements", api.RulesAcknowledgements.as_view(), name="api-rules-acknowledgements"),
    path(
        "contract/acknowledgements",
        api.ContractAcknowledgements.as_view(),
        name="api-contract-acknowledgements",
    ),
]
