"""Settings of an approved programme change by a case of the board alone (S7): kept by the database, whatever the code does."""

import django.db.models.deletion
import ground.ids
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only

# Until a programme is approved, whoever sets it up sets it. A decision belongs to the programme that is there.
FORWARD = """
CREATE FUNCTION settings_change_by_a_passed_case() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM registry_programme WHERE state = 'active') AND (
        NEW.case_id IS NOT DISTINCT FROM OLD.case_id OR NOT EXISTS (
            SELECT 1 FROM board_boardoutcome outcome JOIN board_case matter ON matter.id = outcome.case_id
            WHERE matter.id = NEW.case_id AND matter.kind = 'settings' AND outcome.approved
        )
    ) THEN
        RAISE EXCEPTION 'Settings change only by a case that the board has passed.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'settings_by_a_passed_case';
    END IF;
    RETURN NEW;
END $$;

-- All but what names a programme and says where it stands.
CREATE FUNCTION settings_of(programme registry_programme) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT to_jsonb(programme)
        - ARRAY['slug', 'name', 'purpose', 'time_zone', 'state', 'approved_at', 'approved_by_id', 'case_id']
$$;

CREATE FUNCTION programme_stays_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A programme that is approved stays approved.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'programme_stays_approved';
END $$;
CREATE TRIGGER programme_approved BEFORE UPDATE ON registry_programme
    FOR EACH ROW WHEN (OLD.state = 'active' AND NEW.state <> 'active')
    EXECUTE FUNCTION programme_stays_approved();

CREATE TRIGGER programme_settings_change BEFORE UPDATE ON registry_programme
    FOR EACH ROW WHEN (settings_of(OLD) IS DISTINCT FROM settings_of(NEW))
    EXECUTE FUNCTION settings_change_by_a_passed_case();
CREATE TRIGGER decisionkind_settings_change BEFORE UPDATE ON registry_decisionkind
    FOR EACH ROW EXECUTE FUNCTION settings_change_by_a_passed_case();
"""

BACKWARD = """
DROP TRIGGER decisionkind_settings_change ON registry_decisionkind;
DROP TRIGGER programme_settings_change ON registry_programme;
DROP TRIGGER programme_approved ON registry_programme;
DROP FUNCTION programme_stays_approved();
DROP FUNCTION settings_of(registry_programme);
DROP FUNCTION settings_change_by_a_passed_case();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("board", "0009_sealed_ballots"),
        ("registry", "0015_settings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SettingsChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("changes", models.JSONField()),
                ("former", models.JSONField()),
            ],
            options={
                "ordering": ["-case__opened_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_has_its_matter",
        ),
        migrations.AlterField(
            model_name="case",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charter", "Charter"),
                    ("class_change", "Change of class"),
                    ("suspension", "Suspension"),
                    ("rulebook", "Rulebook"),
                    ("waiver", "Waiver"),
                    ("edge_case", "Edge case"),
                    ("unintended_consequences", "Unintended consequences"),
                    ("yearly_review", "Yearly review of the system"),
                    ("view_change", "Change of a view"),
                    ("settings", "Change of settings"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("charter_version__isnull", False),
                        ("kind__in", ("charter", "class_change", "suspension")),
                        ("rulebook_version__isnull", True),
                    ),
                    models.Q(
                        ("charter_version__isnull", True),
                        ("kind", "rulebook"),
                        ("rulebook_version__isnull", False),
                    ),
                    models.Q(
                        (
                            "kind__in",
                            (
                                "waiver",
                                "edge_case",
                                "unintended_consequences",
                                "yearly_review",
                                "view_change",
                                "settings",
                            ),
                        ),
                        ("rulebook_version__isnull", True),
                        models.Q(("subject", ""), _negated=True),
                        models.Q(("question", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_has_its_matter",
                violation_error_message="Say in a few words what the case is about, and what is asked.",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "settings"), ("state", "open")),
                fields=("kind",),
                name="case_one_open_change_of_settings",
                violation_error_message="Another change of settings is before the board. Wait for its outcome.",
            ),
        ),
        migrations.AddField(
            model_name="settingschange",
            name="case",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="settings_change", to="board.case"
            ),
        ),
        runtime_may_only("board_settingschange", "SELECT, INSERT"),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
