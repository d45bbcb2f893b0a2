"""A stretch period of a team that follows another at once waits for the board: it comes before it as a case (S124)."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from charter.rules.vocabulary import ContextKind
from governance.board import services as board
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.decisions.models import ContextNote
from governance.people.models import User
from ground.errors import BadInput


def put_following_to_board(note: ContextNote, by: User) -> Case | None:
    """The case about a stretch of a team that follows another at once, which it opens; None where it follows none.

    Raises BadInput where the two overlap: that is one stretch said twice. Stretches of single people are not put to the
    board, which would read of them; they stay refused.
    """
    if note.kind != ContextKind.STRETCH or note.team is None:
        return None
    near = _list_near(note)
    if near.filter(starts_on__lt=note.ends_on, ends_on__gt=note.starts_on).exists():
        raise BadInput(
            _("A stretch period cannot overlap another. Choose days after it has ended."), field="starts_on"
        )
    if not near.exists():
        return None
    said = {"team": note.team.name, "first": note.starts_on.isoformat(), "end": note.ends_on.isoformat()}
    return board.open_case(
        kind=CaseKind.EDGE_CASE,
        subject=_("A stretch of %(team)s that follows another at once") % said,
        question=_(
            "%(team)s declares a stretch period from %(first)s until before %(end)s, with no rest between it and another. "
            "May it be confirmed? Two in a row are how strain begins."
        )
        % said,
        by=by,
    )


def _list_near(note: ContextNote) -> QuerySet[ContextNote]:
    """Stretches of the team that overlap it or touch it: those confirmed, and the proposer's own."""
    standing = ContextNote.objects.filter(
        kind=ContextKind.STRETCH.value,
        team=note.team,
        turned_down_at__isnull=True,
        starts_on__lte=note.ends_on,
        ends_on__gte=note.starts_on,
    )
    confirmed = standing.filter(confirmed_at__isnull=False)
    return confirmed | standing.filter(proposed_by=note.proposed_by)
