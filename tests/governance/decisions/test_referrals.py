"""What the rules leave to the board: put to it by one click, ruled on, and answered by that until it lapses."""

import io
import json
from datetime import timedelta

import msgspec
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audits.ledger.models import Entry
from audits.ledger.states import Visibility
from charter import rules
from charter.registry import services as registry
from charter.rules.request import Request
from charter.rules.vocabulary import Outcome, Role
from governance.board import services as board
from governance.board.models import Case
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.decisions import queries
from governance.decisions.facts import rulings
from governance.decisions.models import DecisionRecord, Referral
from governance.decisions.requests.fingerprints import make_fingerprint
from governance.decisions.services import end_ruling, refer_to_board
from governance.decisions.states import RulingStanding
from governance.people.models import AccountKind, Team, User
from governance.training import services as training
from ground import clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories, snapshots
from tests.governance.decisions.looks import LOOK, look, people
from tests.governance.decisions.test_answer import LEAD_TIME, ask
from tests.governance.decisions.test_data_versions import bumping, tables_of
from tests.governance.decisions.test_looking import RATING, STAFFING, refers, set_limits

__all__ = ["people"]

SAID_NO = "The board was asked about this, and said no."
NO = dict.fromkeys(SeatKind, Vote.REJECT)
# A rule of an organisation's own that leaves a use to the board.
ORG_RULE = """
@id("ORG1")
@title("Staffing by lead time is for the board")
@text("Lead time is used for staffing only where the board has said so.")
@why("It was once used to close a team.")
@fix("Put it to the board.")
@family("ours")
@effect("refer")
@waivable("never")
forbid (principal, action == Action::"use", resource)
when { context.decision == Decision::"staffing" }
unless { context.ruled.contains("ORG1") };
"""


@snapshots.fixture
def with_hopped(governed, with_people) -> DecisionRecord:
    ask(governed.manager, RATING)
    return the_decision(ask(governed.manager, STAFFING))


@pytest.fixture
def hopped(people, with_hopped) -> DecisionRecord:
    """A question that AR13 leaves to the board: staffing, after a rating was refused."""
    return with_hopped


def the_decision(given) -> DecisionRecord:
    return DecisionRecord.objects.get(pk=given.id)


def an_own_rule() -> None:
    """Such a rule beside the built-in ones, passed by the board and acknowledged."""
    files = {**rules.builtin_files(), "ours.cedar": ORG_RULE}
    version = registry.propose_rulebook(files=files, by=factories.system())
    factories.votes(board.open_case(rulebook_version=version, by=factories.system()))
    for user in User.objects.filter(username__in=["manager", "employee", "stranger"]):
        training.acknowledge(rulebook_version=version, by=user)


def a_colleague() -> User:
    """Another manager of payments."""
    colleague = factories.an_account("colleague")
    factories.a_role(colleague, Role.MANAGER, team=Team.objects.get(slug="payments"))
    training.acknowledge(rulebook_version=factories.the_rules(), by=colleague)
    return colleague


def ruled(decision: DecisionRecord, by, said=None) -> queries.RuledReferral:
    """Put a question to the board and let it vote: for it, unless `said` otherwise."""
    referral = refer_to_board(decision=decision, by=by)
    factories.a_decided_case(referral.case, said)
    return queries.get_referral(referral.pk, by=by)


def matches(given) -> set[str]:
    return {match.id for match in given.verdict.rules}


# ── putting it to the board ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_referred_question_becomes_an_edge_case_with_its_request_and_facts(people, hopped):
    """Issue 4, 4: an edge case with one click, carrying request and facts."""
    referral = refer_to_board(decision=hopped, by=people.manager, said="We plan the summer.")
    case = referral.case
    assert (case.kind, case.state, case.opened_by) == (CaseKind.EDGE_CASE, CaseState.OPEN, people.manager)
    assert case.subject == "A ruling on lead time for changes, at team level, for staffing"
    assert "AR13: No series of queries that isolates a person." in case.question
    assert case.question.endswith("We plan the summer.")
    # Who votes is told how far a yes would reach, which is further than the question.
    assert "A yes holds for 92 days, for every question of this account on these metrics" in case.question
    assert (referral.rules, referral.decision, referral.asked_by) == (["AR13"], hopped, people.manager)


def test_what_is_published_names_nobody(people):
    """Issue 4, 4: others see the matter; a closed case is read by everybody."""
    set_limits(looks_a_day=0)
    referral = refer_to_board(decision=the_decision(look(people.manager, "payments-2")), by=people.manager)
    said = referral.case.subject + referral.case.question
    assert "payments" not in said and "manager" not in said.casefold()


