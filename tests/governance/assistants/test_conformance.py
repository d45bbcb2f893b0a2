"""The protocol's own conformance suite against the door for assistants, in the revision that the door speaks."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.test import Client

from governance.assistants.protocol import VERSION
from tests.governance.assistants.conftest import a_message, send

pytestmark = pytest.mark.proof(alone=True)

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"  # the first that knows the revision of 2026-07-28
# What tools alone can be asked for. All others ask for resources, prompts, streams, or tools of the suite's own.
SCENARIOS = {
    "server-stateless", "tools-list", "http-header-validation", "dns-rebinding-protection", "caching",
    "input-required-result-unsupported-methods",
}  # fmt: skip
# Checks that need tools of the suite's own, or lists that a server without prompts and resources does not have.
NOT_OURS = {
    "sep-2575-server-rejects-undeclared-capability", "sep-2575-missing-capability-http-400",
    "sep-2575-http-server-no-independent-requests-on-stream", "sep-2575-server-no-log-without-loglevel",
    "sep-2549-prompts-list-caching-hints", "sep-2549-resources-list-caching-hints",
    "sep-2549-resources-templates-list-caching-hints",
}  # fmt: skip
# The suite imports a function that Node has since 22, for other ends than these.
_SHIM = """
import { register } from "node:module";
const shim = 'export * from "node:fs"; export { default } from "node:fs"; export const globSync = () => [];';
const hooks = `export async function resolve(name, from, next) {
  return name === "fs" && from.parentURL?.includes("/conformance/")
    ? { url: "data:text/javascript," + encodeURIComponent(${JSON.stringify(shim)}), shortCircuit: true } : next(name, from);
}`;
register("data:text/javascript," + encodeURIComponent(hooks));
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory) -> list[str]:
    """How the suite is run, once npm has fetched it."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        pytest.skip("The suite runs on Node, which is not here.")
    folder = tmp_path_factory.mktemp("suite")
    (folder / "shim.mjs").write_text(_SHIM)
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), SUITE]
    fetched = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    if fetched.returncode:
        said = f"npm could not fetch the suite: {fetched.stderr[-300:]}"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    shim = [] if _is_of_22(node) else ["--import", str(folder / "shim.mjs")]
    return [node, *shim, str(folder / "node_modules/@modelcontextprotocol/conformance/dist/index.js")]


def _is_of_22(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.match(r"v(\d+)", said)[1]) >= 22


class _Door(BaseHTTPRequestHandler):
    """Hands a request on to the application with somebody's token, since the suite has none."""

    protocol_version = "HTTP/1.1"
    token = ""

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        given = {"Authorization": f"Bearer {self.token}", **self._read_headers()}
        kind = given.pop("Content-Type", given.pop("content-type", ""))
        browser = Client(raise_request_exception=False)
        answer = browser.generic(self.command, self.path, body, kind, headers=given)
        self.send_response(answer.status_code)
        for name, value in {
            **answer.headers,
            "Content-Length": len(answer.content),
            "Connection": "close",
        }.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(answer.content)

    def _read_headers(self) -> dict[str, str]:
        """Without the spaces around values, as web servers hand them on (RFC 9110, 5.5)."""
        return {name: value.strip() for name, value in self.headers.items()}

    do_GET = do_POST = do_DELETE = do_OPTIONS = _hand_on

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def door(token, settings) -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"token": token})) as server:
        server.timeout = 0.1
        assert (
            send(token, a_message("tools/list")).status_code == 200
        )  # what is made once is made now: the suite waits a few seconds
        settings.BASE_URL = f"http://localhost:{server.server_port}"
        yield server


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_the_suite_finds_nothing_wrong(suite, door, tmp_path, scenario):
    """Issue 14, 5: its conformance suite, for the revision that it knows and we speak."""
    url = f"http://localhost:{door.server_port}/mcp"
    command = [
        *suite,
        "server",
        "--url",
        url,
        "--scenario",
        scenario,
        "--spec-version",
        VERSION,
        "-o",
        str(tmp_path),
    ]
    with (tmp_path / "said").open("w") as said:
        running = subprocess.Popen(command, stdout=said, stderr=said, cwd=tmp_path)
        while running.poll() is None:
            door.handle_request()  # in the test's own transaction
    checks = _read_checks(tmp_path)
    assert any(status == "SUCCESS" for _, status, _ in checks), (tmp_path / "said").read_text()[-2000:]
    wrong = [(name, why) for name, status, why in checks if status == "FAILURE" and name not in NOT_OURS]
    assert not wrong


def _read_checks(folder: Path) -> list[tuple[str, str, str]]:
    found = [each for file in folder.rglob("checks.json") for each in json.loads(file.read_text())]
    return [(each["id"], each["status"], each.get("errorMessage", "")) for each in found]
