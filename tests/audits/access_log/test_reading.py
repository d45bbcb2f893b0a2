"""The access log read: what is found, in pseudonyms, and that it was read."""

import json

import pytest
from rest_framework.test import APIClient

from audits.access_log import queries, services
from audits.access_log.events import DecisionRead, LogSearched
from audits.access_log.models import LogReading
from audits.access_log.searching import Search
from audits.ledger.models import Entry, Payload
from governance.decisions.events import NamesAsked
from governance.decisions.models import DecisionRecord
from governance.people import pseudonyms
from governance.people.models import Person
from ground import clock
from ground.errors import BadInput, NotPermitted
from tests.audits.access_log.conftest import OUTSIDERS
from tests.governance.decisions.conftest import NOON

pytestmark = pytest.mark.django_db
URL = "/api/v1/access-log"


def call(user, path: str = "", body: object = None, method: str = ""):
    client = APIClient()
    client.force_authenticate(user, token="counted")
    sent = json.dumps(body) if body is not None else ""
    return client.generic(
        method or ("POST" if body is not None else "GET"), f"{URL}{path}", sent, "application/json"
    )


def found(user, **filters) -> list[dict]:
    reply = call(user, f"?{Search(**filters).query}")
    assert reply.status_code == 200, reply.content
    return reply.json()["results"]


def entries(event) -> list[dict]:
    payloads = Payload.objects.filter(entry__kind=event.kind).order_by("entry__at")
    return [json.loads(bytes(each.body)) for each in payloads]


def test_all_decisions_newest_first_in_pseudonyms(people):
    """S150, issue 13 point 8: who looked, at what, for what, and how it was answered."""
    told = found(people["auditor"])
    assert [(each["verdict"], each["checked_only"]) for each in told] == [
        ("permit", True), ("deny", False), ("deny", False), ("permit", False)
    ]  # fmt: skip
    of_manager = told[-1]
    code = pseudonyms.code_of_account(people["manager"])
    assert of_manager["who"] == f"Manager {code}" and of_manager["metrics"] == ["lead-time-for-changes"]
    assert told[1]["asked_about"] == [f"Person {pseudonyms.code_of_person('payments-3')}"]
    assert "payments-3" not in json.dumps(told).lower() and "Manager" not in json.dumps(told).replace(
        f"Manager {code}", ""
    )


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        ({"text": "quarterly"}, 1), ({"text": "lead time"}, 2), ({"text": "payments"}, 3), ({"text": "retrospective"}, 2),
        ({"metric": "commit-count"}, 2), ({"decision": ("performance_rating",)}, 2), ({"rule": "AR04"}, 2),
        ({"verdict": ("permit",)}, 2), ({"role": ("manager",)}, 3), ({"role": ("hr",)}, 0), ({"role": ("hr", "manager")}, 3), ({"grain": ("person",)}, 2),
        ({"cohort": "team:payments"}, 3), ({"kind": "checks"}, 1), ({"kind": "values"}, 3),
        ({"since": NOON.date()}, 4), ({"until": NOON.date()}, 4), ({"text": "no such word"}, 0),
        ({"rule": "AR04", "grain": ("person",), "role": ("manager",)}, 2),
    ],
)  # fmt: skip
def test_each_filter(people, filters, number):
    """Issue 13 point 8: search by person, metric, decision, rule, verdict, role, cohort, time and text of the reason."""
    assert len(found(people["auditor"], **filters)) == number


def test_a_receipt_is_found_by_how_its_number_begins(people):
    """Issue 13: no more need for all 36 characters."""
    entry = str(DecisionRecord.objects.earliest("at", "pk").entry_id)
    assert [each["receipt"] for each in found(people["auditor"], text=entry[:8])] == [entry]


def test_a_person_is_found_as_asker_and_as_asked_about(people):
    """S150: who looked at whom, in one search."""
    asker, seen = pseudonyms.code_of_account(people["manager"]), pseudonyms.code_of_person("payments-3")
    assert len(found(people["auditor"], person=asker)) == 3
    assert len(found(people["auditor"], person=asker, part="looked_at")) == 0
    [one] = found(people["auditor"], person=seen, part="looked_at")
    assert one["who"] == f"Manager {asker}"
    assert found(people["auditor"], person="0000-0000") == []


def test_weeks_are_counted_in_the_programmes_days_and_add_up(people):
    """Counts over time come of the same query as the list."""
    weeks = queries.count_weeks(Search(), reasons=True)
    assert sum(sum(week.counts.values()) for week in weeks) == DecisionRecord.objects.count() == 4
    assert [week.begins.isoformat() for week in weeks] == ["2026-04-13"]
    assert sum(queries.count_weeks(Search(verdict=("permit",)), reasons=True)[-1].counts.values()) == 4


