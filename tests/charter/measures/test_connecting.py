"""A warehouse connected from a page: tried first, kept sealed, never shown again (issue 15, 4)."""

import socket
import socketserver
import threading
from contextlib import suppress
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from audits.ledger.models import Payload
from charter.measures import connections
from charter.measures.connections import WarehouseAddress
from charter.measures.warehouse import connecting
from charter.registry.models import WarehouseConnection
from ground.errors import Conflict, NotPermitted, Unavailable
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]
SECRET = "hush-hush"  # as an option that the server ignores


@pytest.fixture
def door():
    """A port of this machine that leads to the suite's own PostgreSQL, which may listen on a socket alone."""
    told = connection.settings_dict
    host, port = str(told["HOST"]), int(told["PORT"] or 5432)

    def lead(reader: socket.socket, writer: socket.socket) -> None:
        with suppress(OSError):
            while sent := reader.recv(65_536):
                writer.sendall(sent)
            writer.shutdown(socket.SHUT_WR)

    class Through(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            on_disk = host.startswith("/")
            with socket.socket(socket.AF_UNIX if on_disk else socket.AF_INET) as there:
                there.connect(f"{host}/.s.PGSQL.{port}" if on_disk else (host or "127.0.0.1", port))
                back = threading.Thread(target=lead, args=(there, self.request), daemon=True)
                back.start()
                lead(self.request, there)
                back.join(5)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Through) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def url(settings, door) -> str:
    """The suite's own PostgreSQL, read as a warehouse; a secret stands in the address."""
    settings.WAREHOUSE_URL = ""
    told = connection.settings_dict
    account = f"{quote(str(told['USER']), safe='')}:{quote(str(told['PASSWORD'] or 'none'), safe='')}"
    return f"postgresql://{account}@127.0.0.1:{door}/{told['NAME']}?application_name={SECRET}"


@pytest.fixture
def desk():
    client = Client()
    client.force_login(factories.an_administrator("admin"))
    return client


def test_it_is_tried_then_kept_sealed_and_never_shown(desk, url):
    """By its whole address: the try keeps nothing; what is kept is sealed, and no page, row or entry holds the password."""
    tried = Page(desk.post("/warehouse/connect", {"url": url, "try": "yes"}))
    assert tried.says("It can be reached, and has"), tried.text
    assert SECRET not in tried.html
    assert not WarehouseConnection.objects.exists()
    assert desk.post("/warehouse/connect", {"url": url}).status_code == 302
    kept = WarehouseConnection.objects.get()
    assert SECRET.encode() not in bytes(kept.sealed) and SECRET not in kept.address
    assert SECRET.encode() not in b"".join(bytes(each.body) for each in Payload.objects.all())
    assert connecting.find_url() == url
    for page in ("/warehouse", "/warehouse/connect"):
        assert SECRET not in Page(desk.get(page)).html
    assert Page(desk.get("/warehouse")).says("It can be reached", "Connect another, or disconnect it")
    with connecting.open_warehouse() as opened:
        assert "programme_programme" in opened.tables()


