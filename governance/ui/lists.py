"""Tables of django-tables2, sorted as the reader asks and turned by place (`ground.paging`)."""

from django.http import HttpRequest
from django_tables2 import RequestConfig, Table

from ground.paging import ByPlace


def turn_table(request: HttpRequest, table: Table, per_page: int) -> None:
    """Sort a table and turn it to the page that is asked for. Raises BadInput for what is no page of it."""
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(paginator_class=ByPlace, per_page=per_page, page=request.GET.get("page"))
