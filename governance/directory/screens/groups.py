"""Which group gives which role: seen by administrators and the board, proposed, confirmed and ended on a page each."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.directory import permissions, queries, services
from governance.directory.filters import MappingFilter
from governance.directory.models import GroupMapping
from governance.directory.screens.tables import MappingTable
from governance.directory.states import MAPPED_ROLES
from governance.people.models import GrantedRole, Team, ValueStream
from governance.people.permissions import can_administer
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table

A_PAGE = 25


class MappingForm(ServiceForm):
    """A group, the role that it gives, and over what."""

    group = forms.CharField(
        label=gettext_lazy("Group"),
        help_text=gettext_lazy(
            "Exactly as your organisation’s sign-in, or its directory over SCIM, names it."
        ),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter the group as your organisation’s sign-in names it")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[each for each in GrantedRole.choices if each[0] in MAPPED_ROLES],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a role")},
    )
    team = forms.SlugField(
        label=gettext_lazy("Of a manager: the team"),
        help_text=gettext_lazy("Its slug."),
        max_length=60,
        required=False,
    )
    value_stream = forms.SlugField(
        label=gettext_lazy("Of a value stream lead: the value stream"),
        help_text=gettext_lazy("Its slug."),
        max_length=60,
        required=False,
    )

    def clean_team(self) -> Team | None:
        typed = self.cleaned_data["team"]
        found = Team.objects.filter(slug=typed).first()
        if typed and found is None:
            raise forms.ValidationError(_("There is none of this name."))
        return found

    def clean_value_stream(self) -> ValueStream | None:
        typed = self.cleaned_data["value_stream"]
        found = ValueStream.objects.filter(slug=typed).first()
        if typed and found is None:
            raise forms.ValidationError(_("There is none of this name."))
        return found


def list_groups(request: PageRequest) -> HttpResponse:
    """The mappings, and how many hold a role by each."""
    permissions.check_is_there()
    narrowed = MappingFilter(request.GET, queryset=queries.list_mappings())
    table = MappingTable(narrowed.qs, reader=request.user)
    table.caption = _("Groups, and the role that each gives")
    turn_table(request, table, A_PAGE)
    may_propose = can_administer(request.user)
    return narrowing.show(request, "directory/groups.html", narrowed, table, may_propose=may_propose)


def groups_csv(request: PageRequest) -> HttpResponseBase:
    """The mappings that the page would list, all of them, as a table to take away."""
    permissions.check_is_there()
    narrowed = MappingFilter(request.GET, queryset=queries.list_mappings())
    narrowing.check_readable(narrowed)
    table = MappingTable(narrowed.qs, reader=request.user, exclude=("acts",))
    return sheets.stream_table("groups.csv", table, request)


def propose_group(request: PageRequest) -> HttpResponse:
    """Propose that a group gives a role."""
    permissions.check_is_there()
    form = MappingForm(request.POST or None)

    def propose() -> object:
        given = dict(form.cleaned_data)
        return services.propose_mapping(role=GrantedRole(given.pop("role")), by=request.user, **given)

    if request.method == "POST" and form.accepted(propose):
        messages.success(
            request, _("It is proposed. It counts once another one has confirmed it; the board was told.")
        )
        return redirect("directory-groups")
    return render(request, "directory/group_new.html", {"form": form}, status=form.status)


def confirm_group(request: PageRequest, key: UUID) -> HttpResponse:
    """Confirm one that another proposed, after one page that says what follows."""
    mapping = _get_mapping(key)
    permissions.check_can_confirm_mapping(request.user, mapping)
    if request.method == "POST":
        services.confirm_mapping(mapping=mapping, by=request.user)
        messages.success(request, _("From now on the group gives the role; the board was told."))
        return redirect("directory-groups")
    return render(request, "directory/group_confirm.html", {"mapping": mapping})


def end_group(request: PageRequest, key: UUID) -> HttpResponse:
    """End one and the roles that came of it, after one page that says what follows."""
    mapping = _get_mapping(key)
    if request.method == "POST":
        ended = services.end_mapping(mapping=mapping, by=request.user)
        messages.success(
            request, _("The group gives the role no more; roles ended: %(ended)s.") % {"ended": ended}
        )
        return redirect("directory-groups")
    return render(request, "directory/group_end.html", {"mapping": mapping})


def _get_mapping(key: UUID) -> GroupMapping:
    """One that has not ended; 404 for any other."""
    permissions.check_is_there()
    return get_object_or_404(queries.list_mappings(), pk=key)
