"""What levels are called on pages."""

from charter.rules.vocabulary import Grain

LEVELS = {
    Grain.TEAM: "team",
    Grain.VALUE_STREAM: "value stream",
    Grain.ORG: "organisation",
    Grain.SERVICE: "service",
    Grain.ROTA: "rota",
    Grain.ROLE_COHORT: "role",
    Grain.SELF: "your own figure",
    Grain.PERSON: "single people",
}
