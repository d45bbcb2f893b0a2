"""The board's pages: cases, ballots, minutes, suspensions, waivers and pilots."""

from datetime import timedelta

import pytest

from audits.ledger.models import Entry
from charter.registry.states import StandingChoices
from governance.board import services as board
from governance.board.models import Ballot, Case, Pilot, Suspension, Waiver
from governance.board.proposals import propose_rules
from governance.board.states import CaseKind, CaseState, ConditionKind, SeatKind, Vote
from governance.people.models import GrantedRole
from ground import clock
from tests import factories, snapshots
from tests.charter.rules.rulebooks import files_with, policy
from tests.governance.desk.screens.test_metrics import changed

LEGAL, HR, PRODUCT, WORKER = SeatKind.LEGAL, SeatKind.HR, SeatKind.PRODUCT, SeatKind.WORKER_REP


@snapshots.fixture
def members(governed):
    """Who sits on the board."""
    return factories.a_board()


@snapshots.fixture
def case(governed):
    """A case about a charter that nobody has voted on."""
    return factories.an_open_case("pr-size")


def path(case: Case, act: str = "") -> str:
    return f"/cases/{case.pk}{act}"


def ballot(vote: Vote, seat: SeatKind = LEGAL, reason: str = "") -> dict[str, str]:
    return {"seat": seat.value, "vote": vote.value, "reason": reason}


def test_a_member_reads_what_is_to_be_weighed(browse, members, case):
    """S20, S67: the document, the checks, the checklist and who it could harm stand on the case's page."""
    page = browse(path(case), by=members[LEGAL])
    assert page.says("Checks", "Checklist", "Could an employee outside engineering leadership explain it?")
    assert page.says("Disabled workers", "Caregivers", "People with nonstandard schedules")
    assert page.says("None of six seats are heard; yours is open until 28 April 2026.")
    assert "?version=1" in page.html


def test_what_passes_a_case_stands_on_its_page_before_the_vote(browse, members, case):
    """S108: the level, and what it asks of the board, in words."""
    rated = "This charter is rated %d of 4 for invasiveness, so"
    assert browse(path(case), by=members[LEGAL]).says(
        rated % 1, "at least 2 of every 3 votes cast must be for it."
    )
    invasive = factories.an_open_case("weekend-share")
    page = browse(path(invasive), by=members[PRODUCT])
    assert page.says(rated % 3, "all votes cast must be for it. Legal and Worker representative must vote")
    assert page.html.index('id="needed"') < page.html.index('id="ballot"')


def test_votes_are_sealed_on_the_page_until_the_case_closes(browse, members, case):
    """DESIGN, Board: votes are blind until the case closes."""
    said = "A reason that nobody may read yet"
    browse(path(case, "/ballot"), by=members[HR], data=ballot(Vote.REJECT, HR, said))
    others = [member for seat, member in members.items() if seat is not HR]
    for reader in (*others, factories.an_account("owner"), factories.system()):
        page = browse(path(case), by=reader)
        assert page.says("Sealed") and not page.says(said)
    assert browse(path(case), by=members[HR]).says("Against it", said, "Nobody else can read it")


def test_a_member_changes_their_ballot_until_the_case_closes(browse, members, case):
    """Issue 11: it could not be changed, had no confirmation and was hidden from its own author."""
    browse(path(case, "/ballot"), by=members[HR], data=ballot(Vote.REJECT, HR, "Too early"))
    change = path(case, "/ballot/change")
    assert browse(change, by=members[HR]).says("You voted “Against it”", "Seal this in its place")
    bare = browse(change, by=members[HR], data={"vote": "veto", "reason": ""})
    assert bare.status == 400 and bare.says("Say why")
    changed = browse(change, by=members[HR], data={"vote": "approve", "reason": "I was wrong"})
    assert changed.status == 302
    page = browse(path(case), by=members[HR])
    assert page.says("For it", "I was wrong") and not page.says("Too early")
    assert browse(change, by=members[LEGAL]).status == 404
    assert browse(change, by=factories.an_account("stranger")).status == 403


