"""fairlearn in an environment of its own, so that what the project installs does not double by scikit-learn and pandas for one row."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import numpy as np

from audits.fairness.comparing import Attribute
from tests import databases

VERSION = "0.15.0"
_FOLDER = databases.PROJECT / "var" / f"bench-fairlearn-{VERSION}"
_SCRIPT = Path(__file__).with_name("metric_frame.py")


class FoundByFairlearn(NamedTuple):
    """Processor seconds, and of each group (`location=1/role=2`) how many people and which rate."""

    seconds: float
    groups: dict[str, tuple[float, float]]


def ask(selected: np.ndarray, attributes: Mapping[str, Attribute]) -> FoundByFairlearn | None:
    """What it makes of these people; None where it can be installed from nowhere."""
    python = _install()
    if python is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.npz"
        codes = {f"of_{name}": each.codes for name, each in attributes.items()}
        np.savez(path, selected=selected, **codes)
        done = subprocess.run([python, _SCRIPT, path], stdout=subprocess.PIPE, check=True)
    said = msgspec.json.decode(done.stdout)
    return FoundByFairlearn(said["seconds"], {name: tuple(each) for name, each in said["groups"].items()})


def _install() -> Path | None:
    python = _FOLDER / "bin" / "python"
    if not python.exists():
        uv = [sys.executable, "-m", "uv", "--quiet"]
        made = subprocess.run([*uv, "venv", "--python", sys.executable, _FOLDER], check=False)
        if made.returncode:
            return None
    known = subprocess.run([python, "-c", "import fairlearn"], capture_output=True, check=False)
    if known.returncode:
        wanted = [
            sys.executable,
            "-m",
            "uv",
            "--quiet",
            "pip",
            "install",
            "--python",
            python,
            f"fairlearn=={VERSION}",
        ]
        if subprocess.run(wanted, check=False).returncode:
            return None
    return python
