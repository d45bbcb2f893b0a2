"""Evidence is a record that somebody else can open (issue 14, 3; S86, S95, S99)."""

from datetime import timedelta

import pytest

from audits.ledger.models import Entry
from charter.rules.vocabulary import EvidenceKind
from governance.evidence import permissions, queries, services
from governance.evidence.models import EvidenceRecord
from governance.evidence.states import EvidenceState
from governance.people.models import GrantedRole, Person
from ground import calendar
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories
from tests.governance.decisions.conftest import around_payments, governed, house, people_around, stopped
from tests.governance.use_check.conftest import call, write

__all__ = ["around_payments", "call", "governed", "house", "people_around", "stopped"]

SEEN_BY = {"concerned", "superior", "manager", "lead", "hr", "auditor"}


@pytest.fixture
def record(around_payments) -> EvidenceRecord:
    """A design review of `concerned`, written down by whom they report to."""
    accounts = around_payments
    return write(accounts["superior"], person=accounts["concerned"].person.external_id)


def test_who_opens_evidence_about_a_person(record, around_payments):
    """S86: those who decide about them, they themselves and auditors; to all others it is not there, in list and page alike."""
    sees = set()
    for name, account in around_payments.items():
        listed = record in queries.list_seen(account) if account.is_active else False
        try:
            queries.get_evidence(record.pk, by=account)
        except NotFound:
            assert not listed, name
        else:
            sees.add(name)
            assert listed, name
    assert sees == SEEN_BY


def test_evidence_of_a_group_opens_to_whom_it_is_listed(around_payments):
    """S86: what its list tells of a piece, and finds by its words, is of one that opens."""
    record = write(around_payments["manager"], person=None)
    leader = factories.an_account("leader")
    factories.a_role(leader, GrantedRole.LEADERSHIP)
    for account in (leader, *(each for each in around_payments.values() if each.is_active)):
        if record in queries.list_seen(account):
            assert queries.get_evidence(record.pk, by=account) == record
        else:
            with pytest.raises(NotFound):
                queries.get_evidence(record.pk, by=account)
    assert record in queries.list_seen(leader)


def test_who_checks_it(record, around_payments):
    """S86: somebody else than its writer and whom it is about."""
    may = {name for name, each in around_payments.items() if permissions.can_check_evidence(each, record)}
    assert may == {"manager", "lead", "hr"}


def test_who_writes_about_a_person(around_payments):
    person = around_payments["concerned"].person
    may = set()
    for name, account in around_payments.items():
        try:
            permissions.check_can_write_evidence(account, person=person)
        except NotPermitted:
            continue
        may.add(name)
    assert may == {"concerned", "superior", "manager", "lead", "hr"}


def test_a_check_is_written_once_with_who_and_when(record, around_payments):
    hr = around_payments["hr"]
    checked = services.check_evidence(record=record, holds=True, says="I read it.", by=hr)
    assert (checked.state, checked.checked_by, checked.check_says) == (
        EvidenceState.CHECKED,
        hr,
        "I read it.",
    )
    assert Entry.objects.filter(kind="evidence.checked").count() == 1
    with pytest.raises(Conflict):
        services.check_evidence(record=record, holds=False, says="No.", by=hr)
    with pytest.raises(Conflict):
        services.withdraw_evidence(record=record, by=around_payments["superior"])


def test_its_writer_does_not_check_it(record, around_payments):
    for name in ("superior", "concerned"):
        with pytest.raises(NotPermitted) as refused:
            services.check_evidence(record=record, holds=True, says="", by=around_payments[name])
        assert refused.value.code == "own_evidence"


def test_evidence_that_does_not_hold_says_why(record, around_payments):
    with pytest.raises(BadInput) as missing:
        services.check_evidence(record=record, holds=False, says=" ", by=around_payments["hr"])
    assert missing.value.field == "says"
    refuted = services.check_evidence(
        record=record, holds=False, says="It is another's.", by=around_payments["hr"]
    )
    assert refuted.state == EvidenceState.REFUTED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "see the wiki"}, "link"),
        ({"link": "https://[x/y"}, "link"),
        ({"link": "https://a.org:port/y"}, "link"),
        ({"link": "https://a\u2100b.org/x"}, "link"),
        ({"link": "https://"}, "link"),
        ({"shows": " "}, None),
        ({"project": ""}, "project"),
        ({"happened_on": "tomorrow"}, "happened_on"),
    ],
)
def test_what_nobody_could_open_is_refused(around_payments, changes, field):
    if changes.get("happened_on"):
        changes = {"happened_on": calendar.today() + timedelta(days=1)}
    with pytest.raises(BadInput) as refused:
        write(around_payments["hr"], **changes)
    assert refused.value.field == field or field is None


