"""What sources call persons and teams: the lists, giving a name, and ending one. Persons and teams are alike here."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from governance.people import identities
from governance.people.filters import AliasFilter, IdentityFilter
from governance.people.models import Identity, Person, Team, TeamAlias, User
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.columns import write_day
from governance.ui.forms import ServiceForm, Text
from governance.ui.lists import turn_table
from ground.parsing import clean_word

A_PAGE = 25
PERSON, NOBODY = "somebody", "nobody"


class NameTable(tables.Table):
    """Names that are given, each with whose it is."""

    name = tables.Column(verbose_name=gettext_lazy("Name in the source"), order_by=("key", "source"))
    source = tables.Column(verbose_name=gettext_lazy("Source"), empty_values=())
    whose = tables.Column(verbose_name=gettext_lazy("Whose it is"), empty_values=(), orderable=False)
    given_at = tables.DateColumn(verbose_name=gettext_lazy("Given"), format="j M Y")
    end = tables.Column(verbose_name=gettext_lazy("End"), empty_values=(), orderable=False)

    class Meta:
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, sort: "NameSort", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sort = sort

    def render_source(self, record: Any) -> str:
        return record.source or _("Every source")

    def value_given_at(self, record: Any) -> str:
        return write_day(record.given_at)

    def render_whose(self, record: Any) -> str:
        return self._sort.tell(record)

    def render_end(self, record: Any) -> str:
        link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">: {}</span></a>'
        return format_html(link, reverse(self._sort.end_page, args=[record.pk]), _("End"), record.name)


class NameForm(ServiceForm):
    """A name, in which source, and whose it is; `whose` holds an external id or a team's slug."""

    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy(
            "The name of its table. Leave it blank where the name is the same in every source."
        ),
        max_length=60,
        required=False,
    )
    name = forms.CharField(
        label=gettext_lazy("Name in the source"),
        help_text=gettext_lazy(
            "A login, an e-mail address or what the source has. Capitals and blanks at the ends do not count."
        ),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter the name as the source has it")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Whose it is"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whose it is")},
    )
    whose = forms.CharField(max_length=100, required=False)
    called = {"person": "whose", "team": "whose"}

    def __init__(self, *args: Any, sort: "NameSort", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sort = sort
        self.fields["kind"].choices = [(PERSON, sort.somebody), (NOBODY, sort.nobody)]  # type: ignore[attr-defined]
        self.fields["whose"].label = sort.whose_label

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or self.cleaned_data)
        whose, kind = given.get("whose", ""), given.get("kind")
        self.holder = None
        if kind == PERSON:
            self.holder = self._sort.find(whose)
            if self.holder is None:
                self.add_error("whose", self._sort.missing)
        elif kind == NOBODY and whose:
            self.add_error("whose", _("Leave this blank where it is nobody’s"))
        return given


class NameSort(Struct, frozen=True):
    """What differs between names of persons and of teams: words, pages and services."""

    title: Text
    about: Text
    empty: Text
    list_page: str
    new_page: str
    end_page: str
    somebody: Text
    nobody: Text
    whose_label: Text
    missing: Text
    names: Callable[[], QuerySet[Any]]
    filters: type[django_filters.FilterSet]
    find: Callable[[str], Any]
    give: Callable[..., Model]
    end: Callable[..., Model]
    tell: Callable[[Any], str]


def _give_identity(*, holder: Person | None, by: User, **name: str) -> Identity:
    return identities.give_identity(person=holder, by=by, **name)


def _give_alias(*, holder: Team | None, by: User, **name: str) -> TeamAlias:
    return identities.give_alias(team=holder, by=by, **name)


