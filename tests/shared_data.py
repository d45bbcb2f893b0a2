"""Data that lie beside the project: real delivery facts, and statements that try to get at people."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PLACES = ("../shared/data", "data")


def find_shared(name: str) -> Path:
    """Where a file or folder of them is; absent, the test that asks is skipped, but never in CI."""
    found = next((path for place in PLACES if (path := PROJECT / place / name).exists()), None)
    if found is not None:
        return found
    message = f"{name} is in none of {', '.join(PLACES)}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
