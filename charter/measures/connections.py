"""Connecting a warehouse from a page: tried before it is kept, and sealed as secrets of people are."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict

from audits.ledger import sealing
from audits.ledger import services as ledger
from charter.measures.warehouse.connecting import open_at
from charter.measures.warehouse.facts import redact_url
from charter.registry.events import WarehouseConnected, WarehouseDisconnected
from charter.registry.models import WarehouseConnection
from governance.people.models import User
from governance.people.permissions import check_can_administer
from ground import clock, records
from ground.errors import BadInput, Conflict

# What an address from a page may say beside these: nothing that reads a file of this machine or goes round its host.
_PLACE = frozenset({"host", "port", "user", "password", "dbname"})
_OPTIONS = frozenset(
    {
        "application_name", "catalog", "channel_binding", "connect_timeout", "role", "schema", "secure", "ssl_ca", "sslmode",
        "sslrootcert", "target_session_attrs", "warehouse",
    }
)  # fmt: skip


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
    # Two who end it at once wait for each other, and the second finds none.
    found = WarehouseConnection.objects.select_for_update().filter(ended_at__isnull=True).first()
    if found is None:
        return False
    found.sealed, found.ended_at, found.ended_by = None, clock.now(), by
    found.save(update_fields=["sealed", "ended_at", "ended_by"])
    ledger.append(WarehouseDisconnected(connection=found.pk, address=found.address), by=by.actor)
    return True


def _check(url: str) -> None:
    """Refuse what is no address of a server: a file or socket of the machine is named by whoever runs it, not from a page."""
    try:
        scheme = urlsplit(url).scheme
        redact_url(url)
        said = {} if scheme in _FILES else _read_parts(url, scheme)
    except (ValueError, psycopg.Error):
        raise BadInput(
            _("This is no address such as postgresql://user:password@host:5432/database."), field="url"
        ) from None
    hosts = str(said.get("host") or "").split(",")
    if not all(hosts) or any(host[0] in "/@%" for host in hosts):
        raise BadInput(
            _(
                "Give the address of a server. A file of this machine is named by whoever runs this site, by WAREHOUSE_URL."
            ),
            field="url",
        )
    if not said.keys() <= _PLACE | _OPTIONS:
        # Which it is is not said: where a password was not quoted, that would be part of it.
        raise BadInput(
            _(
                "After its question mark an address from a page says only %(options)s. Whoever runs this site gives others, by WAREHOUSE_URL."
            )
            % {"options": ", ".join(sorted(_OPTIONS))},
            field="url",
        )


_FILES = frozenset({"", "duckdb", "sqlite", "file"})


def _read_parts(url: str, scheme: str) -> Mapping[str, object]:
    """The host and the options of an address, each as whoever opens it reads it."""
    parts = urlsplit(url)
    if scheme in {"postgres", "postgresql"}:
        return {
            name: value
            for name, value in conninfo_to_dict(parts._replace(scheme="postgresql").geturl()).items()
            if value
        }
    if parts.fragment:
        raise ValueError
    options = parse_qsl(parts.query, keep_blank_values=True)
    if _PLACE & {name for name, _value in options}:
        raise ValueError  # once is enough, and two could differ
    return {**dict(options), "host": parts.hostname}
