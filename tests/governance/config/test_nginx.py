"""Debian's nginx in front, by the very file of the how-to. Under CI=true it must be there; elsewhere it may be missing."""

import json
import os
import re
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from governance.config import web
from ground.guard import spawn
from tests import databases, web_server

pytestmark = pytest.mark.services

PAGE = databases.PROJECT / "docs" / "how-to" / "put-nginx-in-front.md"
HOST = "charter.example.org"
# The certificate is the test's own.
TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE
# What stands around a site's file: here all of it in one process and one folder, wherever Debian would have it.
AROUND = """
daemon off; master_process off; pid nginx.pid; error_log error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    {site}
}}
"""

OF_OPERATORS = (
    "/-/prometheus",
    "/-/prometheus?x=1",
    "//-/prometheus",
    "/%2D/prometheus",
    "/x/../-/prometheus",
)


class Front(NamedTuple):
    """The ports of nginx, and what has reached the web server behind it."""

    http: int
    https: int
    reached: list[dict[str, str]]


@pytest.fixture
def nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        reason = "nginx is not installed"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return found


@pytest.fixture
def front(nginx, tmp_path) -> Iterator[Front]:
    """nginx by the how-to, before a web server that tells what reaches it."""
    reached: list[dict[str, str]] = []

    def application(environ, start_response):
        told = {name: value for name, value in environ.items() if isinstance(value, str)}
        reached.append(told)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]

    server = web.make_server(application, port=0, behind_proxy=True)
    thread = threading.Thread(target=server.serve)
    thread.start()
    http, https = web_server.free_port(), web_server.free_port()
    write_site(tmp_path, http, https, int(server.effective_port))
    command = [nginx, "-p", tmp_path, "-e", "error.log", "-c", "nginx.conf"]
    with spawn(command, cwd=tmp_path, log=tmp_path / "said.log") as process:
        try:
            wait_for(https, process, tmp_path)
            yield Front(http, https, reached)
        finally:
            process.stop()
            server.stop()
            thread.join(30)


def read_site() -> str:
    """The file of the how-to."""
    (site,) = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return site


def write_site(folder: Path, http: int, https: int, behind: int) -> None:
    """The file of the how-to with ports and certificate of the test's own."""
    site = read_site()
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ": f"listen 127.0.0.1:{https} ",
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        f"/etc/ssl/certs/{HOST}.pem": "certificate.pem",
        f"/etc/ssl/private/{HOST}.key": "certificate.key",
    }.items():
        assert site.count(old) == 1, old
        site = site.replace(old, new)
    (folder / "nginx.conf").write_text(AROUND.format(site=site))
    write_certificate(folder)


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "certificate.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def wait_for(port: int, process, folder: Path) -> None:
    for _ in range(1_200):  # a minute: the machine may have much else to do
        try:
            socket.create_connection((web.HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
        assert process.poll() is None, "".join(each.read_text() for each in folder.glob("*.log"))
    pytest.fail("nginx does not listen")


def connect(front: Front) -> ssl.SSLSocket:
    connection = socket.create_connection((web.HOST, front.https), timeout=10)
    return TRUSTING.wrap_socket(connection, server_hostname=HOST)


def ask(front: Front, *lines: str) -> str:
    """What comes back for a request of these lines."""
    with connect(front) as connection:
        connection.sendall("\r\n".join([*lines, f"Host: {HOST}", "Connection: close", "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def test_a_request_arrives_with_the_proxys_word_for_where_it_comes_from(front):
    """Issue 9: the how-to's proxy says who asks and how; what the client claims of itself is gone."""
    answer = ask(front, "GET /healthz HTTP/1.0", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: http")
    told = json.loads(answer.partition("\r\n\r\n")[2])
    words = [told[f"HTTP_{name}"] for name in ("X_FORWARDED_FOR", "X_FORWARDED_PROTO", "HOST")]
    assert words == [web.HOST, "https", HOST]
    status, _ = web_server.get(front.http, "/", Host=HOST)
    assert status == 301


def test_figures_are_asked_beside_the_proxy_alone(front):
    """Issue 19, 2: nothing under /-/ reaches the web server, however it is written; and each request has nginx's id."""
    for path in OF_OPERATORS:
        assert ask(front, f"GET {path} HTTP/1.1").startswith("HTTP/1.1 404"), path
    assert front.reached == []
    ask(front, "GET /healthz HTTP/1.1", "X-Request-ID: anna")
    assert len(front.reached[0]["HTTP_X_REQUEST_ID"]) == 32


@pytest.mark.proof(alone=True)
def test_unfinished_and_endless_requests_stop_at_the_proxy(front):
    """Issue 9: 60 requests that never end reach nobody, and whoever else asks is answered; a long body is refused."""
    start = f"POST /sign-in HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5000\r\n\r\na="
    with ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(connect(front)).sendall(start.encode())
        assert ask(front, "GET /healthz HTTP/1.1").startswith("HTTP/1.1 200")
        assert [each["PATH_INFO"] for each in front.reached] == ["/healthz"]
        assert ask(front, "POST / HTTP/1.1", "Content-Length: 2000000").startswith("HTTP/1.1 413")
        for _ in range(40):
            stack.enter_context(connect(front)).sendall(start.encode())
        assert ask(front, "GET /healthz HTTP/1.1").startswith("HTTP/1.1 429"), "a hundred of one address"
