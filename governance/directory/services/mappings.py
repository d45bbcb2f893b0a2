"""Which group gives which role: proposed by an administrator, confirmed by a second one, told to the board."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.board.queries import list_holders
from governance.directory import permissions
from governance.directory.events import MappingConfirmed, MappingEnded, MappingProposed
from governance.directory.models import GroupMapping
from governance.directory.services.entries import follow_members
from governance.directory.services.following import end_followed
from governance.notices.services import notify
from governance.people.models import GrantedRole, Team, User, ValueStream
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def propose_mapping(
    *,
    group: str,
    role: GrantedRole,
    by: User,
    team: Team | None = None,
    value_stream: ValueStream | None = None,
) -> GroupMapping:
    """Propose that a group, by the name that the provider has for it, gives a role. It gives nothing until a second one confirms it.

    The board is told. Raises NotPermitted; BadInput naming the field for a role that no group gives, or one over nothing.
    """
    permissions.check_can_propose_mapping(by)
    if not group.strip():
        raise BadInput(_("Enter the group as your organisation’s sign-in names it"), field="group")
    mapping = records.insert(
        GroupMapping(group=group.strip(), role=role, team=team, value_stream=value_stream, proposed_by=by)
    )
    ledger.append(MappingProposed(**_recorded(mapping)), by=by.actor)
    _tell_board(mapping, "proposed", _("A group is proposed to give a role"), by=by)
    return mapping


@transaction.atomic(durable=True)
def confirm_mapping(*, mapping: GroupMapping, by: User) -> GroupMapping:
    """Confirm it as a second one: from now on whoever signs in with the group has the role. Raises NotPermitted, Conflict."""
    permissions.check_can_confirm_mapping(by, mapping)
    mapping = _locked(mapping)
    if not mapping.waits:
        raise Conflict(_("This mapping waits for nobody any more."))
    mapping.confirmed_by, mapping.confirmed_at = by, clock.now()
    mapping.save(update_fields=["confirmed_by", "confirmed_at"])
    ledger.append(MappingConfirmed(**_recorded(mapping)), by=by.actor)
    follow_members(mapping.group)
    _tell_board(mapping, "confirmed", _("A group gives a role from now on"), by=by)
    return mapping


@transaction.atomic(durable=True)
def end_mapping(*, mapping: GroupMapping, by: User) -> int:
    """End it, and all roles that came of it; gives how many. Raises NotPermitted, and Conflict where it has ended."""
    permissions.check_can_end_mapping(by)
    mapping = _locked(mapping)
    if mapping.ended_at is not None:
        raise Conflict(_("This mapping has ended already."))
    mapping.ended_by, mapping.ended_at = by, clock.now()
    mapping.save(update_fields=["ended_by", "ended_at"])
    ledger.append(MappingEnded(**_recorded(mapping)), by=by.actor)
    _tell_board(mapping, "ended", _("A group gives a role no more"), by=by)
    return end_followed(mapping)


def _locked(mapping: GroupMapping) -> GroupMapping:
    found = GroupMapping.objects.select_for_update(of=("self",)).select_related("team", "value_stream")
    return found.get(pk=mapping.pk)


def _tell_board(mapping: GroupMapping, what: str, subject: str, *, by: User) -> None:
    """A notice to whoever holds a seat today, once for each step."""
    over = mapping.team or mapping.value_stream
    text = _("Group “%(group)s”, role: %(role)s%(over)s. Members of the board may end it.") % {
        "group": mapping.group,
        "role": mapping.get_role_display(),
        "over": f", {over.name}" if over else "",
    }
    for member in list_holders(calendar.today()):
        notify(
            to=member,
            kind="directory.mapping",
            subject=subject,
            text=text,
            path="/directory/groups",
            once=f"mapping {mapping.pk} {what}",
            by=by,
        )


def _recorded(mapping: GroupMapping) -> dict[str, Any]:
    return {
        "mapping": mapping.pk,
        "group": mapping.group,
        "role": mapping.role,
        "team": mapping.team_id,
        "value_stream": mapping.value_stream_id,
    }
