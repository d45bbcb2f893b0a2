"""Addresses of training in the API."""

from django.urls import path

from governance.training import api

urlpatterns = [
    path(
        "contract/acknowledgements",
        api.ContractAcknowledgements.as_view(),
        name="api-contract-acknowledgements",
    ),
]
