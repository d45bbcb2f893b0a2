"""What decided an answer, and how much each part counted: each is taken away from the recorded facts and the rules are asked again.

Rules do not add up points. A part counts where the answer would have been another without it; then it counted wholly, by
itself, whatever else was there. Pure but for reading the rulebook of then.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct
from msgspec.structs import replace

from audits.ledger.packing import UnreadableRecord
from charter import rules
from charter.registry import queries as registry
from charter.registry.models import RulebookVersion
from charter.rules import Rulebook, words
from charter.rules.asking import PERSON_GRAINS
from charter.rules.facts import Facts
from charter.rules.request import Request
from charter.rules.vocabulary import Outcome
from governance.decisions.facts.repairing import list_cohorts_of
from governance.decisions.models import DecisionRecord
from governance.ui import questions
from governance.ui.forms import Text
from ground.errors import Unavailable

OUTCOMES: dict[Outcome, Text] = {
    Outcome.PERMIT: gettext_lazy("allowed"),
    Outcome.DENY: gettext_lazy("refused"),
    Outcome.REFER: gettext_lazy("left to the board"),
}


class Counted(Struct, frozen=True):
    """A part of what was true that the answer hung on: what it was, where it is recorded, and what it would have been without."""

    text: str
    source: str
    instead: Outcome
    rules: tuple[str, ...]


class Recorded(Struct, frozen=True):
    """The facts and rules that a decision was made by, as they are on record."""

    facts: tuple[Facts, ...]
    rulebook: Rulebook

    @property
    def first(self) -> Facts:
        return self.facts[0]


class _Part(Struct, frozen=True):
    source: str
    says: Callable[[Facts], str]  # empty where it is not so
    without: Callable[[Facts], Facts]


def read_recorded(decision: DecisionRecord) -> Recorded | None:
    """None where this version cannot read them any more: what cannot be worked out is not guessed."""
    try:
        request = questions.read_request(decision.request)
        facts = tuple(
            msgspec.convert({**each, "request": decision.request}, Facts) for each in decision.facts
        )
        return Recorded(
            tuple(replace(each, request=request) for each in facts),
            registry.find_rulebook(decision.rulebook_hash),
        )
    except (msgspec.ValidationError, RulebookVersion.DoesNotExist, Unavailable, UnreadableRecord):
        return None


def list_counted(recorded: Recorded) -> list[Counted]:
    """The parts without any one of which the answer would have been another, in the order of `_PARTS`."""
    before = rules.decide(recorded.facts, recorded.rulebook).outcome
    return [counted for part in _PARTS for counted in _try(part, recorded, before)]


def find_repair(recorded: Recorded) -> rules.Repair | None:
    """The smallest change to the question that the same rules would have permitted, from what is on record."""
    groups = list_cohorts_of(recorded.first.request.persons)
    return rules.smallest_change(recorded.facts, recorded.rulebook, cohorts_of_persons=groups)


def _try(part: _Part, recorded: Recorded, before: Outcome) -> Iterator[Counted]:
    said = part.says(recorded.first)
    if not said:
        return
    verdict = rules.decide([part.without(each) for each in recorded.facts], recorded.rulebook)
    if verdict.outcome is not before:
        ids = tuple(sorted({match.id for match in verdict.rules}))
        yield Counted(said, part.source, verdict.outcome, ids)


def _says_in_force(facts: Facts) -> str:
    if not facts.charter.in_force:
        return ""
    said = {"name": facts.charter.name, "number": facts.charter.version}
    return _("The charter of %(name)s, version %(number)s, was in force.") % said


def _says_listed(facts: Facts) -> str:
    use = (facts.request.decision, facts.request.grain)
    if use not in facts.charter.listed:
        return ""
    said = {"decision": questions.name_decision(use[0]), "level": words.level(use[1])}
    return _("The charter lists %(decision)s at the level “%(level)s”.") % said


def _says_role(facts: Facts) -> str:
    asked = facts.request.grain
    held = sorted(
        role.value for role, grain in facts.charter.access if grain is asked and role in facts.actor.roles
    )
    if facts.actor.asks_about_self or not held:
        return ""
    roles = words.listed(role.replace("_", " ") for role in held)
    return _(
        "Whoever asked held a role over all that was asked about, to which the charter opens it: %(roles)s."
    ) % {"roles": roles}


def _says_own(facts: Facts) -> str:
    return _("It was asked by the person whose values they are.") if facts.actor.asks_about_self else ""


def _says_acknowledged(facts: Facts) -> str:
    return _("Whoever asked had acknowledged the rules.") if facts.actor.acknowledged else ""


def _says_trained(facts: Facts) -> str:
    return _("Whoever asked had taken the course about the rules.") if facts.actor.trained else ""


def _says_size(facts: Facts) -> str:
    if not facts.cohorts or any(each.people < each.minimum for each in facts.cohorts):
        return ""
    least = max(each.minimum for each in facts.cohorts)
    return _("Each group asked about had at least %(least)s people.") % {"least": least}


def _says_beside(facts: Facts) -> str:
    wanted = [metric for *_use, metric in facts.charter.needs_beside if metric in facts.request.metrics]
    if not wanted and len(facts.request.metrics) < 2:
        return ""
    return _("Other metrics were asked for in the same question: %(count)s in all.") % {
        "count": words.number(len(facts.request.metrics))
    }


def _says_evidence(facts: Facts) -> str:
    given = facts.checked_evidence
    return (
        _("It came with %(pieces)s of evidence that somebody else had opened.")
        % {"pieces": words.many(given, "piece")}
        if given
        else ""
    )


def _says_accountable(facts: Facts) -> str:
    return _("Somebody was named who answers for the decision.") if facts.accountable_human else ""


def _says_audited(facts: Facts) -> str:
    if facts.fairness_until is None:
        return ""
    return _("The metric’s fairness audit was passed and good until %(day)s.") % {
        "day": words.day(facts.fairness_until)
    }


def _says_not_held(facts: Facts) -> str:
    return "" if facts.values.held else _("No value that was asked for was under review.")


def _says_settled(facts: Facts) -> str:
    return "" if facts.values.unsettled else _("No context note about these months waited to be settled.")


def _says_covered(facts: Facts) -> str:
    if facts.request.grain not in PERSON_GRAINS or facts.values.thin:
        return ""
    return _("The sources covered enough of the work that was asked about.")


def _unlisted(facts: Facts) -> Facts:
    use = (facts.request.decision, facts.request.grain)
    return replace(facts, charter=replace(facts.charter, listed=facts.charter.listed - {use}))


def _alone(facts: Facts) -> Facts:
    request = replace(facts.request, metrics=(facts.charter.metric,))
    return replace(facts, request=request, beside=())


def _ask_otherwise(facts: Facts, **changes: object) -> Request:
    return replace(facts.request, **changes)


_PARTS = (
    _Part("facts.charter.in_force", _says_in_force, lambda one: replace(one, charter=replace(one.charter, in_force=False))),
    _Part("facts.charter.listed", _says_listed, _unlisted),
    _Part("facts.actor.roles", _says_role, lambda one: replace(one, actor=replace(one.actor, roles=frozenset()))),
    _Part("facts.actor.asks_about_self", _says_own, lambda one: replace(one, actor=replace(one.actor, asks_about_self=False))),
    _Part("facts.actor.acknowledged", _says_acknowledged, lambda one: replace(one, actor=replace(one.actor, acknowledged=False))),
    _Part("facts.actor.trained", _says_trained, lambda one: replace(one, actor=replace(one.actor, trained=False))),
    _Part("facts.cohorts", _says_size, lambda one: replace(one, cohorts=tuple(replace(each, people=each.minimum - 1) for each in one.cohorts))),
    _Part("request.metrics", _says_beside, _alone),
    _Part("facts.checked_evidence", _says_evidence, lambda one: replace(one, checked_evidence=0)),
    _Part("facts.accountable_human", _says_accountable, lambda one: replace(one, accountable_human=False)),
    _Part("facts.fairness_until", _says_audited, lambda one: replace(one, fairness_until=None)),
    _Part("facts.values.held", _says_not_held, lambda one: replace(one, values=replace(one.values, held=1))),
    _Part("facts.values.unsettled", _says_settled, lambda one: replace(one, values=replace(one.values, unsettled=1))),
    _Part("facts.values.thin", _says_covered, lambda one: replace(one, values=replace(one.values, thin=True))),
)  # fmt: skip


def outcome_word(outcome: Outcome) -> str:
    """`allowed`, `refused`, `left to the board`."""
    return str(OUTCOMES[outcome])


def list_rules(recorded: Recorded, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Rules by id with their titles, as the rulebook of then has them."""
    return [(each, recorded.rulebook.by_id[each].title) for each in ids if each in recorded.rulebook.by_id]


@lru_cache(maxsize=32)
def find_permit(rulebook_hash: str) -> str:
    """The id of the rule by which a rulebook permits; blank where there is no such rulebook here any more."""
    version = RulebookVersion.objects.filter(content_hash=rulebook_hash).values_list("pk", flat=True).first()
    return registry.load_rulebook_as_written(version).permit.id if version else ""