def test_after_a_veto_nobody_dissents_and_the_banner_says_what_decided(browse, members, case):
    """Issue 11: approvers were tagged “Dissent”, and the banner said how many votes were for it."""
    for seat, member in members.items():
        vote = Vote.VETO if seat is LEGAL else Vote.APPROVE
        browse(path(case, "/ballot"), by=member, data=ballot(vote, seat, f"{seat.value} says so"))
    page = browse(path(case), by=members[HR])
    assert page.says("Rejected", "Vetoed by Legal. A veto stops a case whatever the votes are.", "Decided it")
    assert not page.says("Dissent")


def test_minutes_and_page_use_one_word_for_one_vote(browse, members, case):
    """Issue 11: minutes said “Reject” where the page said “Against it”."""
    for seat, member in members.items():
        vote = Vote.REJECT if seat is HR else Vote.APPROVE
        browse(path(case, "/ballot"), by=member, data=ballot(vote, seat, f"{seat.value} says so"))
    case.refresh_from_db()
    assert f"{Vote.REJECT.label}. hr says so" in case.outcome.minutes
    assert browse(path(case), by=members[HR]).says(str(Vote.REJECT.label), "Dissent", f"Case {case.number}")


def test_a_case_is_found_by_its_number(browse, members, case):
    """Issue 11: cases had no number to say aloud."""
    for word in (str(case.number), f"case {case.number}"):
        assert browse(f"/cases?text={word}", by=members[HR]).says(f"Case {case.number}")


def test_the_list_says_no_more_than_what_it_shows(browse, members, case):
    """Issue 11: “everything that is or was” left out what one may not see."""
    assert browse("/cases", by=members[HR]).says("Everything that is or was")
    assert not browse("/cases", by=factories.an_account("stranger")).says("Everything that is or was")


def test_the_last_ballot_closes_the_case_and_publishes_all(browse, members, case):
    """DESIGN, Board: reasons and dissent are published with the outcome, to everybody (S143)."""
    for seat, member in members.items():
        vote = Vote.REJECT if seat is PRODUCT else Vote.APPROVE
        last = browse(path(case, "/ballot"), by=member, data=ballot(vote, seat, f"{seat.value} says so"))
        assert last.status == 302
    page = browse(path(case), by=factories.an_account("stranger"))
    assert page.says("Approved", "5 of 6 votes cast were for it.", "Minutes", "product says so")
    assert page.html.index("product says so") < page.html.index("hr says so"), "dissent stands first"
    assert browse("/minutes", by=factories.an_account("stranger")).says(
        "5 of 6 votes cast", "product says so"
    )


def test_a_vote_against_needs_a_reason(browse, members, case):
    """DESIGN, Board: scoped vetoes with reason; what is missing stands beside its field."""
    for vote in (Vote.REJECT, Vote.VETO, Vote.RECUSE):
        page = browse(path(case, "/ballot"), by=members[LEGAL], data=ballot(vote))
        assert page.status == 400 and page.says("There is a problem", "Say why")
    assert not Ballot.objects.filter(case=case).exists()


def test_only_seats_with_a_veto_are_offered_one(browse, members, case):
    """DESIGN, Board: legal, security, hr and worker_rep may veto within their scope."""
    assert browse(path(case), by=members[LEGAL]).says("Legal may veto on law")
    assert not browse(path(case), by=members[PRODUCT]).says("may veto on")
    page = browse(path(case, "/ballot"), by=members[PRODUCT], data=ballot(Vote.VETO, PRODUCT, "I say no"))
    assert page.status == 403 and page.says("has no veto")


def test_a_seat_is_heard_once(browse, members, case):
    """Issue 3, Bad input: votes twice are refused."""
    browse(path(case, "/ballot"), by=members[LEGAL], data=ballot(Vote.APPROVE))
    again = browse(
        path(case, "/ballot"), by=members[LEGAL], data=ballot(Vote.REJECT, reason="On second thought")
    )
    assert again.status == 409 and again.says("has voted on this case already")
    assert browse(path(case), by=members[LEGAL]).says("Your ballot", "For it", "Change your ballot")


