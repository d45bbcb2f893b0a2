"""What is held about the reader, who looked, what can be seen of them, and the letter about each receipt."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.registry.models import Metric
from charter.registry.screens.page_context import today
from governance.about_me.letters import list_names, write_letter
from governance.about_me.look_words import LookWords
from governance.about_me.outlook import list_manager_uses, list_never
from governance.about_me.permissions import get_own_person
from governance.about_me.queries.directory import list_directory_words
from governance.about_me.queries.included import list_included
from governance.about_me.queries.looks import list_group_spans, list_looks, narrow_looks
from governance.about_me.queries.stored import list_stored
from governance.about_me.queries.telling import list_told
from governance.about_me.rows import (
    LOOK_COLUMNS,
    METRIC_COLUMNS,
    STORED_COLUMNS,
    write_look_rows,
    write_metric_rows,
    write_stored_rows,
)
from governance.about_me.screens.forms import LooksForm
from governance.about_me.screens.tables import IncludedTable, LookTable
from governance.decisions import queries as decisions
from governance.decisions.screens.value_context.tables import last_day_of_hold, note_tag
from governance.people.models import Person
from governance.people.requests import PageRequest
from governance.training import queries as training
from governance.ui.lists import turn_table
from governance.ui.narrowing import check_form_readable
from governance.ui.sheets import stream_csv
from ground.parsing import clean_word

A_PAGE = 20
LAST_LOOKS = 5
LAST_NOTES = 5


def about_me(request: PageRequest) -> HttpResponse:
    """All of it in short: each part leads to its own page."""
    return show_about_me(request)


def show_about_me(request: PageRequest, **more: object) -> HttpResponse:
    """The same, with what a page that stands for it says besides."""
    person, on = get_own_person(request.user), today(request)
    looked = list_looks(request.user, person)
    counts = looked.order_by().aggregate(all=Count("pk"), named=Count("pk", filter=Q(of_me=True)))
    last = list(looked[:LAST_LOOKS])
    included = list_included(person, on)
    notes = decisions.list_visible_notes(request.user).filter(person=person).order_by("-starts_on", "-pk")
    given = {
        "person": person,
        "included": included,
        "counting": [each for each in included if each.names_person],
        "counts": counts,
        "table": _look_table(request, person, last, _("Who looked last"), orderable=False),
        "notes": [(note, note_tag(note), last_day_of_hold(note.ends_on)) for note in notes[:LAST_NOTES]],
        "rules": training.read_readiness(request.user).rules,
        "appeal_url": find_appeal_url(),
        "unacknowledged": list_told(request.user).filter(acknowledged_at__isnull=True).count(),
        **more,
    }
    return render(request, "about_me/about_me.html", given)


def find_appeal_url(receipt: UUID | None = None) -> str:
    """Where an appeal begins, of a look by its receipt where one is given: the app of appeals stands above this one."""
    address = reverse("appeal-question", args=["about"])
    return f"{address}?{urlencode({'what': 'receipt', 'receipt': str(receipt)})}" if receipt else address


def metrics(request: PageRequest) -> HttpResponse:
    """Every metric that includes the reader: searched, sorted and in pages."""
    person = get_own_person(request.user)
    included = {each.slug: each for each in list_included(person, today(request))}
    word = clean_word(request.GET.get("name", ""))
    found = Metric.objects.filter(slug__in=included)
    narrowed = found.filter(name__icontains=word) if word else found
    table = IncludedTable(narrowed, included=included)
    table.caption = _("Metrics that include you")
    turn_table(request, table, A_PAGE)
    given = {"table": table, "word": word, "total": len(included)}
    return render(request, "about_me/metrics.html", given)


def metrics_csv(request: PageRequest) -> HttpResponseBase:
    """The same, narrowed as the page is, as a table to take away."""
    word = clean_word(request.GET.get("name", "")).casefold()
    found = list_included(get_own_person(request.user), today(request))
    included = [each for each in found if word in each.name.casefold()]
    return stream_csv("metrics-that-include-me.csv", METRIC_COLUMNS, write_metric_rows(included))


def looks(request: PageRequest) -> HttpResponse:
    """Who looked: searched, sorted and in pages."""
    person = get_own_person(request.user)
    form = LooksForm(request.GET)
    found = narrow_looks(list_looks(request.user, person), form.narrowing)
    table = _look_table(request, person, found, _("Who looked"))
    turn_table(request, table, A_PAGE)
    given = {"form": form, "table": table, "is_narrowed": form.is_narrowing, "query": request.GET.urlencode()}
    return render(request, "about_me/looks.html", given, status=200 if form.is_valid() else 400)


def _look_table(request: PageRequest, person: Person, found: Any, caption: str, **how: Any) -> LookTable:
    names = list_names(found) if isinstance(found, list) else dict(Metric.objects.values_list("slug", "name"))
    table = LookTable(found, words_of=LookWords(list_group_spans(person), names), **how)
    table.caption = caption
    return table


def looks_csv(request: PageRequest) -> HttpResponseBase:
    """All looks as one table, which leaves row by row."""
    person = get_own_person(request.user)
    form = LooksForm(request.GET)
    check_form_readable(form)
    found = narrow_looks(list_looks(request.user, person), form.narrowing)
    return stream_csv("who-looked-at-me.csv", LOOK_COLUMNS, write_look_rows(found, person))


def look(request: PageRequest, entry: UUID) -> HttpResponse:
    """The letter that explains one receipt."""
    letter = write_letter(entry, request.user, get_own_person(request.user))
    return render(
        request, "about_me/letter.html", {"letter": letter, "appeal_url": find_appeal_url(receipt=entry)}
    )


def stored(request: PageRequest) -> HttpResponse:
    """What is stored, where and until when."""
    person, on = get_own_person(request.user), today(request)
    items = list_stored(request.user, person, list_included(person, on), on)
    given = {
        "person": person,
        "items": items,
        "identities": list(_identities(person)),
        "directory": list_directory_words(request.user),
    }
    return render(request, "about_me/stored.html", given)


def stored_csv(request: PageRequest) -> HttpResponseBase:
    """The same as a table to take away."""
    person, on = get_own_person(request.user), today(request)
    items = list_stored(request.user, person, list_included(person, on), on)
    return stream_csv("stored-about-me.csv", STORED_COLUMNS, write_stored_rows(items))


def _identities(person: Person) -> Iterator[Any]:
    """What sources call the reader now."""
    yield from person.identities.filter(ended_at__isnull=True).order_by("source", "key")


def seen(request: PageRequest) -> HttpResponse:
    """What whoever leads the reader's team could see of them, and what nobody can."""
    person, on = get_own_person(request.user), today(request)
    uses = list_manager_uses(request.user, person, list_included(person, on), on)
    given = {
        "of_team": [use for use in uses if not use.of_person],
        "of_person": [use for use in uses if use.of_person],
        "never": list_never(),
    }
    return render(request, "about_me/seen.html", given)
