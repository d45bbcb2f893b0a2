"""Providers of an organisation that run for real, each as a process of its own."""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import override_settings

from governance.directory import saml
from governance.directory.configuration import DirectorySettings, OidcProvider, SamlProvider
from ground.guard import spawn
from tests import databases, web_server


@pytest.fixture(scope="session")
def oidc_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """oidc-provider-mock, at its address."""
    port, log = web_server.free_port(), tmp_path_factory.mktemp("oidc") / "log"
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with spawn(command, env=None, cwd=databases.PROJECT, log=log, grace=5.0):
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, log)
        yield address


@pytest.fixture
def by_oidc(oidc_provider: str) -> Iterator[str]:
    """The organisation signs in by it: a claim `employee` names persons."""
    provider = OidcProvider(oidc_provider, "charter", "secret", person_claim="employee")
    with override_settings(DIRECTORY=DirectorySettings("Example Ltd", oidc=provider)):
        yield oidc_provider


def _wait_for(address: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            requests.get(address, timeout=5)
            return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError(f"The provider did not start:\n{log.read_text()}")


def make_certificate(folder: Path) -> str:
    """A key and its own certificate, as files; gives the certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    secret = key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "certificate.pem").write_bytes(certificate)
    return certificate.decode()


@pytest.fixture(scope="session")
def saml_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the provider's key and certificate lie."""
    folder = tmp_path_factory.mktemp("saml")
    make_certificate(folder)
    return folder


@pytest.fixture(scope="session")
def saml_told(saml_folder: Path) -> Iterator[SamlProvider]:
    """djangosaml2idp, as what we are told of it."""
    folder, port = saml_folder, web_server.free_port()
    certificate, address = (folder / "certificate.pem").read_text(), f"http://127.0.0.1:{port}"
    told = SamlProvider(
        f"{address}/idp/metadata/", f"{address}/idp/sso/redirect/", certificate, person_claim="employee"
    )
    with override_settings(DIRECTORY=DirectorySettings(saml=told)):
        (folder / "site.xml").write_bytes(saml.describe_ourselves())
    command = [
        sys.executable,
        "-W",
        "ignore",
        str(Path(__file__).parent / "saml_provider.py"),
        str(folder),
        str(port),
    ]
    with spawn(command, env=None, cwd=folder, log=folder / "log", grace=5.0):
        _wait_for(f"{address}/as/nobody", folder / "log")
        yield told


@pytest.fixture
def by_saml(saml_told: SamlProvider) -> Iterator[str]:
    """The organisation signs in by it; gives its address."""
    with override_settings(DIRECTORY=DirectorySettings("Example Ltd", saml=saml_told)):
        yield saml_told.sso_url.removesuffix("/idp/sso/redirect/")
