"""Rules on their way into force, and whether this version of the house can work out those that are."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from charter import rules
from charter.registry import examples, queries, submission
from charter.registry.charter_facts import read_document
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, DecisionKind, RulebookVersion
from charter.registry.states import RulebookState, Standing
from charter.rules.keeping import losses
from ground.errors import BadInput, Unavailable

IN_FORCE = (Standing.ACTIVE, Standing.PILOT)


class Broken(Struct, frozen=True):
    """An example of a charter in force that would no longer get its verdict: which, and what it would get."""

    metric: str
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.metric}: {self.field}: {self.text}"


def in_force() -> RulebookVersion | None:
    """The rulebook in force, without its files; None before the first."""
    return RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).defer("files").first()


def is_outdated(version: UUID) -> bool:
    """Whether a rulebook version was written for another version of the house, so that nothing can be decided by it."""
    try:
        queries.rulebook(version)
    except Unavailable:
        return True
    return False


def before(version: RulebookVersion) -> RulebookVersion | None:
    """The rulebook that this one is read against: the one it replaced, or would replace."""
    published = RulebookVersion.objects.filter(published_at__isnull=False).exclude(pk=version.pk)
    if version.published_at is not None:
        published = published.filter(published_at__lt=version.published_at)
    return published.order_by("-published_at").first()


def compiled(files: Mapping[str, str]) -> rules.Rulebook:
    """The rules of these files. Raises BadInput with all findings where they are none."""
    try:
        return rules.compile_rulebook(files)
    except rules.RulebookError as error:
        raise _refusal(error.findings) from error


def check_can_serve(files: Mapping[str, str]) -> rules.Rulebook:
    """Raise BadInput, with all findings, unless these rules may be put in force; return them.

    They compile, keep the house's rules word for word, and leave every example of every charter in force its verdict.
    """
    rulebook = compiled(files)
    if lost := losses(rulebook):
        raise _refusal(lost, code="house_rules_weakened")
    if found := broken_examples(rulebook):
        text = _("These rules would change what the charter of %(metric)s promises. %(problem)s") % {
            "metric": found[0].metric,
            "problem": found[0].text,
        }
        raise BadInput(text, field="files", code="examples_would_change", findings=found)
    return rulebook


def broken_examples(rulebook: rules.Rulebook) -> list[Broken]:
    """The examples of charters in force that these rules would give another verdict; four statements, however many."""
    documents = _documents_in_force()
    asked = {slug for document in documents.values() for slug in examples.metrics_asked(document)}
    others, kinds = submission.others(asked), submission.source_kinds()
    decisions = submission.laid_down(DecisionKind.objects.all())
    return [
        Broken(metric, finding.field, _says(document, finding.field, finding.text))
        for metric, document in documents.items()
        for finding in examples.mismatches(document, rulebook, kinds, others=others, decisions=decisions)
    ]


def _documents_in_force() -> dict[str, CharterDocument]:
    found = CharterVersion.objects.filter(standing__in=IN_FORCE).select_related("metric")
    return {
        version.metric.name: read_document(version.document) for version in found.order_by("metric__name")
    }


def _says(document: CharterDocument, field: str, problem: str) -> str:
    """The example in its own words, and what would become of it."""
    example = examples.example_at(document, field)
    if example is None:
        return problem
    given = {"says": example.says, "problem": problem}
    return _("Its example “%(says)s” would no longer hold. %(problem)s") % given


def _refusal(findings: Sequence[rules.Finding], code: str = "rulebook_has_errors") -> BadInput:
    text = _("The rules cannot be used: %(problem)s") % {"problem": findings[0]}
    return BadInput(text, field="files", code=code, findings=findings)
