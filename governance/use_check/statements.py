"""A use check in words: a paragraph that can be sent on, and its parts."""

from collections.abc import Iterable, Mapping

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter.rules import words
from charter.rules.request import Request
from charter.rules.vocabulary import Outcome
from governance.ui import questions
from governance.use_check.changes import Need, UseChange
from governance.use_check.judged import CheckedUse
from governance.use_check.states import NeedKind, UseAnswer


def write_statement(checked: CheckedUse) -> str:
    """All of a check in one paragraph."""
    return " ".join(filter(None, _say(checked)))


def say_answer(checked: CheckedUse) -> str:
    """What the answer is, in a sentence that stands on its own."""
    said = questions.put_in_words(checked.decided.request, checked.names)
    parts = {"metrics": words.sentence(said.metrics), "whose": said.whose, "decision": said.decision}
    texts = {
        UseAnswer.YES: _("%(metrics)s of %(whose)s may be used for %(decision)s."),
        UseAnswer.NO: _("%(metrics)s of %(whose)s may not be used for %(decision)s."),
        UseAnswer.BOARD: _(
            "Whether %(metrics)s of %(whose)s may be used for %(decision)s is for the review board to say."
        ),
    }
    if checked.decided.answer == UseAnswer.BOARD:
        parts["metrics"] = said.metrics
    return texts[UseAnswer(checked.decided.answer)] % parts


def say_change(change: UseChange, asked: Request, names: Mapping[str, str]) -> str:
    """One change as a sentence goes on: `of team payments instead, together with SLO compliance`."""
    return words.listed(_list_parts(change, asked, names))


def say_need(need: Need, names: Mapping[str, str]) -> str:
    """What has to happen first, as a sentence goes on."""
    metric = words.inside(names.get(need.metric or "", need.metric or ""))
    texts = {
        NeedKind.EVIDENCE: _("with evidence of the kind “%(kind)s”"),
        NeedKind.ACCOUNTABLE: _("with the name of the person who answers for it"),
        NeedKind.AFFIRMATION: _("once you affirm “%(says)s”"),
        NeedKind.FAIRNESS_AUDIT: _("once %(metric)s has passed a fairness audit"),
        NeedKind.CONFIRMED_NOTE: _("once the open context notes are confirmed or turned down"),
    }
    kind = words.spoken(need.evidence) if need.evidence else ""
    return texts[need.kind] % {"metric": metric, "kind": kind, "says": need.says or ""}


def _list_parts(change: UseChange, asked: Request, names: Mapping[str, str]) -> list[str]:
    request, said = change.request, []
    if (request.grain, request.cohorts, request.persons) != (asked.grain, asked.cohorts, asked.persons):
        said.append(_("of %(whose)s instead") % {"whose": questions.name_subjects(request)})
    for text, slugs in (
        (_("together with %(metrics)s"), [slug for slug in request.metrics if slug not in asked.metrics]),
        (_("without %(metrics)s"), [slug for slug in asked.metrics if slug not in request.metrics]),
    ):
        if slugs:
            listed = words.listed(words.inside(names.get(slug, slug)) for slug in slugs)
            said.append(text % {"metrics": listed})
    if request.accountable and request.accountable != asked.accountable:
        said.append(_("with you as the person who answers for it"))
    return [*said, *(say_need(need, names) for need in change.needs)]


def _say(checked: CheckedUse) -> Iterable[str]:
    decided = checked.decided
    yield say_answer(checked)
    if decided.rules:
        rules = words.listed(f"{rule.id} ({words.inside(rule.title)})" for rule in decided.rules)
        text = ngettext(
            "This rule decides it: %(rules)s.", "These rules decide it: %(rules)s.", len(decided.rules)
        )
        yield text % {"rules": rules}
    for clause in checked.clauses:
        about = {"metric": clause.name, "version": clause.version, "says": clause.says}
        yield _("The charter of %(metric)s, version %(version)s: %(says)s") % about
    yield _say_changes(checked)
    yield from _say_profile(checked)
    yield from (str(warning.label) for warning in checked.warnings)
    at = formats.date_format(timezone.localtime(decided.at), "j F Y, H:i")
    yield _("Checked on %(at)s; no values were read. Receipt %(receipt)s.") % {
        "at": at,
        "receipt": decided.receipt.id,
    }


def _say_changes(checked: CheckedUse) -> str:
    decided = checked.decided
    if decided.answer == UseAnswer.YES:
        return ""
    if not checked.changes:
        return _("No change to the question would make it a yes.")
    ways = words.listed(
        (say_change(each, decided.request, checked.names) for each in checked.changes), _("or")
    )
    if any(each.verdict is Outcome.PERMIT for each in checked.changes):
        return _("It would be allowed: %(ways)s.") % {"ways": ways}
    return _("The board could be asked: %(ways)s.") % {"ways": ways}


def _say_profile(checked: CheckedUse) -> Iterable[str]:
    if checked.profile is None:
        return
    kinds = words.listed(kind.replace("_", " ") for kind in checked.profile.evidence_kinds)
    yield _("For %(family)s count these outcomes: %(outcomes)s; and these kinds of evidence: %(kinds)s.") % {
        "family": checked.profile.role_family,
        "outcomes": words.listed(checked.profile.outcomes),
        "kinds": kinds,
    }
