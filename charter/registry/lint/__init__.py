"""Lint: what is missing or wrong in a charter, where, and how to mend it. Pure.

Errors block submission. One table; each check is a small function that yields where, what and how.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from charter.registry import invasiveness
from charter.registry.document import CharterDocument
from charter.registry.lint import complete, sources, uses, wording
from charter.registry.lint.finding import Check, Draft, Finding, Level
from charter.rules.vocabulary import Decision, Grain, SourceKind

__all__ = ["CHECKS", "Check", "Finding", "Level", "errors", "lint"]

_E, _W, _N = Level.ERROR, Level.WARNING, Level.NOTE

CHECKS: tuple[Check, ...] = (
    Check("CH01", _E, ("S2", "S3"), complete.questions),
    Check(
        "CH02",
        _E,
        ("S2", "S3", "S12", "S15", "S17", "S18", "S20", "S66", "S67", "S108"),
        complete.required_fields,
    ),
    Check("CH03", _E, ("S17",), complete.definition_length),
    Check("CH04", _E, ("S18",), complete.exclusions),
    Check("CH05", _E, ("S3",), complete.retention_lasts),
    Check("CH06", _E, ("S3",), complete.some_decision),
    Check("CH07", _E, ("S19",), complete.some_prohibition),
    Check("CH08", _E, ("S66",), complete.person_grain),
    Check("CH10", _E, ("S64", "S65", "AR01"), sources.banned),
    Check("CH11", _E, ("S64",), sources.surveillance),
    Check("CH12", _E, ("S65",), sources.known),
    Check("CH13", _E, ("S15", "S65"), sources.facts_query),
    Check("CH14", _E, ("S29",), sources.person_in_facts),
    Check("CH15", _E, ("S140",), sources.hours_at_work),
    Check("CH16", _E, ("S56", "AR03"), sources.clock_said),
    Check("CH20", _E, ("S30", "S40", "S57"), uses.about_people),
    Check("CH21", _E, ("S43", "S45", "AR10"), uses.class_of_people_decisions),
    Check("CH22", _E, ("S63", "S140"), uses.activity_uses),
    Check("CH23", _E, ("S40",), uses.activity_type),
    Check("CH24", _E, ("S115", "AR20"), uses.wellness),
    Check("CH25", _E, ("S26", "S73"), uses.counter_metric),
    Check("CH26", _E, ("S26",), uses.beside_known),
    Check("CH27", _E, ("S60",), uses.grains_agree),
    Check("CH28", _E, ("S29",), uses.own_value_for_oneself),
    Check("CH29", _E, ("S8",), uses.once_each),
    Check("CH30", _E, ("S8",), uses.not_both),
    Check("CH31", _E, ("S7",), uses.fine_enough),
    Check("CH32", _W, ("S11",), uses.reachable),
    Check("CH40", _E, ("S134",), uses.examples_given),
    Check("CH41", _E, ("S134",), uses.examples_on_their_side),
    Check("CH42", _N, ("S134",), uses.refusals_named),
    Check("CH50", _W, ("S13",), complete.advised_fields),
    Check("CH51", _W, ("S72",), complete.gaming_risks),
    Check("CH52", _W, ("S17",), wording.long_sentences),
    Check("CH53", _W, ("S108",), complete.person_retention),
    Check("CH55", _E, ("S108",), complete.intrusive_retention),
    Check("CH56", _W, ("S108",), complete.assessment),
    Check("CH54", _N, ("S67",), complete.works_agreement),
)


def lint(
    document: CharterDocument,
    *,
    sources: Mapping[str, SourceKind],
    known_metrics: Collection[str],
    minimum_grains: Mapping[Decision, Grain] = MappingProxyType({}),
    levels: Sequence[invasiveness.Level] = invasiveness.LEVELS,
) -> list[Finding]:
    """All findings on one charter, errors first.

    `sources` are the described sources by slug, `known_metrics` all metrics that have a charter, `minimum_grains`
    the finest grain that the programme lets each decision have, `levels` what each level of invasiveness demands.
    """
    draft = Draft(document, sources, known_metrics, minimum_grains, levels)
    found = [Finding(check.level, check.rule, *fault) for check in CHECKS for fault in check.look(draft)]
    return sorted(found, key=lambda finding: list(Level).index(finding.level))


def errors(findings: Sequence[Finding]) -> list[Finding]:
    """Those that block submission."""
    return [finding for finding in findings if finding.level is Level.ERROR]
