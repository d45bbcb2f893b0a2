"""Issue 11: everything that can be listed can be searched, sorted, filtered by date, paged and taken as CSV."""

from typing import Any

import pytest
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.access import table
from tests.access.world import World, furnish
from tests.governance.decisions.conftest import governed, house, stopped

__all__ = ["governed", "house", "stopped"]
pytestmark = pytest.mark.django_db


def test_explore(house):
    from governance.ui.forms import DayField
    from django import forms
    from django_tables2 import Table
    world = furnish(house)
    clients = {}
    for name, account in world.accounts.items():
        clients[name] = Client(raise_request_exception=False); clients[name].force_login(account)
    out = open("/tmp/lists/explore.txt", "w")
    for row in table.list_rows(world.objects):
        page = row.page
        if row.address.endswith(".csv"): continue
        for name, client in clients.items():
            try: url = reverse(page.name, args=row.arguments)
            except NoReverseMatch: break
            r = client.get(url)
            if r.status_code == 200 and r.context is not None:
                ctx = {}
                for d in r.context: 
                    for dd in getattr(d,'dicts',[d]): ctx.update(dd)
                t = ctx.get("table"); f = ctx.get("form"); listed = ctx.get("listed")
                has=set()
                if isinstance(t, Table):
                    if any(c.orderable for c in t.columns): has.add("order")
                    if hasattr(t,"page"): has.add("pages")
                if listed is not None: has.add("pages")
                if f is not None and 'class="mc-filters"' in r.content.decode():
                    for x in f.fields.values():
                        if isinstance(x, DayField): has.add("days")
                        elif type(x) is forms.CharField: has.add("search")
                if 'Download as a table' in r.content.decode(): has.add("file")
                rows=[k for k,v in ctx.items() if k not in ('messages','perms') and isinstance(v,(list,tuple,QuerySet)) and len(v) and any(isinstance(y,Model) for e in list(v)[:1] for y in ([e] if not isinstance(e,(tuple,list,dict)) else (e.values() if isinstance(e,dict) else e)))]
                tb='<table' in r.content.decode()
                print(page.name, '|', row.address, '|', name, '|', sorted(has), '|', 'TABLE' if tb else '', rows, file=out)
                break
        else:
            print(page.name, '|', row.address, '| none', file=out)