def test_one_search_is_one_entry_and_another_filter_another(people):
    """The auditor's reading is on the log: turning pages is the same reading, another filter is not."""
    auditor = people["auditor"]
    onward = call(auditor, "?page_size=2").json()["next"].partition("/access-log")[2]
    assert call(auditor, onward).status_code == 200
    assert [each["found"] for each in entries(LogSearched)] == [4]
    found(auditor, rule="AR04")
    found(people["admin"])
    said = [(each["filters"], each["found"], each["by"]) for each in entries(LogSearched)]
    assert sorted(said, key=str) == sorted(
        [({}, 4, auditor.actor), ({"rule": "AR04"}, 2, auditor.actor), ({}, 4, people["admin"].actor)],
        key=str,
    )
    with clock.stopped_at(NOON + queries.SAME_READING):
        found(auditor)
    assert len(entries(LogSearched)) == 4


def test_a_cursor_alone_reads_nothing_past_the_log(people):
    """A page further, asked for by somebody who never searched, is a search of theirs."""
    onward = call(people["auditor"], "?page_size=2").json()["next"].partition("/access-log")[2]
    call(people["admin"], onward)
    assert [each["by"] for each in entries(LogSearched)] == [people["auditor"].actor, people["admin"].actor]


def test_one_decision_with_its_facts_rules_and_hashes(people):
    """S14: charter version, snapshot, filters and rules that produced a value."""
    decision = DecisionRecord.objects.get(verdict="permit", checked_only=False)
    told = call(people["auditor"], f"/{decision.pk}").json()
    assert told["content_hash"] == decision.content_hash and told["snapshot"] == decision.snapshot
    assert (
        told["charters"] == {"lead-time-for-changes": 1}
        and told["facts"][0]["charter"]["standing"] == "active"
    )
    assert "values" not in told["facts"][0] and "protected" not in told["facts"][0] and told["names"] is None
    assert entries(DecisionRead)[0]["decision"] == str(decision.pk)


def test_names_come_with_a_reason_for_one_decision_and_a_day(people):
    """Issue 13 point 8: pseudonyms by default, a name with a stated reason, which is on the log."""
    decision = DecisionRecord.objects.get(subjects=["payments-3"])
    auditor = people["auditor"]
    assert call(auditor, f"/{decision.pk}/names", {"reason": " "}).status_code == 400
    told = call(auditor, f"/{decision.pk}/names", {"reason": "A complaint of 12 April"}).json()
    assert told["asker"]["username"] == "manager" and told["asked_about"][0]["person"] == "payments-3"
    [asked] = entries(NamesAsked)
    assert (asked["reason"], asked["decision"], asked["by"]) == (
        "A complaint of 12 April",
        str(decision.pk),
        auditor.actor,
    )
    assert call(auditor, f"/{decision.pk}").json()["names"]["asker"]["username"] == "manager"
    other = DecisionRecord.objects.exclude(pk=decision.pk).first()
    assert call(auditor, f"/{other.pk}").json()["names"] is None
    with clock.stopped_at(NOON.replace(day=15)):
        assert call(auditor, f"/{decision.pk}").json()["names"] is None


def test_a_name_leads_to_a_pseudonym_with_a_reason(people):
    """S150: the auditor begins with a name, and says why."""
    body = {"name": Person.objects.get(external_id="payments-3").name, "reason": "Case 12"}
    assert call(people["auditor"], "/pseudonyms", body).json() == {
        "pseudonym": pseudonyms.code_of_person("payments-3")
    }
    assert (
        call(people["auditor"], "/pseudonyms", {**body, "name": "Nobody"}).json()["code"] == "does_not_exist"
    )
    assert call(people["auditor"], "/pseudonyms", {**body, "reason": ""}).status_code == 400


def test_nothing_is_told_where_the_log_cannot_be_written(people, monkeypatch):
    """No receipt, no rows, for those who read the log as well."""

    def fail(*_args, **_kwargs):
        raise BadInput("The log is away.")

    monkeypatch.setattr("audits.access_log.services.ledger.append", fail)
    assert call(people["auditor"]).status_code == 400


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_else_reads_it(people, who):
    """Issue 13 point 8: HR, the board, managers and superusers see nothing, by no address."""
    key, user = DecisionRecord.objects.first().pk, people[who]
    before = Entry.objects.count()
    replies = [
        call(user), call(user, f"/{key}"), call(user, f"/{key}/names", {"reason": "Because"}), call(user, "/searches"),
        call(user, "/pseudonyms", {"name": "payments-3", "reason": "Because"}), call(user, "/exports", {"format": "csv"}),
        call(user, "/searches", {"name": "Mine"}),
    ]  # fmt: skip
    assert {reply.status_code for reply in replies} == {403}
    with pytest.raises(NotPermitted):
        services.note_search(search=Search(), count=lambda: 0, by=user)
    assert Entry.objects.count() == before and not LogReading.objects.exists()