def test_a_vote_after_the_time_is_refused(browse, members, case):
    """Issue 3, Bad input: votes after closing are refused; the case can then be closed from its page."""
    with clock.stopped_at(case.closes_at + timedelta(hours=1)):
        page = browse(path(case, "/ballot"), by=members[LEGAL], data=ballot(Vote.APPROVE))
        assert page.status == 409 and page.says("The time for voting on this case is over")
        assert browse(path(case), by=members[LEGAL]).says("Open the ballots and close the case")
        assert browse(path(case, "/close"), by=members[LEGAL], data={}).status == 302
    assert Case.objects.get(pk=case.pk).state == CaseState.REJECTED


def test_who_proposed_it_may_only_stand_back(browse, house, members):
    """Issue 3, item 3: a conflict of interest is refused, and said before the vote."""
    case = factories.an_open_case("pr-size", owner=members[LEGAL])
    page = browse(path(case), by=members[LEGAL])
    assert (
        page.says("Nobody votes on their own proposal", "Stand back") and 'value="approve"' not in page.html
    )
    refused = browse(path(case, "/ballot"), by=members[LEGAL], data=ballot(Vote.APPROVE))
    assert refused.status == 403 and refused.says("There is a problem")
    assert Entry.objects.filter(kind="board.ballot.refused").exists(), "refused and logged"
    stood_back = ballot(Vote.RECUSE, reason="It is mine")
    assert browse(path(case, "/ballot"), by=members[LEGAL], data=stood_back).status == 302


@pytest.mark.parametrize("act", ["", "/ballot", "/comments", "/close"])
def test_an_open_case_is_for_those_who_work_on_it(browse, house, members, case, act):
    """Issue 3, item 8: permissions by walking the addresses."""
    data = None if not act else {"text": "hello", **ballot(Vote.APPROVE)}
    for reader in (house.stranger, house.employee, house.manager):
        assert browse(path(case, act), by=reader, data=data).status == 403
    assert not Ballot.objects.filter(case=case).exists() and not case.comments.exists()
    for reader in (members[LEGAL], factories.an_account("owner"), house.auditor):
        assert browse(path(case), by=reader).status == 200


def test_an_account_without_a_seat_sees_no_ballot(browse, house, case, members):
    """Issue 3, Bad input: a vote by somebody without a seat is refused, a superuser's too."""
    root = factories.an_account("root", is_superuser=True)
    assert browse(path(case, "/ballot"), by=root, data=ballot(Vote.APPROVE)).status == 403
    owner = factories.an_account("owner")
    assert "Seal my ballot" not in browse(path(case), by=owner).html
    assert browse(path(case, "/ballot"), by=owner, data=ballot(Vote.APPROVE)).status == 403
    assert not Ballot.objects.filter(case=case).exists()


def test_the_list_shows_what_needs_my_vote_and_what_changed(browse, members, case):
    """Issue 3, item 3: "needs my vote" with what changed since I last looked."""
    assert browse("/cases?vote=needed", by=members[LEGAL]).says(
        "Change size, version 1", "1 case needs your vote"
    )
    browse(path(case), by=members[LEGAL])
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        browse(path(case, "/comments"), by=members[HR], data={"text": "What about part-time work?"})
        assert browse("/cases", by=members[LEGAL]).says("changed since you last looked")
        assert browse(path(case), by=members[LEGAL]).says(
            "Since you last looked", "What about part-time work?"
        )
    browse(path(case, "/ballot"), by=members[LEGAL], data=ballot(Vote.APPROVE))
    page = browse("/cases?vote=needed", by=members[LEGAL])
    assert page.says("No case needs your vote", "No case fits all of these")


@pytest.mark.parametrize(
    ("query", "found"),
    [("state=open", 1), ("state=approved", 2), ("kind=rulebook", 0), ("text=lead", 1), ("text=zzzz", 0)],
)
def test_the_list_is_narrowed(browse, members, case, query, found):
    """DESIGN, Screens: list pages have filters."""
    assert browse(f"/cases?{query}", by=members[LEGAL]).says(f"{found} of 3 cases")