def test_disconnected_the_secret_is_gone(desk, url):
    desk.post("/warehouse/connect", {"url": url})
    assert Page(desk.get("/warehouse/disconnect")).says("Disconnect the warehouse?")
    assert desk.post("/warehouse/disconnect").status_code == 302
    assert WarehouseConnection.objects.get().sealed is None and not connecting.is_connected()
    with pytest.raises(Unavailable, match="No warehouse is connected"):
        connecting.open_warehouse()
    with pytest.raises(Conflict):
        connections.disconnect_warehouse(by=factories.an_administrator("admin"))


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"url": "duckdb:///etc/passwd"}, "Give the address of a server"),
        ({"url": "/etc/passwd"}, "Give the address of a server"),
        ({"url": "postgresql://reader:hunter2@127.0.0.1:1/w"}, "cannot be opened"),
        ({"url": "postgresql://reader:hunter2@host:notaport/w"}, "This is no address"),
        ({"url": "gopher://reader:hunter2@host/w"}, "no kind of warehouse"),
        ({"system": "postgresql"}, "Host: needed, unless you give the whole address"),
        ({"system": "postgresql", "host": "127.0.0.1", "port": "1", "database": "w", "user": "reader", "password": "hunter2"}, "cannot be opened"),
    ],
)  # fmt: skip
def test_what_cannot_be_reached_is_not_kept(desk, settings, said, says):
    """Bad input: each with its reason, without the password."""
    settings.WAREHOUSE_URL = ""
    page = Page(desk.post("/warehouse/connect", said))
    assert page.status in {400, 503} and page.says(says) and "hunter2" not in page.html
    assert not WarehouseConnection.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///governance",
        "postgresql://reader:hunter2@/governance?host=/var/run/postgresql",
        "postgresql://reader:hunter2@%2Fvar%2Frun%2Fpostgresql/governance",
        "postgresql://reader:hunter2@db.example,/governance",
        "postgresql://reader:1?sslmode=hunter2@%2Fvar%2Frun/governance",
        "postgresql://reader:hunter2@db.example/governance#?host=/var/run/postgresql",
        "postgresql://reader:hunter2@db.example/governance?passfile=/etc/passwd",
        "postgresql://reader:hunter2@db.example/governance?service=here",
        "postgresql://reader:hunter2@db.example/governance?hostaddr=127.0.0.1",
        "materialize://reader:hunter2@db.example/governance?host=/var/run/postgresql",
        "mssql://reader:hunter2@db.example/governance?driver=/tmp/hunter2.so",
        "mariadb:///governance",
        "sqlite:///etc/passwd",
    ],
)
def test_neither_a_file_nor_a_socket_of_the_machine_is_named_from_a_page(desk, settings, monkeypatch, url):
    """Whoever runs the site names those: by one, this account would read our own database as the system's user."""
    settings.WAREHOUSE_URL = ""
    monkeypatch.setattr(connections, "open_at", lambda url: pytest.fail(f"opened {url}"))
    page = Page(desk.post("/warehouse/connect", {"url": url}))
    assert page.status == 400 and "hunter2" not in page.html
    assert page.says("by WAREHOUSE_URL") or page.says("This is no address")


def test_parts_become_an_address_whatever_they_hold():
    parts = WarehouseAddress("postgresql", "::1", 5433, "a/b", "re@der", "p:/?#")
    assert parts.url() == "postgresql://re%40der:p%3A%2F%3F%23@[::1]:5433/a%2Fb"


def test_the_settings_go_before(desk, url, settings):
    """Whoever runs the site names the warehouse; a page does not change that."""
    desk.post("/warehouse/connect", {"url": url})
    settings.WAREHOUSE_URL = "duckdb:///elsewhere.duckdb"
    assert connecting.find_url() == "duckdb:///elsewhere.duckdb"
    assert Page(desk.get("/warehouse/connect")).says("It is changed there.")
    with pytest.raises(Conflict):
        connections.connect_warehouse(url=url, by=factories.an_administrator("admin"))


def test_only_administrators_connect(url):
    owner = factories.an_account("owner")
    for act in (connections.try_warehouse, connections.connect_warehouse):
        with pytest.raises(NotPermitted):
            act(url=url, by=owner)


def test_another_key_says_so(desk, url, settings, tmp_path):
    """A database that was copied without its keys reaches no warehouse."""
    from audits.ledger import sealing

    desk.post("/warehouse/connect", {"url": url})
    (tmp_path / "other.key").write_bytes(sealing.make_key())
    (tmp_path / "other.key").chmod(0o600)
    settings.LEDGER_SEALING_KEY_FILE = tmp_path / "other.key"
    with pytest.raises(Unavailable, match="sealed with another key"):
        connecting.find_url()
