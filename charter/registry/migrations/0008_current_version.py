"""Which version governs each metric is written beside it, by the database itself: said once, so nothing can say otherwise."""

import django.db.models.deletion
import django.db.models.fields.json
from django.db import migrations, models

from ground.grants import runtime_may_only

# The metric is held first and looked at in the next statement, which sees what whoever held it before has committed.
# Held against others like it alone: whoever adds a version only refers to its metric, and need not wait.
FORWARD = """
CREATE FUNCTION set_current_version(of_metric uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE governs uuid;
BEGIN
    PERFORM 1 FROM public.registry_metric WHERE id = of_metric FOR NO KEY UPDATE;
    governs := (
        SELECT id FROM public.registry_charterversion WHERE metric_id = of_metric
        ORDER BY standing = 'active' DESC, standing = 'suspended' DESC, standing = 'pilot' DESC, number DESC LIMIT 1
    );
    UPDATE public.registry_metric SET current_id = governs
    WHERE id = of_metric AND current_id IS DISTINCT FROM governs;
END $$;
REVOKE ALL ON FUNCTION set_current_version(uuid) FROM PUBLIC;

CREATE FUNCTION version_has_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM public.set_current_version(OLD.metric_id);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.metric_id <> OLD.metric_id) THEN
        PERFORM public.set_current_version(NEW.metric_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER version_has_changed
    AFTER INSERT OR DELETE OR UPDATE OF standing, number, metric_id ON registry_charterversion
    FOR EACH ROW EXECUTE FUNCTION version_has_changed();

CREATE FUNCTION metric_begins_without_version() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.current_id := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER metric_begins_without_version BEFORE INSERT ON registry_metric
    FOR EACH ROW EXECUTE FUNCTION metric_begins_without_version();

SELECT set_current_version(id) FROM registry_metric;
"""

BACKWARD = """
DROP TRIGGER metric_begins_without_version ON registry_metric;
DROP FUNCTION metric_begins_without_version();
DROP TRIGGER version_has_changed ON registry_charterversion;
DROP FUNCTION version_has_changed();
DROP FUNCTION set_current_version(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_clock_suspensions")]

    operations = [
        migrations.AddField(
            model_name="charterversion",
            name="grains",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.fields.json.KeyTransform(
                    "grains", django.db.models.fields.json.KeyTransform("what", "document")
                ),
                output_field=models.JSONField(null=True),
            ),
        ),
        migrations.AddField(
            model_name="metric",
            name="current",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.charterversion",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        runtime_may_only("registry_metric", "SELECT, INSERT", update=["name", "owner_id"]),
    ]
