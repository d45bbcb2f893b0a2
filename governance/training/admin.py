"""Acknowledgements in Django's admin, to look at."""

from django.contrib import admin

from governance.training.models import Acknowledgement, ContractAcknowledgement
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
