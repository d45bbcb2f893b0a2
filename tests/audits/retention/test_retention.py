"""What was kept long enough goes, and only that, whoever asks the database for more."""

import json
from datetime import date, timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from audits.ledger import services as ledger
from audits.ledger.models import Entry, Payload
from audits.ledger.states import ErasureBasis
from audits.retention import queries, services
from audits.retention.events import RowsPurged
from audits.retention.models import LegalHold, Purge
from audits.retention.scans import RETENTION
from audits.retention.states import PurgeKind
from charter.measures.models import PublishedValue
from charter.rules.vocabulary import Outcome
from governance.appeals import services as appeals
from governance.appeals.states import AboutKind, AppealKind
from governance.appeals.words import AppealAbout
from governance.decisions.models import DecisionRecord, Naming
from governance.decisions.services import ask_for_names
from governance.people.models import Identity, Person
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories
from tests.governance.decisions.conftest import NOON
from tests.governance.decisions.test_answer import ask

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1)


def scan() -> dict[str, int]:
    return RETENTION.once(by=factories.system())


def old() -> list[DecisionRecord]:
    return list(DecisionRecord.objects.filter(at__lt=clock.now() - timedelta(days=1000)).order_by("pk"))


def call(function: str, keys: list, *, purge=None) -> None:
    """Delete as the runtime role, past our services, with or without an entry of the log."""
    purge = purge or uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        event = RowsPurged(purge=purge, what="x", before=date(2026, 1, 1), count=1, sha256="0")
        ledger.append(event, by="x")
        cursor.execute(f"SELECT {function}(%s::uuid[], %s)", [keys, purge])


def test_what_was_kept_long_enough_goes_with_its_proof(people):
    """Issue 13 point 12: decisions after 36 months, names of leavers; counts and a hash of what went."""
    gone, entries = [each.pk for each in old()], [each.entry_id for each in old()]
    ask_for_names(decision=old()[0], reason="A question", by=people["auditor"])
    assert {name: count for name, count in scan().items() if count} == {
        "decisions deleted": 2,
        "names of leavers deleted": 1,
    }
    assert not any(scan().values())
    assert DecisionRecord.objects.count() == 1 and not Naming.objects.exists()
    assert [each.person.external_id for each in Identity.objects.filter(person__isnull=False)] == ["stayer"]
    proof = Purge.objects.get(what=PurgeKind.DECISIONS)
    assert (proof.count, proof.sha256) == (2, services.hash_keys(gone))
    [said] = [
        json.loads(bytes(each.body))
        for each in Payload.objects.filter(entry__kind="retention.purged")
        if json.loads(bytes(each.body))["what"] == "decisions"
    ]
    assert (said["count"], said["sha256"], said["before"]) == (2, proof.sha256, "2023-04-14")
    assert Entry.objects.filter(pk__in=entries).count() == 2, "that it was decided stays in the log"
    assert not Payload.objects.filter(entry__in=entries).exists(), "what was asked does not"


def test_a_dry_run_deletes_nothing(people):
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert "decisions: 2 from before 2023-04-14 can go, something keeps 0" in out.getvalue()
    assert DecisionRecord.objects.count() == 3
    call_command("retention", stdout=out)
    assert "decisions deleted: 2" in out.getvalue() and DecisionRecord.objects.count() == 1


def test_the_database_refuses_what_is_too_young_whoever_asks(people):
    """Who serves requests may not delete, and the function asks by its own clock and tables."""
    young = DecisionRecord.objects.order_by("-at").first()
    with pytest.raises(DatabaseError, match="kept long enough"):
        call("purge_decisions", [young.pk, old()[0].pk])
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        old()[0].delete()
    assert DecisionRecord.objects.count() == 3


def test_the_database_refuses_a_purge_that_the_log_does_not_tell_of(people):
    with (
        pytest.raises(DatabaseError, match="does not tell"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT purge_decisions(%s::uuid[], %s)", [[old()[0].pk], uuid4()])


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ({}, 2),
        ({"person": "payments-3"}, 1),
        ({"person": "payments-4"}, 0),
        ({"metric": "commit-count"}, 1),
        ({"since": date(2020, 1, 1), "until": date(2021, 1, 1)}, 0),
        ({"since": date(2020, 1, 1)}, 2),
    ],
)
def test_a_legal_hold_keeps_its_scope(people, scope, kept):
    """Issue 13 point 12: scope, reason, end; the database refuses what a hold keeps."""
    if "person" in scope:
        scope = {**scope, "person": Person.objects.get(external_id=scope["person"])}
    # Until a day after the database's own, whose clock a test does not stop.
    hold = services.place_legal_hold(reason="A dispute", ends_on=date(2099, 1, 1), by=people["hr"], **scope)
    due = queries.find_due(PurgeKind.DECISIONS)
    assert (due.kept, len(due.going)) == (kept, 2 - kept)
    if kept == 2:
        with pytest.raises(DatabaseError, match="legal hold"):
            call("purge_decisions", [each.pk for each in old()])
    assert scan()["decisions deleted"] == 2 - kept
    services.end_legal_hold(hold=hold, because="Settled", by=people["hr"])
    assert scan()["decisions deleted"] == kept


