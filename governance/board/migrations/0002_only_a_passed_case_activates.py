"""No charter becomes active except by a passed case: kept by the database, whatever the code above it does."""

from django.db import migrations

# The search path is fixed, so that no temporary table of a session can pass itself off as the board's.
FORWARD = """
CREATE FUNCTION charter_becomes_active_by_a_passed_case() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM board_boardoutcome outcome JOIN board_case matter ON matter.id = outcome.case_id
        WHERE matter.id = NEW.case_id AND matter.charter_version_id = NEW.id AND outcome.approved
    ) THEN
        RAISE EXCEPTION 'A charter becomes active only by a case that the board has passed.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charterversion_active_by_a_passed_case';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER charterversion_inserted_active BEFORE INSERT ON registry_charterversion
    FOR EACH ROW WHEN (NEW.standing = 'active') EXECUTE FUNCTION charter_becomes_active_by_a_passed_case();
CREATE TRIGGER charterversion_made_active BEFORE UPDATE ON registry_charterversion
    FOR EACH ROW WHEN (NEW.standing = 'active' AND (OLD.standing <> 'active' OR OLD.case_id IS DISTINCT FROM NEW.case_id))
    EXECUTE FUNCTION charter_becomes_active_by_a_passed_case();
"""

BACKWARD = """
DROP TRIGGER charterversion_inserted_active ON registry_charterversion;
DROP TRIGGER charterversion_made_active ON registry_charterversion;
DROP FUNCTION charter_becomes_active_by_a_passed_case();
"""


class Migration(migrations.Migration):
    dependencies = [("board", "0001_initial"), ("registry", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
