"""Addresses of notices in the API."""

from django.urls import path

from governance.notices import api

urlpatterns = [
    path("notices", api.NoticeList.as_view(), name="api-notices"),
    path("notices/read", api.NoticesRead.as_view(), name="api-notices-read"),
    path("notices/<uuid:key>/read", api.MarkNoticeRead.as_view(), name="api-notice-read"),
]
