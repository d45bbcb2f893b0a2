"""Appeals over the API, as issue 12 names their fields."""

from datetime import date

import pytest

from governance.appeals.models import Appeal
from governance.appeals.states import HoldChoice
from governance.decisions.models import Hold
from governance.people.models import GrantedRole, RoleGrant, Team
from governance.training import services as training
from tests import factories
from tests.governance.appeals.conftest import MARCH, assign, decide
from tests.governance.decisions.test_answer import ask

pytestmark = pytest.mark.django_db
APPEALS = "/api/v1/appeals"
FILED = {
    "kind": "named",
    "about": {"value": {"metric": "lead-time-for-changes", "cohort": "team:payments", **MARCH}},
    "statement": "Two of our largest changes are missing.",
    "wanted": "Count them.",
    "context": [{"kind": "on_call", "from": "2026-03-09", "to": "2026-03-21", "says": "Nights."}],
    "hold": "value",
    "contested": "manager",
}


def test_filing_answers_with_number_state_days_and_what_is_held(call, desk):
    """Issue 12, 10: 201 with `id`, `state`, `due` (dates) and `held`."""
    status, told = call(desk.employee, APPEALS, FILED)
    assert status == 201 and told.keys() == {"id", "state", "due", "held"}
    assert told["state"] == "filed"
    assert told["due"] == {"acknowledge": "2026-04-16", "independence": "2026-04-21", "outcome": "2026-04-28"}
    assert told["held"] == [
        {
            "metric": "lead-time-for-changes",
            "cohort": "team:payments",
            "person": None,
            **MARCH,
            "on_use": False,
        }
    ]


def test_an_appeal_goes_through_its_life(call, desk):
    """Issue 12, 4 and 10: acknowledged, assigned, written to, put off, decided, accepted."""
    one = f"{APPEALS}/{call(desk.employee, APPEALS, FILED)[1]['id']}"
    assert call(desk.legal, f"{one}/acknowledge", {})[1]["state"] == "acknowledged"
    assert call(desk.legal, f"{one}/assign", {"handler": "hr"})[1]["handler"] == desk.hr.name
    assert call(desk.employee, f"{one}/messages", {"text": "See the mirror."})[0] == 201
    assert call(desk.hr, f"{one}/messages", {"text": "Ask.", "internal": True})[0] == 201
    assert [each["text"] for each in call(desk.employee, f"{one}/messages")[1]["results"]] == [
        "See the mirror."
    ]
    assert (
        call(desk.hr, f"{one}/extend", {"why": "Its log comes on Monday."})[1]["due"]["outcome"]
        == "2026-05-12"
    )
    outcome = {
        "finding": "upheld",
        "reasons": "They are missing.",
        "evidence": "The log.",
        "remedy": "Counted.",
    }
    assert call(desk.hr, f"{one}/outcome", outcome)[0] == 200
    told = call(desk.employee, one)[1]
    assert (told["state"], told["outcomes"][0]["finding"]) == ("decided", "upheld")
    assert call(desk.employee, f"{one}/accept", {})[1]["state"] == "closed"
    assert Hold.objects.get().released_at is not None


def test_whoever_finds_a_handler_is_not_told_what_it_says(call, desk, file):
    """DESIGN: who assigns knows days and kind; what it says is both sides'."""
    appeal = file()
    told = call(desk.legal, f"{APPEALS}/{appeal.pk}")[1]
    assert told["kind"] == "named" and "statement" not in told and "appellant" not in told


