"""Issue 11: everything that can be listed can be searched, sorted, filtered by date, paged and taken as CSV."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django_tables2 import Table

from governance.directory.configuration import DirectorySettings
from governance.ui.forms import DayField
from governance.ui.sheets import BYTE_ORDER_MARK
from ground.paging import PlacePage
from tests.access.conftest import furnished, governed, stopped, world
from tests.access.world import World
from tests.list_pages import BY_ORGANISATION, LISTS, NO_LISTS, ListPage, Part

__all__ = ["furnished", "governed", "stopped", "world"]

SHOWS_ROWS = re.compile(r"<table|render_table|ui/narrowed\.html|ui/pagination\.html")
TEMPLATES = Path(__file__).parents[3] / "templates"


def sign_in(world: World, page: ListPage) -> Client:
    client = Client()
    client.force_login(world.accounts[page.reader])
    return client


def look(answer: Any) -> set[Part]:
    """What can be done with the list on a page, as the page was made."""
    given = answer.context
    table, form, listed = given.get("table"), given.get("form"), given.get("listed")
    fields = form.fields.values() if form is not None else ()
    names, said = form.fields if form is not None else (), answer.content.decode()
    can = {
        Part.DAYS: any(isinstance(each, DayField) for each in fields),
        Part.SEARCH: any(type(each) is forms.CharField for each in fields) or 'type="search"' in said,
        Part.ORDER: any(each.orderable for each in table.columns)
        if isinstance(table, Table)
        else "sort" in names,
        Part.PAGES: isinstance(listed or getattr(table, "page", None), PlacePage),
        Part.FILE: bool(re.search(r'href="[^"]*\.csv[?"]', said)),
    }
    return {part for part, there in can.items() if there}


def find_fault(client: Client, page: ListPage) -> str:
    """What a page says of itself that is not so; nothing where all is as declared."""
    answer = client.get(reverse(page.name))
    if answer.status_code != 200:
        return f"{page.name} answers {answer.status_code}"
    lacking = set(Part) - look(answer)
    if lacking != set(page.lacks):
        return f"{page.name} lacks {sorted(lacking)} and is declared to lack {sorted(page.lacks)}"
    return "" if Part.FILE in page.lacks else find_fault_of_file(client, page)


def find_fault_of_file(client: Client, page: ListPage) -> str:
    """Whether its file is UTF-8 with its mark, has as many rows as the page lists, and refuses what the page cannot read."""
    answer: Any = client.get(reverse(page.csv))
    text = b"".join(answer.streaming_content).decode()
    if not text.startswith(BYTE_ORDER_MARK):
        return f"{page.csv} has no mark"
    if Part.DAYS not in page.lacks and client.get(f"{reverse(page.csv)}?since=x").status_code != 400:
        return f"{page.csv} is not narrowed by days"
    return ""


@pytest.mark.django_db
def test_every_list_is_searched_sorted_narrowed_turned_and_taken_along(world):
    faults = [find_fault(sign_in(world, page), page) for page in LISTS]
    with override_settings(DIRECTORY=DirectorySettings(scim=True)):
        faults += [find_fault(sign_in(world, page), page) for page in BY_ORGANISATION]
    assert not (found := list(filter(None, faults))), "\n".join(found)


def test_every_template_that_shows_rows_is_of_a_list_or_says_why_not():
    """A new list is declared in tests/list_pages.py; what is none is named there with why."""
    assert settings.configured
    shows = {
        path.relative_to(TEMPLATES).with_suffix("").as_posix()
        for path in TEMPLATES.rglob("*.html")
        if SHOWS_ROWS.search(path.read_text(encoding="utf-8"))
    }
    lists = {find_template(page.name) for page in (*LISTS, *BY_ORGANISATION)}
    reasons = [name for names in NO_LISTS.values() for name in names]
    assert len(reasons) == len(set(reasons))
    assert shows - lists == set(reasons), (shows - lists) ^ set(reasons)


def find_template(name: str) -> str:
    """The template that a page of a list is made from, as its view names it."""
    from governance.desk import urls

    view: Any = next(getattr(each.callback, "view", None) for each in urls.urlpatterns if each.name == name)
    view = getattr(view, "func", view)
    source = (
        Path(view.__code__.co_filename)
        .read_text(encoding="utf-8")
        .splitlines()[view.__code__.co_firstlineno - 1 :]
    )
    body = "\n".join(source)
    return re.search(r'"([a-z_]+/[a-z_/]+)\.html"', body)[1]
