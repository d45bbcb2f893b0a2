"""The rule list, and saying that one has read it."""

import pytest

from audits.ledger.models import Entry
from charter.registry import queries as registry
from governance.training.models import Acknowledgement
from tests import factories


@pytest.fixture
def newcomer(house):
    """Somebody who has not acknowledged the rules."""
    return factories.an_account("newcomer")


def test_everybody_reads_all_rules_with_their_ids_and_text(browse, newcomer):
    """S54, S85: the published list, without any role."""
    page = browse("/rules", by=newcomer)
    for rule in registry.rules_in_force():
        assert page.says(rule.id, rule.title)
        assert page.says(rule.text.removesuffix("."))


def test_rules_are_found_by_their_words(browse):
    """Issue 2, item 9: the rule list, filtered by text."""
    page = browse("/rules?text=RANKING people")
    assert page.says("No ranking of people by activity") and not page.says("AR26")
    assert browse("/rules?text=zzzz").says("No rule has these words")


def test_a_rule_says_why_what_to_do_and_whom_to_ask(browse):
    """S78: contact and next level of each rule."""
    page = browse("/rules/ar04")  # however it is written
    rule = next(rule for rule in registry.rules_in_force() if rule.id == "AR04")
    assert page.says(rule.title, rule.why, rule.fix, "No one: not the board, not an administrator.")
    assert page.says(
        "Review board, worker representative: Board-Worker-Rep", "Review board, legal: Board-Legal"
    )
    assert browse("/rules/AR26").says("The review board, for one use and a set time")
    assert browse("/rules/AR99").status == 404


def test_one_acknowledges_the_version_in_force_once(browse, newcomer):
    """S54, AR24: acknowledged by version, and on the ledger."""
    assert browse("/rules", by=newcomer).says(
        "You have not acknowledged the rules yet.", "I have read these rules"
    )
    before = Entry.objects.filter(kind="training.rules.acknowledged").count()
    for _ in range(2):
        answered = browse("/rules/acknowledge", by=newcomer, data={"number": "1"})
        assert (answered.status, answered.response["Location"]) == (302, "/rules")
    assert Entry.objects.filter(kind="training.rules.acknowledged").count() == before + 1
    page = browse("/rules", by=newcomer)
    assert page.says("You acknowledged version 1 on 14 April 2026") and not page.says(
        "I have read these rules"
    )


@pytest.mark.parametrize("number", ["", "2", "-1", "1e3", "9" * 30, "①"])
def test_only_a_version_that_is_there_can_be_acknowledged(browse, newcomer, number):
    """Issue 2, Bad input."""
    assert browse("/rules/acknowledge", by=newcomer, data={"number": number}).status == 404
    assert not Acknowledgement.objects.filter(user=newcomer).exists()


def test_home_asks_for_the_acknowledgement(browse, newcomer):
    """S54: until one has, every question is refused, and home says so first."""
    page = browse("/", by=newcomer)
    assert page.says("Waiting for you", "Read and acknowledge the rules, version 1", "Now")
    assert not browse("/").says("Read and acknowledge")


def test_the_list_costs_few_statements(statements):
    """DESIGN, Style: pinned query counts."""
    assert statements("/rules") == 7
