"""A team that carried too much, from the alert to what was done and to recovery, beside a quiet one without an alert.

Made through the services, where none stands. Only of made-up people: nobody real is told to be strained here.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from audits.strain import queries, services
from audits.strain.models import (
    AlertFollowUp,
    AlertSwitch,
    LoadObservation,
    LoadProposal,
    PulseRound,
    StrainAlert,
    TeamRecognition,
    TeamSignal,
    TradeOff,
)
from audits.strain.signals import SignalKind
from audits.strain.states import AlertState, FollowedBy, LoadRemedy, PathItem, Sight, TradeChoice, TradeSide
from charter.rules.vocabulary import ContextClass
from governance.board.models import Case
from governance.board.states import CaseState
from governance.demo.dataset import DataSet
from governance.demo.made_events.population import STRAINED_TEAM
from governance.people.models import Cohort, User
from governance.people.services import get_system_account
from ground import calendar

QUIET_TEAM = "payments"
KINDS = (ContextClass.INCIDENT_HEAVY, ContextClass.STABLE_PRODUCT)
LIMIT = 4.5  # hours of incidents a person and week
THROUGH = date(2026, 1, 1)  # the strain was found then, and has eased since
PLAYBOOK = """Tell the team what was seen, and ask what is missing from it.
Choose: rebalance the work, add people, or reduce scope. Write down why, and until when.
Guard two full weeks of recovery after a month beyond the limit.
Hold back non-urgent releases while the error budget burns."""

Vote = Callable[[Case, str], None]


def begin(data: DataSet, accounts: Mapping[str, User], vote: Vote) -> None:
    """Limits by the board, a playbook, and the alert of the team that carried too much."""
    if data.name != "made-up":
        return
    _set_limits(accounts, vote)
    _write_playbook(accounts["hr"])
    if not StrainAlert.objects.exists():
        _raise_alert(accounts["lead"], get_system_account())


def act(data: DataSet, accounts: Mapping[str, User]) -> None:
    """Its manager chooses what is done."""
    alert = StrainAlert.objects.filter(state=AlertState.OPEN).first()
    if data.name == "made-up" and alert is not None:
        services.choose_action(
            alert=alert,
            remedy=LoadRemedy.REBALANCE,
            doing="Demo: two of its services moved to observability, which shares the rota.",
            due_on=calendar.today() + timedelta(days=90),
            by=accounts["lead"],
        )


def recover(data: DataSet, accounts: Mapping[str, User], *, system: User) -> None:
    """Later weeks are within the limit again; what followed is written, a quiet team recognised, a trade-off proposed, and a pulse is open."""
    if data.name != "made-up":
        return
    services.tell_signals(by=system)
    for eased in queries.list_eased():
        services.ease_alert(alert=eased, by=system)
    if not AlertFollowUp.objects.exists():
        services.write_follow_up(
            alert=StrainAlert.objects.get(),
            turnover=FollowedBy.SAME,
            regressions=FollowedBy.LESS,
            knowledge_lost=FollowedBy.LESS,
            helped=True,
            by=accounts["lead"],
        )
    _recognise(accounts["hr"])
    _write_trade_off(accounts["lead"])
    if not PulseRound.objects.exists():
        services.open_pulse(by=accounts["hr"])


def _set_limits(accounts: Mapping[str, User], vote: Vote) -> None:
    for kind in KINDS:
        proposal = LoadProposal.objects.filter(team_kind=kind.value).first() or services.propose_limits(
            team_kind=kind,
            limits={SignalKind.ON_CALL: LIMIT},
            because="Demo: half a day a person and week for incidents leaves time to mend what breaks.",
            by=accounts["admin"],
        )
        if proposal.case.state == CaseState.OPEN:
            vote(proposal.case, "limits")


def _write_playbook(hr: User) -> None:
    if queries.find_playbook(SignalKind.ON_CALL) is None:
        services.write_playbook(signal=SignalKind.ON_CALL, steps=PLAYBOOK, by=hr)
    if not AlertSwitch.objects.exists():
        services.switch_alert(signal=SignalKind.ON_CALL, on=True, by=hr)


def _raise_alert(lead: User, system: User) -> None:
    """What weeks of the last year said, what the manager saw, and the alert that both make."""
    if not TeamSignal.objects.exists():
        services.tell_signals(through=THROUGH, by=system)
    if not LoadObservation.objects.exists():
        saw = [Sight.NO_BREATH, Sight.PUT_OFF]
        services.observe_load(cohort=_find(STRAINED_TEAM), saw=saw, by=lead)
    for team in queries.list_concluded():
        services.raise_alert(team=team, by=system)


def _recognise(hr: User) -> None:
    if not TeamRecognition.objects.exists():
        services.recognise_team(
            cohort=_find(QUIET_TEAM),
            items=[PathItem.ROTATION],
            words="Demo: kept its nights quiet in the year of its migration.",
            agreed=True,
            by=hr,
        )


def _write_trade_off(lead: User) -> None:
    """What engineering of the strained team proposes while its error budget burns; the other side has not agreed yet."""
    if not TradeOff.objects.exists():
        services.write_trade_off(
            cohort=_find(STRAINED_TEAM),
            side=TradeSide.ENGINEERING,
            choice=TradeChoice.FEWER_RELEASES,
            because="Demo: two releases a week with a rehearsal each, until a month stays within the budget.",
            ends_on=calendar.today() + timedelta(days=60),
            by=lead,
        )


def _find(team: str) -> Cohort:
    """The group in which a team is reported on."""
    return Cohort.objects.get(slug=f"team:{team}")
