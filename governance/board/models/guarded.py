"""What changes only by a passed case, whatever the code above it does: the board's rules on tables of the apps below.

They are the board's, so they stand on proxies of its own, which nothing else uses.
"""

import pgtrigger

from charter.programme.models import DecisionKind, Programme
from charter.programme.states import PROGRAMME_TRANSITIONS, ProgrammeState
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.states import CHARTER_TRANSITIONS, RULEBOOK_TRANSITIONS, RulebookState
from governance.board.models.cases import BoardOutcome, Case, Condition
from governance.board.models.effects import SettingsChange, Suspension
from governance.board.models.seating import Founding
from governance.board.models.seats import Term
from governance.board.models.ties import listed
from governance.board.states import PUTS_IN_FORCE, CaseKind, ConditionKind, SeatKind
from ground.schema.triggers import Trigger, outside, refuse

_PASSED = f"""
    SELECT FROM {BoardOutcome._meta.db_table} outcome JOIN {Case._meta.db_table} matter ON matter.id = outcome.case_id
    WHERE outcome.approved AND matter.id = NEW.case_id"""

# A charter in force or on trial names the case that passed it, about it and no other version, and whether to put it in force.
# One that the board lets be tried out first goes on trial, and
# needs another case to go on. Of one in force the end and the bounds only come closer. One that a seat suspended stays so
# until the board has turned that suspension down, or has passed a case about the charter since.
_BY_A_PASSED_CASE = f"""
IF NEW.standing IN ('active', 'pilot')
    AND (TG_OP = 'INSERT' OR OLD.standing <> NEW.standing OR OLD.case_id IS DISTINCT FROM NEW.case_id)
    AND NOT EXISTS ({_PASSED} AND matter.charter_version_id = NEW.id AND matter.kind IN ({listed(PUTS_IN_FORCE)}))
THEN
    {refuse("A charter becomes active only by a case that the board has passed.", "charterversion_active_by_a_passed_case")}
END IF;
IF TG_OP = 'UPDATE' AND OLD.standing IN ('in_review', 'pilot') AND NEW.standing = 'active' AND EXISTS (
    SELECT FROM {Condition._meta.db_table}
    WHERE case_id = NEW.case_id AND kind = '{ConditionKind.PILOT_TEAM.value}' AND withdrawn_at IS NULL
    AND (OLD.standing = 'in_review' OR OLD.case_id = NEW.case_id)
) THEN
    {refuse("A charter that the board lets be tried out first goes on trial.", "charterversion_tried_out_first")}
END IF;
IF TG_OP = 'UPDATE' AND OLD.standing IN ('active', 'suspended') AND NEW.standing IN ('active', 'suspended') AND (
    OLD.case_id IS DISTINCT FROM NEW.case_id OR NEW.expires_at > OLD.expires_at
    OR EXISTS (SELECT FROM jsonb_each(OLD.bounds) bound WHERE (NEW.bounds -> bound.key <@ bound.value) IS NOT TRUE)
) THEN
    {refuse("A charter in force stays bound as the board passed it.", "charterversion_stays_bound")}
END IF;
IF TG_OP = 'UPDATE' AND OLD.standing = 'suspended' AND NEW.standing = 'active' AND EXISTS (
    SELECT FROM {Suspension._meta.db_table} suspension WHERE suspension.charter_version_id = NEW.id
    AND NOT EXISTS (
        SELECT FROM {BoardOutcome._meta.db_table} WHERE case_id = suspension.case_id AND NOT approved
    )
    AND NOT EXISTS (
        SELECT FROM {BoardOutcome._meta.db_table} outcome JOIN {Case._meta.db_table} matter ON matter.id = outcome.case_id
        WHERE outcome.approved AND matter.charter_version_id = NEW.id AND matter.kind IN ({listed(PUTS_IN_FORCE)})
        AND matter.id <> NEW.case_id AND matter.closed_at >= suspension.at
    )
) THEN
    {refuse("A suspended charter comes back when its suspension lapses, or by a case after it.", "charterversion_stays_suspended")}
END IF;
RETURN NEW;
"""

# The first rules of all come with the product; there was nothing before them that they could loosen.
_RULES = f"""
IF NEW.state = '{RulebookState.IN_FORCE.value}'
    AND (TG_OP = 'INSERT' OR (OLD.state, OLD.case_id) IS DISTINCT FROM (NEW.state, NEW.case_id))
    AND NOT (NEW.case_id IS NULL AND NOT EXISTS (
        SELECT FROM {RulebookVersion._meta.db_table} WHERE state <> '{RulebookState.PROPOSED.value}'
    ))
    AND (
        (TG_OP = 'UPDATE' AND OLD.case_id = NEW.case_id)
        OR NOT EXISTS ({_PASSED} AND matter.kind = '{CaseKind.RULEBOOK.value}' AND matter.rulebook_version_id = NEW.id)
    )
THEN
    {refuse("Rules come into force only by a case that the board has passed.", "rulebookversion_by_a_passed_case")}
END IF;
RETURN NEW;
"""


