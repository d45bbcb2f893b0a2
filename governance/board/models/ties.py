"""What the database keeps of cases, whatever the code above it does: triggers that the models of the board declare.

Whoever serves requests writes these tables, so a promise about them cannot rest on our code alone. A ballot is cast while its
case is open, by who holds the seat; a case is closed by an outcome; an outcome says what the opened ballots say.
"""

import pgtrigger

from governance.board.seat_names import BEGINS
from governance.board.states import NOTICE_DAYS, PUTS_IN_FORCE, CaseKind, CaseState, SeatKind
from ground.schema.triggers import Trigger, refuse

CASE, BALLOT, OUTCOME = "board_case", "board_ballot", "board_boardoutcome"
SEAT, TERM, BAR = "board_seat", "board_term", "board_levelbar"
INVITATION, PROGRAMME = "board_invitation", "programme_programme"
_IN_FORCE = f"EXISTS (SELECT FROM {PROGRAMME} WHERE state = 'active')"


def listed(words: tuple[str, ...]) -> str:
    """Words as the list of an SQL `IN`."""
    return ", ".join(f"'{word}'" for word in map(str, words))


def find_day(moment: str) -> str:
    """The day of a moment in SQL, as `calendar.find_day` counts days: the programme's, UTC's before there is one."""
    return f"({moment} AT TIME ZONE coalesce((SELECT min(time_zone) FROM programme_programme), 'UTC'))::date"


def while_open(*, kind: CaseKind) -> Trigger:
    """What belongs to a case of a kind is written while that is open, never put under a decided one.

    The case is held meanwhile, so that it is not closed between the look and the write. With the owner's eyes, as for
    whoever may not read cases.
    """
    return Trigger(
        name="while_its_case_is_open",
        definer=True,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.case_id IS NOT NULL"),
        func=f"""
PERFORM FROM {CASE} WHERE id = NEW.case_id AND state = 'open' AND kind = '{kind.value}' FOR SHARE;
IF NOT FOUND THEN
    {refuse("this is written while its case is open", "while_its_case_is_open")}
END IF;
RETURN NEW;
""",
    )


def once(*columns: str) -> Trigger:
    """Once one of the columns says when something ended, the row stays as it is."""
    return Trigger(
        name="ends_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(" OR ".join(f"OLD.{column} IS NOT NULL" for column in columns)),
        func=refuse("what has ended stays as it is", "ends_once"),
    )