FILES = {"basis": ErasureBasis.REQUEST, "reference": "DP-2026-14"}


@pytest.mark.parametrize(
    ("scope", "is_kept"),
    [
        ({}, True),
        ({"person": "payments-3"}, True),
        ({"person": "payments-4"}, False),
        ({"metric": "lead-time-for-changes"}, False),
        ({"until": date(2021, 1, 1)}, False),
    ],
)
def test_nobody_erases_what_a_legal_hold_keeps(people, scope, is_kept):
    """Issue 13 point 12: a hold keeps what the log says of a decision as it keeps the decision."""
    if "person" in scope:
        scope = {**scope, "person": Person.objects.get(external_id="payments-3" if is_kept else "payments-4")}
    services.place_legal_hold(reason="A dispute", ends_on=date(2099, 1, 1), by=people["hr"], **scope)
    about_one = DecisionRecord.objects.get(subjects__contains=["payments-3"]).entry_id
    if is_kept:
        with pytest.raises(Conflict) as refused:
            services.erase_entry(entry=about_one, by=people["hr"], **FILES)
        assert refused.value.code == "legal_hold" and "2099" in str(refused.value)
    else:
        services.erase_entry(entry=about_one, by=people["hr"], **FILES)
    assert Payload.objects.filter(entry=about_one).exists() is is_kept


def test_of_what_is_no_decision_a_hold_keeps_its_days(people):
    """Whom such an entry is about cannot be looked up, so a hold on anybody keeps all of its days."""
    entry = Entry.objects.filter(place__isnull=False, decision__isnull=True).latest("at")
    day = calendar.find_day(entry.at)
    other = Person.objects.get(external_id="payments-4")
    held = {"reason": "A dispute", "ends_on": date(2099, 1, 1), "person": other, "by": people["hr"]}
    services.place_legal_hold(until=day - TOMORROW, **held)
    assert queries.find_hold_on(entry.pk) is None
    kept = services.place_legal_hold(since=day, **held)
    assert queries.find_hold_on(entry.pk) == kept
    services.end_legal_hold(hold=kept, because="Settled", by=people["hr"])
    assert queries.find_hold_on(entry.pk) is None


def test_only_hr_erases_and_names_nobody_in_its_reference(people):
    """Who reads the log erases nothing."""
    entry = old()[0].entry_id
    for name in ("auditor", "manager", "employee"):
        with pytest.raises(NotPermitted):
            services.erase_entry(entry=entry, by=people[name], **FILES)
    with pytest.raises(BadInput, match="no name"):
        services.erase_entry(entry=entry, by=people["hr"], **FILES | {"reference": "Jane Doe"})
    out = StringIO()
    words = ["--basis", "request", "--reference", "DP-2026-14", "--as", people["hr"].username]
    call_command("erase_entry", str(entry), *words, stdout=out)
    assert f"What entry {entry} said is gone." in out.getvalue()


def test_a_hold_ends_by_itself(people):
    services.place_legal_hold(reason="A dispute", ends_on=calendar.today() + TOMORROW, by=people["hr"])
    assert queries.find_due(PurgeKind.DECISIONS).kept == 0, "the database's day is past its end"


def test_an_open_appeal_keeps_what_it_could_be_about(people):
    """What an appeal is about is sealed, so every open one keeps the months that it could be about."""
    factories.change(people["employee"], person=Person.objects.get(external_id="payments-1"))
    about = AppealAbout(kind=AboutKind.NOTHING)
    filing = appeals.Filing(kind=AppealKind.NAMED, about=about, statement="Odd", wanted="Look")
    filed = appeals.file_appeal(filing=filing, by=people["employee"])
    factories.as_owner(f"UPDATE appeals_appeal SET filed_at = filed_at - interval '{4 * 366 - 30} days'")
    assert queries.find_due(PurgeKind.DECISIONS).kept == 2
    with pytest.raises(DatabaseError, match="appeal"):
        call("purge_decisions", [old()[0].pk])
    appeals.withdraw_appeal(appeal=filed.appeal, by=people["employee"])
    assert scan()["decisions deleted"] == 2


def test_ar28_does_not_wait_for_the_job(people):
    """AR28: a value past its date is refused although it is still there."""
    with clock.stopped_at(NOON + timedelta(days=4 * 366)):
        given = ask(people["manager"])
    assert given.verdict.outcome is Outcome.DENY and "AR28" in {each.id for each in given.verdict.rules}
    assert PublishedValue.objects.filter(starts_on=date(2026, 1, 1)).exists()


