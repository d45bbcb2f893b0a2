"""The warehouse: whether it can be reached, and which tables it has, described or not."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from charter.measures.screens.forms import tell_columns
from charter.measures.warehouse.connecting import find_connection, open_warehouse
from charter.measures.warehouse.first_rows import FirstColumn, look_at_first_rows
from charter.measures.warehouse.listing import MOST_TABLES, find_table, list_tables
from charter.measures.warehouse.recognising import lay_beside, recognise
from charter.registry.models.sources import Source
from charter.registry.ready import ReadyDescription, read_ready_descriptions
from charter.registry.ready.matching import ReadyMatch
from charter.registry.source_descriptions import SourceDescription
from governance.people.permissions import can_administer
from governance.people.requests import PageRequest
from ground.errors import DomainError


def warehouse(request: PageRequest) -> HttpResponse:
    """Open it and list its tables with their columns; why not, where that fails. No row is read."""
    connection = find_connection()
    shown = tell_address(settings.WAREHOUSE_URL) or (connection.address if connection else "")
    given: dict[str, Any] = {
        "address": shown,
        "most": MOST_TABLES,
        "connects": can_administer(request.user) and not settings.WAREHOUSE_URL,
    }
    described = {source.slug: source.read() for source in Source.objects.all()}
    try:
        with open_warehouse() as opened:
            given["tables"] = list_tables(opened, described)
            given["missing"] = sorted(set(described) - opened.tables())
            given["recognised"] = [_tell_match(match, described) for match in recognise(opened)]
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


def show_first_rows(table: str) -> list[FirstColumn]:
    """What the first rows of a table look like, beside the form that describes it; nothing where it cannot be seen."""
    try:
        with open_warehouse() as opened:
            return look_at_first_rows(opened, table) if table in opened.tables() else []
    except DomainError:
        return []


def find_ready(slug: str) -> ReadyDescription | None:
    """The ready description of this slug, None where there is none."""
    return read_ready_descriptions().get(slug)


def begin_ready(table: str, ready: ReadyDescription) -> dict[str, str]:
    """What a ready description says of a table, as far as it is there; who answers for it and where it stands is left open."""
    try:
        with open_warehouse() as opened:
            begun = next(
                (each.begun for each in lay_beside(opened, ready).usable if each.table == table), None
            )
    except DomainError:
        return {}  # as for a table that cannot be seen
    if begun is None:
        return {}
    told = {name: str(getattr(begun, name)) for name in ("slug", "name", "kind", "description", "cadence")}
    return {**told, "columns": tell_columns(begun)}


def _tell_match(match: ReadyMatch, described: Mapping[str, SourceDescription]) -> dict[str, Any]:
    """A match for the page: each usable table with whether it is described at all, and whether it is described so."""
    tables = []
    for each in match.usable:
        before = described.get(each.table)
        so = before is not None and each.begun.columns.items() <= before.columns.items()
        tables.append({"name": each.table, "described": before is not None, "so": so})
    return {"ready": match.ready, "fit": match.fit, "lost": match.lost, "tables": tables}


def tell_address(url: str) -> str:
    """An address without its account and options, which may hold secrets."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{(parts.netloc.rpartition('@')[2])}{parts.path}" if url else ""
