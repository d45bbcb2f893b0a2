"""The organisation on a day, and who is on a team then, for administrators."""

from datetime import date

import django_tables2 as tables
from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from governance.people import organisation_tree
from governance.people.models import Membership
from governance.people.requests import PageRequest
from governance.ui import sheets
from governance.ui.forms import DayField
from governance.ui.lists import turn_table
from ground import calendar
from ground.errors import BadInput

A_PAGE = 50


class DayForm(forms.Form):
    """Which day is shown; today where none is said."""

    on = DayField(label=gettext_lazy("On this day"), required=False)


class MemberTable(tables.Table):
    """Who is on a team, since when, and to whom they report."""

    name = tables.Column(verbose_name=gettext_lazy("Name"))
    external_id = tables.Column(verbose_name=gettext_lazy("Number"), accessor="person__external_id")
    role_family = tables.Column(verbose_name=gettext_lazy("Role family"), accessor="person__role_family")
    reports_to = tables.Column(verbose_name=gettext_lazy("Reports to"))
    valid_from = tables.DateColumn(verbose_name=gettext_lazy("On the team since"), format="j M Y")

    class Meta:
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def value_valid_from(self, record: Membership) -> str:
        return record.valid_from.isoformat()


def organisation(request: PageRequest) -> HttpResponse:
    """Value streams and teams as they are on a day."""
    form, on = _read_day(request)
    streams = organisation_tree.read_organisation(on)
    given = {"form": form, "on": on, "streams": streams, "people": sum(each.people for each in streams)}
    return render(request, "people/organisation.html", given, status=400 if form.errors else 200)


def team(request: PageRequest, slug: str) -> HttpResponse:
    """Who is on a team on a day."""
    found = organisation_tree.get_team(slug)
    form, on = _read_day(request)
    table = MemberTable(organisation_tree.list_team(found, on))
    table.caption = found.name
    turn_table(request, table, A_PAGE)
    is_there = found.valid_from <= on and (found.valid_to is None or found.valid_to > on)
    given = {"form": form, "on": on, "team": found, "table": table, "is_there": is_there}
    return render(request, "people/team.html", given, status=400 if form.errors else 200)


def team_csv(request: PageRequest, slug: str) -> HttpResponseBase:
    """The same as a table to take away."""
    found = organisation_tree.get_team(slug)
    form, on = _read_day(request)
    if form.errors:
        raise BadInput(str(form.errors["on"][0]), field="on")
    return sheets.stream_table(
        f"{found.slug}.csv", MemberTable(organisation_tree.list_team(found, on)), request
    )


def _read_day(request: PageRequest) -> tuple[DayForm, date]:
    form = DayForm(request.GET) if "on" in request.GET else DayForm(initial={"on": calendar.today()})
    said = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    return form, said or calendar.today()
