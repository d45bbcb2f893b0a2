"""`manage.py authzen_fixture --port N FILE.json`: a decision point for test suites, which knows what the file says."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from governance.authzen.fixture.documents import read_document
from ground.commands import Command as DomainCommand

# All that the process needs of where it runs; of the installation it is told nothing.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV")


class Command(DomainCommand):
    help = (
        "Serve AuthZEN by the subjects, resources, actions and policies of a file, for interoperability and certification "
        "suites. The process has no database: it can see no charter, no account and no log."
    )
    requires_system_checks: list[str] = []  # none of them is about what is served

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file, as docs/how-to/ask-by-authzen.md says it")
        parser.add_argument("--port", type=int, default=8080)
        parser.add_argument(
            "--host", default="127.0.0.1", help="where it listens; this machine alone by default"
        )
        parser.add_argument(
            "--url", default="", help="its address as clients know it, such as that of a proxy with TLS"
        )

    def handle(self, *, file: Path, port: int, host: str, url: str, **_: Any) -> None:
        document = read_document(file)
        self.stdout.write(
            f"{len(document.subjects)} subjects, {len(document.resources)} resources, {len(document.actions)} actions, "
            f"{len(document.policies)} policies on http://{host}:{port}"
        )
        self.stdout.flush()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        kept |= {
            "AUTHZEN_FIXTURE": str(file.resolve()),
            "AUTHZEN_FIXTURE_URL": url,
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        module = "governance.authzen.fixture.serve"
        command = [sys.executable, "-m", module, "--host", host, "--port", str(port)]
        os.execve(sys.executable, command, kept)  # noqa: S606 - words of ours, and no shell
