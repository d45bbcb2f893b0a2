"""The warehouse that the settings name, or an administrator has connected, with what is known of its tables."""

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from audits.ledger import sealing
from charter.measures.warehouse import facts as warehouse
from charter.registry.models import Source, WarehouseConnection
from ground.errors import Unavailable


def open_warehouse() -> warehouse.Warehouse:
    """The warehouse, opened to be read. Unavailable where none is named, or it cannot be opened."""
    url = find_url()
    if not url:
        raise Unavailable(
            _(
                "No warehouse is connected. An administrator connects one, or whoever runs this site sets WAREHOUSE_URL."
            ),
            code="warehouse_unavailable",
        )
    return open_at(url)


def open_at(url: str) -> warehouse.Warehouse:
    """A warehouse at a URL, opened to be read. Raises as `open_warehouse`."""
    described = {source.slug: source.read() for source in Source.objects.all()}
    return warehouse.connect(url, timeout=settings.WAREHOUSE_SECONDS, described=described)


def is_connected() -> bool:
    """Whether a warehouse is named at all; not whether it can be reached."""
    return bool(settings.WAREHOUSE_URL) or find_connection() is not None


def find_connection() -> WarehouseConnection | None:
    """What an administrator has connected. Whoever runs this site may name another, which then counts."""
    return WarehouseConnection.objects.filter(ended_at__isnull=True).select_related("connected_by").first()


def find_url() -> str:
    """The URL to open, with its password; empty where none is named. Unavailable where it was sealed by a key that is gone."""
    if settings.WAREHOUSE_URL:
        return str(settings.WAREHOUSE_URL)
    found = find_connection()
    if found is None or found.sealed is None:
        return ""
    try:
        opened = sealing.unseal(bytes(found.sealed), settings.LEDGER_SEALING_KEY_FILE, about=found.pk.bytes)
    except InvalidTag as error:
        raise Unavailable(
            _("How to reach the warehouse was sealed with another key. Connect it again."),
            code="warehouse_unavailable",
        ) from error
    return opened.decode()
