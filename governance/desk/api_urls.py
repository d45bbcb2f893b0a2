"""Addresses in the API of what the desk alone puts together."""

from django.urls import path

from governance.desk import merge_api, records_api

urlpatterns = [
    path("accounts/<uuid:key>/merge", merge_api.AccountMerging.as_view(), name="api-account-merge"),
    path("records", records_api.RecordList.as_view(), name="api-records"),
    path("records/<slug:slug>", records_api.RecordDetail.as_view(), name="api-record"),
]
