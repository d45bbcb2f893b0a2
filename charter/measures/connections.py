"""Connecting a warehouse from a page: tried before it is kept, and sealed as secrets of people are."""

from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import sealing
from audits.ledger import services as ledger
from charter.measures.warehouse.connecting import find_connection, open_at
from charter.measures.warehouse.facts import redact_url
from charter.registry.events import WarehouseConnected, WarehouseDisconnected
from charter.registry.models import WarehouseConnection
from governance.people.models import User
from governance.people.permissions import check_can_administer
from ground import clock, records
from ground.errors import BadInput, Conflict


class WarehouseAddress(Struct, frozen=True):
    """Where a warehouse is, part by part, as a form asks for it."""

    system: str
    host: str
    port: int | None
    database: str
    user: str
    password: str

    def url(self) -> str:
        """The same as a URL, with its password."""
        account = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"{self.system}://{account}{host}{port}/{quote(self.database, safe='')}"


def try_warehouse(*, url: str, by: User) -> int:
    """Open a warehouse and count its tables, keeping nothing. Raises BadInput naming `url`, without its password."""
    check_can_administer(by)
    _check(url)
    with open_at(url) as opened:
        return len(opened.tables())


def connect_warehouse(*, url: str, by: User) -> WarehouseConnection:
    """Keep how to reach a warehouse, once it was reached; in place of what was connected before.

    Raises NotPermitted; Conflict where WAREHOUSE_URL names one; BadInput; Unavailable where it cannot be reached.
    """
    check_can_administer(by)
    if settings.WAREHOUSE_URL:
        raise Conflict(
            _("Whoever runs this site names the warehouse by WAREHOUSE_URL. It is changed there."),
            code="warehouse_named_by_settings",
        )
    try_warehouse(url=url, by=by)  # before the transaction, which a slow server would hold open
    return _keep(url, by)


@transaction.atomic(durable=True)
def _keep(url: str, by: User) -> WarehouseConnection:
    _end_present(by)
    made = WarehouseConnection(address=redact_url(url), connected_by=by)
    made.sealed = sealing.seal(url.encode(), settings.LEDGER_SEALING_KEY_FILE, about=made.pk.bytes)
    records.insert(made)
    ledger.append(WarehouseConnected(connection=made.pk, address=made.address), by=by.actor)
    return made


@transaction.atomic(durable=True)
def disconnect_warehouse(*, by: User) -> None:
    """Forget how to reach the warehouse; what was published stays. Raises NotPermitted; Conflict where none is connected."""
    check_can_administer(by)
    if not _end_present(by):
        raise Conflict(_("No warehouse is connected from here."), code="no_warehouse")


def _end_present(by: User) -> bool:
    found = find_connection()
    if found is None:
        return False
    found.sealed, found.ended_at, found.ended_by = None, clock.now(), by
    found.save(update_fields=["sealed", "ended_at", "ended_by"])
    ledger.append(WarehouseDisconnected(connection=found.pk, address=found.address), by=by.actor)
    return True


def _check(url: str) -> None:
    """Refuse what is no address of a server: a file of the machine is named by whoever runs it, not from a page."""
    try:
        scheme = urlsplit(url).scheme
        redact_url(url)
    except ValueError:
        raise BadInput(
            _("This is no address such as postgresql://user:password@host:5432/database."), field="url"
        ) from None
    if scheme in {"", "duckdb", "sqlite", "file"}:
        raise BadInput(
            _(
                "Give the address of a server. A file of this machine is named by whoever runs this site, by WAREHOUSE_URL."
            ),
            field="url",
        )
