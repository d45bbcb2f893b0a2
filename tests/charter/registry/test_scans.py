"""The registry's clock under a moved clock: what falls due happens once, late, and on the programme's days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import QuerySet

from audits.ledger.models import Entry
from charter.registry import reviews, scans, services
from charter.registry.models import CharterVersion, ClockSuspension, Reminder
from charter.registry.reminders import ReminderKind
from charter.registry.states import ReviewResult, StandingChoices
from governance.notices.models import Notice
from governance.people.models import GrantedRole
from ground import clock
from ground.errors import Conflict
from tests import factories, on_the_log, snapshots

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 12, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@snapshots.fixture(at=START)
def version() -> CharterVersion:
    """A charter in force since START, in a programme of Berlin's zone."""
    with clock.stopped_at(START):
        factories.a_programme()
        factories.move_programme("Europe/Berlin")
        return factories.an_active_charter()


def keep(moment: datetime) -> dict[str, int]:
    """What the registry's clock does at a moment, where it does anything."""
    with clock.stopped_at(moment):
        return {what: n for what, n in scans.REGISTRY_CLOCK.once(by=factories.system()).items() if n}


def after(**delta: float) -> datetime:
    return START + timedelta(**delta)


def standing(version: CharterVersion) -> str:
    return CharterVersion.objects.get(pk=version.pk).standing


def notices() -> QuerySet[Notice]:
    """What the registry's clock told; the board tells its own."""
    return Notice.objects.filter(kind__startswith="charter.")


def told(kind: str) -> int:
    return notices().filter(kind=f"charter.{kind}").count()


def entries(kind: str) -> int:
    return Entry.objects.filter(kind=f"registry.{kind}").count()


def confirm(version: CharterVersion, moment: datetime, note: str = "") -> None:
    """Let the board confirm one charter in a quarterly review."""
    with clock.stopped_at(moment):
        review = reviews.start_review(programme=version.metric.programme, by=factories.system())
        item = review.items.get(charter_version=version)
        reviews.decide_items(review=review, confirmed={item.pk: note}, by=factories.system())
        assert review.items.get(pk=item.pk).result == ReviewResult.CONFIRMED


def test_a_quiet_day_does_nothing(version):
    """Issue 3, 6: a scan acts on what is due and on nothing else."""
    before = Entry.objects.count()
    assert keep(after(days=1)) == {}
    assert (Entry.objects.count(), notices().count()) == (before, 0)


def test_without_a_programme_nothing_is_due():
    """A fresh install has a worker before it has a programme."""
    assert keep(START) == {}


# Expiry


def test_a_charter_expires_once(version):
    """Issue 3, 6: expiry by an idempotent scan, in the ledger, and told to the owner."""
    late = version.expires_at + timedelta(minutes=1)
    assert keep(late)["expired"] == 1
    assert keep(late) == {}
    version.refresh_from_db()
    assert (version.standing, version.ended_at, version.ended_by) == (
        StandingChoices.EXPIRED,
        late,
        factories.system(),
    )
    assert (entries("charter.expired"), told("expired")) == (1, 1)


def test_a_suspended_charter_expires_too(version):
    """Issue 3, 6: a suspension stops no expiry."""
    services.suspend(version=version, by=factories.system())
    assert keep(version.expires_at)["expired"] == 1
    assert standing(version) == StandingChoices.EXPIRED


def test_what_has_not_expired_cannot_be_made_to(version):
    """AR15: the moment is the charter's, whoever asks."""
    with clock.stopped_at(version.expires_at - timedelta(seconds=1)), pytest.raises(Conflict):
        services.expire(version=version, by=factories.system())


def test_an_owner_is_reminded_thirty_and_seven_days_before(version):
    """Issue 3, 6: reminders at each stage of the programme, each once; reviews are kept out of the way."""
    on_the_log.update(CharterVersion.objects.all(), review_due_on=date(2028, 1, 1))
    reminded = "reminded of their expiry"
    assert reminded not in keep(version.expires_at - timedelta(days=31))
    assert keep(version.expires_at - timedelta(days=30)) == {reminded: 1}
    assert keep(version.expires_at - timedelta(days=20)) == {}
    assert keep(version.expires_at - timedelta(days=7)) == {reminded: 1}
    assert keep(version.expires_at - timedelta(days=1)) == {}
    subjects = notices().order_by("given_at").values_list("subject", flat=True)
    assert [subject.split("expires ")[1] for subject in subjects] == ["in 30 days", "in 7 days"]
    assert entries("expiry.reminded") == 2


