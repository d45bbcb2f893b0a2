"""The session: a level is proposed with reasons, challenged, and changed only with a reason of its own."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.calibration import packs, permissions, queries
from governance.calibration.events import ChallengeAnswered, ChallengeRaised, ProposalMade
from governance.calibration.models import LEVELS, CalibrationItem, Challenge, LevelProposal
from governance.calibration.services.rounds import lock_item
from governance.calibration.services.texts import read_text
from governance.calibration.states import TOLD, ProposalKind, RoundState
from governance.calibration.words import CalibrationText, ProposalWords, seal, unseal
from governance.notices.services import notify
from governance.people.models import User
from ground import clock, records
from ground.errors import BadInput, Conflict
from ground.ids import new_id


@transaction.atomic(durable=True)
def propose(
    *,
    item: CalibrationItem,
    level: int,
    reasons: str,
    evidence: Sequence[UUID],
    receipts: Sequence[UUID] = (),
    change: str = "",
    by: User,
) -> LevelProposal:
    """Propose a level for a person, or another one in its place with the reason why (S87, S89, S92, S93).

    `evidence` are records of the pack, at least one; `receipts` are of values in the pack that the line permitted. Once outcomes
    were told, the same corrects or confirms one, such as after an appeal or where an audit flagged a metric that it cites. Raises NotPermitted; BadInput naming the field; Conflict.
    """
    permissions.check_proposes(by, item)
    item = lock_item(item, RoundState.OPEN, *TOLD)
    if level not in LEVELS:
        raise BadInput(_("Choose one of the three levels."), field="level")
    reasons = read_text(reasons, "reasons", _("Say why the evidence shows this level."))
    earlier = queries.list_proposals([item])[item.pk]
    change = _read_change(change, earlier)
    _check_pack(packs.read_pack(item), evidence, receipts)
    proposal = LevelProposal(
        id=new_id(),
        item=item,
        number=len(earlier) + 1,
        kind=_find_kind(item, level, earlier),
        evidence=list(dict.fromkeys(evidence)),
        receipts=list(dict.fromkeys(receipts)),
        by=by,
    )
    proposal.said = seal(ProposalWords(level, reasons, change), proposal.pk, "proposal")
    records.insert(proposal)
    made = ProposalMade(
        item=item.pk,
        person=item.person.external_id,
        proposal=proposal.pk,
        number=proposal.number,
        why=proposal.kind,
        evidence=proposal.evidence,
        receipts=proposal.receipts,
    )
    ledger.append(made, by=by.actor)
    if item.round.state in TOLD:
        _tell_looked_again(item, proposal, by)
    return proposal


def _read_change(change: str, earlier: Sequence[LevelProposal]) -> str:
    if not earlier:
        return ""
    return read_text(change, "change", _("Say why it changes. Nothing here is changed without a reason."))


def _find_kind(item: CalibrationItem, level: int, earlier: Sequence[LevelProposal]) -> ProposalKind:
    if item.round.state in TOLD:
        if not earlier:
            raise Conflict(_("This person got no outcome in this round."), code="no_outcome")
        same = queries.read_words(earlier[-1]).level == level
        return ProposalKind.CONFIRMED if same else ProposalKind.CORRECTED
    return ProposalKind.CHANGED if earlier else ProposalKind.FIRST


def _check_pack(pack: packs.PersonPack, evidence: Sequence[UUID], receipts: Sequence[UUID]) -> None:
    """Raise BadInput for what is not in the pack, and Conflict while work that nobody sees was not asked for."""
    if not evidence:
        text = _("Choose at least one piece of evidence. Metrics are never all of it.")
        raise BadInput(text, field="evidence", code="no_evidence")
    if not set(evidence) <= {each.pk for each in pack.records}:
        raise BadInput(_("Choose evidence of this pack, of its period."), field="evidence")
    if not set(receipts) <= {each.values.entry_id for each in pack.values if each.values.permitted}:
        raise BadInput(
            _("Choose values of this pack that the line gave. What it refused cannot be cited."),
            field="receipts",
        )
    if receipts and any(each.told.gap for each in pack.values if each.values.entry_id in receipts):  # fmt: skip
        text = _("Metrics cover little of this person’s work, so these values cannot be cited.")
        raise BadInput(text, field="receipts", code="coverage_gap")
    if flagged := queries.list_flagged_receipts(receipts):
        text = _("A fairness audit flagged these, so their values cannot be cited now: %(names)s.")
        raise BadInput(text % {"names": ", ".join(flagged)}, field="receipts", code="flagged")
    if pack.unasked:
        names = ", ".join(str(each.label).lower() for each in pack.unasked)
        text = _(
            "First ask whether there was any of this, and write into the pack what you heard: %(names)s."
        )
        raise Conflict(text % {"names": names}, code="not_asked")


def _tell_looked_again(item: CalibrationItem, proposal: LevelProposal, by: User) -> None:
    """Tell the person that their outcome was corrected, or that it was looked at again and stays."""
    if proposal.kind == ProposalKind.CORRECTED:
        subject = _("Your outcome was corrected: %(name)s")
        text = _("Read what it is now, and why it changed. You can appeal it.")
    else:
        subject = _("Your outcome was looked at again: %(name)s")
        text = _("It stays as it was. Read why. You can appeal it.")
    for user in User.objects.filter(is_active=True, person=item.person_id).order_by("pk"):
        notify(
            to=user,
            kind=f"calibration.{proposal.kind}",
            subject=subject % {"name": item.round.name},
            text=text,
            path=f"/calibration/outcomes/{item.pk}",
            once=f"calibration-{proposal.kind}:{proposal.pk}:{user.pk}",
            by=by,
        )


@transaction.atomic(durable=True)
def challenge(*, item: CalibrationItem, text: str, by: User) -> Challenge:
    """Doubt a proposed level, by anybody in the session whom it is not about; whoever proposed it is told."""
    permissions.check_challenges(by, item)
    text = read_text(text, "text", _("Say what you doubt, and what in the evidence makes you do so."))
    item = lock_item(item, RoundState.OPEN)
    if not item.proposals.exists():
        raise Conflict(_("Nothing is proposed for this person yet."), code="nothing_proposed")
    raised = Challenge(id=new_id(), item=item, by=by)
    raised.said = seal(CalibrationText(text), raised.pk, "challenge")
    records.insert(raised)
    ledger.append(
        ChallengeRaised(item=item.pk, person=item.person.external_id, challenge=raised.pk), by=by.actor
    )
    if item.accountable is not None and item.accountable != by:
        notify(
            to=item.accountable,
            kind="calibration.challenged",
            subject=_("A level that you proposed is challenged"),
            text=_("Read what is doubted and answer it, or change the level with your reason."),
            path=f"/calibration/packs/{item.pk}",
            once=f"calibration-challenged:{raised.pk}",
            by=by,
        )
    return raised


@transaction.atomic(durable=True)
def answer_challenge(*, raised: Challenge, text: str, by: User) -> Challenge:
    """Answer a challenge, by whoever answers for the person. Raises Conflict where it is answered."""
    permissions.check_proposes(by, raised.item)
    text = read_text(text, "text", _("Say what you answer, and whether the level changes."))
    item = lock_item(raised.item, RoundState.OPEN)
    raised = Challenge.objects.select_for_update().get(pk=raised.pk)
    if raised.answered_at is not None:
        raise Conflict(_("This was answered already."), code="answered")
    raised.answered_at, raised.answered_by = clock.now(), by
    raised.answer = seal(CalibrationText(text), raised.pk, "answer")
    raised.save(update_fields=["answer", "answered_at", "answered_by"])
    ledger.append(
        ChallengeAnswered(item=item.pk, person=item.person.external_id, challenge=raised.pk), by=by.actor
    )
    return raised


def read_challenge(raised: Challenge) -> tuple[str, str]:
    """What was doubted, and what was answered; blank where nothing is."""
    said = unseal(raised.said, raised.pk, "challenge", CalibrationText).text
    answered = unseal(raised.answer, raised.pk, "answer", CalibrationText).text if raised.answer else ""
    return said, answered
