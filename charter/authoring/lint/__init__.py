"""Lint: what is missing or wrong in a charter, where, and how to mend it. Pure.

Errors block submission. One table; each check is a small function that yields where, what and how.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from charter.authoring.lint import complete, harms, natures, sources, uses, wording
from charter.registry import invasiveness
from charter.registry.document import CharterDocument
from charter.registry.finding import Check, Finding, LintSubject, Severity
from charter.registry.nature import read_nature
from charter.registry.source_descriptions import SourceDescription
from charter.rules.vocabulary import DecisionType, Grain

__all__ = ["CHECKS", "Check", "Finding", "Severity", "errors", "lint"]

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

CHECKS: tuple[Check, ...] = (
    Check("CH01", _E, ("S2", "S3"), complete.lint_questions),
    Check(
        "CH02",
        _E,
        ("S2", "S3", "S12", "S15", "S17", "S18", "S20", "S66", "S67", "S108"),
        complete.lint_required_fields,
    ),
    Check("CH03", _E, ("S17",), complete.lint_definition_length),
    Check("CH04", _E, ("S18",), complete.lint_exclusions),
    Check("CH05", _E, ("S3",), complete.lint_retention_lasts),
    Check("CH06", _E, ("S3",), complete.lint_some_decision),
    Check("CH07", _E, ("S19",), complete.lint_some_prohibition),
    Check("CH08", _E, ("S66",), complete.lint_person_grain),
    Check("CH10", _E, ("S64", "S65", "AR01"), sources.lint_banned_sources),
    Check("CH11", _E, ("S64",), sources.lint_surveillance),
    Check("CH12", _E, ("S65",), sources.lint_known_sources),
    Check("CH13", _E, ("S15", "S65", "S151", "AR12"), sources.lint_facts_query),
    Check("CH14", _E, ("S29",), sources.lint_person_in_facts),
    Check("CH15", _E, ("S140",), sources.lint_hours_at_work),
    Check("CH16", _E, ("S56", "AR03"), sources.lint_clock_disclosed),
    Check("CH20", _E, ("S30", "S40", "S57"), uses.lint_about_people),
    Check("CH21", _E, ("S43", "S45", "AR10"), uses.lint_class_of_people_decisions),
    Check("CH22", _E, ("S63", "S140"), uses.lint_activity_uses),
    Check("CH23", _E, ("S40",), uses.lint_activity_type),
    Check("CH24", _E, ("S115", "AR20"), uses.lint_wellness),
    Check("CH25", _E, ("S26", "S73"), uses.lint_counter_metric),
    Check("CH26", _E, ("S26",), uses.lint_beside_known),
    Check("CH27", _E, ("S60",), uses.lint_grains_agree),
    Check("CH28", _E, ("S29",), uses.lint_own_value_for_oneself),
    Check("CH29", _E, ("S8",), uses.lint_once_each),
    Check("CH30", _E, ("S8",), uses.lint_not_both),
    Check("CH31", _E, ("S7",), uses.lint_fine_enough),
    Check("CH32", _W, ("S11",), uses.lint_reachable),
    Check("CH33", _E, ("S40", "S65"), natures.lint_label_agrees),
    Check("CH34", _E, ("S34", "AR06"), natures.lint_composite),
    Check("CH35", _E, ("S64",), natures.lint_watching),
    Check("CH36", _E, ("S64", "S117"), natures.lint_refused_words),
    Check("CH37", _E, ("S38", "AR10"), natures.lint_assistant),
    Check("CH38", _E, ("S22", "S104"), uses.lint_affirmed),
    Check("CH39", _E, ("S22", "S104"), uses.lint_met_by_somebody),
    Check("CH44", _E, ("S19",), uses.lint_forbidden_binds),
    Check("CH40", _E, ("S134",), uses.lint_examples_given),
    Check("CH41", _E, ("S134",), uses.lint_examples_on_their_side),
    Check("CH42", _N, ("S134",), uses.lint_refusals_named),
    Check("CH50", _W, ("S13",), complete.lint_advised_fields),
    Check("CH51", _W, ("S72",), complete.lint_gaming_risks),
    Check("CH52", _W, ("S17",), wording.lint_long_sentences),
    Check("CH53", _W, ("S108",), complete.lint_person_retention),
    Check("CH55", _E, ("S108",), complete.lint_intrusive_retention),
    Check("CH56", _W, ("S108",), complete.lint_assessment),
    Check("CH54", _N, ("S67",), complete.lint_works_agreement),
    Check("CH57", _E, ("S67",), harms.lint_empty_phrases),
    Check("CH58", _W, ("S67",), harms.lint_rote_answers),
)


def lint(
    document: CharterDocument,
    *,
    sources: Mapping[str, SourceDescription],
    known_metrics: Mapping[str, CharterDocument | None],
    minimum_grains: Mapping[DecisionType, Grain] = MappingProxyType({}),
    levels: Sequence[invasiveness.InvasivenessLevel] = invasiveness.LEVELS,
) -> list[Finding]:
    """All findings on one charter, errors first.

    `sources` are the described sources by slug, `known_metrics` all metrics that have a charter, with it where it is at hand, `minimum_grains`
    the finest grain that the programme lets each decision have, `levels` what each level of invasiveness demands.
    """
    draft = LintSubject(
        document,
        sources,
        known_metrics,
        minimum_grains,
        levels,
        # Of a query that cannot be read, CH13 says why.
        read_nature(document.what.measure, sources) or frozenset(),
    )
    found = [Finding(check.level, check.rule, *fault) for check in CHECKS for fault in check.look(draft)]
    return sorted(found, key=lambda finding: list(Severity).index(finding.level))


def select_errors(findings: Sequence[Finding]) -> list[Finding]:
    """Those that block submission."""
    return [finding for finding in findings if finding.level is Severity.ERROR]
