"""Ballots are sealed until their case closes; the database opens each once, and none of an open case."""

from django.db import migrations, models
from django.db.models import Q

from governance.board import ballots
from governance.board.states import CaseState, Vote
from ground.grants import runtime_may_only

FORWARD = """
CREATE FUNCTION ballot_is_cast_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a ballot is cast sealed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER ballot_cast BEFORE INSERT ON board_ballot
    FOR EACH ROW WHEN (NEW.sealed IS NULL) EXECUTE FUNCTION ballot_is_cast_sealed();

-- SECURITY DEFINER with a fixed path, so that no table of the session stands in for the cases.
CREATE FUNCTION ballot_is_opened_once() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.sealed IS NULL OR NEW.sealed IS NOT NULL THEN
        RAISE EXCEPTION 'a ballot is opened once and never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM public.board_case WHERE id = OLD.case_id AND state = 'open') THEN
        RAISE EXCEPTION 'a ballot is opened when its case closes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_opened BEFORE UPDATE ON board_ballot
    FOR EACH ROW EXECUTE FUNCTION ballot_is_opened_once();
"""

BACKWARD = """
DROP TRIGGER ballot_cast ON board_ballot;
DROP TRIGGER ballot_opened ON board_ballot;
DROP FUNCTION ballot_is_cast_sealed();
DROP FUNCTION ballot_is_opened_once();
"""


def seal_open_ones(apps, _editor) -> None:
    """Those cast before: what they say goes from the open columns into `sealed`."""
    for ballot in apps.get_model("board", "Ballot").objects.filter(case__state=CaseState.OPEN):
        ballot.sealed = ballots.sealed(ballot, ballots.Words(Vote(ballot.vote), ballot.reason))
        ballot.vote = ballot.reason = ""
        ballot.save(update_fields=["vote", "reason", "sealed"])


def open_again(apps, _editor) -> None:
    """Back to open columns, so that this migration can be undone without losing a vote."""
    for ballot in apps.get_model("board", "Ballot").objects.filter(sealed__isnull=False):
        ballots.show(ballot).save(update_fields=["vote", "reason", "sealed"])


class Migration(migrations.Migration):
    dependencies = [("board", "0008_cases_about_views")]
    operations = [
        migrations.AddField("ballot", "sealed", models.BinaryField(null=True)),
        migrations.AlterField(
            "ballot",
            "vote",
            models.CharField(
                blank=True,
                max_length=20,
                choices=[
                    ("approve", "Approve"),
                    ("reject", "Reject"),
                    ("abstain", "Abstain"),
                    ("recuse", "Recuse"),
                    ("veto", "Veto"),
                ],
            ),
        ),
        migrations.RunPython(seal_open_ones, open_again),
        migrations.AddConstraint(
            "ballot",
            models.CheckConstraint(
                condition=Q(sealed__isnull=False, vote="", reason="")
                | (Q(sealed__isnull=True) & ~Q(vote="")),
                name="ballot_sealed_or_opened",
            ),
        ),
        migrations.AlterConstraint(
            "ballot",
            "ballot_no_needs_a_reason",
            models.CheckConstraint(
                condition=~Q(vote__in=("reject", "recuse", "veto")) | ~Q(reason=""),
                name="ballot_no_needs_a_reason",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        runtime_may_only("board_ballot", "SELECT, INSERT", update=["vote", "reason", "sealed"]),
    ]