class TestAnAdministrator:
    """Administrators read in pseudonyms: no filter, order or difference in answers tells a name."""

    def test_reads_no_reason_and_finds_none_by_its_words(self, people):
        told = found(people["admin"])
        assert [each["reason"] for each in told] == [None] * 4
        assert found(people["admin"], text="quarterly") == found(people["admin"], text="payments-3") == []

    def test_a_name_is_refused_alike_whether_or_not_somebody_has_it(self, people):
        """The form of what is typed is judged, so that nothing is looked up that could take its time."""
        there, nowhere = (
            call(people["admin"], f"?person={name}") for name in ("payments-3", "nobody-at-all")
        )
        assert there.status_code == nowhere.status_code == 400 and there.json() == nowhere.json()
        asked = [{"name": name, "reason": "Curious"} for name in ("payments-3", "nobody-at-all")]
        replies = [call(people["admin"], "/pseudonyms", body) for body in asked]
        assert [each.status_code for each in replies] == [403, 403] and replies[0].json() == replies[1].json()

    def test_asks_for_no_names(self, people):
        key = DecisionRecord.objects.first().pk
        assert call(people["admin"], f"/{key}/names", {"reason": "Curious"}).status_code == 403
        assert call(people["admin"], f"/{key}").json()["names"] is None

    def test_no_parameter_sorts_otherwise(self, people):
        plain = found(people["admin"])
        for parameter in ("ordering=actor", "sort=who", "order_by=actor__name", "ordering=subjects"):
            assert call(people["admin"], f"?{parameter}").json()["results"] == plain

    def test_an_auditors_naming_is_no_administrators(self, people):
        decision = DecisionRecord.objects.get(subjects=["payments-3"])
        call(people["auditor"], f"/{decision.pk}/names", {"reason": "A complaint"})
        assert call(people["admin"], f"/{decision.pk}").json()["names"] is None

    def test_nothing_told_holds_a_key_of_a_person_or_an_account(self, people):
        keys = [str(each.pk) for each in people.values()] + list(
            Person.objects.values_list("external_id", flat=True)
        )
        told = json.dumps(
            [
                found(people["admin"]),
                *(call(people["admin"], f"/{each.pk}").json() for each in DecisionRecord.objects.all()),
            ]
        )
        assert [key for key in keys if key in told] == []


def test_an_auditors_words_find_no_name_in_a_reason(people):
    """A name is looked for with a reason, and not through the words of another's."""
    assert found(people["auditor"], text="payments-3") == []
    assert len(found(people["auditor"], text="quarterly review")) == 1
    assert "[…]" in found(people["auditor"], text="quarterly")[0]["reason"]


class TestPseudonyms:
    """They cannot be linked by whoever knows every id but not the key."""

    def test_another_key_gives_others(self, people, settings):
        before = pseudonyms.code_of_person("payments-3")
        settings.SECRET_KEY = "x" * 60
        assert pseudonyms.code_of_person("payments-3") != before

    def test_they_are_stable_and_one_human_has_one(self, people):
        employee = people["employee"]
        assert pseudonyms.code_of_account(employee) == pseudonyms.code_of_person(employee.person.external_id)
        assert len({pseudonyms.code_of_account(each) for each in people.values()}) == len(people)

    def test_no_plain_hash_of_what_the_database_holds_gives_one(self, people):
        import hashlib

        code = pseudonyms.code_of_person("payments-3").replace("-", "").lower()
        guesses = ["payments-3", "person:payments-3", str(Person.objects.get(external_id="payments-3").pk)]
        for guess in guesses:
            for name in ("sha256", "sha1", "md5", "sha512", "blake2b"):
                assert not hashlib.new(name, guess.encode()).hexdigest().startswith(code)

    def test_the_key_is_in_no_table(self, people):
        written = b"".join(bytes(each.body) for each in Payload.objects.exclude(actor=""))
        assert written and pseudonyms._key("x").hex().encode() not in written

    @pytest.mark.parametrize("typed", ["Manager 4F2A-91C0", "4f2a91c0", " person 4f2a-91c0 "])
    def test_as_typed(self, typed):
        assert pseudonyms.read_code(typed) == "4F2A-91C0"

    @pytest.mark.parametrize(
        "typed", ["payments-3", "Ada Lovelace", "4F2A", "x4F2A-91C0", "4F2A-91C0 and more"]
    )
    def test_as_typed_wrongly(self, typed):
        assert pseudonyms.read_code(typed) is None
