"""Who prepares a case for the board, in guardian's kind of table."""

import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models


from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("board", "0005_grants_marks_and_pilots"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="case",
            options={
                "ordering": ["-opened_at", "-id"],
                "permissions": [("handle_case", "Can handle case")],
            },
        ),
        migrations.CreateModel(
            name="CaseHandler",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("given_at", models.DateTimeField(default=ground.clock.now)),
                (
                    "content_object",
                    models.OneToOneField(
                        error_messages={"unique": "Somebody handles this case already."},
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handling",
                        to="board.case",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        # Named and released, never changed: who named whom, and since when, stays as it was.
        runtime_may_only("board_casehandler", "SELECT, INSERT, DELETE"),
    ]
