"""Settings that rested on an agreement alone which has ended: the board says whether they stay."""

from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme.settings import SettingRows
from governance.agreements.beyond import list_bounds
from governance.agreements.events import DepartureFound
from governance.agreements.models import AgreementVersion, Departure
from governance.agreements.queries import find_end, list_ending, list_held
from governance.agreements.services import lock_version
from governance.agreements.states import DepartureAbout
from governance.board.services import open_case
from governance.board.states import CaseKind
from governance.people.models import User
from ground import records
from ground.promises import promised


class SettingLeft(NamedTuple):
    """A setting whose clause is over: the version that bound it, the clause, and its key."""

    version: AgreementVersion
    clause: str
    key: str


def list_settings_left(on: date) -> list[SettingLeft]:
    """The settings that rested on an agreement alone which has ended: no clause in force binds them any more."""
    ended = [each for each in list_ending(on) if promised(find_end(each)) <= on]
    if not ended:
        return []
    bound = {
        setting.key
        for held in list_held(on)
        for clause in list_bounds(held.text)
        for setting in clause.binds.settings
    }
    return [
        SettingLeft(version, clause.number, setting.key)
        for version in ended
        for clause in list_bounds(version.read())
        for setting in clause.binds.settings
        if setting.key not in bound
    ]


def list_settings_to_put(on: date) -> list[SettingLeft]:
    """Those of them that did not come before the board."""
    put = set(
        Departure.objects.filter(about=DepartureAbout.SETTING).values_list("version_id", "clause", "setting")
    )
    return [each for each in list_settings_left(on) if (each.version.pk, each.clause, each.key) not in put]


@transaction.atomic(durable=True)
def open_setting_left(*, left: SettingLeft, by: User) -> Departure | None:
    """Put to the board whether a setting stays that nothing holds any more, once for each version; None where it was put.

    A setting cannot be suspended, since the line asks it at every question: it stays as it is until the board changes it.
    """
    version = lock_version(left.version)
    if Departure.objects.filter(version=version, clause=left.clause, setting=left.key).exists():
        return None
    rows = SettingRows()
    if left.key not in rows.all_keys():
        return None
    said = {
        "name": rows.label(left.key),
        "value": rows.said(left.key, rows.value(left.key)),
        "clause": left.clause,
    }
    says = _("“%(name)s” is %(value)s, and the clause that bound it has ended.") % said
    case = open_case(
        kind=CaseKind.DEPARTURE,
        subject=(_("%(name)s, after clause %(clause)s of “%(title)s”") % {**said, "title": version.title})[
            :200
        ],
        question=_(
            "%(says)s May it stay so? Turned down, whoever may puts a change of settings to the board."
        )
        % {"says": says},
        by=by,
    )
    departure = records.insert(
        Departure(
            version=version,
            clause=left.clause,
            about=DepartureAbout.SETTING,
            setting=left.key,
            says=says,
            case=case,
        )
    )
    found = DepartureFound(
        version=version.pk, agreement=version.slug, departure=departure.pk, clause=left.clause,
        about=DepartureAbout.SETTING.value, says=says, case=case.pk,
    )  # fmt: skip
    ledger.append(found, by=by.actor)
    return departure