def test_it_is_in_the_ledger_and_only_for_those_concerned(people, hopped):
    """DESIGN, Ledger: in the transaction of what it records, restricted as it says who asked."""
    refer_to_board(decision=hopped, by=people.manager)
    assert Entry.objects.get(kind="decisions.use.referred").visibility == Visibility.RESTRICTED


def test_a_second_click_leads_to_the_same_case(people, hopped):
    """Issue 4, 4: one open referral a shape."""
    first = refer_to_board(decision=hopped, by=people.manager)
    again = the_decision(ask(people.manager, STAFFING, reason="Once more"))
    assert refer_to_board(decision=hopped, by=people.manager) == first
    assert refer_to_board(decision=again, by=people.manager) == first
    assert Case.objects.filter(kind=CaseKind.EDGE_CASE).count() == 1


def test_the_same_question_of_a_colleague_is_before_the_board_already(people):
    """Issue 4, 4: a shape of an organisation's rule is anybody's with the same roles."""
    an_own_rule()
    colleague = a_colleague()
    refer_to_board(decision=the_decision(ask(people.manager, STAFFING)), by=people.manager)
    with pytest.raises(Conflict, match="before the board already"):
        refer_to_board(decision=the_decision(ask(colleague, STAFFING)), by=colleague)


@pytest.mark.parametrize("who", ["employee", "auditor", "stranger", "board"])
def test_only_who_asked_puts_it_to_the_board(people, hopped, who):
    """Issue 4, 4: truth table of who may; an auditor and the board neither."""
    user = factories.a_board()[SeatKind.LEGAL] if who == "board" else getattr(people, who)
    with pytest.raises(NotPermitted):
        refer_to_board(decision=hopped, by=user)


@pytest.mark.parametrize("question", [LEAD_TIME, RATING], ids=["permit", "deny"])
def test_what_the_rules_decided_is_not_put_to_the_board(house, question):
    """Issue 4, 4: only for the asker's own decision with verdict refer."""
    with pytest.raises(BadInput) as raised:
        refer_to_board(decision=the_decision(ask(house.manager, question)), by=house.manager)
    assert raised.value.code == "not_referred"


def test_a_machine_puts_nothing_to_the_board(people, hopped):
    """DESIGN, Board: a question to the board is a person's."""
    factories.change(people.manager, kind=AccountKind.MACHINE)
    with pytest.raises(NotPermitted):
        refer_to_board(decision=hopped, by=people.manager)
    assert not Case.objects.filter(kind=CaseKind.EDGE_CASE).exists()


def test_the_board_does_not_rule_on_its_own_question(people, hopped):
    """DESIGN, Board: nobody votes on their own proposal."""
    factories.an_alternate(SeatKind.LEGAL, people.manager)
    referral = refer_to_board(decision=hopped, by=people.manager)
    with pytest.raises(NotPermitted) as raised:
        board.cast_ballot(case=referral.case, seat_kind=SeatKind.LEGAL, vote=Vote.APPROVE, by=people.manager)
    assert raised.value.code == "own_proposal"


def test_the_database_keeps_what_was_put_to_the_board(people, hopped):
    """DESIGN, Ground rules: the runtime role may end a ruling, and change nothing else of it."""
    referral = refer_to_board(decision=hopped, by=people.manager)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(shapes=["0" * 64])
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        referral.delete()


# ── the ruling ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_referred_then_approved_then_permitted_then_lapsed_then_referred(people, hopped):
    """Issue 4, 4: the ruling answers later requests of the same shape until it lapses. No job runs in between."""
    referral = refer_to_board(decision=hopped, by=people.manager)
    assert refers(ask(people.manager, STAFFING))  # open: nothing is decided
    factories.a_decided_case(referral.case)
    assert ask(people.manager, STAFFING).verdict.permits
    ask(people.manager, RATING)
    with clock.stopped_at(clock.now() + timedelta(days=91, hours=23)):
        ask(people.manager, RATING)
        assert ask(people.manager, STAFFING).verdict.permits
        assert queries.get_referral(referral.pk, by=people.manager).standing == RulingStanding.YES
    with clock.stopped_at(clock.now() + timedelta(days=92)):
        assert refers(ask(people.manager, STAFFING))
        assert queries.get_referral(referral.pk, by=people.manager).standing == RulingStanding.LAPSED
        again = refer_to_board(decision=the_decision(ask(people.manager, STAFFING)), by=people.manager)
        assert again != referral


