"""Who reads and who writes along on a draft, in guardian's kind of table; those who wrote along still do."""

import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models


from ground.grants import runtime_may_only


def editors_to_permissions(apps, _editor):
    """Give whoever wrote along the permission to, with who added them and since when."""
    given = apps.get_model("registry", "DraftPermission").objects
    editors = list(apps.get_model("registry", "DraftEditor").objects.all())
    if not editors:
        return
    permission = _change_draft(apps)
    for each in editors:
        given.create(
            id=each.id,
            content_object_id=each.draft_id,
            user_id=each.user_id,
            permission=permission,
            given_at=each.added_at,
            given_by_id=each.added_by_id,
        )


def permissions_to_editors(apps, _editor):
    """Back: whoever writes along edits; reading along was not there."""
    added = apps.get_model("registry", "DraftEditor").objects
    given = apps.get_model("registry", "DraftPermission").objects
    for each in given.filter(permission__codename="change_draft"):
        added.create(
            id=each.id,
            draft_id=each.content_object_id,
            user_id=each.user_id,
            added_at=each.given_at,
            added_by_id=each.given_by_id,
        )


def _change_draft(apps):
    """The permission as Django itself makes it, but only after all migrations."""
    kinds = apps.get_model("contenttypes", "ContentType").objects
    kind, _made = kinds.get_or_create(app_label="registry", model="draft")
    permissions = apps.get_model("auth", "Permission").objects
    found, _made = permissions.get_or_create(
        content_type=kind, codename="change_draft", defaults={"name": "Can change draft"}
    )
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
        ("registry", "0008_current_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftPermission",
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
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="registry.draft",
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
            options={
                "ordering": ["given_at"],
            },
        ),
        migrations.AddConstraint(
            model_name="draftpermission",
            constraint=models.UniqueConstraint(
                fields=("content_object", "user"),
                name="draftpermission_one_an_account",
                violation_error_message="The draft is shared with this account already.",
            ),
        ),
        migrations.RunPython(editors_to_permissions, permissions_to_editors),
        # References are checked at the end of a transaction; this one goes on to change tables.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="draft", name="editors"),
        migrations.DeleteModel(name="DraftEditor"),
        # Given and taken back, never changed: who gave what, and since when, stays as it was.
        runtime_may_only("registry_draftpermission", "SELECT, INSERT, DELETE"),
        # guardian's tables for objects of any kind stay empty: nobody is to be given something that no room looks at.
        runtime_may_only("guardian_userobjectpermission", "SELECT"),
        runtime_may_only("guardian_groupobjectpermission", "SELECT"),
    ]
