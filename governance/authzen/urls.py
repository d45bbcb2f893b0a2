"""Addresses of enforcement points in the API."""

from django.urls import path

from governance.authzen import api

urlpatterns = [
    path("enforcement-points", api.PointList.as_view(), name="api-enforcement-points"),
    path("enforcement-points/<uuid:key>/end", api.PointEnd.as_view(), name="api-enforcement-point-end"),
]
