"""Cases may be about a saved view: what it lists, and its class."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("board", "0007_case_handlers"),
        ("registry", "0007_clock_suspensions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
    ]
