"""A request as a person reads it, and as the query of the ask form that would ask it again."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from charter.rules import words
from charter.rules.request import ANYBODY, Request, Window
from charter.rules.vocabulary import Combine, DecisionType, Grain, OrderBy, Period, TimeFilter, View

PIECES = 3  # of evidence that the form has room for
OFTEN = {Period.MONTH: gettext_lazy("month by month"), Period.QUARTER: gettext_lazy("quarter by quarter")}
# Decisions whose word in the vocabulary is not how people write them.
NAMES = {
    DecisionType.ONE_ON_ONE: gettext_lazy("one-on-one"),
    DecisionType.RELIABILITY_TRADEOFF: gettext_lazy("reliability trade-off"),
    DecisionType.COMPENSATION: gettext_lazy("pay"),
}
# Decisions that a sentence says otherwise than by their bare name: "for a retrospective".
FOR = {
    DecisionType.RETROSPECTIVE: gettext_lazy("a retrospective"),
    DecisionType.ONE_ON_ONE: gettext_lazy("a one-on-one"),
    DecisionType.PERFORMANCE_RATING: gettext_lazy("a performance rating"),
    DecisionType.INTERNAL_MOVE: gettext_lazy("an internal move"),
    DecisionType.CALIBRATION_INPUT: gettext_lazy("calibration"),
    DecisionType.FAIRNESS_AUDIT: gettext_lazy("a fairness audit"),
    DecisionType.GAMING_AUDIT: gettext_lazy("a gaming audit"),
    DecisionType.LEGAL_REQUEST: gettext_lazy("a legal request"),
    DecisionType.RELIABILITY_TRADEOFF: gettext_lazy("a reliability trade-off"),
    DecisionType.TOOLING_INVESTMENT: gettext_lazy("an investment in tools"),
}
HOURS = {
    TimeFilter.WEEKEND: gettext_lazy("weekends only"),
    TimeFilter.EVENING: gettext_lazy("evenings only"),
    TimeFilter.ONLINE: gettext_lazy("time online only"),
}

ORDERS = {
    OrderBy.VALUE: gettext_lazy("highest first"),
    OrderBy.PERIOD: gettext_lazy("in order of time"),
    OrderBy.COHORT: gettext_lazy("in order of groups"),
    OrderBy.APPEALS: gettext_lazy("in order of appeals"),
}
COMBINED = {
    Combine.SUM: gettext_lazy("added up"),
    Combine.MEAN: gettext_lazy("as their mean"),
    Combine.SCORE: gettext_lazy("as one score"),
    Combine.QUOTA: gettext_lazy("to fill a quota"),
    Combine.CURVE: gettext_lazy("spread over a curve"),
}


class QuestionInWords(Struct, frozen=True):
    """The parts of the sentence that says what is asked."""

    metrics: str
    whose: str
    often: str
    window: str
    decision: str
    extras: tuple[str, ...]
    reason: str
    about: str = (
        ""  # whom the decision is about, where the values are of their groups; for nobody else to read
    )

    @property
    def line(self) -> str:
        """The question in one line, without its reason."""
        parts = (words.sentence(self.metrics), self.whose, self.window, *self.extras)
        said = {"parts": ", ".join(parts), "decision": self.decision, "about": self.about}
        return (
            _("%(parts)s, for %(decision)s about %(about)s")
            if self.about
            else _("%(parts)s, for %(decision)s")
        ) % said


def name_decision(decision: DecisionType) -> str:
    """What people call a decision: `promotion evidence`, `one-on-one`."""
    return str(NAMES.get(decision) or words.spoken(decision))


def read_request(request: Mapping[str, Any]) -> Request:
    """A request as a Decision keeps it."""
    return msgspec.convert(request, Request)


def put_in_words(request: Request, names: Mapping[str, str]) -> QuestionInWords:
    """What a request asks; `names` are metrics' names by slug."""
    return QuestionInWords(
        metrics=words.listed(words.inside(names.get(slug, slug)) for slug in request.metrics),
        whose=name_subjects(request),
        often=str(OFTEN[request.period]),
        window=words.window(request.window),
        decision=str(FOR.get(request.decision) or name_decision(request.decision)),
        extras=tuple(map(str, _extras(request))),
        reason=request.reason or "",
        about=words.listed(request.about),
    )


def name_subjects(request: Request) -> str:
    """Whose values are asked for: `team payments`, `each person in team payments`, `your own`."""
    if request.grain is Grain.SELF:
        return _("your own work") if not request.persons else words.listed(request.persons)
    if request.grain is Grain.PERSON:
        return words.listed(map(_name_person, request.persons)) if request.persons else _each_person(request)
    return words.cohorts(request.cohorts) if request.cohorts else words.level(request.grain)


def _name_person(person: str) -> str:
    return _("one person") if person == ANYBODY else person


def _each_person(request: Request) -> str:
    return _("each person in %(cohorts)s") % {"cohorts": words.cohorts(request.cohorts)}


def _extras(request: Request) -> list[str]:
    """What a question asks beyond most: each of these is refused by some rule, or has to be said."""
    asked = [
        (request.view is View.PERFORMANCE, _("in a performance view")),
        (request.order_by is not None, request.order_by and ORDERS[request.order_by]),
        (request.limit is not None, _("the first %(limit)s") % {"limit": request.limit}),
        (request.percentile, _("with peer percentiles")),
        (request.compare, _("compared with each other")),
        (request.combine is not None, request.combine and COMBINED[request.combine]),
        (request.time_filter is not None, request.time_filter and HOURS[request.time_filter]),
        (request.export, _("to take away")),
        *((True, _("affirming “%(said)s”") % {"said": said}) for said in request.affirms),
    ]
    return [str(said) for is_asked, said in asked if is_asked]


def to_query(request: Request) -> str:
    """The query string that fills the ask form with this request."""
    parts: list[tuple[str, object]] = [("metrics", slug) for slug in request.metrics]
    parts += [
        ("decision", request.decision.value),
        ("grain", request.grain.value),
        ("first", f"{request.window.start:%Y-%m}"),
        ("last", f"{request.window.end - timedelta(days=1):%Y-%m}"),
        ("period", request.period.value),
    ]
    parts += zip(("cohort", "second"), request.cohorts, strict=False)
    parts += [(name, value) for name, value in _optional(request) if value]
    return urlencode(parts)


def _optional(request: Request) -> list[tuple[str, object]]:
    evidence = [
        (f"{part}{number}", value)
        for number, piece in enumerate(request.evidence[:PIECES], 1)
        for part, value in (("evidence", piece.kind.value), ("ref", piece.ref))
    ]
    flags = ("percentile", "compare", "export")
    return [
        ("reason", request.reason),
        ("persons", ", ".join(request.persons)),
        ("view", request.view.value if request.view is not View.DIAGNOSTIC else None),
        ("order_by", request.order_by),
        ("limit", request.limit),
        ("combine", request.combine),
        ("time_filter", request.time_filter and request.time_filter.value),
        ("accountable", request.accountable),
        *(("affirms", said) for said in request.affirms),
        *((name, "on" if getattr(request, name) else None) for name in flags),
        *evidence,
    ]


def month_window(first: str, last: str) -> Window:
    """From the first month to the last, which is in it: half-open days."""
    start, end = (date.fromisoformat(f"{month}-01") for month in (first, last))
    return Window(start=start, end=date(end.year + end.month // 12, end.month % 12 + 1, 1))
