"""From weeks to an alert, its action, the board and recovery, by the clock (issue 18)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from audits.strain import queries, services
from audits.strain.judging import SignalFinding
from audits.strain.models import AlertSwitch, StrainAlert, StrainReport, TeamSignal
from audits.strain.signals import SignalKind
from audits.strain.states import AlertState, FollowedBy, LoadRemedy, ReportKind, Sight
from charter.measures.models import PublishedValue, Withheld
from charter.measures.weekly import read_weeks_told
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.notices.models import Notice
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, on_the_log
from tests.audits.strain.conftest import NOON, a_warehouse, make_incidents, raise_one, run_clock, see, team


def signal(slug: str) -> TeamSignal:
    return TeamSignal.objects.get(cohort__slug=f"team:{slug}")


def test_the_strained_team_is_found_and_the_quiet_one_is_not(strain):
    """S111, S118: thirteen weeks against the board's limit of this kind of team; since when, and never how much."""
    strained, quiet = signal("atlas"), signal("borealis")
    assert (strained.finding, strained.over, strained.known) == (SignalFinding.STRAINED, 12, 13)
    assert strained.since == date(2026, 1, 5) and strained.ends_on == date(2026, 3, 30)
    assert quiet.finding == SignalFinding.QUIET and quiet.since is None


def test_signals_alone_raise_no_alert(strain):
    """S116: two kinds of clues, one of them from people."""
    assert run_clock()["alerts raised"] == 0
    see(strain, Sight.GOES_WELL)
    assert run_clock()["alerts raised"] == 0 and not StrainAlert.objects.exists()


def test_an_alert_has_an_owner_and_a_day(strain):
    """S112: opened with its action; told to its owner, once."""
    alert = raise_one(strain)
    assert (alert.owner, alert.state, alert.clues) == (
        strain["lead"],
        AlertState.OPEN,
        ["observation", "signal"],
    )
    assert alert.choose_by == date(2026, 4, 28) and alert.since == date(2026, 1, 5)
    assert Notice.objects.filter(to=strain["lead"], kind="strain.alert").count() == 1
    told = Notice.objects.filter(kind="strain.team")
    assert {each.to.username for each in told} == {
        f"of-atlas-{at}" for at in range(1, 10)
    }  # the team, the same day
    assert run_clock()["alerts raised"] == 0  # one under way


def test_an_alert_without_a_playbook_cannot_be_switched_on(strain):
    """S125: by no service, and not past one either."""
    with pytest.raises(Conflict, match="no playbook"):
        services.switch_alert(signal=SignalKind.LEAVE, on=True, by=strain["hr"])
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertSwitch.objects.create(
            signal=SignalKind.LEAVE, is_on=True, playbook=None, switched_by=strain["hr"]
        )
    services.switch_alert(signal=SignalKind.ON_CALL, on=False, by=strain["hr"])
    see(strain)
    assert run_clock()["alerts raised"] == 0


def test_what_is_done_is_chosen_by_its_owner(strain):
    """S112, S113: rebalance, staff or reduce scope; coaching a person is no choice."""
    alert = raise_one(strain)
    given = {
        "alert": alert,
        "remedy": LoadRemedy.STAFF,
        "doing": "Two people share the rota.",
        "due_on": date(2026, 5, 31),
    }
    assert set(LoadRemedy) == {"rebalance", "staff", "reduce_scope"}
    with pytest.raises(NotPermitted):
        services.choose_action(**given, by=strain["other-lead"])
    for wrong, field in (
        ({"doing": " "}, "doing"),
        ({"due_on": date(2026, 4, 14)}, "due_on"),
        ({"due_on": date(2027, 4, 14)}, "due_on"),
    ):
        with pytest.raises(BadInput) as refused:
            services.choose_action(**{**given, **wrong}, by=strain["lead"])
        assert refused.value.field == field
    acting = services.choose_action(**given, by=strain["lead"])
    assert (acting.state, acting.due_on) == (AlertState.ACTING, date(2026, 5, 31))
    assert run_clock()["alerts put to the board"] == 0


def test_an_alert_that_is_ignored_reaches_the_board(strain):
    """S112: as a case, once."""
    raise_one(strain)
    with clock.stopped_at(NOON + timedelta(days=15)):
        assert run_clock()["alerts put to the board"] == 1
        assert run_clock()["alerts put to the board"] == 0
    report = StrainReport.objects.get()
    case = Case.objects.get(kind=CaseKind.STRAIN)
    assert (report.kind, report.case) == (ReportKind.IGNORED, case) and "Atlas" in case.subject


