"""The letter that explains a receipt to the person it is about (S148): plain sentences, each with where it is recorded.

What it tells of whoever asked follows the notice of a look; nothing of anybody else is told, nor the reason that was given.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct
from msgspec.structs import replace

from audits.ledger.receipts import Receipt
from charter.registry.models import Metric
from charter.rules import words
from charter.rules.facts import Facts
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType, Obligation, Outcome
from governance.about_me import reasons
from governance.about_me.queries import looks
from governance.about_me.queries.looks import ToldLook
from governance.about_me.reasons import Recorded
from governance.decisions.models import DecisionRecord
from governance.decisions.services.receipts import list_charters, sign_decision
from governance.people.models import Person, User
from governance.ui import questions
from governance.ui.forms import Text
from ground import calendar

# What a permit asked of whoever used the answer, as its reader understands it.
DUTIES: dict[str, Text] = {
    Obligation.ANNOTATE_CONTEXT.value: gettext_lazy("Say beside the values what else was going on."),
    Obligation.SHOW_COUNTER_METRIC.value: gettext_lazy(
        "Show beside them the metric that their charter names."
    ),
    Obligation.ADD_RELIABILITY_AND_QUALITATIVE.value: gettext_lazy(
        "Put reliability and what people say beside them."
    ),
    Obligation.KEEP_WITHHELD.value: gettext_lazy("Leave withheld what is withheld."),
    Obligation.NO_OTHER_USE.value: gettext_lazy("Use them for nothing else."),
    Obligation.NO_EXPORT.value: gettext_lazy("Take no copy away."),
}


class Sentence(Struct, frozen=True):
    """One thing that is so, and where that is recorded."""

    text: str
    source: str


class LetterPart(Struct, frozen=True):
    """Sentences under a heading."""

    heading: str
    sentences: tuple[Sentence, ...]


class Letter(Struct, frozen=True):
    """The explanation of one receipt."""

    entry: UUID
    at: datetime
    of_me: bool
    mine: bool
    parts: tuple[LetterPart, ...]
    receipt: Receipt


class _LetterFacts(Struct, frozen=True):
    """All that the parts are written from."""

    decision: DecisionRecord
    request: Request
    whose: str
    asker: str
    recorded: Recorded | None
    names: dict[str, str]
    single: bool  # the reader alone was asked about, so that what is known of the values is of nobody else
    concerned: bool = False  # the decision was about the reader, by the values of their group


def write_letter(entry: UUID, user: User, person: Person) -> Letter:
    """The letter about a receipt of the person's: a look at them or their group, or their own question. Raises NotFound."""
    own = DecisionRecord.objects.select_related("entry", "actor").filter(entry=entry, actor=user).first()
    if own is not None:
        told = _read(own, questions.name_subjects(questions.read_request(own.request)), _("You"), own=True)
        return _write(told, of_me=False, mine=True)
    look = looks.get_look(entry, user, person)
    told = _read(look, name_whose(look, person), looks.name_asker(look), own=False)
    concerned = person.external_id in told.request.about
    return _write(replace(told, concerned=concerned), of_me=look.of_me, mine=False)


def name_whose(look: ToldLook, person: Person) -> str:
    """Whose values were looked at, as the reader may know it: theirs, or those of their group; of others only that there were."""
    if look.of_me:
        others = len(set(look.subjects) - {person.external_id})
        return _("you, by name, and others who are not told here") if others else _("you alone, by name")
    groups = looks.list_seen_groups(look, looks.list_group_spans(person))
    return _("%(groups)s: you together with others") % {"groups": words.cohorts(groups)}


def list_beside(decision: DecisionRecord) -> list[str]:
    """The metrics that were told beside those asked for, by slug."""
    return [each["metric"] for each in decision.paired if each.get("verdict") == Outcome.PERMIT.value]


def _read(decision: DecisionRecord, whose: str, asker: str, *, own: bool) -> _LetterFacts:
    slugs = {*decision.metrics, *list_beside(decision)}
    return _LetterFacts(
        decision=decision,
        request=questions.read_request(decision.request),
        whose=whose,
        asker=asker,
        recorded=reasons.read_recorded(decision),
        names=dict(Metric.objects.filter(slug__in=slugs).values_list("slug", "name")),
        single=own or len(decision.subjects) == 1,
    )


