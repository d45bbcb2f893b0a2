"""The rule list, and saying that one has read it."""

from datetime import timedelta

import pytest

from audits.ledger.models import Entry
from charter import rules
from charter.registry import queries as registry
from charter.rules import examples
from governance.board import services as board
from governance.board.models import Waiver
from governance.board.proposals import propose_rules
from governance.board.states import CaseKind, SeatKind
from governance.people.models import GrantedRole
from governance.training.models import Acknowledgement
from ground import calendar
from tests import factories
from tests.charter.rules.rulebooks import files_with, policy
from tests.charter.rules.upgrades import upgraded_house
from tests.pages import QUESTION
from tests.spec.mutants import without


@pytest.fixture
def newcomer(house):
    """Somebody who has not acknowledged the rules."""
    return factories.an_account("newcomer")


def test_everybody_reads_all_rules_with_their_ids_and_text(browse, newcomer):
    """S54, S85: the published list, without any role."""
    page = browse("/rules", by=newcomer)
    for rule in registry.list_rules_in_force():
        assert page.says(rule.id, rule.title)
        assert page.says(rule.text.removesuffix("."))


def test_rules_are_found_by_their_words(browse):
    """Issue 2, item 9: the rule list, filtered by text."""
    page = browse("/rules?text=RANKING people")
    assert page.says("No ranking of people by activity") and not page.says("AR26")
    assert browse("/rules?text=zzzz").says("0 of 29 rules", "No rule fits")
    assert browse("/rules?text=bell+curve").says("0 of 29") and browse("/rules?text=follow+a+curve").says(
        "AR17"
    )


def test_rules_are_narrowed_by_family_and_by_who_can_waive_them(browse):
    """Issue 4, item 8: filters; a word that no filter knows is refused."""
    page = browse("/rules?waivable=board")
    assert page.says("5 of 29 rules", "AR16", "AR19", "AR26", "AR27", "AR29") and not page.says("AR04")
    page = browse("/rules?family=rankings&waivable=never")
    assert page.says("4 of 29 rules", "AR04", "AR17") and not page.says("AR18")
    for query in ("family=gossip", "waivable=hr", f"text={'a' * 101}"):
        assert browse(f"/rules?{query}").status == 400


def test_every_rule_stands_with_its_examples_run_for_the_reader(browse, newcomer):
    """Issue 4, item 8 and Done when: the 29 with their examples just run; the page says when."""
    page = browse("/rules", by=newcomer)
    assert page.says("29 of 29 rules", "run for you just now, on 14 April 2026, 12:00:00")
    assert all(page.says(example.says) for example in examples.BUILTIN_EXAMPLES)
    assert not page.says("Does not hold")
    one = browse("/rules/AR17", by=newcomer)
    assert one.says("A rating is to follow a curve", "Not allowed", "You asked", "No rule stops it.")
    assert one.says("Run for you just now", "context.distributed")


def test_the_examples_are_run_and_not_recited(browse, monkeypatch):
    """Issue 4, item 8: "just run" is so: with another engine behind it, the page says otherwise."""
    weaker = without("AR17")
    monkeypatch.setattr("charter.registry.queries.load_rulebook", lambda _: weaker)
    page = browse("/rules")
    assert page.says("Some rules do not stop what they are there to stop")
    assert page.says("This rule ought to stop this. At present it does not; AR06 does.")
    assert browse("/rules/AR17").says("This rule ought to stop this.")
    assert not browse("/rules/AR04").says("ought to")


def test_a_stricter_organisation_is_said_to_be(browse, house):
    """DESIGN Invariants: an organisation may stop what the built-in rules allow; the example says who stops it."""
    factories.a_decided_case(
        propose_rules(files=files_with(policy("when { context.export }")), by=factories.system())
    )
    page = browse("/rules")
    assert page.says(
        "Your organisation is stricter than 2 of the examples.", "Your organisation added this rule."
    )
    assert page.says("The built-in rules allow this. ORG01, which your organisation added, stops it.")
    assert page.says("30 of 30 rules", "Ours")


def waived(rule: str, days: int = 30, **scope) -> Waiver:
    details = {"rule_id": rule, "reason": "A court asks for them.", "starts_on": calendar.today()}
    details |= {"ends_on": calendar.today() + timedelta(days=days), "decision": "legal_request", **scope}
    words = {"subject": "An exception", "question": "May it be?"}
    case = board.open_case(kind=CaseKind.WAIVER, **words, details=details, by=factories.system())
    factories.a_decided_case(case)
    return case.waiver


def test_what_is_waived_now_stands_there_with_its_end_and_reason(browse, newcomer):
    """Issue 4, item 8: what may be waived and what is waived now, for what, until when and why."""
    assert browse("/rules", by=newcomer).says("Nothing is waived. Every rule holds for everybody.")
    waiver = waived("AR26", metric="lead-time-for-changes")
    told = (
        "Lead time for changes, for legal request",
        "Until and including 13 May 2026.",
        "A court asks for them.",
    )
    for path in ("/rules", "/rules/AR26"):
        page = browse(path, by=newcomer)
        assert page.says(*told) and f"/cases/{waiver.case_id}" in page.html
    assert browse("/rules/AR27", by=newcomer).says("It is not waived for any use now.")
    board.end_waiver(waiver=waiver, by=factories.system())
    assert browse("/rules", by=newcomer).says("Nothing is waived.")


