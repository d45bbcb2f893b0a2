"""Notices in Django's admin, to look at: whether one was given and mailed. What it says is its reader's."""

from django.contrib import admin

from governance.notices.models import Notice
from ground.admin import ReadOnlyAdmin


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("kind", "to", "given_at", "read_at", "mail", "mail_attempts", "mailed_at")
    list_select_related = ("to",)
    list_filter = ("mail", "kind")
    fields = ("kind", "to", "given_at", "given_by", "read_at", "mail", "mail_attempts", "mailed_at")