def test_a_late_reminder_is_one_reminder_with_the_true_number_of_days(version):
    """Issue 3, 6: after weeks without a worker one is told what is left now, not what one missed."""
    on_the_log.update(CharterVersion.objects.all(), review_due_on=date(2028, 1, 1))
    assert keep(version.expires_at - timedelta(days=5)) == {"reminded of their expiry": 1}
    assert notices().get().subject.endswith("expires in 5 days")
    assert Reminder.objects.get().days == 7
    assert keep(version.expires_at - timedelta(days=4)) == {}


def test_no_stages_no_reminders(version):
    """A programme may want none."""
    on_the_log.update(CharterVersion.objects.all(), review_due_on=date(2028, 1, 1))
    factories.settings(expiry_reminder_days=[])
    assert keep(version.expires_at - timedelta(days=1)) == {}


# Reviews


def test_an_overdue_review_suspends_after_fourteen_days_notice(version):
    """S9, DESIGN Charters: due after 92 days, announced, and suspended after 14 days' notice; each once."""
    assert keep(after(days=91)) == {}
    assert keep(after(days=92)) == {"announced for review": 1}
    assert keep(after(days=92, hours=1)) == {}
    assert keep(after(days=105)) == {}
    assert keep(after(days=106)) == {"suspended as not reviewed": 1}
    assert keep(after(days=107)) == {}
    assert standing(version) == StandingChoices.SUSPENDED
    assert (told("review_due"), told("review_overdue")) == (1, 1)
    assert (entries("review.reminded"), entries("review.overdue"), entries("charter.suspended")) == (1, 1, 1)


def test_a_worker_that_was_down_shortens_nobodys_notice(version):
    """Issue 3, 6: a week down at the due day moves the notice, and all 14 days of it are given."""
    assert keep(after(days=99)) == {"announced for review": 1}
    assert keep(after(days=112)) == {}
    assert keep(after(days=113)) == {"suspended as not reviewed": 1}


def test_a_worker_that_was_down_a_month_warns_before_it_suspends(version):
    """S9: nothing is suspended that nobody was told of."""
    assert keep(after(days=130)) == {"announced for review": 1}
    assert standing(version) == StandingChoices.ACTIVE


def test_a_review_in_time_keeps_a_charter_in_force(version):
    """S9: whoever confirms within the notice has the next quarter."""
    keep(after(days=92))
    confirm(version, after(days=100))
    assert keep(after(days=110)) == {}
    assert keep(after(days=192)) == {"announced for review": 1}


def test_a_late_review_puts_a_charter_back_in_force(version):
    """S9: what was suspended because nobody looked is back once somebody has, without a vote about its content."""
    keep(after(days=92)), keep(after(days=106))
    confirm(version, after(days=110))
    assert keep(after(days=111)) == {"put back in force as confirmed": 1}
    assert keep(after(days=111, hours=1)) == {}
    assert (standing(version), told("reinstated")) == (StandingChoices.ACTIVE, 1)
    assert ClockSuspension.objects.get().ended_by == factories.system()


def test_a_suspension_that_is_not_the_clocks_is_left_to_the_board(version):
    """Board: a seat's suspension ends by the board's vote, not by a review that looks at the uses."""
    services.suspend(version=version, by=factories.system())
    confirm(version, after(days=20))
    assert keep(after(days=21)) == {}
    assert standing(version) == StandingChoices.SUSPENDED


def test_a_suspension_that_ended_otherwise_is_closed(version):
    """Board: after the board put a charter back, a later suspension of a seat is not taken for the clock's."""
    keep(after(days=92)), keep(after(days=106))
    with clock.stopped_at(after(days=107)):
        services.reinstate(version=version, by=factories.system())
        on_the_log.update(CharterVersion.objects.all(), review_due_on=after(days=190).date())
    assert keep(after(days=108)) == {"out of suspension otherwise": 1}
    services.suspend(version=version, by=factories.system())
    confirm(version, after(days=109))
    assert keep(after(days=110)) == {}


