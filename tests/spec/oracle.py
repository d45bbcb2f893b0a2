"""The rules once more, in plain Python: what the Cedar policies are held to. Lives in tests only.

Written from the rule table, without `charter.rules.context`, so that the two can disagree.
"""

from charter.rules.facts import Facts, ForbiddenUse
from charter.rules.vocabulary import Category, DecisionType, Grain, Kind, Nature, SourceKind, Standing, View

C = Category


def matches(facts: Facts) -> tuple[str, ...]:
    """Return the ids of the rules that match, in order."""
    return tuple(sorted(rule for rule, test in RULES.items() if test(facts)))


def _single(f: Facts) -> bool:
    return f.request.grain in (Grain.PERSON, Grain.SELF) or len(f.request.persons) > 0


def _own(f: Facts) -> bool:
    r = f.request
    if not f.actor.asks_about_self or r.cohorts or r.grain not in (Grain.PERSON, Grain.SELF):
        return False
    return all(name == r.persons[0] for name in r.persons)


def _others(f: Facts) -> bool:
    return _single(f) and not _own(f)


def _activity(f: Facts) -> bool:
    labelled = Kind.ACTIVITY is f.charter.kind or C.ACTIVITY is f.charter.category
    return labelled or Nature.ACTIVITY in f.charter.nature


def _survey(f: Facts) -> bool:
    return f.charter.category is C.SURVEY or Nature.SURVEY in f.charter.nature


def _clocked(f: Facts) -> bool:
    return f.request.time_filter is not None or f.charter.counts_hours or Nature.HOURS in f.charter.nature


def _evidence(f: Facts) -> int:
    return f.checked_evidence


def _one_metric(f: Facts) -> bool:
    if f.decision.consequential and len(set(f.request.metrics)) == 1:
        return True
    return _evidence(f) < f.decision.evidence_needed


def _list(f: Facts) -> bool:
    r = f.request
    if not _single(f):
        return False
    if r.percentile:
        return True
    alone = len(set(r.persons)) == 1 and not r.cohorts
    return not _own(f) and not (alone and r.order_by is None and r.limit is None)


def _unlike(f: Facts) -> bool:
    kinds: set[object] = set(f.person_classes)
    for cohort in f.cohorts:
        kinds |= cohort.context_classes or {cohort.slug}
    subjects = len(set(f.request.cohorts)) + len(set(f.request.persons))
    ranks = f.request.order_by == "value" or f.request.limit is not None
    planned = f.decision.group in ("planning", "assurance")
    if len(kinds) < 2:
        return False
    return f.request.compare or f.request.percentile or (subjects >= 2 and (ranks or not planned))


def _small(f: Facts) -> bool:
    below = [cohort for cohort in f.cohorts if cohort.minimum > cohort.people]
    return bool(below) or (_others(f) and (f.charter.category is C.STRAIN or _survey(f)))


def _unlisted(f: Facts) -> bool:
    r, c = f.request, f.charter
    if r.grain is Grain.SELF:
        role = _own(f)
    else:
        role = any(pair in c.access for pair in [(role, r.grain) for role in f.actor.roles])
    dated = c.data_from is None or c.data_from <= r.window.start
    pairs = {
        metric for decision, grain, metric in c.needs_beside if (decision, grain) == (r.decision, r.grain)
    }
    if not _single_level(r.grain) and {s.split(":")[0] for s in r.cohorts} != {str(r.grain)}:
        return True
    if _bound(f) or any(_forbids(each, f) for each in c.forbidden):
        return True
    return not ((r.decision, r.grain) in c.listed and role and dated and pairs <= set(r.metrics))


def _bound(f: Facts) -> bool:
    """Whether a condition of the use is not met, or a sentence of it not affirmed."""
    r, use = f.request, (f.request.decision, f.request.grain)
    met = {
        "not_only_evidence": f.checked_evidence >= 1,
        "accountable": f.accountable_human and r.accountable is not None,
        "own_figure": _own(f),
        "consent": f.consented,
        "during_incident": "production_incident" in f.lasting,
        "during_freeze": "freeze" in f.lasting,
        "during_migration": "migration" in f.lasting,
    }
    unmet = any(not met[each] for *of, each in f.charter.conditions if tuple(of) == use)
    unsaid = any(said not in r.affirms for *of, said in f.charter.affirmations if tuple(of) == use)
    return unmet or unsaid


def _forbids(use: ForbiddenUse, f: Facts) -> bool:
    r = f.request
    several = len(set(r.cohorts)) + len(set(r.persons)) >= 2
    kinds: set[object] = set(f.person_classes)
    for cohort in f.cohorts:
        kinds |= cohort.context_classes or {cohort.slug}
    asked = {
        "several": several,
        "ranking": several and (r.percentile or r.limit is not None or r.order_by == "value"),
        "compare": r.compare,
        "combine": r.combine is not None,
        "clock": r.time_filter is not None,
        "single_person": _others(f),
        "export": r.export,
    }
    asked["unlike"] = len(kinds) >= 2 and (asked["compare"] or asked["ranking"])
    if use.decisions and r.decision not in use.decisions:
        return False
    if use.grains and r.grain not in use.grains:
        return False
    return not use.forms or any(asked[form] for form in use.forms)


