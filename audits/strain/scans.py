"""What falls due of strain by itself: signals, pulses that are over, alerts, and what reaches the board."""

from datetime import date, timedelta
from typing import NamedTuple

from audits.strain import queries, services
from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from governance.people.models import User
from ground import calendar
from ground.scans import Scan, Step


class StrainMoment(NamedTuple):
    """The day of a pass, and as whom it acts."""

    today: date
    by: User


def begin(by: User) -> StrainMoment | None:
    """A pass today; none before there is a programme."""
    if not Programme.objects.filter(state=ProgrammeState.ACTIVE).exists():
        return None
    return StrainMoment(calendar.today(), by)


STRAIN_CLOCK = Scan(
    "strain_clock",
    every=timedelta(hours=1),
    minute=41,
    begin=begin,
    silence=timedelta(minutes=10),
    steps=(
        Step(
            "signals told",
            due=lambda _moment: [True] if queries.is_due() else [],
            act=lambda _due, moment: services.tell_signals(by=moment.by),
        ),
        Step(
            "pulses closed",
            due=lambda moment: queries.list_pulses_over(moment.today),
            act=lambda pulse, moment: services.close_pulse(pulse=pulse, by=moment.by),
        ),
        Step(
            "alerts eased",
            due=lambda _moment: queries.list_eased(),
            act=lambda alert, moment: services.ease_alert(alert=alert, by=moment.by),
        ),
        Step(
            "alerts raised",
            due=lambda _moment: queries.list_concluded(),
            act=lambda team, moment: services.raise_alert(team=team, by=moment.by),
        ),
        Step(
            "alerts handed over",
            due=lambda _moment: queries.list_left(),
            act=lambda alert, moment: services.hand_over(alert=alert, by=moment.by),
        ),
        Step(
            "alerts put to the board",
            due=lambda moment: queries.list_ignored(moment.today),
            act=lambda found, moment: services.report_to_board(
                alert=found[0], kind=found[1], missed=found[2], by=moment.by
            ),
        ),
        Step(
            "strain of the organisation reported",
            due=lambda _moment: queries.list_lasting(),
            act=lambda signal, moment: services.report_lasting(signal=signal, by=moment.by),
        ),
    ),
)