def _settings(said: str, names_itself: str) -> str:
    """Until a programme is approved, whoever sets it up sets it. Afterwards each setting becomes what a case said, once.

    `said` is the key of a setting in a case; `names_itself` what of the row is no setting.
    """
    return f"""
IF EXISTS (SELECT FROM {Programme._meta.db_table} WHERE state = 'active') AND (
    NEW.case_id IS NOT DISTINCT FROM OLD.case_id
    OR NOT EXISTS ({_PASSED} AND matter.kind = '{CaseKind.SETTINGS.value}')
    OR EXISTS (
        SELECT FROM jsonb_each(to_jsonb(NEW) - {names_itself}) now
        WHERE now.value IS DISTINCT FROM to_jsonb(OLD) -> now.key AND now.value IS DISTINCT FROM (
            SELECT changes -> {said} FROM {SettingsChange._meta.db_table} WHERE case_id = NEW.case_id
        )
    )
) THEN
    {refuse("Settings change only by a case that the board has passed.", "settings_by_a_passed_case")}
END IF;
RETURN NEW;
"""


# With its first board, and with no other backfill than the one that it said.
_FOUNDED = f"""
IF TG_OP = 'INSERT' OR NOT EXISTS (
    SELECT FROM {BoardOutcome._meta.db_table} outcome JOIN {Case._meta.db_table} matter ON matter.id = outcome.case_id
    JOIN {Founding._meta.db_table} asked ON asked.case_id = matter.id
    WHERE outcome.approved AND matter.kind = '{CaseKind.FOUNDING.value}' AND asked.data_from IS NOT DISTINCT FROM NEW.data_from
    AND (
        SELECT count(*) FROM {Term._meta.db_table} term
        WHERE term.case_id = matter.id AND NOT term.alternate AND term.confirmed_at IS NOT NULL
    ) = {len(SeatKind)}
) THEN
    {refuse("A programme begins when its first board has founded it.", "programme_founded_by_its_board")}
END IF;
RETURN NEW;
"""

# All of a programme but what names it and says where it stands.
_NO_SETTINGS = (
    "ARRAY['slug', 'name', 'purpose', 'time_zone', 'state', 'approved_at', 'approved_by_id', 'case_id']"
)


class GuardedCharterVersion(CharterVersion):
    """No charter becomes active, or is tried out, except by a passed case."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            Trigger(
                name="by_a_passed_case",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_BY_A_PASSED_CASE,
            ),
            Trigger(
                name="stands_by_the_table",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=outside(CHARTER_TRANSITIONS, "standing"),
                func=refuse("A charter does not move so.", "charterversion_stands_by_the_table"),
            ),
        ]


class GuardedRulebook(RulebookVersion):
    """No rules come into force except by a passed case about them."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            Trigger(
                name="by_a_passed_case",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_RULES,
            ),
            Trigger(
                name="stands_by_the_table",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=outside(RULEBOOK_TRANSITIONS, "state"),
                func=refuse("A rulebook does not move so.", "rulebookversion_stands_by_the_table"),
            ),
        ]


class GuardedProgramme(Programme):
    """Settings of an approved programme change by a case of the board alone (S7)."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            Trigger(
                name="stays_approved",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=outside(PROGRAMME_TRANSITIONS, "state"),
                func=refuse("A programme that is approved stays approved.", "programme_stays_approved"),
            ),
            Trigger(
                name="founded_by_its_board",
                definer=True,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Condition(f"NEW.state <> '{ProgrammeState.DRAFT.value}'"),
                func=_FOUNDED,
            ),
            Trigger(
                name="settings_by_a_case",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"to_jsonb(OLD) - {_NO_SETTINGS} IS DISTINCT FROM to_jsonb(NEW) - {_NO_SETTINGS}"
                ),
                func=_settings("now.key", _NO_SETTINGS),
            ),
            # Each term, waiver and closed month would begin and end at another moment than it did.
            Trigger(
                name="stays_in_its_zone",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("time_zone"),
                condition=pgtrigger.Condition(
                    f"OLD.state <> '{ProgrammeState.DRAFT.value}' AND OLD.time_zone <> NEW.time_zone"
                ),
                func=refuse(
                    "The days of an approved programme stay where they are.", "programme_stays_in_its_zone"
                ),
            ),
        ]


class GuardedDecision(DecisionKind):
    """So do those of a decision."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            Trigger(
                name="settings_by_a_case",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_settings("(NEW.slug || '.' || now.key)", "ARRAY['case_id']"),
            )
        ]
