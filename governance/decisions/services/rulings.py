"""Questions that the rules leave to the board: put to it by whoever asked, and its rulings, ended early by it."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme.queries import get_programme
from charter.registry import queries as registry
from charter.rules import words
from charter.rules.facts import Facts
from charter.rules.request import Request
from charter.rules.vocabulary import Outcome
from governance.board import services as board
from governance.board.states import CaseKind
from governance.decisions import permissions, queries
from governance.decisions.events import ReferralMade, RulingEnded
from governance.decisions.models import DecisionRecord, Referral
from governance.decisions.requests.fingerprints import LOOKING, make_fingerprint
from governance.decisions.states import RulingStanding
from governance.people.models import User
from ground import clock, records, statements
from ground.errors import Conflict
from ground.promises import promised

# In one order, so that two who put several shapes never wait for each other.
_TAKE = """
SELECT pg_advisory_xact_lock(hashtextextended('shape:' || shape, 0))
FROM (SELECT unnest(%(shapes)s::text[]) AS shape ORDER BY shape) shapes
"""
LONGEST_SUBJECT = 200


@transaction.atomic(durable=True)
def refer_to_board(*, decision: DecisionRecord, by: User, said: str = "") -> Referral:
    """Put a referred question to the board as an edge case, with the asker's own words where there are any.

    Asked again while it is before the board, it gives the referral that there is. Raises NotPermitted where another
    account asked it, BadInput where the rules decided it themselves, Conflict where somebody else has put the same
    question, or the board has ruled on it since.
    """
    permissions.check_can_refer(by, decision)
    shapes = dict(_shapes(decision))
    statements.run(_TAKE, {"shapes": list(shapes.values())})
    waiting = queries.find_open_referral(list(shapes.values()))
    if waiting is not None:
        return _own(waiting, by)
    _check_unruled(decision, list(shapes.values()))
    case = board.open_case(
        kind=CaseKind.EDGE_CASE, subject=_subject(decision), question=_question(decision, said), by=by
    )
    referral = records.insert(
        Referral(decision=decision, case=case, rules=list(shapes), shapes=list(shapes.values()), asked_by=by)
    )
    ledger.append(ReferralMade(**_recorded(referral)), by=by.actor)
    return referral


@transaction.atomic(durable=True)
def end_ruling(*, referral: Referral, by: User) -> Referral:
    """End a ruling that is in force, at once: the rules refer such questions again. Any member of the board may."""
    referral = Referral.objects.select_for_update(of=("self",)).select_related("case").get(pk=referral.pk)
    standing = queries.list_referrals().values_list("standing", flat=True).get(pk=referral.pk)
    permissions.check_can_end_ruling(by, RulingStanding(standing))
    referral.ended_at, referral.ended_by = clock.now(), by
    referral.save(update_fields=["ended_at", "ended_by"])
    ledger.append(RulingEnded(**_recorded(referral)), by=by.actor)
    return referral


def _shapes(decision: DecisionRecord) -> Iterator[tuple[str, str]]:
    """Each rule that referred the question, with the shape that a ruling on it holds for."""
    request, facts = _request(decision), decision.facts[0]
    rulebook = registry.find_rulebook(decision.rulebook_hash)
    roles = msgspec.convert({**facts, "request": request}, Facts).actor.roles
    for rule in sorted({match["id"] for match in decision.matches if match["effect"] == Outcome.REFER}):
        yield rule, make_fingerprint(rulebook.by_id[rule], request, asker=decision.actor_id, roles=roles)


def _own(waiting: Referral, by: User) -> Referral:
    if waiting.asked_by_id != by.pk:
        raise Conflict(_("This question is before the board already."), code="already_referred")
    return waiting


def _check_unruled(decision: DecisionRecord, shapes: list[str]) -> None:
    """Raise Conflict where the decision was put to the board before, or a ruling of this shape is in force."""
    ruled = queries.list_referrals().filter(standing__in=[RulingStanding.YES, RulingStanding.NO])
    if Referral.objects.filter(decision=decision).exists() or ruled.filter(shapes__overlap=shapes).exists():
        raise Conflict(_("The board has ruled on this question. Ask it again."), code="already_ruled")


def _subject(decision: DecisionRecord) -> str:
    """What the ruling is about. It is published, so it names neither who asks nor about whom."""
    request = _request(decision)
    names = words.listed(words.inside(each["charter"]["name"]) for each in decision.facts)
    said = {"level": words.level(request.grain), "decision": words.spoken(request.decision)}
    tail = _(", at %(level)s level, for %(decision)s") % said
    head = _("A ruling on %(metrics)s") % {"metrics": names}
    return head[: LONGEST_SUBJECT - len(tail)] + tail


def _question(decision: DecisionRecord, said: str) -> str:
    """The matter in plain words: what the rules left open, and what the asker says of it."""
    matches = {match["id"]: match for match in decision.matches}
    opened = [
        _("The rules leave this use to the board. May it be made?"),
        *(f"{key}: {match['text']} {match['why']}" for key, match in sorted(matches.items())),
    ]
    return "\n\n".join([*opened, *_say_reach(decision), *([said.strip()] if said.strip() else [])])


def _say_reach(decision: DecisionRecord) -> Iterator[str]:
    """For whom and for what else a ruling would hold, as its shape has it: who votes would take it for this one question."""
    rulebook = registry.find_rulebook(decision.rulebook_hash)
    families = {rulebook.by_id[rule].family for rule, _shape in _shapes(decision)}
    days = {"days": promised(get_programme()).ruling_days}
    if LOOKING in families:
        yield (
            _(
                "A yes holds for %(days)s days, for every question of this account on these metrics, for this decision and at this level, whomever it is about."
            )
            % days
        )
    if families - {LOOKING}:
        yield _("A yes holds for %(days)s days, for whoever asks the same with the same roles.") % days


def _request(decision: DecisionRecord) -> Request:
    return msgspec.convert(decision.request, Request)


def _recorded(referral: Referral) -> dict[str, Any]:
    return {
        "referral": referral.pk,
        "decision": referral.decision_id,
        "case": referral.case_id,
        "rules": referral.rules,
        "shapes": referral.shapes,
    }
