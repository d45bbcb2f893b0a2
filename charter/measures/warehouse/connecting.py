"""The warehouse that the settings name, with what is known of its tables."""

from django.conf import settings
from django.utils.translation import gettext as _

from charter.measures.warehouse import facts as warehouse
from charter.registry.models import Source
from ground.errors import Unavailable


def open_warehouse() -> warehouse.Warehouse:
    """The warehouse, opened to be read. Unavailable where none is named, or it cannot be opened."""
    if not settings.WAREHOUSE_URL:
        raise Unavailable(
            _("No warehouse is connected. Set WAREHOUSE_URL, for example to duckdb:///absolute/path."),
            code="warehouse_unavailable",
        )
    described = {source.slug: source.read() for source in Source.objects.all()}
    return warehouse.connect(settings.WAREHOUSE_URL, timeout=settings.WAREHOUSE_SECONDS, described=described)
