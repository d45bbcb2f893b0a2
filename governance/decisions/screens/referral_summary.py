"""A question that was put to the board, as its case shows it: request and facts for those concerned, the ruling for all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter.registry.models import Metric
from charter.rules import words
from charter.rules.facts import Facts
from charter.rules.request import Request
from governance.board.models import Case
from governance.board.screens.voter import explain_refusal
from governance.decisions import permissions, queries
from governance.decisions.models import Referral
from governance.decisions.states import RulingStanding
from governance.people.models import User
from governance.ui import questions
from governance.ui.questions import QuestionInWords, name_decision
from governance.ui.templatetags.mc import day

Line = tuple[str, str]


@dataclass(frozen=True)
class ReferralSummary:
    """A referral as one reader may see it; `question` is None where who asked what is not theirs to know."""

    referral: queries.RuledReferral
    ruling: str
    may_end: bool
    question: QuestionInWords | None = None
    facts: tuple[Line, ...] = ()
    matches: tuple[dict[str, Any], ...] = ()
    template: ClassVar[str] = "decisions/parts/referral_summary.html"


def summarise_referral(case: Case, user: User) -> ReferralSummary | None:
    """What the rules left to the board with this case; None where somebody asked in words alone."""
    referral = queries.list_referrals().filter(case=case).first()
    if referral is None:
        return None
    standing = RulingStanding(referral.standing)
    until = queries.find_lapse(referral)
    said = ReferralSummary(
        referral=referral,
        ruling=_ruling(standing, referral, until),
        may_end=not explain_refusal(permissions.check_can_end_ruling, user, standing),
    )
    return _with_request(said) if permissions.can_see_asker(user, referral) else said


def _with_request(said: ReferralSummary) -> ReferralSummary:
    decision = said.referral.decision
    request = questions.read_request(decision.request)
    names = dict(Metric.objects.filter(slug__in=decision.metrics).values_list("slug", "name"))
    facts = [msgspec.convert({**each, "request": request}, Facts) for each in decision.facts]
    return ReferralSummary(
        referral=said.referral,
        ruling=said.ruling,
        may_end=said.may_end,
        question=questions.put_in_words(request, names),
        facts=tuple(_facts(request, facts)),
        matches=tuple({match["id"]: match for match in decision.matches}.values()),
    )


def _ruling(standing: RulingStanding, referral: Referral, until: datetime | None) -> str:
    """What the case means for the next question of this shape."""
    if standing is RulingStanding.ASKED or until is None:
        return _("Until the board has ruled, such questions are refused.")
    if standing is RulingStanding.ENDED:
        return _("The board ended this ruling early, on %(day)s.") % {"day": day(referral.ended_at)}
    if standing is RulingStanding.LAPSED:
        return _("This ruling lapsed on %(day)s. The rules refer such questions to the board again.") % {
            "day": day(until)
        }
    answer = _("allowed") if standing is RulingStanding.YES else _("refused")
    said = {"answer": answer, "day": day(until)}
    return _("Questions of this kind are %(answer)s by it until %(day)s.") % said


def _facts(request: Request, facts: list[Facts]) -> Iterator[Line]:
    """What was true when it was asked, as far as the board weighs it; what is held or disputed is no part of it."""
    first = facts[0]
    roles = words.listed(words.spoken(role) for role in sorted(first.actor.roles))
    yield _("Roles over what was asked"), words.sentence(roles) or _("None")
    for cohort in first.cohorts:
        people = ngettext("%(number)s person", "%(number)s people", cohort.people) % {"number": cohort.people}
        yield words.sentence(words.cohort(cohort.slug)), people
    for each in facts:
        said = {"number": each.charter.version, "standing": words.spoken(each.charter.standing)}
        yield each.charter.name, _("version %(number)s, %(standing)s") % said
    yield from _looking(first)


def _looking(facts: Facts) -> Iterator[Line]:
    looking = facts.looking
    if looking.persons_today:
        said = {"number": looking.persons_today, "limit": looking.persons_limit}
        yield _("People looked at that day"), _("%(number)s with this one; the limit is %(limit)s") % said
    if looking.enumerated:
        yield _("Gone through one by one"), words.sentence(words.cohort(looking.enumerated))
    if looking.hopped_from is not None:
        yield _("Refused shortly before"), words.sentence(name_decision(looking.hopped_from))
