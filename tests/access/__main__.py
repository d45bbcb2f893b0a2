"""`.venv/bin/python -m tests.access`: write docs/reference/access.md as the pages answer now."""

import os
import sys

import pytest

from tests.access import WRITE

if __name__ == "__main__":
    os.environ[WRITE] = "true"
    os.environ["PROOF"] = "whole"  # every account, not the telling ones alone
    picked = "answer_each_account or what_the_routes_declare"
    sys.exit(pytest.main(["-q", "-n", "0", "--durations=0", "-k", picked, "tests/access"]))
