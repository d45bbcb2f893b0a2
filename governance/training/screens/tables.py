"""Managers who are not ready as a list that is narrowed and sorted."""

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from governance.people.models import User
from governance.ui.narrowing import Searched
from governance.ui.templatetags.mc import verdict_tag


class ReadinessFilter(Searched):
    """By a part of either name, and by what is lacking."""

    lacks = django_filters.ChoiceFilter(
        label=_("Lacking"),
        choices=[("rules", _("Rules in force")), ("course", _("Course"))],
        empty_label=_("Either"),
        method="by_lack",
    )
    searched = ("name", "username")

    class Meta:
        model = User
        fields = ()

    def by_lack(self, found: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        """Who has not acknowledged the rules, or has not attested."""
        return found.filter(**{"knows" if value == "rules" else "attests": False})


class ReadinessTable(tables.Table):
    """Managers by name, each with what is lacking; never what they answered, or how often they tried."""

    name = tables.Column(verbose_name=_("Name"), order_by=("name", "pk"))
    knows = tables.Column(verbose_name=_("Rules in force"))
    attests = tables.Column(verbose_name=_("Course"))

    class Meta:
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def render_knows(self, value: bool) -> str:
        return verdict_tag("permit", _now("Acknowledged")) if value else verdict_tag("due", _now("Not yet"))

    def value_knows(self, value: bool) -> str:
        return _now("Acknowledged") if value else _now("Not yet")

    def render_attests(self, value: bool) -> str:
        return verdict_tag("permit", _now("Current")) if value else verdict_tag("due", _now("Not current"))

    def value_attests(self, value: bool) -> str:
        return _now("Current") if value else _now("Not current")
