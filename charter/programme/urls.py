"""Addresses of the contract in the API."""

from django.urls import path

from charter.programme import api

urlpatterns = [
    path("contract", api.ContractInForce.as_view(), name="api-contract"),
    path("contract/versions", api.ContractList.as_view(), name="api-contracts"),
    path("contract/versions/<int:number>", api.ContractDetail.as_view(), name="api-contract-version"),
]
