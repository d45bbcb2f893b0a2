"""Heartbeats in Django's admin, to look at."""

from django.contrib import admin

from ground.admin_site import ReadOnlyAdmin
from ground.models import Heartbeat


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("scan", "worker", "at", "due_at", "running", "took", "done", "failed")
    list_filter = ("scan",)