def _write(told: _LetterFacts, *, of_me: bool, mine: bool) -> Letter:
    parts = [
        (_("What was asked"), _what(told)),
        (_("By whom, and when"), _who(told)),
        (_("For which decision"), _for_what(told)),
        (_("What was answered"), _answered(told)),
        (_("What the answer hung on"), _hung_on(told)),
        (_("Which rules were asked"), _rules(told)),
        (_("What else was going on"), _context(told)),
        (_("What would have changed it"), _changed(told)),
    ]
    decision = told.decision
    return Letter(
        entry=decision.entry_id,
        at=decision.at,
        of_me=of_me,
        mine=mine,
        parts=tuple(LetterPart(heading, tuple(some)) for heading, some in parts),
        receipt=sign_decision(decision),
    )


def _what(told: _LetterFacts) -> Iterator[Sentence]:
    asked = questions.put_in_words(told.request, told.names)
    yield Sentence(_("The values of %(metrics)s.") % {"metrics": asked.metrics}, "request.metrics")
    yield Sentence(_("Of %(whose)s.") % {"whose": told.whose}, "request.grain, request.cohorts, subjects")
    said = {"window": asked.window, "often": asked.often}
    yield Sentence(_("For %(window)s, %(often)s.") % said, "request.window, request.period")
    if asked.extras:
        yield Sentence(_("In this form: %(extras)s.") % {"extras": ", ".join(asked.extras)}, "request")
    if beside := list_beside(told.decision):
        listed = words.listed(words.inside(told.names.get(slug, slug)) for slug in beside)
        yield Sentence(
            _("Beside them stood %(metrics)s, as a charter wants it.") % {"metrics": listed}, "paired"
        )


def _who(told: _LetterFacts) -> Iterator[Sentence]:
    yield Sentence(_("%(name)s asked.") % {"name": told.asker}, "actor")
    local = told.decision.at.astimezone(ZoneInfo(str(calendar.find_zone())))
    said = {"day": words.day(local.date()), "time": f"{local:%H:%M}"}
    yield Sentence(_("On %(day)s at %(time)s.") % said, "at")


def _for_what(told: _LetterFacts) -> Iterator[Sentence]:
    asked = questions.put_in_words(told.request, told.names)
    yield Sentence(_("For %(decision)s.") % {"decision": asked.decision}, "request.decision")
    if told.recorded is not None:
        consequential = told.recorded.first.decision.consequential
        text = (
            _("That is a decision about people: it can touch pay, rating, role or employment.")
            if consequential
            else _(
                "That is no decision about pay, rating, role or employment, and the values may not be used for one."
            )
        )
        yield Sentence(text, "facts.decision.consequential")
    if told.concerned:
        yield Sentence(_("The decision is about you. The values are of your whole group."), "request.about")


def _answered(told: _LetterFacts) -> Iterator[Sentence]:
    decision = told.decision
    outcome = reasons.outcome_word(Outcome(decision.verdict))
    yield Sentence(_("It was %(outcome)s.") % {"outcome": outcome}, "verdict")
    if decision.checked_only:
        yield Sentence(_("It was a check: no value was read."), "checked_only")
    elif decision.content_hash:
        yield Sentence(
            _(
                "Values left. Their hash is on the receipt, so that nobody can say later that they were others."
            ),
            "content_hash",
        )
    if voiding := getattr(decision, "voiding", None):
        said = {"day": words.day(calendar.find_day(voiding.voided_at)), "because": voiding.because}
        yield Sentence(_("It is void since %(day)s: %(because)s") % said, "voiding")
    for duty in decision.obligations:
        if duty in DUTIES:
            yield Sentence(_("Whoever used it had to: %(duty)s") % {"duty": DUTIES[duty]}, "obligations")


def _hung_on(told: _LetterFacts) -> Iterator[Sentence]:
    if told.recorded is None:
        yield _make_unreadable()
        return
    for match in told.decision.matches:
        yield Sentence(f"{match['title']}. {match['here']}", f"matches.{match['id']}")
    counted = reasons.list_counted(told.recorded)
    if counted:
        text = _(
            "Rules do not add up points. Each of the following counted wholly: without it alone the answer would have been another."
        )
        yield Sentence(text, "rulebook_hash")
    for each in counted:
        yield Sentence(each.text, each.source)


