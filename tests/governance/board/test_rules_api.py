"""The rules in the API: for everybody, with examples that were just run and what is waived."""

from datetime import timedelta

import pytest

from charter.rules import examples
from governance.board import services
from governance.board.states import CaseKind
from ground import calendar, clock
from tests import factories
from tests.charter.rules.upgrades import upgraded_house


@pytest.fixture
def get(by, client):
    """GET as somebody without any role; gives status and body."""
    factories.a_board()
    factories.a_programme()
    factories.the_rules()
    token = factories.a_token(factories.an_account("newcomer"))

    def _get(query=""):
        response = client.get(f"/api/v1/rules{query}", headers={"authorization": f"Token {token}"})
        return response.status_code, response.json()

    return _get


def test_everybody_reads_the_rules_with_their_examples_just_run(get):
    """Issue 4, item 8; S54, S78, S85: ids, text, examples with verdicts, whom to ask, without any role."""
    before = clock.now()
    status, told = get()
    assert (status, len(told)) == (200, 29)
    assert all(before.isoformat() <= rule["examples_ran_at"] for rule in told)
    assert sum(len(rule["examples"]) for rule in told) == len(examples.BUILTIN_EXAMPLES)
    assert all(example["matches"] for rule in told for example in rule["examples"])
    series = next(rule for rule in told if rule["id"] == "AR13")
    assert [each["verdict"] for each in series["examples"]] == ["permit", "refer", "refer"]
    assert series["examples"][1]["rules"] == ["AR13"] and series["examples"][1]["here"]
    assert series["contact"] == {"seat": "worker_rep", "holders": ["Board-Worker-Rep"]}
    assert series["next_level"]["seat"] == "legal" and series["own"] is False
    assert series["cedar"].startswith("forbid (")


def test_what_is_waived_now_is_told(get):
    """Issue 4, item 8: what is waived, for what, until when and why."""
    details: dict[str, object] = {"rule_id": "AR26", "reason": "A court asks.", "decision": "legal_request"}
    details |= {"starts_on": calendar.today(), "ends_on": calendar.today() + timedelta(days=9)}
    words = {"subject": "An export", "question": "May it?"}
    case = services.open_case(kind=CaseKind.WAIVER, **words, details=details, by=factories.system())
    assert get("?text=AR26")[1][0]["waivers"] == []
    factories.a_decided_case(case)
    told = {
        "case": str(case.pk), "metric": "", "decision": "legal_request", "starts_on": f"{details['starts_on']}",
        "ends_on": f"{details['ends_on']}", "reason": "A court asks.",
    }  # fmt: skip
    assert get("?text=AR26")[1][0]["waivers"] == [told]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("?waivable=board", ["AR16", "AR19", "AR26", "AR27", "AR29"]),
        ("?family=people", ["AR07", "AR18"]),
        ("?text=screens", ["AR01"]),
        ("?family=gossip", []),
        ("?waivable=board&text=migration", ["AR16"]),
    ],
)
def test_the_list_is_narrowed(get, query, ids):
    """Issue 4, item 8: filters, the same as on the page."""
    assert [rule["id"] for rule in get(query)[1]] == ids


@pytest.mark.parametrize(("query", "field"), [("?waivable=hr", "waivable"), (f"?text={'a' * 101}", "text")])
def test_a_filter_that_means_nothing_is_refused(get, query, field):
    """Issue 4, Bad input: 400 naming the field."""
    status, told = get(query)
    assert (status, told["field"]) == (400, field)


def test_rules_that_cannot_be_worked_out_are_read_without_verdicts(get, tmp_path):
    """Issue 4: after an upgrade the rules can be read; no example is said to have been run."""
    with upgraded_house(tmp_path):
        status, told = get()
    assert (status, len(told)) == (200, 29)
    assert not any(rule["examples"] or rule["examples_ran_at"] for rule in told)


def test_the_list_costs_few_statements(get, django_assert_num_queries):
    """DESIGN Style: pinned query counts."""
    get()
    with django_assert_num_queries(4):
        get()