def test_an_owner_who_left_is_told_through_the_administrators(version):
    """Issue 3, 8: a notice reaches somebody who can act on it."""
    admin = factories.an_account("admin")
    factories.a_role(admin, GrantedRole.ADMIN)
    owner = version.metric.owner
    factories.change(owner, is_active=False)
    keep(after(days=92))
    assert notices().get().to == admin


# Clocks that shift


@pytest.mark.parametrize(
    ("due", "before", "at"),
    [
        # Midnight in Berlin is 23:00 UTC in winter and 22:00 in summer; the clocks shift on these two Sundays.
        (
            date(2026, 3, 29),
            datetime(2026, 3, 28, 22, 59, tzinfo=UTC),
            datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
        ),
        (
            date(2026, 3, 30),
            datetime(2026, 3, 29, 21, 59, tzinfo=UTC),
            datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
        ),
        (
            date(2026, 10, 25),
            datetime(2026, 10, 24, 21, 59, tzinfo=UTC),
            datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
        ),
        (
            date(2026, 10, 26),
            datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
            datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
        ),
    ],
)
def test_a_day_begins_at_the_programmes_midnight_also_when_clocks_shift(version, due, before, at):
    """Issue 3, 6: correct across daylight saving in the programme's zone."""
    on_the_log.update(CharterVersion.objects.all(), review_due_on=due)
    assert keep(before) == {}
    assert keep(at) == {"announced for review": 1}


def test_notice_over_a_shift_of_clocks_has_all_its_days(version):
    """Issue 3, 6: 14 days are 14 of the programme's days, though one of them has 23 hours."""
    on_the_log.update(CharterVersion.objects.all(), review_due_on=date(2026, 3, 20))
    keep(datetime(2026, 3, 20, 12, tzinfo=BERLIN))
    assert keep(datetime(2026, 4, 2, 23, 59, tzinfo=BERLIN)) == {}
    assert keep(datetime(2026, 4, 3, 0, 0, tzinfo=BERLIN)) == {"suspended as not reviewed": 1}


def test_an_expiry_is_reminded_of_by_the_programmes_day(version):
    """Issue 3, 6: 23:30 UTC is the next day in Berlin, and the reminder says so."""
    on_the_log.update(
        CharterVersion.objects.all(),
        expires_at=datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
        review_due_on=date(2028, 1, 1),
    )
    assert keep(datetime(2026, 9, 24, 21, 59, tzinfo=UTC)) == {}
    assert keep(datetime(2026, 9, 24, 22, 0, tzinfo=UTC)) == {"reminded of their expiry": 1}
    assert "25 October 2026" in notices().get().text
    assert Reminder.objects.get(kind=ReminderKind.EXPIRY).due_on == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        (datetime(2026, 1, 12, 9, tzinfo=BERLIN), 6, datetime(2026, 7, 12, 9, tzinfo=BERLIN)),
        (datetime(2026, 8, 31, 9, tzinfo=BERLIN), 6, datetime(2027, 2, 28, 9, tzinfo=BERLIN)),
        (
            datetime(2025, 9, 29, 2, 30, tzinfo=BERLIN),
            6,
            datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN),
        ),  # an hour that is not there
    ],
)
def test_a_charter_expires_at_the_hour_at_which_it_began(begins, months, ends):
    """Issue 3, 6: months are counted on the clocks of the programme's zone."""
    with clock.stopped_at(begins):
        factories.a_programme()
        factories.move_programme("Europe/Berlin")
        factories.settings(charter_months=months)
        version = factories.an_active_charter()
    assert version.expires_at.astimezone(BERLIN) == ends


# What goes wrong


def test_what_fails_for_one_charter_stops_no_other(version, monkeypatch):
    """Issue 3, 6: one broken charter keeps no other in force, and the failure is not swallowed."""
    with clock.stopped_at(START):
        other = factories.an_active_charter("lead-time-for-changes")
    expire = services.expire

    def fail(*, version, by):
        if version.metric.slug == "deployment-frequency":
            raise RuntimeError("broken")
        return expire(version=version, by=by)

    monkeypatch.setattr(services, "expire", fail)
    with pytest.raises(ExceptionGroup):
        keep(version.expires_at)
    assert (standing(version), standing(other)) == (StandingChoices.ACTIVE, StandingChoices.EXPIRED)
