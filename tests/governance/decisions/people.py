"""Charters that may inform decisions about people, as tests need them: of class performance, listed for calibration."""

from msgspec.structs import replace

from charter.registry.document import Access, Allowed, CharterDocument, Example, Examples, Forbidden
from charter.rules.vocabulary import Category, DecisionType, Grain, Outcome, Role, View
from tests import factories

DELIVERY, HEALTH = "delivery-time", "service-health"
CATEGORIES = {DELIVERY: Category.DELIVERY, HEALTH: Category.RELIABILITY}
GRAINS = (Grain.TEAM, Grain.SELF, Grain.PERSON)
_OF_TEAM = {
    "grain": "team",
    "cohorts": ["team:any"],
    "view": "performance",
    "window": "last_quarter",
    "period": "month",
}
EXAMPLES = Examples(
    correct=(Example("Where do we stand?", {"decision": "retrospective", **_OF_TEAM}, Outcome.PERMIT),),
    incorrect=(
        Example("Who is slow?", {"decision": "calibration_input", **_OF_TEAM}, Outcome.DENY, rules=("AR07",)),
    ),
)


def performance(slug: str) -> CharterDocument:
    """A charter that informs calibration, of teams, of oneself and of single people; made of a starter charter."""
    starter = factories.a_document("lead-time-for-changes")
    uses = (
        Allowed(DecisionType.CALIBRATION_INPUT, GRAINS),
        Allowed(DecisionType.RETROSPECTIVE, (Grain.TEAM,)),
    )
    what = replace(
        starter.what,
        view=View.PERFORMANCE,
        category=CATEGORIES[slug],
        grains=GRAINS,
        counter_metric=HEALTH if slug == DELIVERY else None,
    )
    access = (Access(Role.MANAGER, (Grain.TEAM, Grain.PERSON)), Access(Role.SELF, (Grain.SELF,)))
    return replace(
        starter,
        metric=slug,
        name=slug.replace("-", " ").capitalize(),
        what=what,
        who=replace(starter.who, access=access),
        which_decisions=replace(
            starter.which_decisions,
            allowed=uses,
            forbidden=(Forbidden("Praise", "Nobody is praised by number.", kept_by_people=True),),
        ),
        examples=EXAMPLES,
    )