# Whoever closes the case settles it in the same transaction, once the outcome is written.
SETTLED_BY_ITS_CASE = Trigger(
    name="settled_by_its_case",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("ratified_at", "lapsed_at"),
    func=f"""
IF NOT EXISTS (SELECT FROM {OUTCOME} WHERE case_id = NEW.case_id AND approved = (NEW.ratified_at IS NOT NULL)) THEN
    {refuse("a suspension is ratified or lapses as its case was decided", "suspension_settled_by_its_case")}
END IF;
RETURN NEW;
""",
)
# One after the other: whoever opens a case holds the number until it is written, so that none is given twice or left out.
NUMBERED = Trigger(
    name="numbered",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
PERFORM pg_advisory_xact_lock(hashtext('{CASE}.number'));
SELECT coalesce(max(number), 0) + 1 INTO NEW.number FROM {CASE};
RETURN NEW;
""",
)
BEGINS_OPEN = Trigger(
    name="begins_open",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition(f"NEW.state <> '{CaseState.OPEN.value}'"),
    func=refuse("a case begins open", "case_begins_open"),
)
STAYS_CLOSED = Trigger(
    name="stays_closed",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(f"OLD.state <> '{CaseState.OPEN.value}'"),
    func=refuse("a case that is closed stays as it is", "case_stays_closed"),
)
# When the transaction ends: its ballots can be opened, and so counted, only once it is closed.
CLOSED_BY_AN_OUTCOME = Trigger(
    name="closed_by_an_outcome",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("state"),
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Condition(f"NEW.state <> '{CaseState.OPEN.value}'"),
    func=f"""
IF NOT EXISTS (SELECT FROM {OUTCOME} WHERE case_id = NEW.id AND approved = (NEW.state = '{CaseState.APPROVED.value}')) THEN
    {refuse("a case is closed by an outcome that says the same", "case_closed_by_an_outcome")}
END IF;
RETURN NULL;
""",
)


def _sits(term: str) -> str:
    """That a term is one by which somebody holds a seat on `on_day`."""
    lasts = f"{term}.valid_from <= on_day AND ({term}.valid_to IS NULL OR {term}.valid_to > on_day)"
    return f"{term}.confirmed_at IS NOT NULL AND {lasts}"


def _named_by(term: str, *, kind: CaseKind, asked: str) -> str:
    """That the case which a term names is a passed one of a kind, and asked for this account on this seat."""
    return f"""EXISTS (
    SELECT FROM {OUTCOME} outcome JOIN {CASE} matter ON matter.id = outcome.case_id JOIN {asked}
    WHERE outcome.approved AND matter.id = {term}.case_id AND matter.kind = '{kind.value}'
    AND asked.seat_id = {term}.seat_id AND asked.user_id = {term}.user_id
    AND on_day >= {find_day("matter.closed_at")}
)"""


_FOUNDED = _named_by(
    "NEW",
    kind=CaseKind.FOUNDING,
    asked=f"{INVITATION} asked ON asked.ended_at IS NULL AND asked.accepted_at <= matter.opened_at",
)
_PASSED = _named_by(
    "NEW",
    kind=CaseKind.SEAT,
    asked="board_seatproposal asked ON asked.case_id = matter.id AND asked.alternate = NEW.alternate",
)

# The founding confirms its first board in one go with the programme. Before that nobody sits, and afterwards the board is
# told and asked.
ANNOUNCED_BEFORE = Trigger(
    name="announced_before",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("on_day", "date"), ("by_case", "boolean")],
    func=f"""
on_day := {find_day("NEW.announced_at")};
IF NEW.valid_from < on_day THEN
    {refuse("no seat is filled in the past", "term_not_in_the_past")}
END IF;
IF NOT {_IN_FORCE} THEN
    IF NEW.alternate OR NEW.confirmed_at IS NULL OR NEW.valid_from <> on_day OR NOT {_FOUNDED} THEN
        {refuse("the first members sit by the founding of the programme", "term_by_the_founding")}
    END IF;
    RETURN NEW;
END IF;
IF NEW.valid_from < on_day + {NOTICE_DAYS} THEN
    {refuse("the board is told before somebody sits", "term_after_notice")}
END IF;
by_case := NEW.case_id IS NOT NULL;
IF by_case AND (NOT {_PASSED} OR EXISTS (SELECT FROM {TERM} WHERE case_id = NEW.case_id)) THEN
    {refuse("a case puts whom it is about on that seat, once", "term_by_its_case")}
END IF;
IF NOT by_case AND NOT NEW.alternate AND NEW.confirmed_at IS NOT NULL THEN
    {refuse("a member sits when the board has confirmed them", "term_confirmed_by_the_board")}
END IF;
IF NOT by_case AND NEW.alternate AND NOT EXISTS (
    SELECT FROM {TERM} own
    WHERE own.seat_id = NEW.seat_id AND own.user_id = NEW.announced_by_id AND NOT own.alternate AND {_sits("own")}
) THEN
    {refuse("the member of a seat names its alternates, or a case", "term_alternate_by_its_member")}
END IF;
RETURN NEW;
""",
)
CONFIRMED_BY_THE_BOARD = Trigger(
    name="confirmed_by_the_board",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("confirmed_at"),
    declare=[("on_day", "date"), ("others", "integer"), ("said", "integer")],
    func=f"""
on_day := {find_day("NEW.confirmed_at")};
SELECT count(DISTINCT other.seat_id), count(DISTINCT other.seat_id) FILTER (WHERE EXISTS (
    SELECT FROM board_termconfirmation WHERE term_id = NEW.id AND user_id = other.user_id
)) INTO others, said
FROM {TERM} other WHERE other.seat_id <> NEW.seat_id AND NOT other.alternate AND {_sits("other")};
IF OLD.confirmed_at IS NOT NULL OR NEW.confirmed_at IS NULL OR OLD.declined_at IS NOT NULL OR said * 2 <= others THEN
    {refuse("more than half of the other members confirm a member", "term_confirmed_by_the_board")}
END IF;
RETURN NEW;
""",
)
ONLY_SHORTER = Trigger(
    name="only_shorter",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("valid_to"),
    condition=pgtrigger.Condition("NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to"),
    func=refuse("a term is shortened, never made longer", "term_only_shorter"),
)

DECLINED_ONCE = Trigger(
    name="declined_once",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("declined_at"),
    condition=pgtrigger.Condition("OLD.declined_at IS NOT NULL OR OLD.confirmed_at IS NOT NULL"),
    func=refuse("who was confirmed or has declined does not decline", "term_declined_once"),
)

# Until the founding is put to the vote: then all of them vote on the same board.
INVITED_BEFORE_THE_FOUNDING = Trigger(
    name="invited_before_the_founding",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
IF NEW.accepted_at IS NOT NULL OR NEW.ended_at IS NOT NULL THEN
    {refuse("an invitation begins unanswered", "invitation_begins_unanswered")}
END IF;
IF {_IN_FORCE} OR NOT EXISTS (
    SELECT FROM {PROGRAMME} programme JOIN people_user founder ON founder.id = programme.established_by_id
    WHERE NEW.invited_by_id = founder.id OR NOT founder.is_active
) THEN
    {refuse("the founder invites, until the programme is in force", "invitation_by_the_founder")}
END IF;
RETURN NEW;
""",
)
ANSWERED_BEFORE_THE_FOUNDING = Trigger(
    name="answered_before_the_founding",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func=f"""
IF OLD.ended_at IS NOT NULL OR (OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at) THEN
    {refuse("an invitation is answered once", "invitation_answered_once")}
END IF;
IF {_IN_FORCE} OR EXISTS (SELECT FROM {CASE} WHERE kind = '{CaseKind.FOUNDING.value}' AND state = 'open') THEN
    {refuse("invitations stay as they are once the founding is put to the vote", "invitation_before_the_founding")}
END IF;
RETURN NEW;
""",
)
FOUNDED_BY_WHO_ACCEPTED = Trigger(
    name="founded_by_who_accepted",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition(f"NEW.kind = '{CaseKind.FOUNDING.value}'"),
    func=f"""
PERFORM FROM {INVITATION} WHERE ended_at IS NULL FOR SHARE;
IF {_IN_FORCE} OR (
    SELECT count(*) FROM {INVITATION} WHERE ended_at IS NULL AND accepted_at <= NEW.opened_at
) < {len(SeatKind)} THEN
    {refuse("a programme is founded once, by six who have accepted", "case_founded_by_who_accepted")}
END IF;
RETURN NEW;
""",
)
# When the transaction ends: nobody sits by a founding without the programme, which takes a full board.
FOUNDED_AT_ONCE = Trigger(
    name="founded_at_once",
    definer=True,
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("state"),
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Condition(f"NEW.kind = '{CaseKind.FOUNDING.value}' AND NEW.state = 'approved'"),
    func=f"""
IF NOT {_IN_FORCE} THEN
    {refuse("a passed founding puts the programme in force", "case_founded_at_once")}
END IF;
RETURN NULL;
""",
)

