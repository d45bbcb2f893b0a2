"""Replays: asked for by whoever weighs a case, worked out by the clock part by part, and ended with what may be told."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import UNSET

from audits.ledger import services as ledger
from charter.programme.queries import get_programme
from charter.registry import queries as registry
from charter.registry import rulebooks
from charter.registry.models import RulebookVersion
from charter.rules import Rulebook
from governance.board.models import Case
from governance.decisions import permissions, queries
from governance.decisions.events import ReplayAsked, ReplayEnded, ReplayPartDecided
from governance.decisions.models import Replay, ReplayPart
from governance.decisions.replay import counting
from governance.decisions.replay.counting import AsProposed
from governance.decisions.replay.deciding import Deciding
from governance.decisions.replay.proposals import make_proposal
from governance.decisions.replay.recorded import list_recorded, read_recorded
from governance.people.models import User
from ground import clock, records, scans
from ground.errors import BadInput, DomainError, Unavailable
from ground.promises import promised

DAYS = 90
A_PART = 2_000  # questions


@transaction.atomic
def ask_for_replay(*, case: Case, by: User) -> Replay:
    """Let the clock work out what the questions of the last 90 days would have come to, had this case been passed before.

    Raises BadInput for a case that changes no answer, NotPermitted for who does not weigh it.
    """
    permissions.check_can_replay(by)
    in_force = rulebooks.find_rulebook_in_force()
    if in_force is None:
        raise BadInput(
            _("No rules are in force, so there is nothing to hold the case against."), field="case"
        )
    make_proposal(case, registry.load_rulebook(in_force.pk))
    return _begin(in_force, by, case=case)


@transaction.atomic
def ask_for_folder_replay(*, folder: str, by: User) -> Replay:
    """The same of a folder that nobody has put to the board, by its hash; goes on with one that was not ended.

    It is worked out by whoever has the folder, with `work_replay`. On the log, as what somebody tries again and again tells more.
    """
    permissions.check_can_replay(by)
    in_force = rulebooks.find_rulebook_in_force()
    if in_force is None:
        raise BadInput(
            _("No rules are in force, so there is nothing to hold the folder against."), field="folder"
        )
    return queries.find_open_replay(folder) or _begin(in_force, by, folder=folder)


def _begin(in_force: RulebookVersion, by: User, *, case: Case | None = None, folder: str = "") -> Replay:
    until = clock.now()
    since = until - timedelta(days=DAYS)
    replay = records.insert(
        Replay(
            case=case,
            folder=folder,
            asked_by=by,
            since=since,
            until=until,
            total=list_recorded(since, until).count(),
            rulebook_hash=in_force.content_hash,
        )
    )
    asked = ReplayAsked(
        replay=replay.pk, case=case.pk if case else None, folder=folder or UNSET, since=since, until=until
    )
    ledger.append(asked, by=by.actor)
    return replay


def work_replay(
    *, key: UUID, by: User, proposal: AsProposed | None = None, told: Callable[[int, int], None] | None = None
) -> int:
    """Work out what is left of a replay, part by part, and end it; gives how many questions it read. What was worked out stays.

    `proposal` is of a folder; a case says itself what it proposes. `told` hears how many of how many are worked out.
    """
    replay = Replay.objects.select_related("case").get(pk=key)
    done = 0
    try:
        in_force = registry.find_rulebook(replay.rulebook_hash)
        proposal = proposal or make_proposal(promised(replay.case), in_force)
        deciding = begin_deciding(replay, in_force, proposal)
        before = sum(replay.parts.values_list("read", flat=True))
        while read := decide_part(replay=replay, deciding=deciding, by=by):
            done += read
            scans.alive()
            if told is not None:
                told(before + done, replay.total)
    except Unavailable:
        raise  # the next pass goes on
    except DomainError as refused:
        end_replay(replay=replay, why=refused.detail, by=by)
        return done
    end_replay(replay=replay, by=by)
    return done


def begin_deciding(replay: Replay, in_force: Rulebook, proposal: AsProposed) -> Deciding:
    """What decides the questions of a replay, part after part."""

    def hash_asker(account: UUID) -> str:
        return counting.hash_asker(str(account), replay=str(replay.pk), key=settings.SECRET_KEY)

    return Deciding(in_force, proposal, hash_asker=hash_asker)


@transaction.atomic
def decide_part(*, replay: Replay, deciding: Deciding, by: User) -> int:
    """Decide the next questions anew, and keep what differs; gives how many were read, nought at the end."""
    last = replay.parts.order_by("-start").first()
    found = list_recorded(replay.since, replay.until)
    questions = read_recorded(found, after=(last.last_at, last.last_id) if last else None, most=A_PART)
    if not questions:
        return 0
    cells, unreadable = deciding.count_part(questions)
    start, end = last.start + last.read if last else 0, questions[-1].by
    records.insert(
        ReplayPart(
            replay=replay,
            start=start,
            read=len(questions),
            unreadable=unreadable,
            last_at=end.at,
            last_id=end.key,
            cells=counting.to_plain(cells),
        )
    )
    ledger.append(ReplayPartDecided(replay=replay.pk, start=start, read=len(questions)), by=by.actor)
    return len(questions)


@transaction.atomic
def end_replay(*, replay: Replay, by: User, why: str = "") -> Replay:
    """End a replay: with what may be told, or with `why` it was stopped."""
    replay = Replay.objects.select_for_update(of=("self",)).get(pk=replay.pk)
    parts = list(replay.parts.all())
    read = sum(each.read for each in parts)
    replay.ended_at, replay.why = clock.now(), why
    replay.result = None if why else msgspec.to_builtins(_tell(parts))
    replay.save(update_fields=["ended_at", "why", "result"])
    ledger.append(ReplayEnded(replay=replay.pk, read=read, why=why), by=by.actor)
    return replay


def _tell(parts: Iterable[ReplayPart]) -> counting.ReplayResult:
    parts = list(parts)
    return counting.tell(
        counting.add_up(counting.from_plain(each.cells) for each in parts),
        read=sum(each.read for each in parts),
        unreadable=sum(each.unreadable for each in parts),
        smallest=promised(get_programme()).minimum_group,
    )
