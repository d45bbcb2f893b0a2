"""From a case that is before the board to what recorded facts would read under it."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from msgspec.structs import replace

from charter.registry import queries as registry
from charter.registry.charter_facts import build_charter_facts
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion
from charter.registry.source_descriptions import SourceDescription
from charter.rules import Rulebook
from charter.rules.asking import PERSON_GRAINS
from charter.rules.facts import CharterFacts, Facts
from charter.rules.vocabulary import Category, DecisionType, Nature, Standing
from governance.board.kinds import KINDS, find_kind
from governance.board.models import Case, Waiver
from governance.decisions.replay.counting import AsProposed
from governance.decisions.replay.rebuilding import Rebuild, make_rebuild
from ground import data_versions
from ground.errors import BadInput
from ground.promises import promised

AsIf = Callable[[Facts], Facts]
# The kinds of cases that say beforehand what questions would come to.
REPLAYED = tuple(kind for kind, row in KINDS.items() if row.replayed)
_OF_DECISIONS = ("evidence_needed", "fairness_needed", "accountable_needed")
_STRAIN = frozenset({Category.STRAIN, Category.SURVEY})


def make_proposal(case: Case, in_force: Rulebook) -> AsProposed:
    """What the case would put in force. Raises BadInput for a kind that changes no answer."""
    if not find_kind(case).replayed:
        raise BadInput(_("A case of this kind changes no rule, charter, setting or waiver."), field="case")
    if case.rulebook_version_id is not None:
        return AsProposed(registry.load_rulebook_as_written(case.rulebook_version_id), lambda facts: facts)
    return AsProposed(in_force, _as_if(case), _rebuild(case, in_force))


def _rebuild(case: Case, in_force: Rulebook) -> Rebuild | None:
    changed = hasattr(case, "settings_change")
    return make_rebuild(case.settings_change.changes, in_force) if changed else None


def _as_if(case: Case) -> AsIf:
    if hasattr(case, "waiver"):
        return waive(case.waiver)
    if hasattr(case, "settings_change"):
        return set_otherwise(case.settings_change.changes)
    return charter_otherwise(promised(case.charter_version))


def waive(waiver: Waiver) -> AsIf:
    """The rule is set aside for its metric and decision, whatever the days."""

    def as_if(facts: Facts) -> Facts:
        metric = waiver.metric in ("", facts.charter.metric)
        decision = waiver.decision in ("", facts.request.decision.value)
        return replace(facts, waived=facts.waived | {waiver.rule_id}) if metric and decision else facts

    return as_if


def set_otherwise(changes: Mapping[str, Any]) -> AsIf:
    """Smallest groups, what decisions need, and how many single people are looked at in a day, which facts on record say.

    What else settings reach is rebuilt (`rebuilding`); `charter.programme.reach` says of each what it reaches.
    """

    def as_if(facts: Facts) -> Facts:
        key = "minimum_group_strain" if _is_strain(facts) else "minimum_group"
        cohorts = tuple(replace(each, minimum=changes.get(key, each.minimum)) for each in facts.cohorts)
        own = {
            name: changes[f"{facts.request.decision.value}.{name}"]
            for name in _OF_DECISIONS
            if f"{facts.request.decision.value}.{name}" in changes
        }
        limit = changes.get("looks_a_day", facts.looking.persons_limit)
        return replace(
            facts,
            cohorts=cohorts,
            decision=replace(facts.decision, **own),
            looking=replace(facts.looking, persons_limit=limit),
        )

    return as_if


def _is_strain(facts: Facts) -> bool:
    return facts.charter.category in _STRAIN or Nature.SURVEY in facts.charter.nature


def charter_otherwise(version: CharterVersion) -> AsIf:
    """The charter of its metric reads as the version says, in force."""
    document = registry.load_document(version.pk)
    return charters_otherwise({version.metric.slug: document}, number=version.number)


def charters_otherwise(documents: Mapping[str, CharterDocument], number: int | None = None) -> AsIf:
    """The charters of these metrics read as the documents say, in force; each as the next version where no `number` is given."""

    @lru_cache(maxsize=2_000)
    def read(metric: str, version: int, on: date, personal: bool) -> CharterFacts:
        return build_charter_facts(
            documents[metric],
            version=version,
            standing=Standing.ACTIVE,
            in_force=True,
            sources=_read_sources(),
            today=on,
            grain_is_person=personal,
        )

    def as_if(facts: Facts) -> Facts:
        if facts.charter.metric not in documents:
            return facts
        version = number or facts.charter.version + 1
        personal = facts.request.grain in PERSON_GRAINS
        charter = read(facts.charter.metric, version, facts.at.date(), personal)
        # An audit and a consent are of a version, so a new one has neither.
        audited = facts.fairness_until if facts.charter.version == version else None
        return replace(facts, charter=charter, fairness_until=audited, consented=False)

    return as_if


def _read_sources() -> Mapping[str, SourceDescription]:
    seen = data_versions.read()
    terms = registry.read_programme_facts(seen, DecisionType.RETROSPECTIVE, ()).programme
    return registry.read_described(promised(terms).sources)