# When it is cast, and when it is cast anew.
BY_WHO_HOLDS_THE_SEAT = Trigger(
    name="by_who_holds_the_seat",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("cast_at"),
    declare=[("on_day", "date")],
    func=f"""
on_day := {find_day("NEW.cast_at")};
PERFORM FROM {CASE} WHERE id = NEW.case_id AND state = 'open' AND NEW.cast_at >= opened_at AND NEW.cast_at < closes_at
FOR SHARE;
IF NOT FOUND THEN
    {refuse("a ballot is cast while its case is open", "ballot_while_its_case_is_open")}
END IF;
IF NOT EXISTS (
    SELECT FROM {TERM} term JOIN {CASE} matter ON matter.id = NEW.case_id AND term.announced_at <= matter.opened_at
    JOIN {SEAT} seat ON seat.id = term.seat_id
    WHERE term.seat_id = NEW.seat_id AND term.user_id = NEW.user_id AND {_sits("term")}
    AND (seat.kind NOT LIKE '{BEGINS}%' OR seat.kind = ANY(matter.asked))
) AND NOT EXISTS (
    SELECT FROM {INVITATION} asked
    JOIN {CASE} matter ON matter.id = NEW.case_id AND matter.kind = '{CaseKind.FOUNDING.value}'
    WHERE asked.seat_id = NEW.seat_id AND asked.user_id = NEW.user_id AND asked.ended_at IS NULL
    AND asked.accepted_at <= matter.opened_at
) THEN
    {refuse("a ballot is cast by who holds the seat", "ballot_by_who_holds_the_seat")}
END IF;
RETURN NEW;
""",
)