def test_rejected_it_is_denied_and_says_so(people, hopped):
    """Issue 4, 4: the board has said no, and is not asked the same again."""
    referral = ruled(hopped, people.manager, NO)
    given = ask(people.manager, STAFFING)
    assert given.verdict.outcome is Outcome.DENY and matches(given) == {"AR13"}
    assert given.verdict.rules[0].here.endswith(SAID_NO)
    assert referral.standing == RulingStanding.NO
    with pytest.raises(BadInput):
        refer_to_board(decision=the_decision(given), by=people.manager)
    with pytest.raises(Conflict) as raised:
        refer_to_board(decision=hopped, by=people.manager)
    assert raised.value.code == "already_ruled"
    with clock.stopped_at(clock.now() + timedelta(days=92)):
        ask(people.manager, RATING)
        assert refers(ask(people.manager, STAFFING))


def test_how_long_a_ruling_lasts_is_the_programmes_to_set(people, hopped):
    """Requirements: numbers that the product chooses are settings."""
    ruled(hopped, people.manager)
    factories.settings(ruling_days=1)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert refers(ask(people.manager, STAFFING))


def test_a_ruling_on_looking_is_for_who_asked_whomever_they_look_at(people):
    """Issue 4, 4: asker, metrics, decision, level and view are its shape."""
    set_limits(looks_a_day=0)
    ruled(the_decision(look(people.manager, "payments-2")), people.manager)
    assert look(
        people.manager, "payments-3", window={"from": "2026-02-01", "to": "2026-03-01"}
    ).verdict.permits
    other = ask(people.manager, LOOK, decision="legal_request", accountable="manager")
    assert refers(other)
    colleague = a_colleague()
    assert refers(look(colleague, "payments-3"))


REQUEST = msgspec.convert(
    {**LEAD_TIME, "evidence": [{"kind": "design_review", "ref": "DR-1"}], "reason": "Spring"}, Request
)
ROLES = (Role.MANAGER, Role.TEAM_MEMBER)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"window": {"from": "2026-02-01", "to": "2026-03-01"}}, True),
        ({"reason": "Autumn"}, True),
        ({"evidence": [{"kind": "design_review", "ref": "DR-2"}]}, True),
        ({"evidence": [{"kind": "mentoring", "ref": "DR-1"}]}, False),
        ({"evidence": []}, False),
        ({"cohorts": ["team:search"]}, False),
        ({"metrics": ["commit-count"]}, False),
        ({"decision": "staffing"}, False),
        ({"grain": "org"}, False),
        ({"view": "performance"}, False),
        ({"period": "quarter"}, False),
        ({"compare": True}, False),
        ({"export": True}, False),
        ({"accountable": "manager"}, False),
    ],
)
def test_the_shape_of_a_use_is_all_but_when_and_why(changes, same):
    """Issue 4, 4: everything asked but window, reason and evidence references, plus the asker's roles."""
    rule = rules.compile_rulebook({**rules.builtin_files(), "ours.cedar": ORG_RULE}).by_id["ORG1"]
    asker, other = "0" * 32, "1" * 32
    before = make_fingerprint(rule, REQUEST, asker=asker, roles=ROLES)
    changed = msgspec.convert({**msgspec.to_builtins(REQUEST), **changes}, Request)
    assert (make_fingerprint(rule, changed, asker=other, roles=ROLES[::-1]) == before) == same
    assert make_fingerprint(rule, REQUEST, asker=asker, roles=ROLES[:1]) != before


def test_order_makes_no_other_shape():
    """Issue 4, 4: the same cohorts and metrics named in another order are the same question."""
    for rule in rules.compile_rulebook({**rules.builtin_files(), "ours.cedar": ORG_RULE}).rules:
        asked = msgspec.structs.replace(REQUEST, metrics=("a", "b"), cohorts=("team:a", "team:b"))
        turned = msgspec.structs.replace(REQUEST, metrics=("b", "a"), cohorts=("team:b", "team:a"))
        assert make_fingerprint(rule, asked, asker="0", roles=ROLES) == make_fingerprint(
            rule, turned, asker="0", roles=ROLES
        )


def test_a_ruling_on_an_organisations_own_rule_answers_whoever_holds_the_same_roles(people):
    """Issue 4, 4: for any other referring rule, the roles count and not the account."""
    an_own_rule()
    first = ask(people.manager, STAFFING)
    assert first.verdict.outcome is Outcome.REFER and matches(first) == {"ORG1"}
    ruled(the_decision(first), people.manager)
    assert ask(people.manager, STAFFING).verdict.permits
    assert matches(ask(people.employee, STAFFING)) == {"ORG1"}  # a member of the team, not its manager
    search = {**STAFFING, "cohorts": ["team:search"]}
    factories.a_role(people.manager, Role.MANAGER, team=Team.objects.get(slug="search"))
    assert matches(ask(people.manager, search)) == {"ORG1"}


