"""Whatever is written about charters, decisions, sources and rules changes the registry's mark."""

from django.db import migrations

from ground.marks import mark_writes


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_grants")]
    operations = [
        mark_writes(
            "registry",
            {
                "registry_programme": (),
                "registry_decisionkind": (),
                "registry_source": (),
                "registry_metric": (),
                "registry_charterversion": (),
                "registry_rulebookversion": (),
                "registry_clearance": (),
            },
        )
    ]
