"""The programme from its beginning to its approval, and what it starts with."""

from datetime import date
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme import contract, permissions, queries, starter
from charter.programme.events import DecisionsDeclared, ProgrammeApproved, ProgrammeEstablished
from charter.programme.models import DecisionKind, Programme
from charter.programme.states import PROGRAMME_TRANSITIONS, ProgrammeState
from governance.people.models import User
from ground import clock, records
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def establish_programme(*, slug: str, name: str, purpose: str, by: User, time_zone: str = "UTC") -> Programme:
    """Begin the organisation's programme, as a draft, whose first board `by` then invites.

    There is one a database: Conflict where there is one already. Raises NotPermitted unless `by` is an administrator.
    """
    permissions.check_can_establish(by)
    if Programme.objects.exists():
        raise Conflict(_("There is a programme already. One database holds one."), code="programme_exists")
    _check_time_zone(time_zone)
    programme = records.insert(
        Programme(slug=slug, name=name, purpose=purpose, time_zone=time_zone, established_by=by)
    )
    established = ProgrammeEstablished(
        programme=programme.pk, slug=slug, name=name, purpose=purpose, time_zone=time_zone
    )
    ledger.append(established, by=by.actor)
    return programme


@transaction.atomic
def approve_programme(*, programme: Programme, by: User, data_from: date | None = None) -> Programme:
    """Approve the programme, so that charters can be handed in (S1); those written before may use data from `data_from` on.

    It must have declared a decision (S5) and published its contract (S142). The founding case of the board does it, once
    its seats are filled and a course is published; the database takes it from nothing else.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    PROGRAMME_TRANSITIONS.check(programme.state, ProgrammeState.ACTIVE)
    queries.check_has_decision(programme)
    contract.check_is_published()
    programme.state, programme.approved_at, programme.approved_by = ProgrammeState.ACTIVE, clock.now(), by
    programme.data_from = data_from
    programme.save(update_fields=["state", "approved_at", "approved_by", "data_from"])
    ledger.append(ProgrammeApproved(programme=programme.pk, data_from=data_from), by=by.actor)
    return programme


@transaction.atomic(durable=True)
def load_decisions(*, programme: Programme, by: User) -> list[DecisionKind]:
    """Declare the decisions of the starter catalogue that the programme lacks; those it has stay as they are (S7)."""
    declared = set(programme.decision_kinds.values_list("slug", flat=True))
    made = [
        records.insert(DecisionKind(programme=programme, **msgspec.to_builtins(each)))
        for each in starter.read_starter_decisions()
        if each.slug not in declared
    ]
    if made:
        slugs = [kind.slug for kind in made]
        ledger.append(DecisionsDeclared(programme=programme.pk, decisions=slugs), by=by.actor)
    return made


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            _("There is no time zone “%(name)s”. Give an IANA name such as Europe/Berlin.") % {"name": name},
            field="time_zone",
        ) from error
