"""Nobody can, or who can and how: what somebody could learn of the reader alone, worked out for every request.

Of the rules and charters in force and of no account in particular, so it tells nobody how anybody else stands.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct
from msgspec.structs import replace

from charter.registry import queries as registry
from charter.registry.charter_facts import build_charter_facts
from charter.registry.queries import GoverningVersion, ProgrammeTerms
from charter.rules.facts import CharterFacts
from charter.rules.proof.certificate import Learner, MetricCertificate, Precondition, certify
from charter.rules.proof.known import KnownCharter
from charter.rules.proof.words import say_request
from charter.rules.vocabulary import DecisionType
from ground import clock, data_versions
from ground.errors import Unavailable

CONDITIONS = {
    Precondition.HUMAN: gettext_lazy("a human asks, not a machine"),
    Precondition.ACKNOWLEDGED: gettext_lazy("they have acknowledged the rules"),
    Precondition.TRAINED: gettext_lazy("they have taken the course"),
    Precondition.AUDITED: gettext_lazy("the metric’s fairness audit is passed and in date, as it is now"),
    Precondition.EVIDENCE: gettext_lazy("they bring evidence that somebody else has opened"),
    Precondition.SECOND_METRIC: gettext_lazy("they ask for a second metric beside it"),
    Precondition.ACCOUNTABLE: gettext_lazy("somebody is named who answers for it and is not you"),
    Precondition.ALONE: gettext_lazy("they ask about you alone, and put you in no list"),
}


class Learned(Struct, frozen=True):
    """What came of one metric: `possible` is None where it could not be worked out, which counts as not shown."""

    metric: str
    name: str
    possible: bool | None
    rules: tuple[str, ...]
    request: str
    needs: tuple[str, ...]
    lasting: bool


class OwnCertificate(Struct, frozen=True):
    """All metrics with a charter in force, those by which something can be learned first."""

    decision: DecisionType
    learner: Learner
    rulebook: int
    metrics: tuple[Learned, ...]

    @property
    def nobody(self) -> bool:
        """Whether it is proved of every metric that it cannot be."""
        return all(each.possible is False for each in self.metrics)

    @property
    def open_metrics(self) -> int:
        """By how many something can be learned, or it is not shown that it cannot."""
        return sum(each.possible is not False for each in self.metrics)


def certify_own(decision: DecisionType, learner: Learner) -> OwnCertificate:
    """What a learner could get of one person's own values for a decision. Raises Unavailable where no rules are in force."""
    seen, at = data_versions.read(), clock.now()
    slugs = tuple(each.slug for each in registry.read_uses(seen) if each.standing)
    laid_down = registry.read_programme_facts(seen, decision, slugs)
    if laid_down.programme is None or laid_down.decision is None:
        raise Unavailable(
            _("No rulebook is in force for this decision, so nothing can be answered."),
            code="no_rules_in_force",
        )
    charters = tuple(_read(each, laid_down.programme, at) for each in laid_down.governing.values())
    rulebook = registry.load_rulebook(laid_down.programme.rulebook_id)
    found = certify(rulebook, charters, laid_down.decision, learner)
    learned = sorted(map(_say, found), key=lambda each: (each.possible is False, each.name.casefold()))
    return OwnCertificate(decision, learner, laid_down.programme.rulebook_number, tuple(learned))


def list_rows(found: OwnCertificate) -> Iterator[Sequence[object]]:
    """The same as a table to take away."""
    for each in found.metrics:
        holds = "" if each.possible is not False else _LASTING[each.lasting]
        yield [
            found.decision,
            found.learner,
            each.metric,
            _ANSWERS[each.possible],
            holds,
            " ".join(each.rules),
            each.request,
            "; ".join(each.needs),
        ]


_ANSWERS = {True: "possible", False: "proved impossible", None: "not worked out"}
_LASTING = {True: "with or without a fairness audit", False: "as long as no fairness audit is passed"}
COLUMNS = ["decision", "who", "metric", "answer", "holds", "rules", "request", "conditions"]


def _read(governing: GoverningVersion, programme: ProgrammeTerms, at: datetime) -> KnownCharter:
    today = at.astimezone(ZoneInfo(programme.time_zone)).date()
    audited = governing.fairness_until is not None and governing.fairness_until >= today
    of_person, of_groups = (
        _charter(governing, programme, at, personal=personal) for personal in (True, False)
    )
    return KnownCharter(of_person, of_groups, audited)


def _charter(
    governing: GoverningVersion, programme: ProgrammeTerms, at: datetime, *, personal: bool
) -> CharterFacts:
    """As the line reads it, but for the teams of a pilot, which no question about a person may name."""
    facts = build_charter_facts(
        registry.load_document(governing.version_id),
        version=governing.number,
        standing=governing.standing,
        in_force=governing.in_force(at),
        sources=registry.read_described(programme.sources),
        nature=registry.read_nature(governing.version_id, programme.sources),
        today=at.astimezone(ZoneInfo(programme.time_zone)).date(),
        grain_is_person=personal,
    )
    return replace(facts, listed=frozenset(use for use in facts.listed if governing.bounds.allow(*use)))


def _say(found: MetricCertificate) -> Learned:
    needs = [str(CONDITIONS[each]) for each in found.needs]
    needs += [_("the board waives a rule, or lets the question pass")] if found.waived else []
    return Learned(
        metric=found.metric,
        name=found.name,
        possible=found.possible,
        rules=found.rules,
        request=say_request(found.shown) if found.shown else "",
        needs=tuple(needs),
        lasting=found.lasting,
    )
