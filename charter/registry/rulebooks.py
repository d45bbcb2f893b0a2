"""Rules on their way into force, and whether this version of the product can work out those that are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from msgspec import Struct

from charter import rules
from charter.programme import queries as programme_queries
from charter.programme.models import DecisionKind
from charter.registry import documents as registry_documents
from charter.registry import examples, queries
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.states import RulebookState, StandingChoices
from charter.rules.builtin_rules import find_losses
from charter.rules.proof.findings import find_unproved
from ground.errors import BadInput, Unavailable

MOST_AT_ONCE = 200  # charters, whose examples take about half a second
IN_FORCE = (StandingChoices.ACTIVE, StandingChoices.PILOT)


class Broken(Struct, frozen=True):
    """An example of a charter in force that would no longer get its verdict: which, and what it would get."""

    metric: str
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.metric}: {self.field}: {self.text}"


def find_rulebook_in_force() -> RulebookVersion | None:
    """The rulebook in force, without its files; None before the first."""
    return RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).defer("files").first()


def is_outdated(version: UUID) -> bool:
    """Whether a rulebook version was written for another version of the product, so that nothing can be decided by it."""
    try:
        queries.load_rulebook(version)
    except Unavailable:
        return True
    return False


def find_previous_rulebook(version: RulebookVersion) -> RulebookVersion | None:
    """The rulebook that this one is read against: the one it replaced, or would replace."""
    published = RulebookVersion.objects.filter(published_at__isnull=False).exclude(pk=version.pk)
    if version.published_at is not None:
        at_once = Q(published_at=version.published_at, number__lt=version.number)
        published = published.filter(Q(published_at__lt=version.published_at) | at_once)
    return published.defer("files").order_by("-published_at", "-number").first()


def is_long_to_check() -> bool:
    """Whether so many charters are in force that trying all their examples is no work for somebody's request."""
    return CharterVersion.objects.filter(standing__in=IN_FORCE).count() > MOST_AT_ONCE


def compile_files(files: Mapping[str, str]) -> rules.Rulebook:
    """The rules of these files. Raises BadInput with all findings where they are none."""
    try:
        return rules.compile_rulebook(files)
    except rules.RulebookError as error:
        raise _refusal(error.findings) from error


def check_can_serve(files: Mapping[str, str], since: datetime | None = None) -> rules.Rulebook:
    """Raise BadInput, with all findings, unless these rules may be put in force; return them.

    They compile, keep the built-in rules word for word, are proved to keep every statement of `invariants.cedar`, and
    leave every example of every charter in force (or of those in force `since` a moment) its verdict.
    """
    rulebook = compile_files(files)
    if lost := find_losses(rulebook):
        raise _refusal(lost, code="builtin_rules_weakened")
    if unproved := find_unproved(rulebook):
        raise _refusal(unproved, code="rulebook_not_proved")
    if found := find_broken_examples(rulebook, since):
        text = _("These rules would change what the charter of %(metric)s promises. %(problem)s")
        raise _promises(text, found, "files")
    return rulebook


def check_leave_examples(kinds: Iterable[DecisionKind]) -> None:
    """Raise BadInput, with all findings, where decisions with these needs would give a charter's example another verdict."""
    version = find_rulebook_in_force()
    found = find_broken_examples(compile_files(version.files), kinds=kinds) if version else []
    if found:
        text = _("These settings would change what the charter of %(metric)s promises. %(problem)s")
        raise _promises(text, found, "settings")


def describe_obstacle(version: RulebookVersion) -> str:
    """Why a proposed rulebook could not be put in force as things stand, in a sentence; empty where it could.

    Looks at the charters that have come into force since it was proposed; it was held to the others then.
    """
    try:
        check_can_serve(version.files, since=version.created_at)
    except BadInput as error:
        return error.detail
    return ""


def find_broken_examples(
    rulebook: rules.Rulebook, since: datetime | None = None, kinds: Iterable[DecisionKind] | None = None
) -> list[Broken]:
    """The examples of charters in force (since a moment) that these rules would give another verdict.

    Decisions need what `kinds` say, else what they need now. Four statements, however many charters there are.
    """
    documents = _documents_in_force(since)
    asked = {slug for document in documents.values() for slug in examples.list_metrics_asked(document)}
    others, sources = registry_documents.find_other_charters(asked), registry_documents.read_sources()
    decisions = programme_queries.read_decision_facts(DecisionKind.objects.all() if kinds is None else kinds)
    return [
        Broken(metric, finding.field, _says(document, finding.field, finding.text))
        for metric, document in documents.items()
        for finding in examples.find_mismatches(
            document, rulebook, sources, others=others, decisions=decisions
        )
    ]


def _documents_in_force(since: datetime | None) -> dict[str, CharterDocument]:
    found = CharterVersion.objects.filter(standing__in=IN_FORCE).select_related("metric")
    if since is not None:
        found = found.filter(activated_at__gte=since)
    return {
        version.metric.name: parse_document(version.document) for version in found.order_by("metric__name")
    }


def _says(document: CharterDocument, field: str, problem: str) -> str:
    """The example in its own words, and what would become of it."""
    example = examples.find_example(document, field)
    if example is None:
        return problem
    given = {"says": example.says, "problem": problem}
    return _("Its example “%(says)s” would no longer hold. %(problem)s") % given


def _promises(text: str, found: Sequence[Broken], field: str) -> BadInput:
    said = text % {"metric": found[0].metric, "problem": found[0].text}
    return BadInput(said, field=field, code="examples_would_change", findings=found)


def _refusal(findings: Sequence[rules.RulebookFinding], code: str = "rulebook_has_errors") -> BadInput:
    text = _("The rules cannot be used: %(problem)s") % {"problem": findings[0]}
    return BadInput(text, field="files", code=code, findings=findings)


def load_rules_for_examples() -> rules.Rulebook:
    """The rules in force; before any are, the built-in ones. Raises Unavailable where they cannot be worked out."""
    in_force = RulebookVersion.objects.filter(state=RulebookState.IN_FORCE)
    version = in_force.values_list("pk", flat=True).first()
    return queries.load_rulebook(version) if version else rules.compile_rulebook(rules.builtin_files())