def test_a_word_that_no_filter_knows_is_refused(browse, members):
    """Issue 2, Bad input: 400."""
    assert browse("/cases?state=gossip", by=members[LEGAL]).status == 400
    assert browse("/waivers?standing=gossip", by=members[LEGAL]).status == 400


def test_conditions_are_proposed_before_the_first_vote(browse, members, case):
    """Issue 3, item 3: conditions, on which all seats vote alike."""
    given = {"kind": ConditionKind.PILOT_TEAM, "cohort": "team:payments", "days": "42"}
    assert browse(path(case, "/conditions"), by=members[LEGAL], data=given | {"days": "7"}).status == 400
    assert browse(path(case, "/conditions"), by=members[LEGAL], data=given).status == 302
    assert browse(path(case), by=members[HR]).says("Team payments tries it out for 42 days", "Withdraw")
    browse(path(case, "/ballot"), by=members[LEGAL], data=ballot(Vote.APPROVE))
    assert browse(path(case, "/conditions"), by=members[HR], data=given).status == 409
    assert not browse(path(case), by=members[HR]).says("Withdraw")


def rules_case(*policies: str) -> Case:
    return propose_rules(files=files_with(*policies), by=factories.system())


def test_a_rulebook_is_weighed_rule_by_rule(browse, members):
    """Issue 4, item 1: what changes in words, with the policies as Cedar, and which examples would come out otherwise."""
    waiver = 'unless { context.waived.contains("ORG02") }'
    first = rules_case(policy("when { context.export }"), policy("when { context.compare }", id="ORG02"))
    page = browse(path(first), by=members[LEGAL])
    assert page.says("Against version 1.", "ORG01", "Added", "A new rule.", "Spring is for looking.")
    assert page.says("A team's value is exported.", "Allowed", "Not allowed")
    assert page.says("What it would permit", "It would permit nothing new")
    factories.a_decided_case(first)
    second = rules_case(
        policy("when { context.export }", why="We had a leak."),
        policy(f"when {{ context.compare }} {waiver}", id="ORG02", waivable="board"),
    )
    page = browse(path(second), by=members[LEGAL])
    assert page.says(
        "Against version 2.", "Said otherwise", "Was: Spring is for looking.", "Would be: We had a leak."
    )
    assert page.says(
        "Stops something else", "Was: No one", "Would be: The board", 'context.waived.contains("ORG02")'
    )
    assert page.says("None of the examples would come out otherwise.")
    # No example shows it, and a proof does.
    assert page.says("It would permit something new", "The board has waived ORG02")
    assert browse(path(first), by=members[LEGAL]).says("Against version 1.")  # as it was decided
    third = rules_case(policy("when { context.compare }", id="ORG02"))
    assert browse(path(third), by=members[LEGAL]).says("Dropped", "This rule would be gone.")


def test_the_board_is_told_what_stands_in_the_way_of_a_rulebook(browse, members):
    """DESIGN Charters: a charter that came into force meanwhile would be broken; its name and example are told."""
    case = rules_case(policy('when { resource.category == Category::"flow" }'))
    assert not browse(path(case), by=members[LEGAL]).says("could not be put in force")
    factories.an_active_charter("work-in-progress")
    page = browse(path(case), by=members[LEGAL])
    assert page.says("As things stand, it could not be put in force", "Work in progress", "ORG01")


def test_a_rulebook_costs_few_statements(statements, members):
    """DESIGN, Style: pinned query counts, with who handles it among them."""
    case = rules_case(policy("when { context.export }"))
    assert statements(path(case), by=members[LEGAL]) <= 24


def test_former_reasons_stand_before_the_board_again(browse, members, case):
    """S50: a resubmission needs a change and shows the former reasons."""
    factories.votes(case, {WORKER: Vote.VETO})
    again = factories.a_submitted_charter("pr-size", document=changed("pr-size", affects_me="Said anew."))
    second = board.open_case(charter_version=again, by=factories.system())
    page = browse(path(second), by=members[LEGAL])
    assert page.says(
        "Former reasons", "Worker representative", "veto is right", "What would change", "Said anew."
    )


