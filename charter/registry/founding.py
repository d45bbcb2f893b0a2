"""The programme from its beginning to its approval, and what it starts with. Called through `services`."""

from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry import catalogue, contract, submission
from charter.registry.models import DecisionKind, Programme, Source
from charter.registry.states import ProgrammeState
from governance.people.models import User
from ground import clock, records
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def establish_programme(*, slug: str, name: str, purpose: str, by: User, time_zone: str = "UTC") -> Programme:
    """Begin the organisation's programme, as a draft. There is one a database: Conflict where there is one already."""
    if Programme.objects.exists():
        raise Conflict(_("There is a programme already. One database holds one."), code="programme_exists")
    _check_time_zone(time_zone)
    programme = records.insert(Programme(slug=slug, name=name, purpose=purpose, time_zone=time_zone))
    payload = {
        "programme": programme.pk,
        "slug": slug,
        "name": name,
        "purpose": purpose,
        "time_zone": time_zone,
    }
    ledger.append(kind="registry.programme.established", payload=payload, by=by.actor)
    return programme


@transaction.atomic
def approve_programme(*, programme: Programme, by: User) -> Programme:
    """Approve the programme, so that charters can be handed in (S1).

    It must have declared a decision (S5) and published its contract (S142). That a course is published and the board's
    seats are filled is for `governance.board.programme.activate_programme`, through which programmes are approved in life.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    if programme.state != ProgrammeState.DRAFT:
        raise Conflict(_("This programme is approved already."), code="no_such_transition")
    submission.check_has_decision(programme)
    contract.check_is_published()
    programme.state, programme.approved_at, programme.approved_by = ProgrammeState.ACTIVE, clock.now(), by
    programme.save(update_fields=["state", "approved_at", "approved_by"])
    ledger.append(kind="registry.programme.approved", payload={"programme": programme.pk}, by=by.actor)
    return programme


@transaction.atomic(durable=True)
def load_decisions(*, programme: Programme, by: User) -> list[DecisionKind]:
    """Declare the decisions of the starter catalogue that the programme lacks; those it has stay as they are (S7)."""
    declared = set(programme.decision_kinds.values_list("slug", flat=True))
    made = [
        records.insert(DecisionKind(programme=programme, **_values(starter, leave_out=())))
        for starter in catalogue.decisions()
        if starter.slug not in declared
    ]
    if made:
        payload = {"programme": programme.pk, "decisions": [kind.slug for kind in made]}
        ledger.append(kind="registry.decisions.declared", payload=payload, by=by.actor)
    return made


@transaction.atomic(durable=True)
def load_sources(*, by: User) -> list[Source]:
    """Describe the sources of the starter catalogue that are not described yet; others stay as they are."""
    described = set(Source.objects.values_list("slug", flat=True))
    made = [
        records.insert(Source(**_values(starter, leave_out=("columns",))))
        for starter in catalogue.sources()
        if starter.slug not in described
    ]
    if made:
        payload = {"sources": {source.slug: source.kind for source in made}}
        ledger.append(kind="registry.sources.described", payload=payload, by=by.actor)
    return made


def _values(starter: msgspec.Struct, *, leave_out: tuple[str, ...]) -> dict[str, object]:
    """A starter's fields as a record takes them: words as plain text."""
    values: dict[str, object] = msgspec.to_builtins(starter)
    return {name: value for name, value in values.items() if name not in leave_out}


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            _("There is no time zone “%(name)s”. Give an IANA name such as Europe/Berlin.") % {"name": name},
            field="time_zone",
        ) from error
