"""Addresses of strain in the API."""

urlpatterns: list = []
