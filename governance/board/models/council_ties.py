"""What the database keeps of councils: no case is opened past those whose people it may touch."""

import pgtrigger

from governance.board.models.ties import CASE, SEAT, TERM, find_day, listed
from governance.board.states import OF_PLACES, CaseState
from ground.schema.triggers import Trigger, refuse

# As `councils.list_asked` finds them: a case that may touch everybody asks every council which has sat and has people.
ASKS_THE_COUNCILS = Trigger(
    name="asks_the_councils",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition(f"NEW.kind NOT IN ({listed(OF_PLACES)})"),
    declare=[("on_day", "date")],
    func=f"""
on_day := {find_day("NEW.opened_at")};
IF EXISTS (
    SELECT FROM {SEAT} seat JOIN LATERAL (
        SELECT asked.territory, asked.ends FROM board_councilproposal asked
        JOIN {CASE} matter ON matter.id = asked.case_id AND matter.state = '{CaseState.APPROVED.value}'
        WHERE asked.seat_id = seat.id ORDER BY matter.closed_at DESC LIMIT 1
    ) held ON NOT held.ends
    WHERE seat.kind <> ALL(NEW.asked) AND EXISTS (
        SELECT FROM {TERM} term WHERE term.seat_id = seat.id AND NOT term.alternate
        AND term.confirmed_at IS NOT NULL AND term.valid_from <= on_day
    ) AND EXISTS (
        SELECT FROM people_person WHERE location = ANY(held.territory)
        AND employed_from <= on_day AND (employed_to IS NULL OR employed_to > on_day)
    )
) THEN
    {refuse("a case asks every council whose people it touches", "case_asks_the_councils")}
END IF;
RETURN NEW;
""",
)
