"""Accounts and the organisation in Django's admin, to look at."""

from django.contrib import admin

from governance.people.models import (
    Cohort,
    Membership,
    Person,
    ReportingLine,
    RoleGrant,
    Team,
    User,
    ValueStream,
)
from ground.admin import ReadOnlyAdmin

admin.site.register(ValueStream, ReadOnlyAdmin)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("username", "name", "kind", "is_active", "is_superuser")
    list_filter = ("kind", "is_active")
    search_fields = ("username", "name")
    exclude = ("password",)


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("external_id", "name", "role_family", "employed_from", "employed_to")
    search_fields = ("external_id", "name")


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "value_stream", "context_class", "valid_from", "valid_to")
    list_select_related = ("value_stream",)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("person", "team", "valid_from", "valid_to")
    list_select_related = ("person", "team")


@admin.register(ReportingLine)
class ReportingLineAdmin(ReadOnlyAdmin):
    list_display = ("person", "manager", "valid_from", "valid_to")
    list_select_related = ("person", "manager")


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "team", "value_stream", "valid_from", "valid_to")
    list_filter = ("role",)
    list_select_related = ("user", "team", "value_stream")


@admin.register(Cohort)
class CohortAdmin(ReadOnlyAdmin):
    list_display = ("slug", "kind", "name", "registered_at", "retired_at")
    list_filter = ("kind",)
