"""Whatever is written about who is who changes the people's mark; signing in does not."""

from django.db import migrations

from ground.marks import mark_writes


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("knox", "0009_extend_authtoken_field")]
    operations = [
        mark_writes(
            "people",
            {
                "people_user": ("username", "kind", "person_id", "is_active"),
                "people_person": (),
                "people_rolegrant": (),
                "people_membership": (),
                "people_reportingline": (),
                "people_team": (),
                "people_cohort": (),
                "people_cohort_teams": (),
            },
        ),
        mark_writes("tokens", {"knox_authtoken": ()}),
    ]