def test_values_go_when_their_charter_says(people, house):
    keep_values_for("P1M", house.lead_time.pk)
    assert scan()["values deleted"] == 2
    left = PublishedValue.objects.values_list("starts_on", flat=True)
    assert list(left) == [date(2026, 3, 1)]
    keep_values_for("P10Y", house.lead_time.pk)
    with pytest.raises(DatabaseError, match="kept long enough"):
        call("purge_values", [PublishedValue.objects.get().pk])


def test_a_hold_on_a_metric_keeps_its_values(people, house):
    keep_values_for("P1M", house.lead_time.pk)
    services.place_legal_hold(
        reason="A dispute", ends_on=date(2099, 1, 1), metric="lead-time-for-changes", by=people["hr"]
    )
    assert scan()["values deleted"] == 0 and queries.find_due(PurgeKind.VALUES).kept == 2


def keep_values_for(duration: str, version: UUID) -> None:
    """As if its charter said so; what stands in a charter never changes in life."""
    factories.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    factories.as_owner("ALTER TABLE registry_charterversion DISABLE TRIGGER USER")
    factories.as_owner(
        f"UPDATE registry_charterversion SET document = jsonb_set(document, '{{how_long,values}}', '\"{duration}\"') "
        f"WHERE id = '{version}'"
    )
    factories.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    factories.as_owner("ALTER TABLE registry_charterversion ENABLE TRIGGER USER")
    factories.as_owner("SET CONSTRAINTS ALL DEFERRED")


def test_names_of_who_stayed_are_refused(people):
    with pytest.raises(DatabaseError, match="leave long enough"):
        call("purge_identities", [Identity.objects.get(name="stayer@x").pk])


@pytest.mark.parametrize("who", ["manager", "employee", "auditor", "stranger"])
def test_who_may_not_place_a_hold_or_purge(people, who):
    with pytest.raises(NotPermitted):
        services.place_legal_hold(reason="x", ends_on=date(2099, 1, 1), by=people[who])
    with pytest.raises(NotPermitted):
        services.purge(
            what=PurgeKind.DECISIONS, before=date(2026, 1, 1), wanted=[old()[0].pk], by=people[who]
        )


def test_a_hold_says_why_and_until_when(people):
    for fault in ({"reason": " "}, {"ends_on": calendar.today()}, {"metric": "nothing-like-it"}):
        with pytest.raises(BadInput) as refused:
            services.place_legal_hold(
                **{"reason": "x", "ends_on": date(2099, 1, 1), "by": people["hr"], **fault}
            )
        assert refused.value.field in fault
    hold = services.place_legal_hold(reason="x", ends_on=date(2099, 1, 1), by=people["hr"])
    services.end_legal_hold(hold=hold, because="Over", by=people["hr"])
    with pytest.raises(Conflict):
        services.end_legal_hold(hold=hold, because="Over", by=people["hr"])


def test_pages_and_api(people, browse):
    hr, auditor = people["hr"], people["auditor"]
    assert browse("/retention", by=people["employee"]).status == 403
    page = browse("/retention", by=auditor)
    assert page.says("What goes with the next pass", "No legal hold goes on") and not page.says(
        "Keep something for a legal reason"
    )
    assert browse("/retention/holds/new", by=auditor).status == 403
    sent = {"reason": "A dispute", "ends_on": "2099-01-01", "person": "nobody-here"}
    assert browse("/retention/holds/new", by=hr, data=sent).status == 400
    assert browse("/retention/holds/new", by=hr, data=sent | {"person": "payments-3"}).status == 302
    hold = LegalHold.objects.get()
    assert browse("/retention/holds", by=hr).says("A dispute", "payments-3")
    assert browse(f"/retention/holds/{hold.pk}/end", by=hr, data={"because": ""}).status == 400
    assert browse(f"/retention/holds/{hold.pk}/end", by=hr, data={"because": "Over"}).status == 302
    client = APIClient()
    client.force_authenticate(auditor, token="counted")
    due = {each["what"]: each["going"] for each in client.get("/api/v1/retention").json()["due"]}
    assert due == {"decisions": 2, "values": 0, "identities": 1, "calibrations": 0, "strain": 0}
    scan()
    assert {each["count"] for each in client.get("/api/v1/retention/purges").json()["results"]} == {1, 2}
    assert (
        client.post(
            "/api/v1/legal-holds", {"reason": "x", "ends_on": "2099-01-01"}, format="json"
        ).status_code
        == 403
    )
    client.force_authenticate(hr, token="counted")
    made = client.post(
        "/api/v1/legal-holds", {"reason": "x", "ends_on": "2099-01-01", "person": "payments-3"}, format="json"
    )
    assert made.status_code == 201 and made.json()["person"] == "payments-3"
    ended = client.post(f"/api/v1/legal-holds/{made.json()['id']}/end", {"because": "y"}, format="json")
    assert (
        ended.json()["ended_because"] == "y" and len(client.get("/api/v1/legal-holds").json()["results"]) == 2
    )
