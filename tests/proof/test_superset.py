"""Superset over governed views, in an environment of its own: a chart that is drawn, and one whose refusal shows rule and fix.

The environment is made once under var/ from the registry, which takes some minutes; SUPERSET_ENVIRONMENT names another.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from governance.decisions.models import DecisionRecord
from tests import databases
from tests.governance.decisions.conftest import governed, house, stopped
from tests.governance.sql_door.conftest import opened

__all__ = ["governed", "house", "opened", "stopped"]

pytestmark = [pytest.mark.proof(whole=True), pytest.mark.committed, pytest.mark.services]

# It does not name rich and cachetools, which it imports, and takes flask-caching 2.4, which it does not know.
PACKAGES = ["apache-superset==6.1.0", "flask-caching<2.4", "rich", "cachetools", "psycopg2-binary"]
CONFIGURATION = """
SECRET_KEY = "{secret}"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
WTF_CSRF_ENABLED = TALISMAN_ENABLED = RATELIMIT_ENABLED = False
FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = {{"CACHE_TYPE": "NullCache"}}
"""


@pytest.fixture(scope="module")
def environment() -> Path:
    """The folder of Superset's own Python."""
    if told := os.environ.get("SUPERSET_ENVIRONMENT"):
        return Path(told)
    folder = databases.PROJECT / "var" / "superset"
    if not (folder / "made").exists():
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
        made = subprocess.run(
            [folder / "bin/pip", "install", "--quiet", *PACKAGES],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PIP_CONSTRAINT": ""},
        )
        if made.returncode:
            pytest.skip(f"Superset could not be installed: {made.stderr[-300:]}")
        (folder / "made").touch()
    return folder


def run(command: list[str], **more: str) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **more})
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout


def test_a_chart_over_a_governed_view_and_one_that_is_refused(environment, opened, tmp_path):
    """Issue 20, 3: what its user sees where the line says no is the rule and what to do instead."""
    path = tmp_path / "superset_config.py"
    path.write_text(CONFIGURATION.format(secret="x" * 50, folder=tmp_path))
    told = {"SUPERSET_CONFIG_PATH": str(path), "FLASK_APP": "superset", "PYTHONPATH": ""}
    run([str(environment / "bin/superset"), "db", "upgrade"], **told)
    address = (
        f"postgresql+psycopg2://manager:{opened.tokens['manager']}@127.0.0.1:{opened.port}/retrospective"
    )
    driver = str(Path(__file__).with_name("superset_driver.py"))
    said = run(
        [str(environment / "bin/python"), driver, address, "team:payments", "team:search"], **told
    ).splitlines()[-1]
    seen = json.loads(said)
    assert "lead_time_for_changes__team" in seen["tables"] and "value" in seen["columns"]
    rows = seen["chart"]["result"][0]["data"]
    assert [row["value"] for row in rows] == [20.0, None, 20.0]
    assert "AR14" in seen["refused"]["message"] and "HINT" in seen["refused"]["message"]
    assert {"permit", "deny"} == set(DecisionRecord.objects.values_list("verdict", flat=True))
