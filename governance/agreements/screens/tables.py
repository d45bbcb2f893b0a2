"""Agreements as a table that sorts."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from governance.agreements.models import AgreementVersion
from governance.agreements.queries import find_end
from governance.agreements.states import AgreementStanding
from governance.ui.templatetags.mc import day, tag, verdict_tag

SHAPES = {
    AgreementStanding.IN_FORCE: "permit",
    AgreementStanding.BEFORE_BOARD: "due",
    AgreementStanding.COMING: "if",
    AgreementStanding.REJECTED: "deny",
    AgreementStanding.ENDED: "deny",
}


def standing_tag(standing: AgreementStanding) -> str:
    shape = SHAPES.get(standing)
    return verdict_tag(shape, str(standing.label)) if shape else tag(str(standing.label))


class AgreementTable(tables.Table):
    """Versions of agreements, each with where it stands today."""

    title = tables.Column(verbose_name=_("Agreement"))
    kind = tables.Column(verbose_name=_("Kind"))
    number = tables.Column(verbose_name=_("Version"))
    standing = tables.Column(verbose_name=_("Where it stands"), empty_values=(), orderable=False)
    begins_on = tables.Column(verbose_name=_("From"))
    end = tables.Column(verbose_name=_("Until before"), empty_values=(), orderable=False)

    class Meta:
        model = AgreementVersion
        fields = ("title", "kind", "number", "standing", "begins_on", "end")
        order_by = ("title", "-number")
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, standings: Mapping[UUID, AgreementStanding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._standings = standings

    def render_title(self, value: str, record: AgreementVersion) -> str:
        link = format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("agreement", args=[record.pk]), value
        )
        return format_html('{}<span class="sub">{}</span>', link, record.slug)

    def value_title(self, value: str) -> str:
        return value

    def render_standing(self, record: AgreementVersion) -> str:
        return standing_tag(self._standings[record.pk])

    def value_standing(self, record: AgreementVersion) -> str:
        return str(self._standings[record.pk].label)

    def render_begins_on(self, value: date) -> str:
        return day(value)

    def value_begins_on(self, value: date) -> date:
        return value

    def render_end(self, record: AgreementVersion) -> str:
        end = find_end(record)
        return day(end) if end else "–"

    def value_end(self, record: AgreementVersion) -> object:
        return find_end(record) or ""
