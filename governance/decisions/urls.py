"""Addresses of the line in the API."""

from django.urls import path

from governance.decisions import api

urlpatterns = [
    path("queries", api.QueriesView.as_view(), name="api-queries"),
    path("checks", api.ChecksView.as_view(), name="api-checks"),
    path("receipts/<uuid:entry>", api.ReceiptView.as_view(), name="api-receipt"),
    path("receipts/<uuid:entry>/referral", api.ReferralView.as_view(), name="api-referral"),
    path("rulings", api.RulingList.as_view(), name="api-rulings"),
    path("rulings/<uuid:key>/end", api.RulingEnd.as_view(), name="api-ruling-end"),
]
