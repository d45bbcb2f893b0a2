"""Providers of an organisation that run for real, each as a process of its own."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.test import override_settings

from governance.directory.configuration import DirectorySettings, OidcProvider
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
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            requests.get(address, timeout=5)
            return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError(f"The provider did not start:\n{log.read_text()}")
