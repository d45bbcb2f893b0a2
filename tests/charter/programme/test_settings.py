"""Settings of the programme: bounded, told in words, and changed by the board alone (S7)."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger.models import Entry
from charter.programme import settings
from charter.programme.models import DecisionKind, Programme
from charter.registry.settings_check import check_settings
from ground.errors import BadInput
from ground.ids import new_id
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

PEOPLE = "promotion_evidence"


@pytest.fixture
def programme():
    return factories.a_programme()


def stored(**changes):
    return settings.check_changes(
        {key.replace("__", "."): value for key, value in changes.items()}, against=check_settings
    )


def test_every_number_of_the_programme_is_a_setting_with_words(programme):
    """Requirements: numbers that the product chooses are settings; each says what it is in words."""
    rows = settings.SettingRows()
    kept = {"id", "slug", "name", "purpose", "time_zone", "state", "approved_at", "approved_by", "case_id"}
    kept |= {"established_by", "data_from"}  # said once, at its beginning and its founding
    names = {field.name for field in Programme._meta.concrete_fields} - kept
    assert names == {key for key in rows.all_keys() if "." not in key}
    for key in rows.all_keys():
        label = str(rows.field(key).verbose_name)
        assert label[0].isupper() and label != rows.field(key).name, key


def test_what_is_so_already_is_no_change(programme):
    changes, former = stored(minimum_group=6, minimum_group_strain=8)
    assert (changes, former) == ({"minimum_group": 6}, {"minimum_group": 5})
    with pytest.raises(BadInput, match="already") as refused:
        stored(minimum_group=5)
    assert refused.value.field == "settings"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"minimum_group": 2}, None, "fewer than 3"),
        ({"minimum_group": 9}, None, "never smaller"),
        ({"minimum_group": "many"}, "minimum_group", "whole number|integer"),
        ({"minimum_group": None}, "minimum_group", "required"),
        ({"minimum_group": 5.7}, "minimum_group", "whole number"),
        ({"minimum_group": 10**9}, "minimum_group", "less than or equal"),
        ({"error_budget_limit": float("inf")}, "error_budget_limit", "number"),
        ({f"{PEOPLE}.fairness_needed": "yes"}, f"{PEOPLE}.fairness_needed", "true or false"),
        ({"minimum_group": -1}, "minimum_group", "greater than or equal"),
        ({"coverage_threshold": 0.2}, "coverage_threshold", "0.5"),
        ({"coverage_threshold": float("nan")}, "coverage_threshold", "number"),
        ({"least_events": 4}, None, "at least 5 events"),
        ({"largest_share": 51}, None, "one person"),
        ({"review_days": 93}, None, "92 days"),
        ({"review_notice_days": 0}, None, "notice"),
        ({"enumeration_share": 101}, "enumeration_share", "100"),
        ({"expiry_reminder_days": "soon"}, "expiry_reminder_days", "whole number|integer"),
        ({"expiry_reminder_days": 5}, "expiry_reminder_days", "list of numbers"),
        ({"error_budget_metric": "no-such-metric"}, "error_budget_metric", "no metric called"),
        ({"state": "draft"}, "state", "no setting"),
        ({"case_id": "x"}, "case_id", "no setting"),
        ({"nonsense.evidence_needed": 3}, "nonsense.evidence_needed", "no setting"),
        ({f"{PEOPLE}.group": "operational"}, f"{PEOPLE}.group", "no setting"),
        ({f"{PEOPLE}.evidence_needed": 0}, None, "other evidence"),
        ({f"{PEOPLE}.fairness_needed": False}, None, "fairness audit"),
        ({f"{PEOPLE}.minimum_grain": "galaxy"}, f"{PEOPLE}.minimum_grain", "valid choice"),
        ({}, "settings", "already"),
    ],
)
def test_what_cannot_be_is_refused_by_name(programme, changes, field, said):
    """Bad input: the setting is named; floors hold whatever a board would decide (AR12, S35)."""
    with pytest.raises(BadInput, match=said) as refused:
        settings.check_changes(changes, against=check_settings)
    assert refused.value.field == field


def test_what_a_charter_promises_is_not_changed_by_the_way(programme):
    """S134, ADR 12: needs that an example of a charter in force does not meet are refused, with the example's words."""
    factories.an_active_charter("lead-time-for-changes")
    with pytest.raises(BadInput, match="would change what the charter of Lead time for changes") as refused:
        stored(retrospective__evidence_needed=1)
    assert (refused.value.field, refused.value.code) == ("settings", "examples_would_change")
    assert refused.value.extra["findings"]


def test_whatever_is_sent_is_refused_or_can_be_kept(programme):
    """Law: `checked` answers with JSON that it takes again, or with a sentence; never anything else."""
    keys = st.sampled_from(settings.SettingRows().all_keys())
    values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.lists(st.integers(), max_size=3)  # fmt: skip

    @given(st.dictionaries(keys | st.text(max_size=20), values, max_size=3))
    def holds(changes):
        try:
            kept, _former = settings.check_changes(changes, against=check_settings)
        except BadInput as refused:
            assert refused.detail
        else:
            assert settings.check_changes(kept, against=check_settings)[0] == kept

    holds()


def test_a_passed_case_changes_them_and_the_log_tells(programme):
    """S7: decision categories too, by the board only."""
    factories.settings(minimum_group=6, staffing__evidence_needed=2)
    programme.refresh_from_db()
    staffing = DecisionKind.objects.get(slug="staffing")
    assert (programme.minimum_group, staffing.evidence_needed) == (6, 2)
    assert programme.case_id == staffing.case_id is not None
    assert Entry.objects.filter(kind="registry.settings.changed").count() == 1
    now = settings.SettingRows().values()
    assert (now["minimum_group"], now["staffing.evidence_needed"]) == (6, 2)


def test_nobody_changes_them_without_a_case(programme):
    """The attack: code of ours, or whoever holds the runtime role, writes a setting past the board."""
    factories.settings(looks_a_day=9)
    passed = Programme.objects.values_list("case_id", flat=True).get()
    for change in (
        {"minimum_group": 4},
        {"minimum_group": 4, "case_id": new_id()},
        {"minimum_group": 4, "case_id": passed},  # a case changes what it changed, once
    ):
        with pytest.raises(IntegrityError, match="only by a case"), transaction.atomic():
            Programme.objects.update(**change)
    with pytest.raises(IntegrityError, match="only by a case"), transaction.atomic():
        DecisionKind.objects.filter(slug="staffing").update(evidence_needed=1)
    with pytest.raises(IntegrityError, match="stays approved"), transaction.atomic():
        Programme.objects.update(state="draft")  # in which its settings would be open
    for field, word in (("group", "operational"), ("slug", "staffing")):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            DecisionKind.objects.update(**{field: word})
    for model in (Programme, DecisionKind):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            model.objects.all()._raw_delete("default")