def test_low_risk_cases_are_voted_on_as_a_batch(browse, members):
    """Issue 3, item 3: taken as a batch, each still voted."""
    cases = [factories.an_open_case(slug) for slug in ("deployment-frequency", "change-failure-rate")]
    offered = browse("/cases/batch", by=members[LEGAL]).response.context["offered"]
    assert offered, "the catalogue has charters of low risk"
    keys = [str(each.pk) for each, _title in offered]
    data = {"cases": keys, "seat": LEGAL.value, "vote": Vote.APPROVE.value, "reason": ""}
    assert browse("/cases/batch", by=members[LEGAL], data=data).status == 302
    assert Ballot.objects.filter(case__in=keys, seat__kind=LEGAL).count() == len(keys)
    assert {each.pk for each in cases} >= {each.pk for each, _title in offered}
    assert browse("/cases/batch", by=members[LEGAL]).says("No case of low risk needs your vote")


def test_any_seat_suspends_a_metric_at_once(browse, house, members):
    """DESIGN, Board: any seat may suspend at once; the page says what follows, and asks why."""
    address = "/metrics/lead-time-for-changes/suspend"
    assert browse(address, by=members[PRODUCT]).says("within 10 days", "every use of this metric is refused")
    assert browse(address, by=members[PRODUCT], data={"seat": PRODUCT.value, "reason": ""}).status == 400
    given = {"seat": PRODUCT.value, "reason": "It is read as a speed limit"}
    assert browse(address, by=members[PRODUCT], data=given).status == 302
    suspension = Suspension.objects.get()
    assert suspension.charter_version.standing == StandingChoices.SUSPENDED
    assert browse(path(suspension.case), by=members[LEGAL]).says(
        "It is read as a speed limit", "To be ratified by"
    )
    assert browse(address, by=members[PRODUCT]).status == 409


@snapshots.fixture
def suspended(governed, members):
    """A metric that was suspended by Security, and its suspension's open case."""
    version = factories.an_active_charter("pr-size")
    given = {"seat_kind": SeatKind.SECURITY, "reason": "Two teams are too small."}
    return board.suspend(version=version, by=members[SeatKind.SECURITY], **given)


SIZES = "/metrics/pr-size"


def test_a_suspended_metric_is_put_back_to_the_board(browse, house, members, suspended):
    """Issue 3, item 3: a page says what follows, asks what has changed, and opens the case; it stays refused meanwhile."""
    address, owner = f"{SIZES}/bring-back", suspended.charter_version.metric.owner
    waits = browse(SIZES, by=owner)
    assert waits.says("It is before the board already.") and "bring-back" not in waits.html
    factories.a_decided_case(suspended.case, {SeatKind.SECURITY: Vote.RECUSE})
    for page in (browse(SIZES, by=owner), browse(path(suspended.case), by=owner)):
        assert page.says("Ask the board to bring it back") and address in page.html
    asks = browse(address, by=owner)
    assert asks.says("It stays suspended", "Two teams are too small.", "at least 2 of every 3 votes cast")
    empty = browse(address, by=owner, data={"changed": " "})
    assert empty.status == 400 and empty.says("Say what has changed since it was suspended")
    assert browse(address, by=owner, data={"changed": "Both teams report as one now."}).status == 302
    case = Case.objects.get(charter_version=suspended.charter_version, state=CaseState.OPEN)
    assert (case.kind, case.opened_by) == (CaseKind.CHARTER, owner)
    assert browse(path(case), by=members[LEGAL]).says("The matter", "Both teams report as one now.")
    assert browse(SIZES, by=owner).says("It is before the board already.", "Not in force: cannot be used.")
    factories.a_decided_case(case)
    assert browse(SIZES, by=owner).says("Ask about this metric")