def _single_level(grain: Grain) -> bool:
    return grain in (Grain.SELF, Grain.PERSON)


def _teams_ranked(f: Facts) -> bool:
    r = f.request
    if _single(f) or len(set(r.cohorts)) < 2:
        return False
    return r.order_by == "value" or r.limit is not None or r.percentile


def _classes(f: Facts) -> bool:
    view = f.charter.view
    if f.decision.consequential and view is View.DIAGNOSTIC:
        return True
    assisted = f.charter.category is C.AI_ASSIST or Nature.AI_ASSIST in f.charter.nature
    if assisted and view is View.PERFORMANCE:
        return True
    return {f.request.view, *(beside.view for beside in f.beside)} != {view}


def _untrained(f: Facts) -> bool:
    if not f.actor.acknowledged and not (f.request.grain is Grain.SELF and _own(f)):
        return True
    return f.request.view is View.PERFORMANCE and not (f.actor.trained or _own(f))


def _unaudited(f: Facts) -> bool:
    d = f.decision
    needed = d.fairness_needed or _others(f) or f.request.view is View.PERFORMANCE
    return needed and (f.fairness_until is None or f.fairness_until < f.at.date())


def _pilot(f: Facts) -> bool:
    if f.values.piloted:
        return True
    if f.charter.standing is not Standing.PILOT:
        return False
    return f.decision.consequential or _single(f) or not set(f.request.cohorts) <= f.charter.pilot_cohorts


def _series(f: Facts) -> bool:
    many = f.looking.persons_today > f.looking.persons_limit
    return f.looking.hopped_from is not None or many or f.looking.enumerated != ""


def _arranged(f: Facts) -> bool:
    r = f.request
    ranked = r.order_by is not None or r.limit is not None or r.percentile
    return ranked or r.compare or r.combine is not None


def _context(f: Facts) -> bool:
    if f.decision.consequential and f.values.unsettled > 0:
        return True
    return f.values.affected > 0 and _arranged(f) and (f.decision.consequential or _others(f))


BANNED = {SourceKind.KEYBOARD, SourceKind.SCREEN, SourceKind.SENTIMENT, SourceKind.PRESENCE}
RULES = {
    "AR01": lambda f: (
        f.charter.category is C.PROHIBITED_SURVEILLANCE
        or bool(BANNED & f.charter.sources)
        or bool({Nature.IDLE, Nature.REPLY_LATENCY} & f.charter.nature)
    ),
    "AR02": lambda f: (
        (f.charter.category is C.STRAIN or f.charter.wellness_signal or _survey(f))
        and (f.decision.consequential or _others(f))
    ),
    "AR03": lambda f: (
        _clocked(f)
        and (
            f.decision.consequential
            or _others(f)
            or (f.request.decision is DecisionType.ONE_ON_ONE and not _own(f))
        )
    ),
    "AR04": lambda f: _activity(f) and _others(f),
    "AR05": _list,
    "AR06": lambda f: (
        (f.request.combine is not None or Nature.COMPOSITE in f.charter.nature)
        and (_single(f) or f.decision.consequential)
    ),
    "AR07": _one_metric,
    "AR08": lambda f: _activity(f) and f.decision.consequential,
    "AR09": lambda f: f.charter.category is C.FLOW and (f.decision.consequential or _others(f)),
    "AR10": _classes,
    "AR11": _unlike,
    "AR12": _small,
    "AR13": lambda f: _series(f) and "AR13" not in f.ruled,
    "AR14": _unlisted,
    "AR15": lambda f: not f.charter.in_force,
    "AR16": lambda f: _context(f) and "AR16" not in f.waived,
    "AR17": lambda f: (
        f.request.combine in ("quota", "curve")
        or (f.decision.consequential and (f.request.limit is not None or f.request.percentile))
    ),
    "AR18": lambda f: (
        (f.decision.accountable_needed and not (f.accountable_human and f.request.accountable is not None))
        or (f.decision.consequential and not f.actor.human)
    ),
    "AR19": lambda f: (
        f.charter.category in (C.DELIVERY, C.FLOW, C.ACTIVITY)
        and f.values.budget_burning
        and "AR19" not in f.waived
    ),
    "AR20": lambda f: (
        f.charter.wellness_signal and f.charter.category in (C.DELIVERY, C.FLOW, C.ACTIVITY, C.QUALITY)
    ),
    "AR21": lambda f: f.decision.consequential and f.values.held > 0,
    "AR22": lambda f: (
        f.request.order_by == "appeals" or (f.protected and f.decision.consequential and not _own(f))
    ),
    "AR23": _pilot,
    "AR24": _untrained,
    "AR25": _unaudited,
    "AR26": lambda f: f.request.export and _others(f) and "AR26" not in f.waived,
    "AR27": lambda f: f.values.thin and "AR27" not in f.waived,
    "AR28": lambda f: f.charter.kept_from > f.request.window.start,
    "AR29": lambda f: _teams_ranked(f) and "AR29" not in f.waived,
}
