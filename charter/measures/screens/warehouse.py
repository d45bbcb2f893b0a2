"""The warehouse: whether it can be reached, and which tables it has, described or not."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from charter.measures.warehouse.connecting import open_warehouse
from charter.measures.warehouse.listing import MOST_TABLES, find_table, list_tables
from charter.registry.models.sources import Source
from governance.people.requests import PageRequest
from ground.errors import DomainError


def warehouse(request: PageRequest) -> HttpResponse:
    """Open it and list its tables with their columns; why not, where that fails. No row is read."""
    given: dict[str, Any] = {"address": tell_address(settings.WAREHOUSE_URL), "most": MOST_TABLES}
    described = set(Source.objects.values_list("slug", flat=True))
    try:
        with open_warehouse() as opened:
            given["tables"] = list_tables(opened, described)
            given["missing"] = sorted(described - opened.tables())
    except DomainError as error:
        given["trouble"] = error.detail
    return render(request, "measures/warehouse.html", given)


def begin_description(table: str) -> dict[str, str]:
    """What is known of a table before anybody describes it: its name and its columns; nothing where it cannot be seen."""
    try:
        with open_warehouse() as opened:
            if table in opened.tables():
                return {"slug": table, "columns": find_table(opened, table, ()).lines}
    except DomainError:
        pass  # the form stands without it, and its page of the warehouse says why
    return {}


def tell_address(url: str) -> str:
    """An address without its account and options, which may hold secrets."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{(parts.netloc.rpartition('@')[2])}{parts.path}" if url else ""
