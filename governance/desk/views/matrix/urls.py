"""Addresses of the matrix, its reviews, the contract and the records of processing."""

from django.urls import path

from governance.desk.views.matrix import contract, legal, review, table

urlpatterns = [
    path("matrix", table.matrix, name="matrix"),
    path("matrix.csv", table.matrix_csv, name="matrix-csv"),
    path("matrix/review", review.reviews_page, name="reviews"),
    path("matrix/review/<uuid:review>", review.review, name="review"),
    path("matrix/review/flagged/<uuid:item>/justify", review.justify, name="justify"),
    path("matrix/change", review.record_change, name="record-change"),
    path("contract", contract.contract, name="contract"),
    path("contract/acknowledge", contract.acknowledge, name="contract-acknowledge"),
    path("contract/publish", contract.publish, name="contract-publish"),
    path("contract/metrics", contract.metric_kinds, name="contract-metrics"),
    path("legal-record", legal.records, name="records"),
    path("legal-record.csv", legal.records_csv, name="records-csv"),
    path("legal-record/<slug:slug>", legal.record, name="record"),
]
