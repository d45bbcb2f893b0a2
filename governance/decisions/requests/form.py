"""What is wrong with a request before anything is decided: its form, and whether what it names fits its grain."""

from collections.abc import Iterable, Sequence

from charter.registry.document import CharterDocument
from charter.rules.asking import PERSON_GRAINS
from charter.rules.request import ANYBODY, Request
from charter.rules.vocabulary import GROUP_OF, DecisionGroup, Grain
from governance.people.models import CohortKind
from governance.people.queries import Asker, CohortAsked
from ground.errors import BadInput
from ground.parsing import read_prose

_KIND_OF_GRAIN = {
    Grain.ORG: CohortKind.ORG,
    Grain.VALUE_STREAM: CohortKind.VALUE_STREAM,
    Grain.TEAM: CohortKind.TEAM,
}


def check_form(request: Request) -> None:
    """Raise BadInput for what can be seen to be wrong without looking anything up."""
    _check_texts(request)
    if request.accountable is not None and not request.accountable.strip():
        raise BadInput("Nothing stands here. Name somebody, or leave the field out.", field="accountable")
    for field in ("metrics", "cohorts", "persons", "about", "affirms"):
        names = getattr(request, field)
        if len(set(names)) != len(names):
            raise BadInput("The same name stands here twice.", field=field)
    if request.grain in _KIND_OF_GRAIN and not request.cohorts:
        raise BadInput(
            f"Name at least one cohort of kind {_KIND_OF_GRAIN[request.grain].value}.", field="cohorts"
        )
    if request.grain not in PERSON_GRAINS and request.persons:
        raise BadInput("Persons are named at person grain only. Ask for their team.", field="persons")
    if request.about:
        _check_about(request)
    if request.grain is Grain.SELF and request.cohorts:
        raise BadInput("Your own values have no cohort. Leave it out.", field="cohorts")
    if request.grain is Grain.PERSON and not request.persons and not request.cohorts:
        raise BadInput("Name the persons or the cohort that you ask about.", field="persons")


def _check_about(request: Request) -> None:
    if request.grain in PERSON_GRAINS:
        raise BadInput("The persons asked about are whom it is about. Leave this out.", field="about")
    if GROUP_OF[request.decision] is not DecisionGroup.PEOPLE:
        raise BadInput("Only a decision about people is about somebody. Leave this out.", field="about")
    if ANYBODY in request.about:
        raise BadInput("Name whom the decision is about.", field="about")


def _check_texts(request: Request) -> None:
    """What somebody wrote themselves is text; all else is a word or a name that is here."""
    said = [("reason", request.reason), ("accountable", request.accountable)]
    said += [(f"evidence[{place}].ref", each.ref) for place, each in enumerate(request.evidence)]
    for field, text in said:
        read_prose(text or "", field=field)


def check_affirmed(affirmed: Sequence[str], documents: Iterable[CharterDocument]) -> None:
    """Raise BadInput for a sentence that none of these charters has anybody affirm: it would only be kept, and mean nothing."""
    asked = {said for each in documents for use in each.which_decisions.allowed for said in use.affirm}
    if unknown := [said for said in affirmed if said not in asked]:
        raise BadInput(
            f"No charter of these metrics has you affirm “{unknown[0]}”. Take the words from the charter.",
            field="affirms",
        )


def check_fit(request: Request, cohorts: Sequence[CohortAsked], asker: Asker) -> None:
    """Raise BadInput unless the cohorts are of the kind that the grain speaks of, and own values are somebody's."""
    wanted = _KIND_OF_GRAIN.get(request.grain)
    for cohort in cohorts:
        if wanted and cohort.kind != wanted:
            raise BadInput(f"{cohort.slug} is not a cohort of kind {wanted.value}.", field="cohorts")
    if request.grain is Grain.SELF and asker.person is None:
        raise BadInput("This account belongs to nobody, so it has no values of its own.", field="grain")