def test_the_latest_word_of_the_board_counts(people, hopped):
    """Issue 4, 4: ended early and asked again, a yes takes the place of a no."""
    referral = ruled(hopped, people.manager, NO)
    end_ruling(referral=referral, by=factories.a_board()[SeatKind.HR])
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        again = the_decision(ask(people.manager, STAFFING))
        ruled(again, people.manager)
        assert ask(people.manager, STAFFING).verdict.permits


def test_the_board_ends_a_ruling_early(people, hopped):
    """Issue 4, 4: as waivers are; at once, by any member, and by nobody else."""
    referral = ruled(hopped, people.manager)
    for user in (people.manager, people.auditor, people.stranger):
        with pytest.raises(NotPermitted):
            end_ruling(referral=referral, by=user)
    member = factories.a_board()[SeatKind.WORKER_REP]
    ended = end_ruling(referral=referral, by=member)
    assert (ended.ended_by, ended.ended_at) == (member, clock.now())
    assert refers(ask(people.manager, STAFFING))
    assert Entry.objects.filter(kind="decisions.ruling.ended").count() == 1
    with pytest.raises(Conflict):
        end_ruling(referral=referral, by=member)


def test_only_a_ruling_in_force_is_ended(people, hopped):
    """Issue 4, 4: neither a question that is open nor a ruling that lapsed."""
    member = factories.a_board()[SeatKind.WORKER_REP]
    referral = refer_to_board(decision=hopped, by=people.manager)
    with pytest.raises(Conflict):
        end_ruling(referral=referral, by=member)
    factories.a_decided_case(referral.case)
    with clock.stopped_at(clock.now() + timedelta(days=92)), pytest.raises(Conflict):
        end_ruling(referral=referral, by=member)


def test_a_ruling_opens_nothing_that_another_rule_refuses(people, hopped):
    """DESIGN, Rules: deny beats refer; the board's word on one rule is no word on another."""
    ruled(hopped, people.manager)
    assert "AR15" not in matches(ask(people.manager, STAFFING))
    registry.suspend(version=people.lead_time, by=factories.system())
    assert "AR15" in matches(ask(people.manager, STAFFING))


def test_every_table_that_rulings_are_read_from_is_marked(people):
    """DESIGN, The line: nothing remembered outlives a write."""
    assert tables_of(rulings.RULINGS) == {"decisions_referral", "board_case"}
    assert "decisions_referral" in bumping("decisions") and "board_case" in bumping("board")


def reads_of_rulings(by, question) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask(by, question)
    return sum("decisions_referral" in each["sql"] for each in captured)


def test_rulings_cost_one_statement_where_they_matter_and_none_otherwise(people, hopped):
    """Issue 2, Measured: remembered under the data versions of board and decisions, and not read for ordinary questions."""
    ruled(hopped, people.manager)
    assert reads_of_rulings(people.employee, LEAD_TIME) == 0
    assert reads_of_rulings(people.manager, STAFFING) == 1
    assert reads_of_rulings(people.manager, STAFFING) == 0


# ── doors, and who sees what ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def api(people, client):
    """Call the API as an account; gives status and body."""

    def _call(method: str, path: str, by, body=None):
        token = factories.a_token(by)
        reply = getattr(client, method)(
            f"/api/v1/{path}",
            **(
                {}
                if method == "get"
                else {"data": json.dumps(body) if body else b"", "content_type": "application/json"}
            ),
            HTTP_AUTHORIZATION=f"Token {token}",
        )
        return reply.status_code, json.loads(reply.content) if reply.content else None

    return _call


def test_the_api_says_where_a_question_is_put_to_the_board(people, api):
    """Issue 4, 4: 403 use_referred with refer_url, at which the case is opened; a check says so too."""
    ask(people.manager, RATING)
    status, problem = api("post", "queries", people.manager, STAFFING)
    assert (status, problem["code"], problem["verdict"]) == (403, "use_referred", "refer")
    assert problem["title"] == "This use is for the board to decide"
    path = problem["refer_url"].split("/api/v1/")[1]
    assert path == f"receipts/{problem['receipt']['id']}/referral"
    status, told = api("post", path, people.manager, {"said": "For the summer."})
    assert (status, told["standing"], told["rules"]) == (201, "asked", ["AR13"])
    assert told["asked"]["receipt"] == problem["receipt"]["id"]
    assert Case.objects.get(pk=told["case"]).question.endswith("For the summer.")
    status, checked = api("post", "checks", people.manager, STAFFING)
    assert status == 200 and checked["verdict"] == "refer" and "refer_url" in checked


