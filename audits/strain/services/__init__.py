"""The only writers of strain."""

from audits.strain.services.actions import (
    choose_action,
    ease_alert,
    hand_over,
    raise_alert,
    report_lasting,
    report_to_board,
    write_follow_up,
)
from audits.strain.services.governing import propose_limits, switch_alert, write_playbook
from audits.strain.services.paths import agree_to_trade_off, recognise_team, write_trade_off
from audits.strain.services.pulses import close_pulse, observe_load, open_pulse, take_pulse
from audits.strain.services.telling import tell_signals

__all__ = [
    "agree_to_trade_off",
    "choose_action",
    "close_pulse",
    "ease_alert",
    "hand_over",
    "observe_load",
    "open_pulse",
    "propose_limits",
    "raise_alert",
    "recognise_team",
    "report_lasting",
    "report_to_board",
    "switch_alert",
    "take_pulse",
    "tell_signals",
    "write_follow_up",
    "write_playbook",
    "write_trade_off",
]
