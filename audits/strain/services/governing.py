"""Limits put to the board, playbooks, and the switches of alerts."""

from collections.abc import Mapping
from math import isfinite

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.strain import permissions, queries
from audits.strain.events import AlertSwitched, LoadProposed, PlaybookWritten
from audits.strain.limits import LARGEST_LIMIT
from audits.strain.models import AlertSwitch, LoadProposal, StrainPlaybook
from audits.strain.signals import SignalKind
from audits.strain.wording import name_signal, name_team_kind, say_limit
from charter.rules.vocabulary import ContextClass
from governance.board.services import open_case
from governance.board.states import CaseKind
from governance.people.models import User
from ground import clock, records
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose


@transaction.atomic(durable=True)
def propose_limits(
    *, team_kind: ContextClass, limits: Mapping[SignalKind, float], because: str, by: User
) -> LoadProposal:
    """Put limits of a healthy load to the board, by signal and a person-week, for one kind of team.

    They are in force once the case is approved, in place of those before. Raises NotPermitted; BadInput that names the signal.
    """
    permissions.check_sets_limits(by)
    _check_limits(limits)
    because = _read(because, "because", _("Say why this load is a healthy one."))
    said = "\n".join(say_limit(signal, limits[signal]) for signal in SignalKind if signal in limits)
    case = open_case(
        kind=CaseKind.HEALTHY_LOAD,
        subject=_("Limits of a healthy load: %(kind)s") % {"kind": name_team_kind(team_kind)},
        question=f"{because}\n\n{said}",
        by=by,
    )
    kept = {signal.value: float(limits[signal]) for signal in SignalKind if signal in limits}
    proposal = records.insert(
        LoadProposal(team_kind=team_kind.value, limits=kept, because=because, case=case, proposed_by=by)
    )
    ledger.append(
        LoadProposed(proposal=proposal.pk, team_kind=proposal.team_kind, signals=sorted(kept), case=case.pk),
        by=by.actor,
    )
    return proposal


def _check_limits(limits: Mapping[SignalKind, float]) -> None:
    if not limits:
        raise BadInput(_("Set a limit for one signal at least."), field="limits", code="required")
    for signal, limit in limits.items():
        if not isfinite(limit) or not 0 < limit <= LARGEST_LIMIT:
            raise BadInput(
                _("%(signal)s: a limit is above 0, and at most %(most)d a person and week.")
                % {"signal": name_signal(signal), "most": LARGEST_LIMIT},
                field=signal.value,
            )


@transaction.atomic(durable=True)
def write_playbook(*, signal: SignalKind, steps: str, by: User) -> StrainPlaybook:
    """Write what is done where a signal shows strain; an alert that is on goes on with the newest once it is switched again."""
    permissions.check_keeps_playbooks(by)
    steps = _read(steps, "steps", _("Write what is done, step by step."))
    playbook = records.insert(StrainPlaybook(signal=signal.value, steps=steps, written_by=by))
    ledger.append(PlaybookWritten(playbook=playbook.pk, signal=signal.value), by=by.actor)
    return playbook


@transaction.atomic(durable=True)
def switch_alert(*, signal: SignalKind, on: bool, by: User) -> AlertSwitch:
    """Switch the alerts of a signal on or off. Raises Conflict where it has no playbook (S125)."""
    permissions.check_keeps_playbooks(by)
    playbook = queries.find_playbook(signal)
    if playbook is None:
        raise Conflict(
            _("There is no playbook for this signal. Write first what is done, then switch its alerts on."),
            code="no_playbook",
        )
    switch = AlertSwitch.objects.select_for_update().filter(signal=signal.value).first()
    if switch is None:
        switch = records.insert(AlertSwitch(signal=signal.value, is_on=on, playbook=playbook, switched_by=by))
    else:
        switch.is_on, switch.playbook, switch.switched_at, switch.switched_by = on, playbook, clock.now(), by
        switch.save(update_fields=["is_on", "playbook", "switched_at", "switched_by"])
    said = AlertSwitched(switch=switch.pk, signal=signal.value, on=on, playbook=playbook.pk)
    ledger.append(said, by=by.actor)
    return switch


def _read(text: str, field: str, ask: str) -> str:
    read = read_prose(text, field=field)
    if not read:
        raise BadInput(ask, field=field, code="required")
    return read