def test_who_is_offered_to_bring_a_metric_back(browse, house, members, suspended):
    """Issue 3, item 3: the board, the owner and administrators; others are refused, and nothing is offered to them."""
    factories.a_decided_case(suspended.case, {SeatKind.SECURITY: Vote.RECUSE})
    admin = factories.an_account("admin")
    factories.a_role(admin, GrantedRole.ADMIN)
    offered = {
        "member": members[HR], "owner": suspended.charter_version.metric.owner, "administrator": admin,
        "manager": house.manager, "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
    }  # fmt: skip
    for name, reader in offered.items():
        may = name in {"member", "owner", "administrator"}
        assert browse(SIZES, by=reader).says("Ask the board to bring it back") == may, name
        assert browse(f"{SIZES}/bring-back", by=reader).status == (200 if may else 403), name
    refused = browse(f"{SIZES}/bring-back", data={"changed": "I need it."})
    assert (
        refused.status == 403
        and Case.objects.filter(kind=CaseKind.CHARTER, state=CaseState.OPEN).count() == 0
    )
    assert browse("/metrics/commit-count/bring-back", by=members[HR]).status == 409, "it is in force"


def test_who_holds_no_seat_suspends_nothing(browse, house, members):
    """Issue 3, item 8: permissions by walking the addresses."""
    given = {"seat": PRODUCT.value, "reason": "I want to"}
    for reader in (house.manager, house.auditor, factories.an_account("owner")):
        assert browse("/metrics/commit-count/suspend", by=reader).status == 403
        assert browse("/metrics/commit-count/suspend", by=reader, data=given).status == 403


def settings_case(**changes: object) -> Case:
    return board.open_case(
        kind=CaseKind.SETTINGS,
        subject="Evidence",
        question="More?",
        details={f"promotion_evidence.{name}": value for name, value in changes.items()},
        by=factories.system(),
    )


def test_settings_say_what_they_would_permit(browse, members):
    """Issue 16: more evidence permits nothing new; less permits exactly what is shown, with a request that can be sent."""
    more = settings_case(evidence_needed=3)
    assert browse(path(more), by=members[LEGAL]).says(
        "What it would permit, for", "It would permit nothing new"
    )
    factories.a_decided_case(more)
    less = settings_case(evidence_needed=1)
    assert browse(path(less), by=members[LEGAL]).says(
        "What it would permit, for", "piece of evidence was opened"
    )


def waiver(**parts: str) -> dict[str, str]:
    asked = {
        "rule": "AR26", "metric": "commit-count", "decision": "", "starts_on": "2026-05-01",
        "last_day": "2026-05-31", "reason": "A migration needs it",
    }  # fmt: skip
    return asked | parts


def test_a_waiver_is_asked_for_and_stands_before_the_board(browse, house, members):
    """Issue 3, item 3: waivers with scope and end date; everybody may ask, and everybody reads them."""
    page = browse("/waivers/ask", by=house.manager)
    rules = [key for key, _label in page.response.context["form"].fields["rule"].choices if key]
    assert rules and "AR04" not in rules, "only rules that the board can waive"
    opened = browse("/waivers/ask", by=house.manager, data=waiver(rule=rules[0]))
    assert opened.status == 302
    asked = Waiver.objects.get()
    assert (str(asked.starts_on), str(asked.ends_on)) == ("2026-05-01", "2026-06-01")
    page = browse(path(asked.case), by=members[LEGAL])
    assert page.says("1 May 2026 to 31 May 2026, both included", rules[0])
    assert page.says("What it would permit", f"the board has waived {rules[0]}")
    assert browse("/waivers", by=house.stranger).says("Before the board", "Commit count, for every decision")
    factories.votes(asked.case)
    assert browse("/waivers?standing=coming", by=house.stranger).says(
        "1 of 1 waivers", "Granted, begins later"
    )
    assert browse(path(asked.case), by=members[LEGAL]).says("End this waiver now")
    assert browse(f"/waivers/{asked.pk}/end", by=house.manager, data={}).status == 403
    assert browse(f"/waivers/{asked.pk}/end", by=members[LEGAL], data={}).status == 302
    assert browse("/waivers?standing=over", by=house.stranger).says("1 of 1 waivers")


def test_a_waiver_without_scope_or_end_or_of_a_rule_never_waived_is_refused(browse, house):
    """Issue 3, item 3: refused for rules that are never waivable."""
    for parts in (
        {"rule": "AR04"},
        {"metric": ""},
        {"last_day": ""},
        {"last_day": "2026-04-01"},
        {"reason": ""},
    ):
        page = browse("/waivers/ask", by=house.manager, data=waiver(**parts))
        assert page.status == 400 and page.says("There is a problem"), parts
    assert not Waiver.objects.exists()


