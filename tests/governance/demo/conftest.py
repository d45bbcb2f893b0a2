"""Where the real data set is."""

from pathlib import Path

import pytest

from tests.shared_data import find_shared


@pytest.fixture(scope="session")
def forge_folder() -> Path:
    """The folder of real data; absent, its tests are skipped, but never in CI."""
    return find_shared("forge")
