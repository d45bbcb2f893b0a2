"""Everything that is checked before a charter goes to the board, and examples again before rules change."""

from collections.abc import Collection, Iterable, Iterator

from django.utils.translation import gettext as _
from msgspec import Struct

from charter import rules
from charter.registry import catalogue, examples, limits, lint, person_grain, queries
from charter.registry.charter_facts import read_document
from charter.registry.document import CharterDocument, Example
from charter.registry.models import CharterVersion, DecisionKind, Metric, Programme, RulebookVersion, Source
from charter.registry.states import ProgrammeState, RulebookState, Standing
from charter.rules.facts import DecisionFacts
from charter.rules.vocabulary import Decision, Grain, SourceKind
from ground.errors import BadInput, Conflict, Unavailable


class Tried(Struct, frozen=True):
    """An example with what the rules say of it; none, and the `problem`, where it is no request."""

    example: Example
    result: examples.ExampleResult | None
    problem: str = ""


def source_kinds() -> dict[str, SourceKind]:
    """The described sources by slug."""
    return {slug: SourceKind(kind) for slug, kind in Source.objects.values_list("slug", "kind")}


def findings(version: CharterVersion) -> list[lint.Finding]:
    """What lint and the charter's own examples find, errors first."""
    return findings_of(read_document(version.document), version.metric.programme)


def findings_of(document: CharterDocument, programme: Programme) -> list[lint.Finding]:
    """What lint and a document's own examples find, errors first; examples are tried once lint finds no error."""
    kinds, sources = list(programme.decision_kinds.all()), source_kinds()
    found = lint.lint(
        document,
        sources=sources,
        known_metrics=_known_among(_named(document)),
        minimum_grains={Decision(kind.slug): Grain(kind.minimum_grain) for kind in kinds},
        levels=limits.levels(),
    )
    found = [*person_grain.findings(document, programme), *found]
    if lint.errors(found):
        return found
    try:
        book = rules_for_examples()
    except Unavailable as error:
        return [_untried(error), *found]
    beside, decisions = others(examples.metrics_asked(document)), laid_down(kinds)
    return examples.mismatches(document, book, sources, others=beside, decisions=decisions) + found


def tried(document: CharterDocument, programme: Programme) -> dict[str, Tried]:
    """Every example of a document by its place (`examples.correct[0]`), tried under the rules in force.

    An example that is no request, or rules that cannot be worked out, give no result, but say what is wrong.
    """
    placed = list(_placed(document))
    try:
        book = rules_for_examples()
    except Unavailable as error:
        return {place: Tried(example, None, error.detail) for place, example in placed}
    sources, beside = source_kinds(), others(examples.metrics_asked(document))
    decisions = laid_down(programme.decision_kinds.all())
    found: dict[str, Tried] = {}
    for place, example in placed:
        try:
            result = examples.run_example(
                example, document, book, sources, others=beside, decisions=decisions
            )
            found[place] = Tried(example, result)
        except BadInput as error:
            found[place] = Tried(example, None, error.detail)
    return found


def _placed(document: CharterDocument) -> Iterator[tuple[str, Example]]:
    for side in ("correct", "incorrect"):
        for number, example in enumerate(getattr(document.examples, side)):
            yield f"examples.{side}[{number}]", example


def _untried(error: Unavailable) -> lint.Finding:
    """Examples that cannot be tried hold a charter up, like those that fail."""
    return lint.Finding(lint.Level.ERROR, examples.RULE, "examples", error.detail, _("Wait until it has."))


def check_programme(programme: Programme) -> None:
    """Raise Conflict unless the programme is approved and has declared a decision (S1, S5)."""
    if programme.state != ProgrammeState.ACTIVE:
        raise Conflict(
            _("The programme is not approved yet. No charter can be handed in before it is."),
            code="programme_not_approved",
        )
    check_has_decision(programme)


def check_has_decision(programme: Programme) -> None:
    """Raise Conflict where the programme has declared no decision that a metric could serve (S5)."""
    if not programme.decision_kinds.exists():
        raise Conflict(
            _("The programme has declared no decision yet. Declare what metrics are for before adding one."),
            code="programme_without_decision",
        )


def check_submittable(version: CharterVersion) -> None:
    """Raise BadInput with all findings where an error stands in the way of the board."""
    check_programme(version.metric.programme)
    check_differs_from_rejected(version)
    found = findings(version)
    if errors := lint.errors(found):
        first = errors[0]
        text = _("The charter cannot be handed in: %(problem)s (%(field)s)") % {
            "problem": first.text,
            "field": first.field,
        }
        raise BadInput(text, field=first.field, code="charter_has_errors", findings=found)


def check_differs_from_rejected(version: CharterVersion) -> None:
    """Raise Conflict where the board has rejected this very document before (S50)."""
    same = version.metric.versions.filter(standing=Standing.REJECTED, content_hash=version.content_hash)
    if same.exists():
        raise Conflict(
            _(
                "The board has rejected this very charter. Read its reasons and change what they speak of, then hand it in."
            ),
            code="unchanged_since_rejection",
        )


def rules_for_examples() -> rules.Rulebook:
    """The rules in force; before any are, the house's own. Raises Unavailable where they cannot be worked out."""
    in_force = RulebookVersion.objects.filter(state=RulebookState.IN_FORCE)
    version = in_force.values_list("pk", flat=True).first()
    return queries.rulebook(version) if version else rules.compile_rulebook(rules.house_files())


def laid_down(kinds: Iterable[DecisionKind]) -> dict[Decision, DecisionFacts]:
    """What the rules see of declared decisions."""
    return {Decision(kind.slug): queries.decision_facts(kind) for kind in kinds}


def _named(document: CharterDocument) -> set[str]:
    """The other metrics that a charter wants beside its own."""
    beside = {slug for clause in document.which_decisions.allowed for slug in clause.beside}
    return beside | ({document.what.counter_metric} if document.what.counter_metric else set())


def _known_among(slugs: Collection[str]) -> set[str]:
    """Those with a charter, if only in the starter catalogue: of a pair, one has to come first."""
    registered = Metric.objects.filter(slug__in=slugs).values_list("slug", flat=True) if slugs else ()
    return {*registered, *catalogue.charters()}


def others(slugs: Collection[str]) -> dict[str, CharterDocument]:
    """The newest charter of each of these metrics; where there is none, the starter catalogue's."""
    newest = CharterVersion.objects.filter(metric__slug__in=slugs).order_by("metric_id", "-number")
    stored = newest.distinct("metric_id").select_related("metric")
    starters = {slug: document for slug, document in catalogue.charters().items() if slug in slugs}
    return {**starters, **{version.metric.slug: read_document(version.document) for version in stored}}
