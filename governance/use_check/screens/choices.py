"""What each question of a use check offers its reader."""

from django.utils.translation import gettext as _

from charter.programme.queries import list_declared_decisions
from charter.registry import queries as registry
from charter.rules import words
from charter.rules.vocabulary import DecisionGroup, DecisionType
from governance.evidence import queries as evidence
from governance.evidence.models import EvidenceRecord
from governance.evidence.screens.forms import KINDS
from governance.people.models import Cohort, User
from governance.ui.questions import name_decision
from governance.use_check import queries
from governance.use_check.screens.answers_so_far import AnswersSoFar
from governance.use_check.screens.forms import Choices
from ground import data_versions

MOST_METRICS_OFFERED = 60
MOST_RECORDS = 40


def list_offered(step: str, answers: AnswersSoFar, user: User) -> dict[str, Choices]:
    """The choices of one question, by field."""
    if step == "decision":
        return {"decision": list_decisions()}
    if step == "metrics":
        return {"metrics": list_metrics(answers)}
    if step == "whose":
        return {"cohort": [("", _("Any")), *list_groups()]}
    if step == "role":
        return {"role_family": [("", _("None, or not known yet")), *list_roles()]}
    return {"evidence": list_records(user)} if step == "evidence" else {}


def list_decisions() -> Choices:
    """The declared decisions, those about people first, as HR's checks are."""
    kinds = list_declared_decisions()
    ordered = sorted(kinds, key=lambda kind: kind.group != DecisionGroup.PEOPLE.value)
    return [(kind.slug, words.sentence(name_decision(DecisionType(kind.slug)))) for kind in ordered]


def list_metrics(answers: AnswersSoFar) -> Choices:
    """Metrics that something governs: those chosen, then those whose charters list the decision, then the others."""
    chosen, decision = answers.get_list("metrics"), answers.get("decision")
    found = [each for each in registry.read_uses(data_versions.read()) if each.standing is not None]
    ordered = sorted(
        found,
        key=lambda each: (
            each.slug not in chosen,
            all(use.decision.value != decision for use in each.allowed),
            each.name,
        ),
    )
    return [(each.slug, each.name) for each in ordered[:MOST_METRICS_OFFERED]]


def list_groups() -> Choices:
    found = Cohort.objects.filter(retired_at__isnull=True).order_by("kind", "slug")
    return [(slug, words.sentence(words.cohort(slug))) for slug in found.values_list("slug", flat=True)]


def list_roles() -> Choices:
    """The role families that have a whole profile."""
    return [
        (each.role_family, words.sentence(each.role_family))
        for each in queries.list_profiles()
        if each.is_complete
    ]


def list_records(user: User) -> Choices:
    """The newest records that the account may open."""
    found = evidence.list_seen(user)[:MOST_RECORDS]
    return [(str(each.pk), _name_record(each)) for each in found]


def _name_record(record: EvidenceRecord) -> str:
    kind = {kind.value: label for kind, label in KINDS.items()}[record.kind]
    parts = {
        "kind": kind,
        "project": record.project,
        "day": words.day(record.happened_on),
        "who": record.person.name if record.person else _("a group’s work"),
        "state": str(record.get_state_display()).lower(),
    }
    return _("%(kind)s, %(project)s, %(day)s, about %(who)s: %(state)s") % parts
