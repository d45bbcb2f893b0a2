"""Who is told of new rules and of a lapse, once, also late."""

from datetime import UTC, datetime, time, timedelta

import pytest

from audits.ledger.models import Entry
from charter import rules
from charter.registry import services as registry
from governance.board import services as board
from governance.notices.models import Notice
from governance.training import scans, services
from ground import clock
from ground.scans import run
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


def on(day):
    """The clock at noon of a day."""
    return clock.stopped_at(datetime.combine(day, time(12), UTC))


def keep(by):
    """What training's clock did in one pass."""
    return scans.TRAINING_CLOCK.once(by=by)


def new_rules(by):
    """Other rules, put in force by the board."""
    files = rules.builtin_files()
    files["use.cedar"] += "\n// Read again.\n"
    version = registry.propose_rulebook(files=files, by=by)
    factories.a_decided_case(board.open_case(rulebook_version=version, by=by))
    return version


def test_who_acknowledged_the_old_rules_is_told_of_the_new_once(by):
    """AR24: a new rulebook asks again; nobody is told twice, nor who never acknowledged any or has already."""
    ana, ben, cy, gone = (factories.an_account(name) for name in ("ana", "ben", "cy", "gone"))
    for each in (ana, ben, gone):
        services.acknowledge(rulebook_version=factories.the_rules(), by=each)
    factories.change(gone, is_active=False)
    assert keep(by)["accounts told of new rules"] == 0
    services.acknowledge(rulebook_version=new_rules(by), by=ben)
    assert keep(by)["accounts told of new rules"] == 1
    entries = Entry.objects.count()
    assert keep(by)["accounts told of new rules"] == 0 and Entry.objects.count() == entries
    (notice,) = Notice.objects.filter(kind="training.rules")
    assert (notice.to, notice.path) == (ana, "/rules")
    assert "version 2" in notice.subject
    assert cy.notices.count() == 0


def test_a_scan_with_nothing_to_tell_costs_a_few_statements(by, django_assert_num_queries):
    """DESIGN, Parts: idempotent scans; one that finds everybody told asks once for each thing."""
    for name in ("ana", "ben"):
        account = factories.an_account(name)
        factories.an_attestation(account)
        services.acknowledge(rulebook_version=factories.the_rules(), by=account)
    with django_assert_num_queries(3):
        assert not any(keep(by).values())


def test_one_is_reminded_thirty_and_seven_days_before_and_told_of_the_lapse(by):
    """S59: reminded at each step once; a worker that slept reminds of the nearest alone."""
    ana = factories.an_account("ana")
    end = factories.an_attestation(ana).valid_until
    told = []
    for left in (31, 30, 29, 7, 6, 0, -1, -2):
        with on(end - timedelta(days=left)):
            told.append(keep(by)["accounts told of a lapse"])
    assert told == [0, 1, 0, 1, 0, 0, 1, 0]
    subjects = list(Notice.objects.filter(to=ana).order_by("given_at").values_list("subject", flat=True))
    assert subjects == [
        "Your training in the rules lapses in 30 days",
        "Your training in the rules lapses in 7 days",
        "Your training in the rules has lapsed",
    ]


def test_late_it_reminds_of_the_nearest_and_long_after_of_nothing(by):
    """DESIGN, Parts: run late, a scan catches up, and tells nobody what is long past."""
    ana, ben = factories.an_account("ana"), factories.an_account("ben")
    end = factories.an_attestation(ana).valid_until
    with on(end - timedelta(days=3)):
        assert keep(by)["accounts told of a lapse"] == 1
    assert Notice.objects.get().subject.endswith("in 3 days")
    factories.an_attestation(ben)
    with on(end + timedelta(days=31)):
        assert keep(by)["accounts told of a lapse"] == 0


def test_who_attested_anew_is_not_reminded(by):
    """S59: it is the last day that counts which is told."""
    ana = factories.an_account("ana")
    end = factories.an_attestation(ana).valid_until
    with on(end - timedelta(days=40)):
        factories.an_attestation(ana)
    for left in (30, 7, -1):
        with on(end - timedelta(days=left)):
            assert keep(by)["accounts told of a lapse"] == 0


def test_a_course_that_asks_again_is_told_at_once(by):
    """S54: notice is given when it begins, then seven days before; whoever holds nothing is told nothing."""
    ana = factories.an_account("ana")
    factories.an_account("ben")
    factories.an_attestation(ana)
    course = services.publish_course(title="Anew", asks_again=True, notice_days=60, by=by)
    told = []
    for left in (60, 59, 30, 7, 6, -1):
        with on(course.older_until - timedelta(days=left)):
            told.append(keep(by)["accounts told of a lapse"])
    assert told == [1, 0, 0, 1, 0, 1]
    assert all("A new course has been published" in each.text for each in Notice.objects.all())


def test_a_pass_says_what_it_did(by, caplog):
    """Issue 4, 5: a pass tells, and twice tells nothing."""
    ana = factories.an_account("ana")
    end = factories.an_attestation(ana).valid_until
    with on(end), caplog.at_level("INFO"):
        run(scans.TRAINING_CLOCK, by=by, worker="a")
        run(scans.TRAINING_CLOCK, by=by, worker="a")
    assert [r.getMessage() for r in caplog.records] == ["training_clock: accounts told of a lapse: 1"]