def test_an_action_past_its_day_reaches_the_board(strain):
    alert = raise_one(strain)
    services.choose_action(
        alert=alert,
        remedy=LoadRemedy.REBALANCE,
        doing="One service moves.",
        due_on=date(2026, 4, 20),
        by=strain["lead"],
    )
    with clock.stopped_at(NOON + timedelta(days=7)):
        run_clock()
    assert StrainReport.objects.get().kind == ReportKind.OVERDUE


def test_an_alert_whose_owner_left_is_handed_over(strain):
    """Bad input: to who acts now; to HR where nobody leads; to the board where nobody is left."""
    alert = raise_one(strain)
    factories.change(strain["lead"], is_active=False)
    assert run_clock()["alerts handed over"] == 1
    alert.refresh_from_db()
    assert alert.owner == strain["hr"]
    factories.change(strain["hr"], is_active=False)
    run_clock()
    alert.refresh_from_db()
    assert alert.owner is None
    run_clock()
    assert StrainReport.objects.get().kind == ReportKind.NO_OWNER
    assert run_clock()["alerts handed over"] == 0


def test_two_quarters_are_strain_of_the_organisation(strain):
    """S119: reported to the board, once a quarter."""
    newest = signal("atlas")
    lasting = TeamSignal.objects.filter(pk=newest.pk)
    assert run_clock()["strain of the organisation reported"] == 0
    _write_on(newest, lasting=True, ends_on=date(2026, 6, 29))
    assert run_clock()["strain of the organisation reported"] == 1
    assert run_clock()["strain of the organisation reported"] == 0
    report = StrainReport.objects.get()
    assert report.kind == ReportKind.LASTING and "organisation" in report.case.subject and lasting.exists()


def test_recovery_is_noticed_and_followed(strain):
    """S126: the alert eases by later weeks alone; turnover, regressions and lost knowledge are written in words."""
    alert = raise_one(strain)
    services.choose_action(
        alert=alert,
        remedy=LoadRemedy.STAFF,
        doing="Two people share the rota.",
        due_on=date(2026, 5, 31),
        by=strain["lead"],
    )
    assert run_clock()["alerts eased"] == 0
    _write_on(signal("atlas"), finding=SignalFinding.QUIET, since=None, over=2, ends_on=date(2026, 6, 29))
    assert run_clock()["alerts eased"] == 1
    alert.refresh_from_db()
    assert alert.state == AlertState.EASED and alert.eased_at is not None
    followed = services.write_follow_up(
        alert=alert,
        turnover=FollowedBy.LESS,
        regressions=FollowedBy.SAME,
        knowledge_lost=FollowedBy.UNKNOWN,
        helped=True,
        by=strain["lead"],
    )
    assert followed.helped and list(queries.get_alert(alert.pk, by=strain["hr"]).follow_ups.all()) == [
        followed
    ]
    with pytest.raises(Conflict):
        services.ease_alert(alert=alert, by=factories.system())


def test_signals_are_told_once_and_by_the_clock(strain):
    with a_warehouse(list(make_incidents())):
        assert services.tell_signals(by=factories.system()) == 0
    assert run_clock()["signals told"] == 0  # nothing newer
    with pytest.raises(NotPermitted):
        services.tell_signals(by=strain["hr"])


def test_a_month_that_is_withheld_keeps_its_weeks(strain):
    """Issue 18, 6: what the guard does not tell by month, no signal tells by week."""
    value = PublishedValue.objects.get(
        metric__slug="incident-burden", cohort=team("atlas"), period_kind="month", starts_on=date(2026, 2, 1)
    )
    nothing = {
        "value": None,
        "low": None,
        "high": None,
        "bound": "",
        "n": None,
        "people": None,
        "coverage": None,
    }
    factories.change(value, withheld=Withheld.TOO_FEW, **nothing)
    with a_warehouse(list(make_incidents())):
        (weekly,) = read_weeks_told(["incident-burden"], weeks=13, short=7)
    at = weekly.cohorts.index(team("atlas").pk)
    hidden = [week for week, known in zip(weekly.weeks, weekly.known[at], strict=True) if not known]
    assert hidden == [date(2026, 1, 26) + timedelta(days=7 * each) for each in range(5)]
    assert not weekly.counts["total"][at, 4:9].any()
    assert weekly.known[1 - at].all()


def _write_on(old: TeamSignal, **changes) -> None:
    """A later quarter of the same signal, written as the clock would."""
    fields = {
        name: getattr(old, name)
        for name in ("cohort", "signal", "finding", "judged_by", "since", "over", "known", "lasting", "why")
    }
    on_the_log.make(TeamSignal, **{**fields, "told_at": calendar.find_midnight(date(2026, 4, 14)), **changes})
