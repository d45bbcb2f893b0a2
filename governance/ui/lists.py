"""Tables of django-tables2, sorted as the reader asks and turned by place (`ground.paging`)."""

from django.http import HttpRequest
from django_tables2 import RequestConfig, Table

from ground.paging import ByPlace


def sort_table(request: HttpRequest, table: Table) -> None:
    """Sort a table as the address says."""
    RequestConfig(request, paginate=False).configure(table)


def turn_table(request: HttpRequest, table: Table, per_page: int) -> None:
    """Sort a table and turn it to the page that is asked for. Raises BadInput for what is no page of it."""
    sort_table(request, table)
    table.paginate(paginator_class=ByPlace, per_page=per_page, page=request.GET.get("page"))
