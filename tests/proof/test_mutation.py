"""Each rule weakened in every way there is: an example notices, or one of the rules' tests, and the page says which."""

import subprocess
import sys

import pytest

from charter import rules
from tests import databases

pytestmark = pytest.mark.proof

RULES = sorted(rules.compile_rulebook(rules.builtin_files()).by_id)


@pytest.mark.proof(whole=True)
@pytest.mark.parametrize("rule", RULES)
def test_the_rules_tests_notice_every_mutant(rule):
    """Issues 4 and 16, Done when: delete, negate or weaken a policy, and a test fails; survivors are listed with their reason."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.spec.mutate", rule],
        cwd=databases.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
