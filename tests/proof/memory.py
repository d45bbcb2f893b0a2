"""A plug-in of pytest that runs nothing twice: what passed on this commit, and on this very code, is left out.

Kept in var/proof, a file for each commit, code and length; a run that was cut short goes on where it stopped.
"""

import subprocess
from pathlib import Path

import pytest

from tests import databases, proof, snapshots

FOLDER = databases.PROJECT / "var" / "proof"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Memory(_file(), writes=not hasattr(config, "workerinput")))


def _file() -> Path:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=databases.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return FOLDER / f"{commit.stdout.strip() or 'no-commit'}-{snapshots.code()}-{proof.ASKED}"


class Memory:
    """The names of tests that passed."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self._path, self._writes = path, writes
        self._passed = set(path.read_text().splitlines()) if path.exists() else set()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        passed = [item for item in items if item.nodeid in self._passed]
        if passed:
            config.hook.pytest_deselected(items=passed)
            items[:] = [item for item in items if item.nodeid not in self._passed]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._writes and report.when == "call" and report.passed:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                file.write(f"{report.nodeid}\n")

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self._passed:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._passed:
            terminalreporter.write_line(
                f"{len(self._passed)} proofs had passed on this code before ({self._path})."
            )
