"""Addresses in the API of what the desk alone puts together."""

from django.urls import path

from governance.desk import merge_api, records_api

urlpatterns = [
    path("accounts/<uuid:key>/merge", merge_api.AccountMerging.as_view(), name="api-account-merge"),
    path("merges", merge_api.MergeProposalList.as_view(), name="api-merges"),
    path("merges/<uuid:key>/confirm", merge_api.MergeConfirmation.as_view(), name="api-merge-confirm"),
    path("merges/<uuid:key>/drop", merge_api.MergeDropping.as_view(), name="api-merge-drop"),
    path("records", records_api.RecordList.as_view(), name="api-records"),
    path("records/<slug:slug>", records_api.RecordDetail.as_view(), name="api-record"),
]