@pytest.mark.parametrize("who", ["manager", "stranger", "hr"])
def test_to_others_an_appeal_is_not_there(call, desk, file, who):
    """S79: 404 for what is there and for what is not, at every address."""
    appeal = file()
    by = getattr(desk, who)
    acts = {
        "acknowledge": {}, "assign": {"handler": "hr"}, "extend": {"why": "x"}, "withdraw": {}, "conflict": {"why": "x"},
        "outcome": {"finding": "upheld", "reasons": "x", "evidence": "x", "remedy": "x"}, "messages": {"text": "x"},
        "second": {"why": "x"}, "accept": {},
    }  # fmt: skip
    nowhere = "00000000-0000-4000-8000-000000000000"
    for key in (appeal.pk, nowhere):
        assert call(by, f"{APPEALS}/{key}")[0] == 404
        for act, body in acts.items():
            assert call(by, f"{APPEALS}/{key}/{act}", body)[0] == 404, act
    assert call(by, APPEALS)[1]["results"] == []


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"kind": "anonymous"}, "kind"),
        ({"kind": "loud"}, "kind"),
        ({"about": {"calibration": "x"}}, "about"),
        ({"about": {"rule": "AR99"}}, "about"),
        ({"about": {"receipt": "123"}}, "about"),
        ({"about": {"receipt": "00000000-0000-4000-8000-000000000000"}}, "about"),
        ({"about": {"value": {"metric": "x"}}}, "about"),
        ({"about": {"value": [1]}}, "about"),
        ({"about": {"value": {"metric": "x", "cohort": "y", "from": "2026-13-01", "to": "z"}}}, "about"),
        ({"about": {"rule": "AR07", "charter": "x"}}, "about"),
        ({"contested": "nobody"}, "contested"),
        ({"contested": "employee"}, "contested"),
        ({"statement": "‮gnirts"}, "statement"),
        ({"statement": "x" * 10_000_000}, "statement"),
        ({"favourite": 1}, "favourite"),
        ({"hold": "everything"}, "hold"),
    ],
)
def test_what_cannot_be_filed_names_its_field(call, desk, over, field):
    """Issue 12, bad input."""
    status, problem = call(desk.employee, APPEALS, {**FILED, **over})
    assert status in (400, 413), problem
    assert problem["field"] in (field, "body")
    assert not Appeal.objects.exists() and not Hold.objects.exists()


def test_no_user_name_is_tried_out_by_contesting_its_use(call, desk):
    """Issue 12, attack: one is answered as one that is not there, until they lead the appellant or are told to have looked."""
    over = {**FILED, "about": {"rule": "AR07"}, "hold": "none"}
    refused = [
        call(desk.employee, APPEALS, {**over, "contested": name})
        for name in ("nobody", desk.stranger.username, desk.auditor.username, desk.legal.username)
    ]
    assert {status for status, _problem in refused} == {400}
    assert len({problem["detail"] for _status, problem in refused}) == 1 and not Appeal.objects.exists()
    leader = factories.an_account("leads-payments")
    factories.a_role(leader, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    assert call(desk.employee, APPEALS, {**over, "contested": leader.username})[0] == 201


def test_whoever_is_told_to_have_looked_is_contested_by_name(call, desk):
    """Issue 12, 3: a look that is told with who looked says whose use it was."""
    over = {**FILED, "about": {"rule": "AR07"}, "hold": "none"}
    looked, idle = (factories.an_account(name) for name in ("looked", "idle"))
    for each in (looked, idle):
        training.acknowledge(rulebook_version=factories.the_rules(), by=each)
        factories.a_role(each, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    assert ask(looked).verdict.permits
    for grant in RoleGrant.objects.filter(user__in=[looked, idle]):
        factories.change(grant, valid_from=date(2020, 1, 1), valid_to=date(2020, 2, 1))
    assert call(desk.employee, APPEALS, {**over, "contested": "idle"})[0] == 400
    assert call(desk.employee, APPEALS, {**over, "contested": "looked"})[0] == 201


def test_a_rule_and_a_charter_are_contested_with_nothing_held(call, desk):
    """Issue 12, 3: from a rule, a charter, or nothing."""
    for about in ({"rule": "AR07"}, {"charter": "lead-time-for-changes"}, {}):
        status, told = call(desk.employee, APPEALS, {**FILED, "about": about, "hold": "none"})
        assert (status, told["held"]) == (201, [])


def test_withdrawn_it_is_over_and_decided_it_cannot_be_withdrawn(call, desk, file):
    """Issue 12, 4: withdrawal, while nobody has decided."""
    appeal = file(hold=HoldChoice.NONE)
    assert call(desk.employee, f"{APPEALS}/{appeal.pk}/withdraw", {})[1]["state"] == "withdrawn"
    other = assign(file(hold=HoldChoice.NONE), desk)
    decide(other, desk.hr)
    assert call(desk.employee, f"{APPEALS}/{other.pk}/withdraw", {})[0] == 409