def test_only_checked_records_of_the_person_count(record, around_payments):
    """S95: a reference that names no record, another's or one that nobody opened counts for nothing."""
    named = queries.make_reference(record)
    person = around_payments["concerned"].person.external_id
    assert queries.count_checked([named], [person]) == 0
    services.check_evidence(record=record, holds=True, says="", by=around_payments["hr"])
    assert queries.count_checked([named], [person]) == 1
    assert queries.count_checked([named], ["payments-1"]) == 0
    lie = type(named)(EvidenceKind.MENTORING, named.ref)
    assert queries.count_checked([lie], [person]) == 0


def test_the_api_writes_lists_and_checks(call, around_payments):
    hr, manager = around_payments["hr"], around_payments["manager"]
    body = {
        "kind": "mentoring", "person": "payments-3", "happened_on": "2026-03-02", "project": "Ledger", "source": "peer",
        "said_by": "Ada", "link": "https://docs.example.org/m/1", "shows": "Two newcomers ship alone.",
    }  # fmt: skip
    status, made = call("post", "evidence", body, by=manager)
    assert (status, made["state"], made["person"]) == (201, "written", "payments-3")
    status, checked = call("post", f"evidence/{made['id']}/check", {"holds": True}, by=hr)
    assert (status, checked["state"], checked["checked_by"]) == (200, "checked", "hr")
    assert [each["id"] for each in call("get", "evidence?kind=mentoring", by=hr)[1]["results"]] == [
        made["id"]
    ]
    assert call("get", f"evidence/{made['id']}", by=around_payments["stranger"])[0] == 404
    assert call("post", "evidence", {**body, "colour": "red"}, by=manager)[0] == 400


def test_naming_somebody_says_not_whether_they_are_there(call, around_payments):
    told = set()
    for person in ("payments-3", "nobody-at-all"):
        body = {
            "kind": "mentoring", "person": person, "happened_on": "2026-03-02", "project": "L", "source": "peer", "said_by": "A",
            "link": "https://x.example", "shows": "x",
        }  # fmt: skip
        status, refused = call("post", "evidence", body, by=around_payments["stranger"])
        told.add((status, refused["detail"]))
    assert len(told) == 1 and Person.objects.filter(external_id="payments-3").exists()


def test_an_account_merged_into_another_is_no_somebody_else(around_payments):
    """Issue 16, attack: whoever wrote it under a former account of theirs does not check it under the present one."""
    hr = around_payments["hr"]
    factories.a_role(former := factories.an_account("hr-before"), GrantedRole.HR)
    record = write(former, person=around_payments["concerned"].person.external_id)
    factories.a_merge(former, hr)
    with pytest.raises(NotPermitted) as refused:
        services.check_evidence(record=record, holds=True, says="", by=hr)
    assert refused.value.code == "own_evidence"


def test_what_is_written_twice_is_one_piece_of_evidence(around_payments):
    """Issue 16, attack: “invented evidence twice”: one address is one piece, however often it was written down and checked."""
    person = around_payments["concerned"].person.external_id
    link = "https://docs.example.org/reviews/7"
    pieces = []
    same = (
        f"{link}/", f"{link}#top", "https://DOCS.example.org/reviews/7", "http://me@docs.example.org:443/reviews//7",
        "https://docs.example.org./a/../reviews/%37",
    )  # fmt: skip
    for said in (link, *same):
        record = write(around_payments["superior"], person=person, link=said)
        services.check_evidence(record=record, holds=True, says="", by=around_payments["hr"])
        pieces.append(queries.make_reference(record))
    assert queries.count_checked(pieces, [person]) == 1
    other = write(around_payments["superior"], person=person, link=f"{link}1")
    services.check_evidence(record=other, holds=True, says="", by=around_payments["hr"])
    assert queries.count_checked([*pieces, queries.make_reference(other)], [person]) == 2
