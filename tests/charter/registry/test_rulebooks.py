"""What a rulebook must hold to be proposed and put in force, and what happens when a new version of the product comes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charter import rules
from charter.authoring import lint, submission
from charter.registry import queries, rulebooks, services
from charter.registry.charter_facts import parse_document
from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from governance.board import services as board
from governance.board.models import Case
from governance.board.proposals import propose_rules
from governance.board.states import CaseState
from ground.errors import BadInput, Conflict, Unavailable
from tests import factories
from tests.charter.rules.rulebooks import files_with, policy
from tests.charter.rules.upgrades import upgraded_house

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

RETROSPECTIVES = policy('when { context.decision == Decision::"retrospective" }')
PAY = policy('when { context.decision == Decision::"compensation" }')


def refused(**files: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        services.propose_rulebook(files=files, by=factories.system())
    assert RulebookVersion.objects.count() == 1  # those in force
    return caught.value


def test_rules_that_lack_or_weaken_a_builtin_rule_are_not_even_proposed(by):
    """DESIGN Invariants: organisations add rules beside the built-in ones; the refusal names every rule at fault."""
    factories.the_rules()
    files = files_with(PAY)
    del files["appeals.cedar"]
    files["fairness.cedar"] = files["fairness.cedar"].replace("unless { context.audited }", "")
    error = refused(**files)
    assert (error.code, error.field) == ("builtin_rules_weakened", "files")
    assert {finding.policy for finding in error.extra["findings"]} == {"AR21", "AR22", "AR25"}
    assert "AR21" in error.detail


@pytest.mark.parametrize("slug", ["deployment-frequency", "lead-time-for-changes"])
def test_rules_that_change_an_example_are_not_proposed(by, slug):
    """DESIGN Charters: examples run at every rulebook change, and a mismatch blocks; charter and example are named."""
    version = factories.an_active_charter(slug)
    error = refused(**files_with(RETROSPECTIVES))
    example = parse_document(version.document).examples.correct[0]
    assert error.code == "examples_would_change"
    assert version.metric.name in error.detail and example.says in error.detail and "ORG01" in error.detail
    assert (error.extra["findings"][0].metric, error.extra["findings"][0].field) == (
        version.metric.name,
        "examples.correct[0]",
    )


def test_examples_of_charters_that_came_meanwhile_are_run_when_the_case_takes_effect(by):
    """DESIGN Charters: proposed while no charter was in force, the rules must still hold its examples when they count."""
    factories.the_rules()
    case = propose_rules(files=files_with(RETROSPECTIVES), by=factories.an_account("writer"))
    version = factories.an_active_charter("deployment-frequency")
    factories.votes(case)
    assert Case.objects.get(pk=case.pk).state == CaseState.OPEN
    with pytest.raises(BadInput) as caught:
        board.close_case(case=case, by=by)
    assert caught.value.code == "examples_would_change" and version.metric.name in caught.value.detail
    assert RulebookVersion.objects.get(state=RulebookState.IN_FORCE).number == 1


def test_examples_of_a_hundred_charters_cost_as_few_statements_as_those_of_one(by):
    """DESIGN Style: pinned query counts."""
    book = rules.compile_rulebook(files_with(PAY))
    counts = []
    for slug in ("deployment-frequency", "lead-time-for-changes", "change-failure-rate"):
        factories.an_active_charter(slug)
        with CaptureQueriesContext(connection) as captured:
            assert rulebooks.find_broken_examples(book) == []
        counts.append(len(captured))
    assert counts == [4, 4, 4]


def test_a_rulebook_and_its_case_come_together_or_not_at_all(by):
    """DESIGN Board: rulebooks are approved as board cases; the same rules are put once."""
    factories.the_rules()
    writer = factories.an_account("writer")
    case = propose_rules(files=files_with(PAY), by=writer)
    assert (case.rulebook_version.number, case.rulebook_version.created_by) == (2, writer)
    for files in (
        files_with(PAY),
        rules.builtin_files(),
    ):  # the first is before the board, the second in force
        with pytest.raises((BadInput, Conflict)):
            propose_rules(files=files, by=writer)
    assert RulebookVersion.objects.count() == 2 and Case.objects.count() == 1


def test_what_a_rulebook_is_read_against(by):
    """Issue 4, item 1: what changes is told against the rules that it replaced, or would replace."""
    first = factories.the_rules()
    case = propose_rules(files=files_with(PAY), by=by)
    assert (
        rulebooks.find_previous_rulebook(case.rulebook_version) == first
        and rulebooks.find_previous_rulebook(first) is None
    )
    factories.a_decided_case(case)
    second = RulebookVersion.objects.get(number=2)
    third = services.propose_rulebook(
        files=files_with(PAY, policy("when { context.export }", id="ORG02")), by=by
    )
    assert (
        rulebooks.find_previous_rulebook(third) == second
        and rulebooks.find_previous_rulebook(second) == first
    )


@pytest.fixture
def later(by, tmp_path):
    """A programme with rules in force and a draft, and then a later version of the product that knows one fact more."""
    factories.a_board()
    factories.the_rules()
    factories.a_submitted_charter()
    with upgraded_house(tmp_path):
        yield RulebookVersion.objects.get()


def test_rules_of_an_earlier_version_decide_nothing(later):
    """Issue 4, item 2: what cannot be worked out is not guessed; the sentence says what must happen."""
    assert rulebooks.is_outdated(later.pk)
    with pytest.raises(Unavailable) as caught:
        queries.load_rulebook(later.pk)
    assert caught.value.code == "rules_outdated" and "board has passed new ones" in str(caught.value.detail)


def test_they_can_still_be_read(later):
    """S85: everybody can read what the rules say, also while nothing is answered by them."""
    assert len(queries.list_rules_in_force()) == 29
    assert queries.load_rulebook_as_written(later.pk).cedar["AR04"]


def test_charters_wait_for_them(later, by):
    """DESIGN Charters: examples that cannot be tried hold a charter up, and say why."""
    version = factories.a_programme().metrics.get().versions.get()
    (first, *_) = submission.lint_version(version)
    assert (first.level, first.field) == ("error", "examples") and "earlier version" in first.text
    tried = submission.try_examples(parse_document(version.document), factories.a_programme())
    assert tried and all("earlier version" in each.problem for each in tried.values())


def test_the_board_passes_the_rules_of_the_new_version_and_all_is_well(later, by):
    """Issue 4: after an upgrade the board passes the new built-in rules, and questions are answered again."""
    factories.a_decided_case(propose_rules(files=rules.builtin_files(), by=factories.an_account("operator")))
    now = rulebooks.find_rulebook_in_force()
    assert (now.number, rulebooks.is_outdated(now.pk)) == (2, False)
    assert not lint.select_errors(
        submission.lint_version(factories.a_programme().metrics.get().versions.get())
    )
