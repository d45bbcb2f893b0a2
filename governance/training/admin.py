"""Acknowledgements, courses and attestations in Django's admin, to look at."""

from django.contrib import admin

from governance.training.models import Acknowledgement, Attestation, ContractAcknowledgement, Course
from ground.admin import ReadOnlyAdmin


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnlyAdmin):
    list_display = ("user", "rulebook_version", "acknowledged_at")
    list_select_related = ("user", "rulebook_version")
    search_fields = ("user__username",)


@admin.register(ContractAcknowledgement)
class ContractAcknowledgementAdmin(ReadOnlyAdmin):
    list_display = ("user", "contract", "acknowledged_at")
    list_select_related = ("user", "contract")
    search_fields = ("user__username",)


# Attempts and answers are left out on purpose: they are their account's own business.


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    list_display = ("number", "title", "rulebook_version", "published_at", "older_until")
    list_select_related = ("rulebook_version",)


@admin.register(Attestation)
class AttestationAdmin(ReadOnlyAdmin):
    list_display = ("user", "course", "valid_until")
    list_select_related = ("user", "course")
    search_fields = ("user__username",)
    exclude = ("attempt",)
