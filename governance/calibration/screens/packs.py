"""A pack and what is done with it: notes by name, values through the line, a proposal, a challenge and its answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from charter.rules.vocabulary import DecisionType, EvidenceKind
from governance.calibration import packs, permissions, queries, services
from governance.calibration.models import CalibrationItem, Challenge
from governance.calibration.screens.forms import AnswererForm, ProposalForm, ReasonForm, SaidForm
from governance.calibration.screens.rounds import list_levels
from governance.calibration.services import proposing
from governance.calibration.states import GROWTH, TOLD, UNSEEN, NoteKind, RoundState
from governance.evidence.screens.forms import KINDS
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm, Text
from governance.ui.questions import name_decision
from ground.errors import DomainError

_ASKS: dict[NoteKind, Text] = {
    NoteKind.LEARNED: gettext_lazy("What did they learn in this period?"),
    NoteKind.TOOK_ON: gettext_lazy("What did they take on that they had not done before?"),
    NoteKind.HANDED_OVER: gettext_lazy("What did they hand over, so that others can do it?"),
    NoteKind.MENTORING: gettext_lazy("Whom did they mentor, and what came of it?"),
    NoteKind.DESIGN_REVIEW: gettext_lazy("Which designs of others did they review, and what changed?"),
    NoteKind.CROSS_TEAM_SUPPORT: gettext_lazy("Which other teams did they support?"),
}


def pack(request: PageRequest, key: UUID) -> HttpResponse:
    """One pack: what people say first, growth beside it, metrics last; and for the session what is proposed."""
    item = queries.get_pack_item(key, by=request.user)
    read = packs.read_pack(item)
    sees = permissions.sees_proposals(request.user, item)
    works = item.round.state in (RoundState.ANNOUNCED, RoundState.OPEN)
    answers = item.accountable_id == request.user.pk and item.set_aside_at is None
    given = {
        "item": item,
        "pack": read,
        "decision": name_decision(DecisionType(item.round.decision)),
        "kinds": [(KINDS[kind], kind.value, found) for kind, found in read.by_kind],
        "growth_kinds": [(kind.value, kind.label) for kind in GROWTH],
        "own": permissions.is_of(request.user, item),
        "told": item.round.state in TOLD,
        "keeps": permissions.keeps_rounds(request.user) and not permissions.is_of(request.user, item),
        "works": works,
        "answers": answers,
        "may_ask": answers and item.round.state == RoundState.OPEN and bool(item.round.metrics),
        "again": item.round.state in TOLD and queries.is_flagged(item),
        "may_propose": answers and item.round.state in (RoundState.OPEN, *TOLD),
        "proposals": list_told_proposals(item) if sees else [],
        "challenges": _list_challenges(item) if sees and not permissions.is_of(request.user, item) else [],
        "may_challenge": not permissions.is_of(request.user, item) and item.round.state == RoundState.OPEN,
    }
    return render(request, "calibration/pack.html", given)


def list_told_proposals(item: CalibrationItem) -> list[dict[str, Any]]:
    """What was proposed of somebody, the newest first, with its words and the evidence it rests on."""
    records = {each.pk: each for each in packs.list_records([item], item.round).get(item.person_id, ())}
    told = []
    for proposal in reversed(queries.list_proposals([item])[item.pk]):
        said = queries.read_words(proposal)
        told.append(
            {
                "proposal": proposal,
                "said": said,
                "level": item.family.rubric.names[said.level - 1],
                "means": item.family.rubric.meanings[said.level - 1],
                "examples": item.family.rubric.examples[said.level - 1],
                "evidence": [
                    (key, records.get(key), KINDS[EvidenceKind(records[key].kind)] if key in records else "")
                    for key in proposal.evidence
                ],
                "receipts": proposal.receipts,
            }
        )
    return told


def _list_challenges(item: CalibrationItem) -> list[tuple[Challenge, str, str]]:
    return [(each, *proposing.read_challenge(each)) for each in queries.list_challenges(item)]


def note(request: PageRequest, key: UUID, word: str) -> HttpResponse:
    """Write growth, or work that nobody sees without asking, into a pack."""
    if word not in NoteKind.values:
        raise Http404
    item = queries.get_pack_item(key, by=request.user)
    permissions.check_writes_note(request.user, item)
    kind = NoteKind(word)
    hint = _("Where there was none, say whom you asked.") if kind in UNSEEN else ""
    form = SaidForm(request.POST or None, label=_("In your own words"), hint=hint)
    return _write(
        request,
        item,
        form,
        lambda: services.write_note(item=item, kind=kind, text=form.cleaned_data["text"], by=request.user),
        title=_ASKS[kind],
        button=_("Write it into the pack"),
        done=_("It stands in the pack."),
    )


@require_POST
def values(request: PageRequest, key: UUID) -> HttpResponse:
    """Ask the line for the values of a pack; what it refuses is kept as a refusal."""
    item = queries.get_pack_item(key, by=request.user)
    try:
        asked = services.ask_values(item=item, by=request.user)
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        told = _("The line gave values. They stand below, to be read.")
        messages.success(
            request, told if asked.permitted else _("The line gave no values. Why stands below.")
        )
    return redirect("calibration-pack", key)


def propose(request: PageRequest, key: UUID) -> HttpResponse:
    """Propose a level with its reasons, or another one with why it changes."""
    item = queries.get_pack_item(key, by=request.user)
    permissions.check_proposes(request.user, item)
    read, earlier = packs.read_pack(item), queries.list_proposals([item])[item.pk]
    form = ProposalForm(
        request.POST if request.method == "POST" else None,
        levels=[
            (str(number), f"{name}: {means}") for number, name, means, _all in list_levels(item.family.rubric)
        ],
        evidence=[
            (str(each.pk), f"{KINDS[EvidenceKind(each.kind)]}, {each.project}, {each.happened_on:%Y-%m-%d}")
            for each in read.records
        ],
        receipts=[
            (str(each.values.entry_id), _("Values of %(day)s") % {"day": f"{each.values.at:%Y-%m-%d}"})
            for each in read.values
            if each.values.permitted
        ],
        changes=bool(earlier),
    )
    return _write(
        request,
        item,
        form,
        lambda: services.propose(item=item, by=request.user, **form.outcome),
        title=_("Propose another level") if earlier else _("Propose a level"),
        button=_("Propose it"),
        done=_("It is proposed."),
        lead=_("Judge this person’s evidence on its own. However many come out well is no matter of yours."),
    )


def challenge(request: PageRequest, key: UUID) -> HttpResponse:
    """Doubt what is proposed."""
    item = queries.get_item(key)
    permissions.check_challenges(request.user, item)
    form = SaidForm(request.POST or None, label=_("What do you doubt?"), hint=_("Say what in the evidence makes you do so."))  # fmt: skip
    return _write(
        request,
        item,
        form,
        lambda: services.challenge(item=item, text=form.cleaned_data["text"], by=request.user),
        title=_("Challenge this level"),
        button=_("Challenge it"),
        done=_("Whoever proposed it is told, and answers."),
        back="calibration-round",
    )


def answer(request: PageRequest, key: UUID) -> HttpResponse:
    """Answer what was doubted."""
    raised = get_object_or_404(Challenge.objects.select_related("item"), pk=key)
    item = queries.get_pack_item(raised.item_id, by=request.user)
    permissions.check_proposes(request.user, item)
    raised.item = item
    form = SaidForm(request.POST or None, label=_("What do you answer?"), hint=_("Say whether the level changes. A change is proposed with its own reason."))  # fmt: skip
    return _write(
        request,
        item,
        form,
        lambda: services.answer_challenge(raised=raised, text=form.cleaned_data["text"], by=request.user),
        title=_("Answer a challenge"),
        button=_("Answer it"),
        done=_("It is answered."),
        lead=proposing.read_challenge(raised)[0],
    )


def answerer(request: PageRequest, key: UUID) -> HttpResponse:
    """Name the one account that answers for what is decided about somebody."""
    item = queries.get_pack_item(key, by=request.user)
    permissions.check_keeps_rounds(request.user)
    form = AnswererForm(request.POST if request.method == "POST" else None)
    return _write(
        request,
        item,
        form,
        lambda: services.name_answerer(item=item, accountable=form.account, by=request.user),
        title=_("Name who answers"),
        button=_("Name them"),
        done=_("They were told."),
        back="calibration-round",
    )


def set_aside(request: PageRequest, key: UUID) -> HttpResponse:
    """Let somebody get no outcome in this round, with why."""
    item = queries.get_pack_item(key, by=request.user)
    permissions.check_keeps_rounds(request.user)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    return _write(
        request,
        item,
        form,
        lambda: services.set_aside(item=item, reason=form.cleaned_data["reason"], by=request.user),
        title=_("Set aside in this round"),
        button=_("Set aside"),
        done=_("They get no level in this round."),
        back="calibration-round",
    )


def _write(
    request: PageRequest,
    item: CalibrationItem,
    form: ServiceForm,
    act: Callable[[], object],
    *,
    title: Text,
    button: Text,
    done: Text,
    lead: Text = "",
    back: str = "calibration-pack",
) -> HttpResponse:
    """The page of a form about one person: once it was accepted, back to where it came from."""
    back_key = item.pk if back == "calibration-pack" else item.round_id
    if request.method == "POST" and form.accepted(act):
        messages.success(request, str(done))
        return redirect(back, back_key)
    given: dict[str, Any] = {
        "form": form,
        "title": title,
        "lead": lead,
        "button": button,
        "caption": item.person.name,
    }
    given |= {"back": back, "back_key": back_key}
    return render(request, "calibration/write.html", given, status=form.status)