def test_without_a_body_it_is_put_without_words(people, api, hopped):
    """Issue 4, 4: one click."""
    assert api("post", f"receipts/{hopped.entry_id}/referral", people.manager)[0] == 201


def test_who_may_not_gets_a_problem(people, api, hopped):
    """Issue 4, Bad input: an id tells a stranger nothing; unknown fields are named."""
    path = f"receipts/{hopped.entry_id}/referral"
    assert api("post", path, people.stranger)[0] == 404
    assert api("post", path, people.auditor)[0] == 403
    status, problem = api("post", path, people.manager, {"vote": "approve"})
    assert (status, problem["field"]) == (400, "vote")


def test_rulings_are_listed_with_who_asked_for_those_concerned_alone(people, api, hopped):
    """Issue 4, 4: who asked is visible to board, auditor and asker only; others see the matter."""
    referral = refer_to_board(decision=hopped, by=people.manager)
    assert api("get", "rulings", people.stranger)[1]["results"] == []
    factories.a_decided_case(referral.case)
    member = factories.a_board()[SeatKind.HR]
    for user, sees in (
        (people.manager, True),
        (people.auditor, True),
        (member, True),
        (people.employee, False),
    ):
        (told,) = api("get", "rulings", user)[1]["results"]
        assert (told["standing"], told["metrics"]) == ("yes", ["lead-time-for-changes"])
        assert (told["asked"] is not None) == sees, user
        case = api("get", f"cases/{referral.case_id}", user)[1]
        assert case["opened_by"] == ("manager" if sees else None)
        listed = next(each for each in api("get", "cases", user)[1]["results"] if each["id"] == told["case"])
        assert listed["opened_by"] == ("manager" if sees else None)


def test_the_facts_told_leave_out_what_is_held_and_disputed(people, api, hopped):
    """AR21, AR22: a referral is no way to learn who has appealed."""
    refer_to_board(decision=hopped, by=people.manager)
    (told,) = api("get", "rulings", people.manager)[1]["results"]
    assert told["asked"]["facts"][0]["looking"]["hopped_from"] == "performance_rating"
    assert not {"protected", "values"} & set(told["asked"]["facts"][0])


def test_the_board_ends_a_ruling_over_the_api(people, api, hopped):
    """Issue 4, 4: every door is the same service."""
    referral = ruled(hopped, people.manager)
    assert api("post", f"rulings/{referral.pk}/end", people.manager)[0] == 403
    status, told = api("post", f"rulings/{referral.pk}/end", factories.a_board()[SeatKind.HR])
    assert (status, told["standing"]) == (200, "ended")


def test_the_list_costs_the_same_however_long(people, hopped):
    """DESIGN, Style: pinned query counts."""
    token = factories.a_token(people.employee)

    def cost(number: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            reply = Client().get("/api/v1/rulings", HTTP_AUTHORIZATION=f"Token {token}")
        assert len(reply.json()["results"]) == number
        return len(captured)

    ruled(hopped, people.manager)
    cost(1)
    few = cost(1)
    set_limits(looks_a_day=0)
    ruled(the_decision(look(people.manager, "payments-2")), people.manager)
    assert cost(2) == few <= 10


def test_the_board_sees_the_receipt_of_what_is_put_to_it(people, hopped):
    """Issue 4, 4: linked to the receipt; of nothing else does the board see receipts."""
    member = factories.a_board()[SeatKind.HR]
    with pytest.raises(NotFound):
        queries.get_decision_of_entry(hopped.entry_id, by=member)
    refer_to_board(decision=hopped, by=people.manager)
    assert queries.get_decision_of_entry(hopped.entry_id, by=member) == hopped
    with pytest.raises(NotFound):
        queries.get_decision_of_entry(hopped.entry_id, by=people.stranger)


def test_the_shell_puts_it_to_the_board(people, tmp_path):
    """Issue 4, 4: `manage.py ask --refer`."""
    ask(people.manager, RATING)
    question = tmp_path / "question.json"
    question.write_text(json.dumps(STAFFING))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "ask", str(question), username="manager", check=False, refer="For the summer.", stdout=out
        )
    told = json.loads(out.getvalue())
    assert told["verdict"] == "refer"
    assert told["case_url"].endswith(f"/cases/{Referral.objects.get().case_id}")
