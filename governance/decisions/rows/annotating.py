"""What a row carries beside its number: that it is under review, what else was going on, and what is left out for it.

Values are frozen when they are published; all this is joined when they are read.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from msgspec.structs import replace

from charter.measures.rows import Note, Row, leave_out
from charter.measures.values.calendar import Span
from charter.rules import words
from charter.rules.vocabulary import ContextKind
from governance.decisions.facts.value_context import NoteFact, Subject, ValueContext
from governance.decisions.states import ABOUT, Effect, LeftOut

UNDER_REVIEW = "under_review"


def annotate_row(
    row: Row,
    subject: Subject,
    span: Span,
    bearing: ValueContext,
    *,
    consequential: bool,
    own: bool,
    always: Sequence[ContextKind] = (),
) -> Row:
    """The row as it leaves. A decision about people gets no value under review, and none of a period that is excluded.

    `own`: the reader is the person it is about, and sees their notes in full. `always`: kinds of note of which the
    charter wants it said that none is known.
    """
    held = bearing.is_held(row.metric, subject, span)
    found = bearing.confirmed(row.metric, subject, span)
    notes = [_note(each, subject, span, own=own) for each in found]
    if held:
        notes.insert(
            0, Note(UNDER_REVIEW, Effect.HOLD.value, _("Under review"), span.starts_on, span.ends_on)
        )
    notes += [_none_known(kind, span) for kind in always if all(each.kind is not kind for each in found)]
    row = _with_notes(row, notes)
    if not consequential or row.withheld:
        return row
    if held:
        because = _("Under review: not for decisions about people until that has ended")
        return leave_out(row, LeftOut.UNDER_REVIEW.value, because)
    excluding = [note.label for note in notes if note.effect == Effect.EXCLUDE]
    if excluding:
        because = _("Excluded: %(why)s") % {"why": words.inside(words.listed(dict.fromkeys(excluding)))}
        return leave_out(row, LeftOut.EXCLUDED.value, because)
    return row


def _with_notes(row: Row, notes: list[Note]) -> Row:
    return replace(row, context=notes) if notes else row


def _note(note: NoteFact, subject: Subject, span: Span, *, own: bool) -> Note:
    """A note as it stands beside a value. What keeps a person away is told to others by its group, without its days."""
    about = ABOUT[note.kind]
    personal = not note.team
    if personal and about.private and not own:
        group = about.group
        return Note(group.value, about.effect.value, str(group.label), span.starts_on, span.ends_on)
    return Note(
        kind=note.kind.value,
        effect=about.effect.value,
        label=_label(note, subject),
        start=note.starts_on,
        end=note.ends_on,
        says=note.says,
    )


def _label(note: NoteFact, subject: Subject) -> str:
    """`Migration`; with its service or, beside values that are not of that one team, its team: `Migration (Checkout)`."""
    label = str(ABOUT[note.kind].label)
    of_that_team = subject.cohort.startswith("team:") and "+" not in subject.cohort
    of = note.service or ("" if of_that_team else note.team)
    return f"{label} ({of})" if of else label


def _none_known(kind: ContextKind, span: Span) -> Note:
    label = _("None known: %(kind)s") % {"kind": words.inside(str(ABOUT[kind].label))}
    return Note(kind.value, Effect.NONE_KNOWN.value, label, span.starts_on, span.ends_on)
