"""Where the real data set is."""

import os
from pathlib import Path

import pytest

FOLDERS = ("../shared/data/forge", "data/forge")


@pytest.fixture(scope="session")
def forge_folder() -> Path:
    """The folder of real data; absent, its tests are skipped, but never in CI."""
    project = Path(__file__).resolve().parents[3]
    folder = next((project / name for name in FOLDERS if (project / name).is_dir()), None)
    if folder is not None:
        return folder
    message = f"the real data set is in none of {', '.join(FOLDERS)}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
