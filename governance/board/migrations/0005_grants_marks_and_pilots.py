"""What the database keeps of the whole board, whatever the code above it does.

What is said, granted and learnt is written once; a pilot, like a charter in force, needs a passed case; and whatever the
line reads here changes the board's mark.
"""

from django.db import migrations

from ground.grants import runtime_may_only
from ground.marks import mark_writes

FORWARD = """
CREATE TRIGGER charterversion_inserted_pilot BEFORE INSERT ON registry_charterversion
    FOR EACH ROW WHEN (NEW.standing = 'pilot') EXECUTE FUNCTION charter_becomes_active_by_a_passed_case();
CREATE TRIGGER charterversion_made_pilot BEFORE UPDATE ON registry_charterversion
    FOR EACH ROW WHEN (NEW.standing = 'pilot' AND (OLD.standing <> 'pilot' OR OLD.case_id IS DISTINCT FROM NEW.case_id))
    EXECUTE FUNCTION charter_becomes_active_by_a_passed_case();
"""

BACKWARD = """
DROP TRIGGER charterversion_inserted_pilot ON registry_charterversion;
DROP TRIGGER charterversion_made_pilot ON registry_charterversion;
"""


class Migration(migrations.Migration):
    dependencies = [("board", "0004_the_whole_board")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        runtime_may_only("board_comment", "SELECT, INSERT"),
        runtime_may_only("board_condition", "SELECT, INSERT", update=["withdrawn_at", "withdrawn_by_id"]),
        runtime_may_only("board_caseview", "SELECT, INSERT", update=["seen_at"]),
        runtime_may_only("board_waiver", "SELECT, INSERT", update=["ended_at", "ended_by_id"]),
        runtime_may_only("board_suspension", "SELECT, INSERT", update=["ratified_at", "lapsed_at"]),
        runtime_may_only(
            "board_pilot",
            "SELECT, INSERT",
            update=["state", "ended_at", "ended_by_id", "ended_because"],
        ),
        runtime_may_only("board_pilotexit", "SELECT, INSERT"),
        runtime_may_only("board_surveyanswer", "SELECT, INSERT"),
        mark_writes(
            "board",
            {
                "board_case": ("state",),
                "board_condition": (),
                "board_waiver": (),
                "board_pilot": (),
            },
        ),
    ]
