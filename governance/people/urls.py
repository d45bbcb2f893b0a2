"""Addresses of people's rooms in the API."""

from django.urls import path

from governance.people import api

urlpatterns = [path("cohorts", api.CohortList.as_view(), name="api-cohorts")]
