"""A charter version and a rulebook never change; only where they stand does."""

from django.db import migrations

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [
        runtime_may_only(
            "registry_charterversion",
            "SELECT, INSERT",
            update=[
                "standing",
                "submitted_at",
                "submitted_by_id",
                "activated_at",
                "activated_by_id",
                "case_id",
                "expires_at",
                "review_due_on",
                "ended_at",
                "ended_by_id",
            ],
        ),
        runtime_may_only(
            "registry_rulebookversion",
            "SELECT, INSERT",
            update=["state", "published_at", "published_by_id", "case_id"],
        ),
        runtime_may_only("registry_clearance", "SELECT, INSERT"),
    ]
