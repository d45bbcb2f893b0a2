"""Saved views in Django's admin, to look at."""

from django.contrib import admin

from governance.views.models import Classing, Expectation, Listing, SavedView
from ground.admin import ReadOnlyAdmin


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "decision", "grain", "owner", "retired_at")
    list_select_related = ("owner",)
    search_fields = ("slug", "name")


@admin.register(Classing)
class ClassingAdmin(ReadOnlyAdmin):
    list_display = ("view", "view_class", "case", "classed_at")
    list_select_related = ("view", "case__charter_version__metric", "case__rulebook_version")


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ("view", "metric", "founding", "case", "dropped_at")
    list_select_related = ("view", "metric", "case__charter_version__metric", "case__rulebook_version")


@admin.register(Expectation)
class ExpectationAdmin(ReadOnlyAdmin):
    list_display = ("view", "role_family", "written_at")
    list_select_related = ("view",)
