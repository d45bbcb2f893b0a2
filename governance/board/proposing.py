"""Charters from files put to the board: registered, handed in and each a case, all of them or none."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from charter.authoring import importing
from charter.authoring import services as authoring
from charter.authoring.importing import Progress, Proposal
from charter.authoring.permissions import check_can_submit
from charter.programme import queries
from charter.programme.models import Programme
from charter.registry.models import CharterVersion
from governance.board import services as board
from governance.board.models import Case
from governance.people.models import User
from ground.errors import BadInput

MOST = 200  # more at once than a board could read; each holds a lock, of which a database has only so many


@transaction.atomic(durable=True)
def propose(
    *, programme: Programme, proposals: Sequence[Proposal], by: User, progress: Progress | None = None
) -> list[Case]:
    """Open a case for each charter that differs from the registry; nothing becomes active by it.

    Raises what registering, handing in and opening a case raise, as BadInput with file, line and key where a charter
    is at fault; then nothing of all this has happened.
    """
    if len(proposals) > MOST:
        text = _("These are %(number)d charters. Put %(most)d at most to the board at once.")
        raise BadInput(text % {"number": len(proposals), "most": MOST}, field="folder")
    queries.check_programme(programme)
    drafts = importing.register_all(programme=programme, proposals=proposals, by=by)
    return list(_cases(proposals, drafts, by, progress))


def _cases(
    proposals: Sequence[Proposal], drafts: Sequence[CharterVersion], by: User, progress: Progress | None
) -> Iterator[Case]:
    for done, (proposal, draft) in enumerate(zip(proposals, drafts, strict=True), start=1):
        yield _open_case(proposal, draft, by)
        if progress:
            progress(done, len(drafts), str(draft))


def _open_case(proposal: Proposal, draft: CharterVersion, by: User) -> Case:
    check_can_submit(by, draft)
    try:
        version = authoring.submit(version=draft, by=by)
    except BadInput as error:
        raise importing.make_refusal(proposal.file, error.field or "", error.detail) from error
    return board.open_case(charter_version=version, by=by)