def test_a_question_is_put_to_the_board(browse, house, members):
    """S49, S100: edge cases, unintended consequences, the yearly review."""
    asked = {
        "kind": CaseKind.EDGE_CASE.value,
        "subject": "Use in a reorganisation",
        "question": "May we?",
        "metric": "",
    }
    assert browse("/cases/new", by=house.manager, data=asked | {"question": ""}).status == 400
    assert browse("/cases/new", by=house.manager, data=asked | {"kind": "yearly_review"}).status == 403
    assert browse("/cases/new", by=house.manager, data=asked | {"metric": "commit-count"}).status == 302
    case = Case.objects.get(kind=CaseKind.EDGE_CASE)
    assert browse(path(case), by=members[LEGAL]).says("Use in a reorganisation", "May we?", "Commit count")


@snapshots.fixture
def on_trial(governed, members, case):
    """A charter that the board lets the team payments try out for 42 days."""
    value = {"cohort": "team:payments", "days": 42}
    board.propose_condition(case=case, kind=ConditionKind.PILOT_TEAM, value=value, by=members[LEGAL])
    factories.votes(case)
    return case


def start(browse, by, **parts):
    given = {"starts_on": "2026-04-14", "days": "42"}
    return browse("/metrics/pr-size/pilot", by=by, data=given | parts)


def test_a_pilot_starts_with_the_teams_consent(browse, house, members, on_trial):
    """S127, S128: one consenting team, 42 to 56 days."""
    assert browse("/pilots", by=members[LEGAL]).says("Start the pilot of Change size")
    assert browse("/metrics/pr-size/pilot", by=members[LEGAL]).says("team payments")
    assert browse("/metrics/pr-size/pilot", by=members[LEGAL]).says("Ask the team")
    assert start(browse, members[LEGAL]).status == 409, "nobody has agreed"
    factories.a_consent(on_trial.charter_version)
    assert start(browse, members[LEGAL], days="41").status == 400
    assert start(browse, house.stranger).status == 403
    assert start(browse, members[LEGAL]).status == 302
    page = browse(f"/pilots/{Pilot.objects.get().pk}", by=house.stranger)
    assert page.says(
        "Team payments tries it out. It ends by itself after 25 May 2026.", "By two thirds of the team"
    )


def test_a_pilot_is_told_before_the_vote_on_the_roll_out(browse, house, members, on_trial):
    """S129, S130, S131: the exit form has three sections; the survey is withheld below the smallest group."""
    factories.a_consent(on_trial.charter_version)
    start(browse, members[LEGAL])
    pilot = Pilot.objects.get()
    address = f"/pilots/{pilot.pk}"
    answers = {"helpful": "yes", "misleading": "no", "healthier": "not_sure"}
    assert browse(f"{address}/survey", by=house.stranger, data=answers).status == 403
    assert browse(f"{address}/survey", by=house.employee, data=answers | {"helpful": ""}).status == 400
    assert browse(f"{address}/survey", by=house.employee, data=answers).status == 302
    assert browse(f"{address}/end", by=members[LEGAL], data={"reason": "Enough was learnt"}).status == 302
    sections = {"definitions": "As written", "interpretation": "With care", "concerns": "None left"}
    assert browse(f"{address}/exit", by=members[LEGAL], data=sections | {"concerns": ""}).status == 400
    assert browse(f"{address}/roll-out", by=members[LEGAL], data={}).status == 409, (
        "the exit report comes first"
    )
    assert browse(f"{address}/exit", by=members[LEGAL], data=sections).status == 302
    assert browse(address, by=house.stranger).says("As written", "Withheld: too few of the team answered")
    assert browse(f"{address}/roll-out", by=members[LEGAL], data={}).status == 302
    second = Case.objects.get(kind=CaseKind.CHARTER, state=CaseState.OPEN)
    assert browse(path(second), by=members[HR]).says("The pilot", "With care", "too few of the team answered")


