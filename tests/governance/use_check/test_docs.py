"""docs/how-to/check-a-use.md keeps what it says: its ten lines are run against a server (issue 14, done when)."""

import os
import re
import subprocess
import sys

import pytest

from governance.use_check.sheets import LARGEST, MOST_ROWS
from tests import databases, factories
from tests.browser.conftest import address, web_server
from tests.governance.decisions.conftest import governed, house, stopped

__all__ = ["address", "governed", "house", "stopped", "web_server"]

PAGE = (databases.PROJECT / "docs" / "how-to" / "check-a-use.md").read_text()


@pytest.mark.committed
def test_its_ten_lines_say_no_with_rules_and_a_receipt(house, address):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    given = {**os.environ, "SITE": address, "TOKEN": factories.a_token(house.manager)}
    told = subprocess.run(
        [sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True
    ).stdout
    assert re.match(r"no (AR\d\d ?)+\n", told) and "AR08" in told
    assert "may not be used for a performance rating" in told and "/receipts/" in told


def test_its_limits_are_those_of_the_code():
    assert f"{MOST_ROWS:,} rows and {LARGEST:,} bytes at most" in PAGE