# All seats vote on the same text. Of an approved case's condition nobody gets rid afterwards.
BEFORE_ANY_VOTE = Trigger(
    name="before_any_vote",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=f"""
PERFORM FROM {CASE} WHERE id = NEW.case_id AND state = 'open' FOR SHARE;
IF NOT FOUND OR EXISTS (SELECT FROM {BALLOT} WHERE case_id = NEW.case_id) THEN
    {refuse("conditions are fixed once a seat has voted", "condition_before_any_vote")}
END IF;
RETURN NEW;
""",
)

# As `quorum.count_votes`, `Tally.passes` and `approval.find_bar` count, which the tests hold side by side.
SAYS_WHAT_BALLOTS_SAY = Trigger(
    name="says_what_ballots_say",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[
        ("matter", f"{CASE}%ROWTYPE"),
        ("heard", "record"),
        ("bar", f"{BAR}%ROWTYPE"),
        ("passes", "boolean"),
    ],
    func=f"""
SELECT * INTO matter FROM {CASE} WHERE id = NEW.case_id AND state <> '{CaseState.OPEN.value}';
IF NOT FOUND THEN
    {refuse("an outcome is written when its case is closed", "boardoutcome_when_closed")}
END IF;
SELECT count(*) AS seats,
    count(*) FILTER (WHERE vote = 'approve') AS approvals,
    count(*) FILTER (WHERE vote IN ('approve', 'reject', 'veto')) AS votes,
    count(*) FILTER (WHERE vote = 'veto') AS vetoes,
    count(*) FILTER (WHERE sealed IS NOT NULL) AS unopened,
    coalesce(array_agg(
        CASE WHEN seat.kind LIKE '{BEGINS}%' THEN '{SeatKind.WORKER_REP.value}' ELSE seat.kind::text END
    ) FILTER (WHERE vote IN ('abstain', 'recuse')), ARRAY[]::text[]) AS aside
INTO heard FROM {BALLOT} ballot JOIN {SEAT} seat ON seat.id = ballot.seat_id WHERE ballot.case_id = NEW.case_id;
IF heard.unopened > 0 OR heard.approvals <> NEW.approvals OR heard.votes <> NEW.votes THEN
    {refuse("an outcome counts the opened ballots of its case", "boardoutcome_counts_ballots")}
END IF;
IF heard.seats < {len(SeatKind)} + cardinality(matter.asked) AND matter.closed_at < matter.closes_at THEN
    {refuse("a case is decided when every seat was heard or its time is over", "boardoutcome_when_heard")}
END IF;
SELECT * INTO STRICT bar FROM {BAR} WHERE level = CASE
    WHEN matter.kind IN ({listed(PUTS_IN_FORCE)}) AND matter.charter_version_id IS NOT NULL THEN coalesce((
        SELECT (document -> 'harms' ->> 'invasiveness')::int FROM registry_charterversion WHERE id = matter.charter_version_id
    ), (SELECT max(level) FROM {BAR}))
    ELSE 0 END;
passes := heard.seats = {len(SeatKind)} + cardinality(matter.asked) AND heard.vetoes = 0 AND heard.votes > 0
    AND heard.approvals * bar.of_votes >= heard.votes * bar.for_it AND NOT heard.aside && bar.must_vote::text[];
IF NEW.approved <> passes OR NEW.approved <> (matter.state = '{CaseState.APPROVED.value}') THEN
    {refuse("an outcome says what the ballots of its case say", "boardoutcome_says_what_ballots_say")}
END IF;
RETURN NEW;
""",
)