def _rules(told: _LetterFacts) -> Iterator[Sentence]:
    for metric, number in list_charters(told.decision).items():
        said = {"name": told.names.get(metric, metric), "number": number}
        yield Sentence(_("The charter of %(name)s, version %(number)s.") % said, "facts.charter.version")
    digest = told.decision.rulebook_hash[:8]
    if told.recorded is None:
        yield Sentence(_("The rulebook whose hash begins with %(hash)s.") % {"hash": digest}, "rulebook_hash")
        return
    said = {"count": len(told.recorded.rulebook.rules), "hash": digest}
    yield Sentence(
        _("All %(count)s rules of the rulebook whose hash begins with %(hash)s.") % said, "rulebook_hash"
    )
    if not told.decision.rules:
        yield Sentence(_("None of them refused it or left it to the board."), "rules")
    for rule, title in reasons.list_rules(told.recorded, told.decision.rules):
        yield Sentence(f"{rule}: {title}.", "rules")


def _context(told: _LetterFacts) -> Iterator[Sentence]:
    """What was known beside the values; of several people nothing is said, as it could be about another of them."""
    if told.recorded is None:
        yield _make_unreadable()
    elif not told.single and told.decision.subjects:
        yield Sentence(
            _("Several people were asked about, so that what was known of each is not told here."), "subjects"
        )
    else:
        yield from _values(told.recorded.first)


def _values(facts: Facts) -> Iterator[Sentence]:
    known = facts.values
    if known.affected:
        text = _("Confirmed context notes touched %(periods)s.") % {
            "periods": words.many(known.affected, "period")
        }
        yield Sentence(text, "facts.values.affected")
    else:
        yield Sentence(_("No confirmed context note touched these months."), "facts.values.affected")
    if known.unsettled:
        yield Sentence(_("Context notes about them waited to be settled."), "facts.values.unsettled")
    if known.held:
        yield Sentence(_("Values that were asked for were under review."), "facts.values.held")
    if known.budget_burning:
        yield Sentence(_("An error budget burned in that time."), "facts.values.budget_burning")


def _changed(told: _LetterFacts) -> Iterator[Sentence]:
    if told.recorded is None:
        yield _make_unreadable()
    elif told.decision.verdict == Outcome.PERMIT:
        yield from _would_have_refused(told.recorded)
    else:
        yield from _would_have_permitted(told.recorded)


def _would_have_refused(recorded: Recorded) -> Iterator[Sentence]:
    for each in reasons.list_counted(recorded):
        said = {
            "outcome": reasons.outcome_word(each.instead),
            "part": each.text.rstrip("."),
            "rules": words.listed(each.rules),
        }
        yield Sentence(
            _("It would have been %(outcome)s, by %(rules)s, if this were not so: %(part)s.") % said,
            each.source,
        )


def _would_have_permitted(recorded: Recorded) -> Iterator[Sentence]:
    repair = reasons.find_repair(recorded)
    if repair is None or not repair.changes:
        yield Sentence(
            _(
                "No change to the question alone would have made it allowed: it would have to be another decision."
            ),
            "facts, rulebook_hash",
        )
        return
    for change in repair.changes:
        said = {"part": change.part, "asked": change.asked, "allowed": change.allowed}
        yield Sentence(_("%(part)s: not “%(asked)s” but “%(allowed)s”.") % said, "facts, rulebook_hash")


def _make_unreadable() -> Sentence:
    text = _(
        "The facts or rules of then were kept by an earlier version, which this one cannot work out again."
    )
    return Sentence(text, "facts, rulebook_hash")


def to_plain(letter: Letter) -> dict[str, object]:
    """The letter as plain values, for the API and the download."""
    plain: dict[str, object] = msgspec.to_builtins(letter)
    return plain


def list_names(looked: Sequence[DecisionRecord]) -> dict[str, str]:
    """The names of all metrics of some looks, by slug."""
    slugs = {slug for each in looked for slug in (*each.metrics, *list_beside(each))}
    return dict(Metric.objects.filter(slug__in=slugs).values_list("slug", "name"))


def name_use(look: DecisionRecord) -> str:
    """What it was for: `a retrospective`."""
    use = DecisionType(look.use)
    return str(questions.FOR.get(use) or questions.name_decision(use))