@pytest.fixture
def later(house, tmp_path):
    """A later version of the product, which cannot work out the rules in force."""
    factories.a_board()
    with upgraded_house(tmp_path):
        yield house


def test_rules_of_an_earlier_version_can_be_read_and_are_said_to_answer_nothing(browse, later):
    """Issue 4, item 2: fail closed, and say so clearly, on the rules' pages to everybody."""
    page = browse("/rules", by=later.employee)
    assert page.says(
        "Nothing can be answered now", "earlier version", "29 of 29 rules", "No ranking of people"
    )
    assert not page.says("just now")
    assert browse("/rules/AR04", by=later.employee).says("They cannot be run", "context.of_persons")


def test_those_who_can_mend_it_are_told_on_every_page(browse, later):
    """Issue 4, item 2: a banner for the board and administrators says what to do; others are told when they ask."""
    member = factories.a_board()[SeatKind.LEGAL]
    admin = factories.an_account("admin")
    factories.a_role(admin, GrantedRole.ADMIN)
    for reader in (member, admin):
        assert browse("/metrics", by=reader).says(
            "Nothing can be answered now.", "rulebook propose --builtin"
        )
    assert not browse("/metrics", by=later.employee).says("Nothing can be answered")
    case = propose_rules(files=rules.builtin_files(), by=factories.system())
    page = browse("/metrics", by=member)
    assert page.says("New rules are before the board: open the case") and f"/cases/{case.pk}" in page.html
    assert browse(f"/cases/{case.pk}", by=member).says("No rule changes.")
    factories.a_decided_case(case)
    assert not browse("/metrics", by=member).says("Nothing can be answered")


def test_asking_says_why_there_is_no_answer(browse, later):
    """Issue 4, item 2: what cannot be worked out is not guessed, on the screen either."""
    page = browse("/ask", data=QUESTION)
    assert page.status == 503 and page.says("earlier version of Metric Charter")


def test_a_rule_says_why_what_to_do_and_whom_to_ask(browse):
    """S78: contact and next level of each rule."""
    page = browse("/rules/ar04")  # however it is written
    rule = next(rule for rule in registry.list_rules_in_force() if rule.id == "AR04")
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


def test_new_rules_ask_again_with_what_changed(browse, house):
    """AR24, S54: which rules came, went, say or stop something else, in words, before one acknowledges them."""
    assert not browse("/rules").says("What has changed since")
    in_force(files_with(policy("when { context.export && context.persons > 40 }"), policy(OFTEN, id="ORG02")))
    page = browse("/rules")
    assert page.says("What has changed since version 1", "Two rules are not what you acknowledged.")
    assert page.says(
        "ORG01 Added No exports in spring A new rule.", "ORG02", "What to do Look at the values here."
    )
    assert page.says("You acknowledged version 1", "The rules have changed since.", "See what has changed")
    assert not browse("/rules?text=order").says("What has changed since")
    assert not browse("/rules", by=factories.an_account("newcomer")).says("What has changed since")
    assert browse("/training").says(
        "Not yet You acknowledged version 1. The page shows what has changed since."
    )
    browse("/rules/acknowledge", data={"number": "2"})
    assert not browse("/rules").says("What has changed since")
    in_force(files_with(policy("when { context.export && context.persons > 30 }", fix="Ask again.")))
    page = browse("/rules")
    assert page.says("What has changed since version 2", "ORG01 Stops something else", "Is now: Ask again.")
    assert page.says("ORG02 Dropped", "This is no longer a rule.")


def test_new_rules_that_say_the_same_are_said_to(browse, house):
    """AR24: asked again, and told that there is nothing to read again."""
    files = rules.builtin_files()
    in_force({**files, "use.cedar": files["use.cedar"] + "\n// Read again.\n"})
    assert browse("/rules").says("Every rule says and stops what you acknowledged.")


OFTEN = "when { context.export && context.persons > 45 }"


def in_force(files: dict[str, str]) -> None:
    """Put other rules in force, by the board's votes."""
    factories.a_decided_case(propose_rules(files=files, by=factories.system()))


def test_home_asks_for_the_acknowledgement(browse, newcomer):
    """S54: until one has, every question is refused, and home says so first."""
    page = browse("/", by=newcomer)
    assert page.says("Waiting for you", "Read and acknowledge the rules, version 1", "Now")
    assert not browse("/").says("Read and acknowledge")


def test_the_list_costs_few_statements(statements):
    """DESIGN, Style: pinned query counts."""
    assert statements("/rules") == 9
    assert statements("/rules/AR04") == 8