PEOPLE = NameSort(
    title=gettext_lazy("Names of people"),
    about=gettext_lazy(
        "What sources call people. A name that means nobody is counted as nobody. Everybody is called by their external id in "
        "every source, so only other names stand here."
    ),
    empty=gettext_lazy("Every person is called by their external id alone."),
    list_page="identities",
    new_page="identity-new",
    end_page="identity-end",
    somebody=gettext_lazy("A person’s"),
    nobody=gettext_lazy("A bot’s: what it did is left out"),
    whose_label=gettext_lazy("External id of the person"),
    missing=gettext_lazy("Enter the external id of a person"),
    names=lambda: Identity.objects.filter(ended_at__isnull=True).select_related("person"),
    filters=IdentityFilter,
    find=lambda key: Person.objects.filter(external_id=key).first(),
    give=_give_identity,
    end=lambda *, name, by: identities.end_identity(identity=name, by=by),
    tell=lambda record: record.person.external_id if record.person else _("A bot"),
)
TEAMS = NameSort(
    title=gettext_lazy("Names of teams"),
    about=gettext_lazy(
        "What sources call teams, and services that they look after. Every team is called by its slug in every source, so only "
        "other names stand here. An event of a team that is not known may be any team’s, and costs each of them coverage."
    ),
    empty=gettext_lazy("Every team is called by its slug alone."),
    list_page="aliases",
    new_page="alias-new",
    end_page="alias-end",
    somebody=gettext_lazy("A team’s"),
    nobody=gettext_lazy("None of ours: what it did is left out"),
    whose_label=gettext_lazy("Slug of the team"),
    missing=gettext_lazy("Enter the slug of a team"),
    names=lambda: TeamAlias.objects.filter(ended_at__isnull=True).select_related("team"),
    filters=AliasFilter,
    find=lambda key: Team.objects.filter(slug=key).first(),
    give=_give_alias,
    end=lambda *, name, by: identities.end_alias(alias=name, by=by),
    tell=lambda record: record.team.slug if record.team else _("None of ours"),
)


def list_names(request: PageRequest, sort: NameSort) -> HttpResponse:
    """The names that are given, to narrow and to sort."""
    narrowed = sort.filters(request.GET, queryset=sort.names())
    table = NameTable(narrowed.qs, sort=sort)
    table.caption = str(sort.title)
    turn_table(request, table, A_PAGE)
    chips = list(narrowing.list_chips(request, narrowed, (), reverse(sort.list_page)))
    given = {"sort": sort, "form": narrowed.form, "table": table, "chips": chips}
    return render(request, "people/names.html", given, status=200 if narrowed.form.is_valid() else 400)


def list_names_csv(request: PageRequest, sort: NameSort) -> HttpResponseBase:
    """The names that the page would list, all of them, as a table to take away."""
    narrowed = sort.filters(request.GET, queryset=sort.names())
    narrowing.check_readable(narrowed)
    return sheets.stream_table(
        f"{sort.list_page}.csv", NameTable(narrowed.qs, sort=sort, exclude=("end",)), request
    )


def give_name(request: PageRequest, sort: NameSort) -> HttpResponse:
    """Say whose a name is; what is known of it already comes along in the address."""
    asked = {key: clean_word(request.GET.get(key, "")) for key in ("source", "name", "whose")}
    asked["kind"] = PERSON if asked["whose"] else ""
    form = NameForm(request.POST or None, sort=sort, initial=asked)

    def give() -> object:
        name = {key: form.cleaned_data[key] for key in ("source", "name")}
        return sort.give(**name, holder=form.holder, by=request.user)

    if request.method == "POST" and form.accepted(give):
        messages.success(request, _("“%(name)s” is given.") % {"name": form.cleaned_data["name"]})
        return redirect(sort.list_page)
    return render(request, "people/name_new.html", {"sort": sort, "form": form}, status=form.status)


def end_name(request: PageRequest, key: UUID, sort: NameSort) -> HttpResponse:
    """End one, after one page that says what follows."""
    name = get_object_or_404(sort.names(), pk=key)
    if request.method == "POST":
        sort.end(name=name, by=request.user)
        messages.success(request, _("“%(name)s” means nobody from now on.") % {"name": name.name})
        return redirect(sort.list_page)
    return render(request, "people/name_end.html", {"sort": sort, "name": name, "whose": sort.tell(name)})


__all__ = ["PEOPLE", "TEAMS", "end_name", "give_name", "list_names"]