@pytest.mark.parametrize(
    ("address", "of_an_endless_one"),
    [("/minutes?text=", 400), ("/views?text=", 400)],
    ids=["minutes", "views"],
)
def test_words_that_no_text_holds_find_nothing(browse, members, address, of_an_endless_one):
    """Issue 8, 2 and 9: an endless word is looked for like any other, or refused by a form; NUL, which PostgreSQL refuses, is named."""
    assert browse(address + "x" * 5_000, by=members[LEGAL]).status == of_an_endless_one
    refused = browse(address + "no+such+word%00", by=members[LEGAL])
    assert refused.status == 400 and "NUL" in refused.text


LISTS = {"/cases": 13, "/minutes": 8, "/waivers": 8, "/pilots": 8}


@pytest.mark.parametrize("address", LISTS)
def test_lists_cost_few_statements(statements, members, case, address):
    """DESIGN, Style: every list has a pinned query count."""
    assert statements(address, by=members[LEGAL]) <= LISTS[address]


def test_a_list_costs_the_same_however_long(statements, members, case):
    """DESIGN, Style: no statement a row."""
    before = [statements(address, by=members[LEGAL]) for address in LISTS]
    factories.an_open_case("deployment-frequency")
    factories.a_decided_case(factories.an_open_case("change-failure-rate"))
    assert [statements(address, by=members[LEGAL]) for address in LISTS] == before


def test_a_case_costs_few_statements(statements, members, case):
    """DESIGN, Style: pinned query counts."""
    assert statements(path(case), by=members[LEGAL]) <= 25  # one of them for the agreements in force


def test_a_member_names_who_handles_a_case(browse, members, case):
    """Issue 3, item 8: named by the board on a page of its own; they read the open case, and may step down."""
    handler = factories.an_account("preparer")
    assert browse(path(case), by=handler).status == 403
    assert browse(path(case), by=members[LEGAL]).says("Handled by Nobody yet", "Name somebody")
    act = path(case, "/handler")
    assert browse(act, by=members[LEGAL]).says("Name who handles the case")
    for data, says in (
        ({}, "Enter a user name"),
        ({"handler": "nobody-here"}, "Name somebody whose account is a person’s and in use."),
        ({"handler": "owner"}, "Nobody handles their own proposal."),
    ):
        page = browse(act, by=members[LEGAL], data={"x": "y", **data})
        assert page.status == 400 and page.says(says)
    assert browse(act, by=members[LEGAL], data={"handler": "preparer"}).response["Location"] == path(case)
    page = browse(path(case), by=handler)
    assert (
        page.status == 200 and page.says("Handled by Preparer", "Step down") and not page.says("Name another")
    )
    assert browse("/cases?handler=me", by=handler).says("1 of")
    assert browse(path(case, "/handler/release"), by=handler, data={}).status == 302
    assert browse(path(case), by=handler).status == 403


def test_who_may_name_who_handles_a_case(browse, members, case, house):
    """Issue 3, item 8: members of the board; the owner, who sees the case, does not."""
    owner = case.charter_version.metric.owner
    for user, status in ((members[HR], 302), (owner, 403), (house.manager, 403)):
        assert browse(path(case, "/handler"), by=user, data={"handler": "board-legal"}).status == status


def test_a_member_puts_a_question_with_its_handler(browse, members, house):
    """Issue 3, item 8: named when a case is opened; others are not asked for one."""
    handler = factories.an_account("preparer")
    asked = {"kind": "edge_case", "subject": "On loan", "question": "Whose team is theirs?"}
    assert browse("/cases/new", by=members[LEGAL]).says("Who prepares it for the board?")
    assert not browse("/cases/new", by=house.manager).says("Who prepares it for the board?")
    opened = browse("/cases/new", by=members[LEGAL], data={**asked, "handler": "preparer"})
    assert browse(opened.response["Location"], by=handler).says("Handled by Preparer")
    own = browse("/cases/new", by=members[LEGAL], data={**asked, "handler": "board-legal"})
    assert own.status == 400 and own.says("Nobody handles their own proposal.")
