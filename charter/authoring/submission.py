"""Everything that is checked before a charter goes to the board, and examples again before rules change."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _
from msgspec import Struct

from charter.authoring import lint, person_grain
from charter.programme.models import Programme
from charter.programme.queries import check_programme, read_decision_facts
from charter.registry import catalogue, examples, limits
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument, Example
from charter.registry.documents import find_other_charters, read_sources
from charter.registry.models import CharterVersion
from charter.registry.rulebooks import load_rules_for_examples
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import DecisionType, Grain
from ground.errors import BadInput, Conflict, Unavailable


class CharterExampleRun(Struct, frozen=True):
    """An example with what the rules say of it; none, and the `problem`, where it is no request."""

    example: Example
    result: examples.CharterExampleResult | None
    problem: str = ""


def lint_version(version: CharterVersion) -> list[lint.Finding]:
    """What lint and the charter's own examples find, errors first."""
    return lint_document(parse_document(version.document), version.metric.programme)


def lint_document(document: CharterDocument, programme: Programme) -> list[lint.Finding]:
    """What lint and a document's own examples find, errors first; examples are tried once lint finds no error."""
    kinds, sources = list(programme.decision_kinds.all()), read_sources()
    found = lint.lint(
        document,
        sources=sources,
        known_metrics=_known_among(_named(document)),
        minimum_grains={DecisionType(kind.slug): Grain(kind.minimum_grain) for kind in kinds},
        levels=limits.read_levels(),
    )
    found = [*person_grain.find_person_grain_faults(document, programme), *found]
    if lint.select_errors(found):
        return found
    try:
        book = load_rules_for_examples()
    except Unavailable as error:
        return [_untried(error), *found]
    beside, decisions = find_other_charters(examples.list_metrics_asked(document)), read_decision_facts(kinds)
    return examples.find_mismatches(document, book, sources, others=beside, decisions=decisions) + found


def try_examples(document: CharterDocument, programme: Programme) -> dict[str, CharterExampleRun]:
    """Every example of a document by its place (`examples.correct[0]`), tried under the rules in force.

    An example that is no request, or rules that cannot be worked out, give no result, but say what is wrong.
    """
    placed = list(_placed(document))
    try:
        book = load_rules_for_examples()
    except Unavailable as error:
        return {place: CharterExampleRun(example, None, error.detail) for place, example in placed}
    sources, beside = read_sources(), find_other_charters(examples.list_metrics_asked(document))
    decisions = read_decision_facts(programme.decision_kinds.all())
    found: dict[str, CharterExampleRun] = {}
    for place, example in placed:
        try:
            result = examples.run_example(
                example, document, book, sources, others=beside, decisions=decisions
            )
            found[place] = CharterExampleRun(example, result)
        except BadInput as error:
            found[place] = CharterExampleRun(example, None, error.detail)
    return found


def _placed(document: CharterDocument) -> Iterator[tuple[str, Example]]:
    for side in ("correct", "incorrect"):
        for number, example in enumerate(getattr(document.examples, side)):
            yield f"examples.{side}[{number}]", example


def _untried(error: Unavailable) -> lint.Finding:
    """Examples that cannot be tried hold a charter up, like those that fail."""
    return lint.Finding(lint.Severity.ERROR, examples.RULE, "examples", error.detail, _("Wait until it has."))


def check_submittable(version: CharterVersion) -> None:
    """Raise BadInput with all findings where an error stands in the way of the board."""
    check_programme(version.metric.programme)
    check_differs_from_rejected(version)
    found = lint_version(version)
    if errors := lint.select_errors(found):
        first = errors[0]
        text = _("The charter cannot be handed in: %(problem)s (%(field)s)") % {
            "problem": first.text,
            "field": first.field,
        }
        raise BadInput(text, field=first.field, code="charter_has_errors", findings=found)


def check_differs_from_rejected(version: CharterVersion) -> None:
    """Raise Conflict where the board has rejected this very document before (S50)."""
    same = version.metric.versions.filter(
        standing=StandingChoices.REJECTED, content_hash=version.content_hash
    )
    if same.exists():
        raise Conflict(
            _(
                "The board has rejected this very charter. Read its reasons and change what they speak of, then hand it in."
            ),
            code="unchanged_since_rejection",
        )


def _named(document: CharterDocument) -> set[str]:
    """The other metrics that a charter wants beside its own."""
    beside = {slug for clause in document.which_decisions.allowed for slug in clause.beside}
    return beside | ({document.what.counter_metric} if document.what.counter_metric else set())


def _known_among(slugs: Collection[str]) -> dict[str, CharterDocument | None]:
    """Those with a charter, if only in the starter catalogue: of a pair, one has to come first."""
    written = find_other_charters(slugs) if slugs else {}
    return {**catalogue.read_starter_charters(), **written}
